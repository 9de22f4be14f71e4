"""The columns of segments read in another table: a later period, or new customers."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.api import types

from leadline.data.raw import find_file_rows, name_rows, shorten, suggest
from leadline.disclosure import MINIMUM
from leadline.errors import DataError
from leadline.language import N_, _, plural
from leadline.target.segments.bases import Bases, Basis, FloatArray, encode, is_number
from leadline.target.segments.checks import check_weight

#: Larger numbers count as infinite: their squares would be.
LARGEST = 1e100
_FIRST = 3
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")


def read_again(bases: Bases, frame: pd.DataFrame, *, weight: str | None = None) -> Bases:
    """Read another table by the columns, kinds, levels and scales of ``bases``.

    A value that was no level then counts as missing, and a missing value as the mean of then; a warning says
    in which column and of how many customers.

    Parameters
    ----------
    bases
        The bases that segments were made from.
    frame
        One row a customer, labelled as `leadline.data.read_table` did; other columns do not matter.
    weight
        Column of the people whom a customer stands for.

    Raises
    ------
    DataError
        With every column that is absent, no number where one was, infinite, or below 0 where its logarithm
        counts, and every weight that is missing or not above 0.
    """
    problems = [] if len(frame) else [_("the table has no rows.")]
    problems += check_again(bases.columns, frame)
    problems += check_weight(frame, weight)
    if problems:
        raise DataError(_("These customers cannot be read as those the segments were made from"), problems)
    values = np.column_stack([basis.read(frame[basis.name]) for basis in bases.columns])
    weights = np.ones(len(frame)) if weight is None else frame[weight].to_numpy(dtype=np.float64)
    return Bases(
        columns=bases.columns,
        readings=values,
        matrix=encode(bases.columns, values),
        weights=weights / weights.mean(),
        is_weighted=weight is not None,
        is_scaled=bases.is_scaled,
        warnings=tuple(warn_again(bases.columns, frame, values)),
    )


def check_again(columns: Sequence[Basis], frame: pd.DataFrame) -> list[str]:
    """List all problems of reading a table by these columns (see `read_again`)."""
    return [problem for basis in columns for problem in _check(frame, basis)]


def _check(frame: pd.DataFrame, basis: Basis) -> list[str]:
    name = basis.name
    if name not in frame.columns:
        return [
            _("{name}: the table has no such column.{hint}", name=name, hint=suggest(name, frame.columns))
        ]
    column = frame[name]
    if column.isna().all():
        return []
    return _check_numbers(column, basis) if is_number(basis) else _check_levels(column, basis)


def _check_numbers(column: pd.Series, basis: Basis) -> list[str]:
    name = basis.name
    if not types.is_numeric_dtype(column.dtype) or types.is_bool_dtype(column.dtype):
        return [
            _(
                "{name}: holds {dtype}, and held numbers when the segments were made.",
                name=name,
                dtype=column.dtype,
            )
        ]
    numbers = column.astype("Float64").astype("float64")
    found = find_file_rows(numbers.abs() > LARGEST)
    if found:
        return [
            plural(
                "{name}: {count} value is infinite, or beyond {largest} ({rows}). Empty these cells.",
                "{name}: {count} values are infinite, or beyond {largest} ({rows}). Empty these cells.",
                len(found),
                name=name,
                largest=f"{LARGEST:g}",
                rows=name_rows(found),
            )
        ]
    found = find_file_rows(numbers < 0) if basis.kind == "logged" else []
    if found:
        return [
            plural(
                "{name}: {count} value is below 0 ({rows}), of which no logarithm is taken. Correct them, or "
                "empty these cells.",
                "{name}: {count} values are below 0 ({rows}), of which no logarithm is taken. Correct them, "
                "or empty these cells.",
                len(found),
                name=name,
                rows=name_rows(found),
            )
        ]
    return []


def _check_levels(column: pd.Series, basis: Basis) -> list[str]:
    """Refuse a column of another type, no value of which is a level."""
    held = _name_type(basis.levels)
    holds = (
        N_("flags")
        if types.is_bool_dtype(column.dtype)
        else N_("numbers")
        if types.is_numeric_dtype(column.dtype)
        else N_("texts")
    )
    if held == holds or not np.isnan(basis.read(column)).all():
        return []
    first = _(", ").join(basis.levels[:_FIRST])
    return [
        _(
            "{name}: holds {holds}, and held {held} when the segments were made ({first}). Write them so.",
            name=basis.name,
            holds=_(holds),
            held=_(held),
            first=first,
        )
    ]


def _name_type(levels: Sequence[str]) -> str:
    if set(levels) == {"True", "False"}:
        return "flags"
    return "numbers" if all(_NUMBER.fullmatch(level) for level in levels) else "texts"


def warn_again(
    columns: Sequence[Basis], frame: pd.DataFrame, values: FloatArray, *, minimum: int = MINIMUM
) -> list[str]:
    """Say in which columns how many customers have a value that was no level then.

    A value is named only if so many customers have it, a number told only if it is as large.
    """
    notes = []
    for place, basis in enumerate(columns):
        column = frame[basis.name]
        strange = column[np.isnan(values[:, place]) & column.notna().to_numpy()]
        if 0 < len(strange) < minimum:
            notes.append(
                _(
                    "{column}: fewer than {minimum} customers have a value that was not there when the "
                    "segments were made; it counts as missing.",
                    column=basis.name,
                    minimum=minimum,
                )
            )
        elif len(strange):
            notes.append(_warn_of_many(basis.name, strange, minimum))
    return notes


def _warn_of_many(name: str, strange: pd.Series, minimum: int) -> str:
    counts = strange.value_counts()
    often = [shorten(str(one)) for one in counts[counts >= minimum].index[:_FIRST]]
    values = f" ({', '.join(often)})" if often else ""
    return plural(
        "{column}: {count} customer has a value that was not there when the segments were made{values}; it "
        "counts as missing.",
        "{column}: {count} customers have a value that was not there when the segments were made{values}; "
        "it counts as missing.",
        len(strange),
        column=name,
        values=values,
    )
