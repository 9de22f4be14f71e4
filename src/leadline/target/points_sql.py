"""A points table as one SQL expression: the same points in any database.

Only ``CASE``, comparisons, ``ABS`` and ``CAST`` are used; numbers are written as DOUBLE so that a comparison
means the same as in Python to the last bit.
"""

from leadline.target.points import LARGEST, AttributePoints, Cut, LevelPoints, NumberPoints, PointsTable


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
        f"WHEN {text} = '{level.replace(chr(39), chr(39) * 2)}' THEN {points}"
        for level, points in attribute.levels.items()
    ]
    return (
        f"CASE WHEN {column} IS NULL THEN {attribute.missing} {' '.join(levels)} "
        f"ELSE {attribute.otherwise} END"
    )


def _write_number(cut: Cut) -> str:
    """Write a number as DOUBLE: with an exponent it is no DECIMAL, whose digits a database may round."""
    text = repr(float(cut.value))
    return text if "e" in text else f"{text}e0"
