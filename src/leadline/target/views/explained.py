"""How much of the differences between customers a grouping explains, and what a second one adds."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from leadline.intervals import LEVEL, Estimate

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def explain(values: FloatArray, before: IntArray, after: IntArray) -> tuple[Estimate, float]:
    """Share of the variance of ``values`` that cells ``after`` explain beyond cells ``before``.

    The estimate is the difference of two adjusted R², so that a grouping by chance adds 0 on average; its
    interval is linearised (95%). The p-value is that of the nested F test, which takes spread to be alike in
    all cells.

    Parameters
    ----------
    values
        One value a customer.
    before, after
        Code of each customer's cell; ``after`` refines ``before``.
    """
    count = len(values)
    total = (values - values.mean()) ** 2
    coarse, fine = _square_within(values, before), _square_within(values, after)
    cells = len(np.unique(before)), len(np.unique(after))
    if total.sum() == 0 or count <= cells[1]:
        return Estimate(np.nan, np.nan, np.nan), np.nan
    added = 1 - (fine.sum() / (count - cells[1])) / (total.sum() / (count - 1))
    added -= 1 - (coarse.sum() / (count - cells[0])) / (total.sum() / (count - 1))
    share = (coarse - fine).sum() / total.sum()
    influence = (coarse - fine - share * total) / total.mean()
    reach = float(special.ndtri(0.5 + LEVEL / 2) * influence.std(ddof=1) / np.sqrt(count))
    estimate = Estimate(float(added), float(added) - reach, float(added) + reach)
    if cells[0] == cells[1]:
        return estimate, 1.0
    if fine.sum() == 0:
        return estimate, 0.0
    freedom = cells[1] - cells[0], count - cells[1]
    ratio = ((coarse.sum() - fine.sum()) / freedom[0]) / (fine.sum() / freedom[1])
    return estimate, float(special.fdtrc(*freedom, max(0.0, ratio)))


def number_cells(*columns: pd.Series) -> IntArray:
    """Give each combination of levels a number; missing is a level of its own."""
    frame = pd.concat([column.rename(place) for place, column in enumerate(columns)], axis=1)
    return np.asarray(frame.groupby(list(frame.columns), dropna=False, sort=True).ngroup(), dtype=np.int64)


def _square_within(values: FloatArray, cells: IntArray) -> FloatArray:
    sizes = np.bincount(cells)
    means = np.bincount(cells, weights=values) / np.maximum(sizes, 1)
    return np.asarray((values - means[cells]) ** 2)
