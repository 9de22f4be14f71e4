"""A points table as an expression of a database: the same points in DuckDB, on Spark, and as portable SQL.

Only ``CASE``, comparisons, ``ABS`` and ``CAST`` are used.
"""

from collections.abc import Iterator
from functools import reduce
from operator import add

import ibis
import ibis.expr.datatypes as types
import ibis.expr.types as ir
import numpy as np
import sqlglot
from sqlglot import expressions

from leadline.target.points import (
    LARGEST,
    MISSING,
    AttributePoints,
    LevelPoints,
    NumberPoints,
    PointsTable,
    write_level,
)

#: Stands for a column of any type: no cast of it is dropped as needless.
_ANY_TYPE = "json"
#: So standard SQL writes types: DOUBLE PRECISION, VARCHAR.
_STANDARD = "postgres"


def points_expression(table: PointsTable, rows: ir.Table) -> ir.IntegerColumn:
    """Return the score of every row, int32, as `PointsTable.score` gives it.

    Null, not-a-number and infinity count as missing, whatever the engine holds them to be; a level of a
    column of decimals is compared as a number, since engines write such numbers in different ways.

    Parameters
    ----------
    table
        The points.
    rows
        One row a customer, with the `PointsTable.columns`.

    Raises
    ------
    DataError
        If a column is absent, or holds text where the table has bins of numbers.
    """
    kinds = {name: rows[name].type() for name in table.columns if name in rows.columns}
    table.check_columns(
        kinds, numbers=[name for name, kind in kinds.items() if kind.is_numeric() or kind.is_boolean()]
    )
    terms = [_score(attribute, rows[attribute.column]) for attribute in table.attributes]
    return reduce(add, terms, _whole(table.base)).cast("int32")


def write_sql(table: PointsTable) -> str:
    """Return the expression of the score, an INTEGER for each row, in SQL that any database reads.

    Use it as ``SELECT customer_id, <expression> AS points FROM customers``. Column names are quoted; the
    columns may be of any type that casts to DOUBLE, or to text where points are given by level.
    """
    return "\n+ ".join([str(table.base), *(_write_attribute(attribute) for attribute in table.attributes)])


def _score(attribute: AttributePoints, column: ir.Column) -> ir.IntegerValue:
    if isinstance(attribute, NumberPoints):
        return _score_bins(attribute, column.cast("float64"))
    if column.type().is_floating():
        return _score_numbers(attribute, column)
    return _score_levels(attribute, column)


def _score_bins(attribute: NumberPoints, value: ir.FloatingColumn) -> ir.IntegerValue:
    below = [
        (value <= _number(cut.value) if cut.closed else value < _number(cut.value), _whole(points))
        for cut, points in zip(attribute.cuts, attribute.points[:-1], strict=True)
    ]
    last = _whole(attribute.points[-1])
    known = ibis.cases(*below, else_=last) if below else last
    return ibis.cases((value.abs() <= _number(LARGEST), known), else_=_whole(attribute.missing))


def _score_levels(attribute: LevelPoints, column: ir.Column) -> ir.IntegerValue:
    text = column.cast("string")
    return ibis.cases(
        (column.isnull() | (text == MISSING), _whole(attribute.missing)),
        *((text.isin(_spell(level)), _whole(points)) for level, points in attribute.levels.items()),
        else_=_whole(attribute.otherwise),
    )


def _score_numbers(attribute: LevelPoints, column: ir.FloatingColumn) -> ir.IntegerValue:
    single = column.type().is_float32()
    value = column.cast("float64")
    return ibis.cases(
        (value.isnull() | value.isnan(), _whole(attribute.missing)),
        *(
            (value == _number(number), _whole(points))
            for level, points in attribute.levels.items()
            for number in _read_level(level, single=single)
        ),
        else_=_whole(attribute.otherwise),
    )


def _spell(level: str) -> list[str]:
    """Return all texts that name a level: 5 stands as 5.0 in a column of DOUBLE, 0 also as -0.0."""
    return [
        text for text in (level, f"{level}.0", f"-{level}.0") if text == level or write_level(text) == level
    ]


def _read_level(level: str, *, single: bool) -> Iterator[float]:
    """Return the one number that a level names, if any: its text must be how that number is written."""
    try:
        number = np.float32(level) if single else np.float64(level)
    except ValueError:
        return
    if write_level(number) == level:
        yield float(number)


def _number(value: float) -> ir.FloatingScalar:
    return ibis.literal(float(value), "float64")


def _whole(points: int) -> ir.IntegerScalar:
    return ibis.literal(int(points), types.int32)


def _write_attribute(attribute: AttributePoints) -> str:
    rows = ibis.table({attribute.column: _ANY_TYPE}, name="rows")
    query = ibis.to_sql(rows.select(points=_score(attribute, rows[attribute.column])), dialect="duckdb")
    tree = sqlglot.parse_one(str(query), read="duckdb", into=expressions.Select).selects[0].unalias()
    for column in tree.find_all(expressions.Column):
        column.set("table", None)
    for kind in tree.find_all(expressions.DataType):
        if kind.is_type("text"):
            kind.set("this", expressions.DataType.Type.VARCHAR)
    for number in tree.find_all(expressions.Literal):
        if not number.is_string and "." in number.name and "e" not in number.name.lower():
            number.set("this", f"{number.name}e0")  # else a DECIMAL, whose digits a database may round
    return str(tree.sql(dialect=_STANDARD))
