"""A points table as one SQL expression: the same points in any database.

Only ``CASE``, comparisons, ``ABS`` and ``CAST`` are used; numbers are written as DOUBLE so that a comparison
means the same as in Python to the last bit.
"""

from leadline.target.points import (
    LARGEST,
    MISSING,
    AttributePoints,
    Cut,
    LevelPoints,
    NumberPoints,
    PointsTable,
    write_level,
)


def write_sql(table: PointsTable) -> str:
    """Return the expression of the score, an INTEGER for each row.

    Use it as ``SELECT customer_id, <expression> AS points FROM customers``. Column names are quoted.
    """
    terms = [str(table.base), *(_write_attribute(attribute) for attribute in table.attributes)]
    return "\n+ ".join(terms)


def _write_attribute(attribute: AttributePoints) -> str:
    column = '"' + attribute.column.replace('"', '""') + '"'
    if isinstance(attribute, LevelPoints):
        return _write_levels(attribute, column)
    return _write_bins(attribute, f"CAST({column} AS DOUBLE PRECISION)")


def _write_bins(attribute: NumberPoints, value: str) -> str:
    below = [
        f"WHEN {value} {'<=' if cut.closed else '<'} {_write_number(cut)} THEN {points}"
        for cut, points in zip(attribute.cuts, attribute.points[:-1], strict=True)
    ]
    known = f"CASE {' '.join(below)} ELSE {attribute.points[-1]} END" if below else str(attribute.points[0])
    return f"CASE WHEN ABS({value}) <= {LARGEST!r} THEN {known} ELSE {attribute.missing} END"


def _write_levels(attribute: LevelPoints, column: str) -> str:
    text = f"CAST({column} AS VARCHAR)"
    levels = [
        f"WHEN {text} IN ({', '.join(map(_quote, _spell(level)))}) THEN {points}"
        for level, points in attribute.levels.items()
    ]
    return (
        f"CASE WHEN {column} IS NULL OR {text} = {_quote(MISSING)} THEN {attribute.missing} "
        f"{' '.join(levels)} ELSE {attribute.otherwise} END"
    )


def _spell(level: str) -> list[str]:
    """Return all texts that name a level: 5 stands as 5.0 in a column of DOUBLE, 0 also as -0.0."""
    return [
        text for text in (level, f"{level}.0", f"-{level}.0") if text == level or write_level(text) == level
    ]


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _write_number(cut: Cut) -> str:
    """Write a number as DOUBLE: with an exponent it is no DECIMAL, whose digits a database may round."""
    text = repr(float(cut.value))
    return text if "e" in text else f"{text}e0"
