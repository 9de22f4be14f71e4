"""Ids of one kind in tables that are joined on them."""

import ibis.expr.types as ir

from leadline.errors import DataError
from leadline.language import _


def align_ids(table: ir.Table, column: str, *, to: ir.Column, headline: str) -> ir.Table:
    """Bring the ids of the smaller table to the kind of the larger one's, text or whole number.

    Text becomes whole numbers where the larger table has those ("007" is 7 then).

    Parameters
    ----------
    table, column
        The smaller table, and its column of ids.
    to
        The ids of the larger table.
    headline
        What cannot be done if the ids do not fit; it begins the message.

    Raises
    ------
    DataError
        If either column holds something else than text or whole numbers.
    """
    own, other = table[column].type(), to.type()
    problems = [
        _(
            "{column}: ids are {kind}, must be text or whole numbers. Write the column anew.",
            column=name,
            kind=kind,
        )
        for name, kind in ((column, own), (to.get_name(), other))
        if not (kind.is_integer() or kind.is_string())
    ]
    if problems:
        raise DataError(headline, list(dict.fromkeys(problems)))
    if own.is_string() == other.is_string():
        return table
    return table.mutate(**{column: table[column].cast("string" if other.is_string() else "int64")})
