"""Whole numbers that stay whole on their way through an engine."""

import ibis
import ibis.expr.datatypes as types
import ibis.expr.types as ir

_FEN_A_YUAN = 100
#: Ibis holds a sum of int64 to be int64 already and drops a cast to it; this type it keeps.
_WHOLE = types.Int64(nullable=False)


def add_up(counts: ir.Column, *, where: ir.BooleanValue | None = None) -> ir.Value:
    """Return the sum of counts as int64, 0 of none.

    DuckDB's sum of int64 is wider, and a Parquet file would hold it as float64.
    """
    return as_whole(counts.sum(where=where).fill_null(0))


def as_whole(number: ir.Value) -> ir.Value:
    """Return a number as int64, also where Ibis holds it to be int64 and the engine does not."""
    return number.cast(_WHOLE)


def add_up_cny(amount: ir.Column) -> ir.Value:
    """Return the sum of an amount in CNY, added up in whole fen; missing counts as 0."""
    number = amount.cast("float64")
    known = ibis.ifelse(number.isnan(), 0.0, number)
    fen = (known * _FEN_A_YUAN).round().cast("int64")
    return add_up(fen) / _FEN_A_YUAN
