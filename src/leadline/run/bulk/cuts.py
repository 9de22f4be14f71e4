"""Cut points of a column of any length: found by counting, so that rows are never put in order."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from leadline.features.cuts import count_parts

#: Values nearer than this are one: no width of a part can be computed.
_ONE_VALUE = 1e-300


class Cuts(NamedTuple):
    """Cut points, None where no row has a value, and what the engine was asked for them."""

    points: list[float] | None
    sql: str


class _Part(NamedTuple):
    least: float
    most: float
    rows: int

    @property
    def is_value(self) -> bool:
        return float(self.most) - float(self.least) < _ONE_VALUE


def find_cuts(table: ir.Table, column: str, *, levels: int = 5) -> Cuts:
    """Find the cut points of `leadline.features.quantile_cuts`, exactly, in memory that does not grow.

    The column's span is cut into parts and their rows are counted; of those parts alone that hold a cut point
    the same is done again, until each holds one value.

    Parameters
    ----------
    table
        The rows.
    column
        Column of numbers; what is no number, or not finite, counts as missing.
    levels
        Number of groups.
    """
    value = table[column]
    if value.type().is_floating():
        value = (value.isnan() | value.isinf()).ifelse(None, value)
    known = table.select(value=value).drop_null("value")
    asked = known.aggregate(least=known.value.min(), most=known.value.max(), rows=known.count())
    queries = [ibis.to_sql(asked)]
    whole = _Part(**asked.to_pyarrow().to_pylist()[0])
    if not whole.rows:
        return Cuts(None, queries[0])
    parts = [whole]
    places = [(whole.rows - 1) * (step / levels) for step in range(1, levels)]
    while vague := _find_vague(parts, places):
        asked = count_parts(table, column, [(part.least, part.most) for part in vague])
        queries.append(ibis.to_sql(asked))
        finer = [_Part(row["least"], row["most"], row["rows"]) for row in asked.to_pyarrow().to_pylist()]
        parts = sorted([*(part for part in parts if part not in vague), *finer])
    return Cuts([_interpolate(parts, place) for place in places], ";\n".join(queries))


def _find_vague(parts: Sequence[_Part], places: Sequence[float]) -> list[_Part]:
    """Return the parts that hold a cut point's neighbours, and more than one value."""
    held = {_hold(parts, end) for place in places for end in (math.floor(place), math.ceil(place))}
    return sorted(part for part in held if not part.is_value)


def _hold(parts: Sequence[_Part], place: int) -> _Part:
    """Return the part that holds the row at a place of the order, from 0."""
    return parts[bisect_right([*accumulate(part.rows for part in parts)], place)]


def _interpolate(parts: Sequence[_Part], place: float) -> float:
    low, high = (float(_hold(parts, end).least) for end in (math.floor(place), math.ceil(place)))
    return low + (high - low) * (place - math.floor(place))
