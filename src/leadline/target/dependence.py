"""Columns that say nothing of their own: determined, to the last digit, by other columns."""

import numpy as np
import pandas as pd
from pandas.api import types

from leadline.language import _
from leadline.target.metrics import FloatArray

_EXACT = 1e-9
_TAKES_PART = 1e-4
_PAIR = 2


def find_dependence(frame: pd.DataFrame) -> list[str]:
    """Name every column that repeats another, and every set of columns of which one follows from the others.

    Parameters
    ----------
    frame
        One row a customer; a column with one value, or an infinite one, is no matter of this check.

    Returns
    -------
    list
        One problem a column that repeats another; then one for the first set of columns that adds up. Numbers
        repeat one another where their correlation is 1 or -1, other columns where their levels go together
        one by one. Missing values count as the mean, so columns that differ in where they are missing differ.
    """
    problems, repeats = [], set()
    matrix, names = _standardise(frame)
    correlation = matrix.T @ matrix / max(len(matrix), 1)
    for place, name in enumerate(names):
        same = np.flatnonzero(np.abs(correlation[place, :place]) > 1 - _EXACT)
        if len(same):
            problems.append(_tell_pair(name, names[same[0]]))
            repeats.add(place)
    kept = [place for place in range(len(names)) if place not in repeats]
    if len(kept) > _PAIR and len(matrix) > len(kept):
        variances, directions = np.linalg.eigh(correlation[np.ix_(kept, kept)])
        if variances[0] < _EXACT:
            part = [names[kept[at]] for at in np.flatnonzero(np.abs(directions[:, 0]) > _TAKES_PART)]
            problems.append(
                _(
                    "{part}: any one of them follows exactly from the others (perfect collinearity). "
                    "Leave one out.",
                    part=_(", ").join(part),
                )
            )
    return problems + _find_same_levels(frame)


def _standardise(frame: pd.DataFrame) -> tuple[FloatArray, list[str]]:
    """Return numbers with mean 0 and variance 1, and their names."""
    columns, names = [], []
    for name in frame:
        if not types.is_numeric_dtype(frame[name]) or types.is_bool_dtype(frame[name]):
            continue
        values = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        if np.isinf(values).any() or np.isnan(values).all() or np.nanmin(values) == np.nanmax(values):
            continue
        centred = np.nan_to_num(values - np.nanmean(values))
        columns.append(centred / np.sqrt(np.mean(centred**2)))
        names.append(str(name))
    return np.column_stack(columns) if columns else np.empty((len(frame), 0)), names


def _find_same_levels(frame: pd.DataFrame) -> list[str]:
    codes = {
        str(name): pd.factorize(frame[name])[0]
        for name in frame
        if not types.is_numeric_dtype(frame[name]) or types.is_bool_dtype(frame[name])
    }
    names = [name for name, code in codes.items() if code.max(initial=0) > 0]
    problems = []
    for place, name in enumerate(names):
        same = [other for other in names[:place] if np.array_equal(codes[name], codes[other])]
        if same:
            problems.append(_tell_pair(name, same[0]))
    return problems


def _tell_pair(name: str, other: str) -> str:
    return _(
        "{name}: says exactly what {other} says (perfect collinearity). Leave one of the two out.",
        name=name,
        other=other,
    )
