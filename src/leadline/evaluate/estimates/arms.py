"""Arms estimated from cells of arm × stratum, with covariates and strata known before the start (V1)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.errors import DataError
from leadline.evaluate.estimates.effects import FEWEST_UNITS, ArmEstimate, find_slopes
from leadline.evaluate.estimates.moments import Moments
from leadline.features.experiment.scan import ARM
from leadline.language import _

FloatArray = npt.NDArray[np.float64]


class Arms(NamedTuple):
    """Estimates by arm, the covariance of any two of them, units by arm, strata in the end.

    `ArmEstimate.units` is less by the strata beyond the first: what is left to tell the variance from.
    """

    estimates: tuple[ArmEstimate, ...]
    covariance: FloatArray
    units: tuple[int, ...]
    strata: int


def estimate_arms(
    cells: Moments,
    arms: Sequence[str],
    value: str,
    *,
    denominator: str = "",
    covariates: Sequence[str] = (),
) -> Arms:
    """Mean, or ratio of two sums, of each arm, adjusted for covariates and post-stratified.

    Strata are weighted by their share of the units of all arms together (Miratrix, Sekhon & Yu 2013, J. R.
    Statist. Soc. B 75:369-396). That these shares are estimated, too, adds the spread of the strata's values
    to the variance, and ties the arms together. Strata in which an arm has fewer than two units are put
    together, and if need be with the next smallest. Covariates are adjusted for as in
    `leadline.evaluate.estimates.effects.adjust_means`, with slopes from within the cells (CUPED); a ratio is
    linearised first (delta method).

    Parameters
    ----------
    cells
        Cells named by `ARM`, and by the strata if there are any.
    arms
        Order of the arms.
    value, denominator
        Measures; without a denominator the mean of the value is estimated.
    covariates
        Measures known before the start.

    Raises
    ------
    DataError
        If an arm has fewer than two units, or a denominator is 0 on average.
    """
    cells = _pool(cells, arms)
    strata = len(cells.count) // len(arms)
    shape = (strata, len(arms))
    count = cells.count.reshape(shape)
    means = cells.means.reshape(*shape, -1)
    comoments = cells.comoments.reshape(*shape, len(cells.columns), len(cells.columns))
    weights = count.sum(axis=1) / count.sum()
    level = np.einsum("k,kam->am", weights, means)
    base, linear = _linearise(cells, level, value, denominator)
    if covariates:
        places = [cells.place(name) for name in covariates]
        within = comoments.sum(axis=(0, 1))[np.ix_(places, places)]
        against = np.einsum("kaxm,am->x", comoments[:, :, places, :], linear)
        slopes = find_slopes(within, against)
        centre = np.average(means[..., places], axis=(0, 1), weights=count)
        base = base - (level[:, places] - centre) @ slopes
        linear[:, places] -= slopes
    spread = np.einsum("am,kamn,an->ka", linear, comoments, linear) / (count - 1) / count
    apart = np.einsum("kam,am->ka", means, linear) - np.einsum("am,am->a", level, linear)
    covariance = np.einsum("k,ka,kb->ab", weights, apart, apart) / count.sum()
    variance = weights**2 @ spread + np.diag(covariance)
    units = count.sum(axis=0)
    estimates = zip(base.tolist(), variance.tolist(), (units - (strata - 1)).tolist(), strict=True)
    told = tuple(ArmEstimate(*one) for one in estimates)
    return Arms(told, covariance, tuple(int(one) for one in units), strata)


def _linearise(
    cells: Moments, level: FloatArray, value: str, denominator: str
) -> tuple[FloatArray, FloatArray]:
    """Return the arms' values, and weights of the measures by arm whose sum varies like its value."""
    linear = np.zeros_like(level)
    top = cells.place(value)
    if not denominator:
        linear[:, top] = 1.0
        return level[:, top], linear
    bottom = cells.place(denominator)
    below = level[:, bottom]
    if (below == 0).any():
        raise DataError(
            _("A ratio cannot be estimated"),
            [_("“{denominator}” is 0 on average in an arm.", denominator=denominator)],
        )
    ratio = level[:, top] / below
    linear[:, top], linear[:, bottom] = 1 / below, -ratio / below
    return ratio, linear


def _pool(cells: Moments, arms: Sequence[str]) -> Moments:
    """Cells of stratum × arm in that order, every stratum with units enough in every arm."""
    names = [name for name in cells.cells.columns if name != ARM]
    places = {arm: number for number, arm in enumerate(arms)}
    place = np.array([places.get(arm, -1) for arm in cells.cells[ARM]])
    if (place < 0).any():
        cells, place = cells.take(place >= 0), place[place >= 0]
    stratum = np.zeros(len(place), dtype=int)
    if names:
        stratum = cells.cells.groupby(names, dropna=False, sort=True, observed=True).ngroup().to_numpy()
    count = np.zeros((stratum.max(initial=0) + 1, len(arms)))
    np.add.at(count, (stratum, place), cells.count)
    small = [
        _("{arm} has {units} units; a variance needs 2 or more.", arm=arm, units=f"{units:g}")
        for arm, units in zip(arms, count.sum(axis=0), strict=True)
        if units < FEWEST_UNITS
    ]
    if small:
        raise DataError(_("An arm cannot be estimated"), small)
    stratum = _join_small(count)[stratum]
    if np.array_equal(stratum * len(arms) + place, np.arange(count.size)):
        return cells
    named = pd.DataFrame({"stratum": stratum, ARM: place})
    return replace(cells, cells=named).merge(["stratum", ARM])


def _join_small(count: FloatArray) -> npt.NDArray[np.int_]:
    """Return the stratum into which each goes."""
    fewest = count.min(axis=1)
    order = np.lexsort((count.sum(axis=1), fewest >= FEWEST_UNITS))
    joined = int((fewest < FEWEST_UNITS).sum())
    while 0 < joined < len(order) and count[order[:joined]].sum(axis=0).min() < FEWEST_UNITS:
        joined += 1
    into = np.arange(len(order))
    if joined:
        into[order[:joined]] = order[0]
    return into
