"""A points table as one Python function: it needs nothing but Python, and gives the same points."""

from collections.abc import Sequence

from leadline.target.points import MISSING, LevelPoints, NumberPoints, PointsTable

_MODULE = '''"""Points of a scorecard: score(row) adds up the points of one customer.

A row is a mapping: name of a column -> value. Edit the points file, not this copy of it.
"""

import math
import re

NAME = {name}
BASE = {base}
# column, cuts (value, whether the value itself still lies below), points of the bins, points where missing
NUMBERS = {numbers}
# column, points of the levels, points of any other level, points where missing
LEVELS = {levels}


def score(row):
    points = BASE
    for column, cuts, of_bins, missing in NUMBERS:
        number = read_number(row[column])
        above = sum(number > cut if closed else number >= cut for cut, closed in cuts)
        points += of_bins[above] if math.isfinite(number) else missing
    for column, of_levels, otherwise, missing in LEVELS:
        name = name_level(row[column])
        points += missing if name == {missing!r} else of_levels.get(name, otherwise)
    return points


def read_number(value):
    try:
        return float(value)
    except TypeError:  # nothing there
        return math.nan


def name_level(value):
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return {missing!r}
    if type(value).__name__ in ("bool", "bool_"):
        return "true" if value else "false"
    whole = re.fullmatch(r"(-?(?:0|[1-9][0-9]*))\\.0", str(value))
    return str(int(whole[1])) if whole else str(value)
'''


def write_python(table: PointsTable) -> str:
    """Return the source of a module whose ``score(row)`` gives one customer's points.

    ``row`` maps the table's `columns` to values: numbers, flags, texts; None and not-a-number are missing.
    """
    numbers = [
        (
            attribute.column,
            tuple((float(cut.value), cut.closed) for cut in attribute.cuts),
            attribute.points,
            attribute.missing,
        )
        for attribute in table.attributes
        if isinstance(attribute, NumberPoints)
    ]
    levels = [
        (attribute.column, dict(attribute.levels), attribute.otherwise, attribute.missing)
        for attribute in table.attributes
        if isinstance(attribute, LevelPoints)
    ]
    return _MODULE.format(
        name=ascii(table.name),
        base=table.base,
        numbers=_write_rows(numbers),
        levels=_write_rows(levels),
        missing=MISSING,
    )


def _write_rows(rows: Sequence[tuple[object, ...]]) -> str:
    return "[\n" + "".join(f"    {row!r},\n" for row in rows) + "]"
