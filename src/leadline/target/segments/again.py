"""The columns of segments read in another table: a later period, or new customers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.api import types

from leadline.data.raw import counted, find_file_rows, name_rows, suggest
from leadline.errors import DataError
from leadline.language import plural
from leadline.target.segments.bases import Bases, Basis, FloatArray, encode, is_number
from leadline.target.segments.checks import check_weight


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
    problems = [] if len(frame) else ["the table has no rows."]
    problems += [problem for basis in bases.columns for problem in _check(frame, basis)]
    problems += check_weight(frame, weight)
    if problems:
        raise DataError("These customers cannot be read as those the segments were made from", problems)
    values = np.column_stack([basis.read(frame[basis.name]) for basis in bases.columns])
    weights = np.ones(len(frame)) if weight is None else frame[weight].to_numpy(dtype=np.float64)
    return Bases(
        columns=bases.columns,
        readings=values,
        matrix=encode(bases.columns, values),
        weights=weights / weights.mean(),
        is_weighted=weight is not None,
        is_scaled=bases.is_scaled,
        warnings=tuple(_warn(frame, bases.columns, values)),
    )


def _check(frame: pd.DataFrame, basis: Basis) -> list[str]:
    name = basis.name
    if name not in frame.columns:
        return [f"{name}: the table has no such column.{suggest(name, frame.columns)}"]
    column = frame[name]
    if not is_number(basis) or column.isna().all():
        return []
    if not types.is_numeric_dtype(column.dtype) or types.is_bool_dtype(column.dtype):
        return [f"{name}: holds {column.dtype}, and held numbers when the segments were made."]
    numbers = column.astype("Float64").astype("float64")
    found = find_file_rows(pd.Series(np.isinf(numbers), index=column.index))
    if found:
        rows = name_rows(found)
        return [
            f"{name}: {counted(len(found), 'value is', 'values are')} infinite ({rows}). Empty these cells."
        ]
    found = find_file_rows(numbers < 0) if basis.kind == "logged" else []
    if found:
        below = f"{counted(len(found), 'value is', 'values are')} below 0 ({name_rows(found)})"
        return [f"{name}: {below}, of which no logarithm is taken. Correct them, or empty these cells."]
    return []


def _warn(frame: pd.DataFrame, columns: Sequence[Basis], values: FloatArray) -> list[str]:
    notes = []
    for place, basis in enumerate(columns):
        column = frame[basis.name]
        strange = column[np.isnan(values[:, place]) & column.notna().to_numpy()]
        if len(strange):
            notes.append(
                plural(
                    "{column}: {count} customer has a value that was not there when the segments were made; "
                    "it counts as missing.",
                    "{column}: {count} customers have a value that was not there when the segments were "
                    "made; it counts as missing.",
                    len(strange),
                    column=basis.name,
                )
            )
    return notes
