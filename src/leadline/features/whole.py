"""Whole numbers that stay whole on their way through an engine."""

import ibis.expr.datatypes as types
import ibis.expr.types as ir

#: Ibis holds a sum of int64 to be int64 already and drops a cast to it; this type it keeps.
_WHOLE = types.Int64(nullable=False)


def add_up(counts: ir.Column, *, where: ir.BooleanValue | None = None) -> ir.Value:
    """Return the sum of counts as int64, 0 of none.

    DuckDB's sum of int64 is wider, and a Parquet file would hold it as float64.
    """
    return counts.sum(where=where).fill_null(0).cast(_WHOLE)
