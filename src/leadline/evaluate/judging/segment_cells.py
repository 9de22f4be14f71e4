"""From moments to one effect a group of a segment, for any number of groups at once (V1)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.disclosure import MINIMUM
from leadline.errors import ParameterError
from leadline.evaluate.estimates.cells import read_metric
from leadline.evaluate.estimates.effects import find_slopes
from leadline.evaluate.estimates.moments import Moments
from leadline.evaluate.judging.pairs import pair_arms
from leadline.features.experiment import ExperimentScan, Metric
from leadline.features.experiment.scan import ARM
from leadline.language import N_, _, plural

FloatArray = npt.NDArray[np.float64]
_HEADLINE = N_("Groups cannot be compared")
_NAMED = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class GroupEffects:
    """Differences of an arm and the control within each group of a segment.

    Attributes
    ----------
    groups
        Names, shape (groups,); small groups are joined and bear a name of their own.
    units
        Units of arm and control, shape (groups, 2).
    difference
        Arm less control, shape (groups,).
    spread
        Variance of a unit's (adjusted, linearised) measure by group and side, shape (groups, 2).
    joined
        How many groups were too small to stand alone and were joined.
    left_out
        Units of groups that even joined were too few, or lacked one of the two arms.
    """

    groups: npt.NDArray[np.object_]
    units: FloatArray
    difference: FloatArray
    spread: FloatArray
    joined: int
    left_out: int


def choose_metric(scan: ExperimentScan, key: str | None) -> Metric:
    """Return the metric of that key, by default the one that decides.

    Raises
    ------
    ParameterError
        If there is none, or it is a quantile, of which no moments speak.
    """
    known = {metric.key: metric for metric in scan.design.metrics}
    metric = scan.design.main if key is None else known.get(key)
    usable = [name for name, one in known.items() if one.kind != "quantile"]
    if metric is None or metric.kind == "quantile":
        told = {"metric": key or scan.design.main.key, "usable": _(", ").join(usable) or _("none")}
        problem = (
            _("“{metric}” is no metric of this test; name one of: {usable}.", **told)
            if metric is None
            else _("“{metric}” is a quantile: groups of it do not add up; name one of: {usable}.", **told)
        )
        raise ParameterError(_(_HEADLINE), [problem])
    return metric


def choose_arm(scan: ExperimentScan, metric: Metric, arm: str | None) -> str:
    """Return that arm, by default the one whose effect stands farthest above its error in the good direction.

    Raises
    ------
    ParameterError
        If it is not among the arms that are compared with the control.
    """
    others = scan.arms[1:]
    if arm is not None:
        if arm not in others:
            raise ParameterError(
                _(_HEADLINE),
                [
                    _(
                        "“{arm}” is no arm beside the control; there are: {others}.",
                        arm=arm,
                        others=_(", ").join(others),
                    )
                ],
            )
        return arm
    sign = -1.0 if metric.falls_is_good else 1.0
    heights = [
        sign * (pair.arm.value - pair.control.value) / np.sqrt(pair.variance)
        if pair.variance > 0
        else -np.inf
        for pair in pair_arms(scan, metric).values()
    ]
    return others[int(np.argmax(heights))]


def find_group_effects(
    scan: ExperimentScan, metric: Metric, segment: str, arm: str, *, adjust: bool = True
) -> GroupEffects:
    """Compare an arm with the control within each group of a segment.

    Groups of fewer than `leadline.disclosure.MINIMUM` units in either arm are joined into one; of a ratio
    units count as far as they have a denominator (Kish's effective number of it). A mean is adjusted by the
    covariates with one slope each for all groups, to the mean of the group's own units in both arms (so that
    the centre cancels); a ratio is linearised in each group and arm first (delta method).

    Raises
    ------
    ParameterError
        If the segment is not one of the scan's.
    """
    if segment not in scan.by or segment == ARM:
        problem = _(
            "“{segment}” is no segment of this test; there are: {segments}.",
            segment=segment,
            segments=_(", ").join(scan.design.segments),
        )
        raise ParameterError(_(_HEADLINE), [problem])
    told = scan.moments[metric.key]
    sides = [
        moments.take((moments.cells[ARM] == name).to_numpy(dtype=bool))
        for moments in [read_metric(scan, metric.key, by=(segment, ARM))]
        for name in (arm, scan.design.control)
    ]
    names, joined, left_out = _name_groups(sides, segment, told.denominator)
    treated, base = (_rename(side, segment, names) for side in sides)
    values, weights = zip(
        *(_linearise(side, told.value, told.denominator) for side in (treated, base)), strict=True
    )
    if adjust and told.covariates:
        _adjust((treated, base), values, weights, told.covariates)
    spread = [
        np.maximum(np.einsum("gi,gij,gj->g", weight, side.comoments, weight), 0.0) / (side.count - 1)
        for side, weight in zip((treated, base), weights, strict=True)
    ]
    return GroupEffects(
        groups=treated.cells[segment].to_numpy(dtype=object),
        units=np.column_stack([treated.count, base.count]),
        difference=values[0] - values[1],
        spread=np.column_stack(spread),
        joined=joined,
        left_out=left_out,
    )


def _name_groups(sides: Sequence[Moments], segment: str, denominator: str) -> tuple[dict[str, str], int, int]:
    """Group → the group that it counts in; how many were joined; the units left out."""
    counts = pd.concat(
        [
            pd.Series(_count(side, denominator), index=[_spell(name) for name in side.cells[segment]])
            for side in sides
        ],
        axis=1,
    ).fillna(0.0)
    least = counts.min(axis=1).sort_values(kind="stable")
    small = list(least.index[least < MINIMUM])
    rest = list(least.index[least >= MINIMUM])
    # Too few units in all take in the next group: subtraction would give them away.
    while small and rest and counts.loc[small].sum().min() < MINIMUM:
        small.append(rest.pop(0))
    if small and counts.loc[small].sum().min() < MINIMUM:
        left_out = sum(
            float(side.count[side.cells[segment].map(_spell).isin(small).to_numpy()].sum()) for side in sides
        )
        return {name: name for name in rest}, 0, int(left_out)
    together = " + ".join(sorted(small))
    if len(small) > _NAMED:
        together = plural("{count} small group together", "{count} small groups together", len(small))
    return {name: name for name in rest} | dict.fromkeys(small, together), len(small), 0


def _count(side: Moments, denominator: str) -> FloatArray:
    if not denominator:
        return side.count
    place = side.place(denominator)
    squared = side.means[:, place] ** 2 * side.count
    every = squared + side.comoments[:, place, place]
    return np.divide(squared, every, out=np.zeros_like(every), where=every > 0) * side.count


def _spell(name: object) -> str:
    return _("(missing)") if pd.isna(name) else str(name)  # type: ignore[call-overload]  # a cell's name


def _rename(side: Moments, segment: str, names: dict[str, str]) -> Moments:
    """Merge the cells of one arm to the groups that are compared, sorted by name."""
    spelt = [names.get(_spell(name), "") for name in side.cells[segment]]
    kept = np.array([name != "" for name in spelt])
    cells = pd.DataFrame({segment: [name for name in spelt if name]})
    some = side.take(kept)
    merged = Moments(
        cells=cells, columns=some.columns, count=some.count, means=some.means, comoments=some.comoments
    )
    return merged.merge([segment])


def _linearise(side: Moments, column: str, denominator: str) -> tuple[FloatArray, FloatArray]:
    """Value of each group in one arm, and the weights of the measures whose mean varies like it."""
    weights = np.zeros((len(side.count), len(side.columns)))
    own = side.place(column)
    if not denominator:
        weights[:, own] = 1.0
        return side.means[:, own].copy(), weights
    below = side.place(denominator)
    value = side.means[:, own] / side.means[:, below]
    weights[:, own] = 1 / side.means[:, below]
    weights[:, below] = -value / side.means[:, below]
    return value, weights


def _adjust(
    sides: Sequence[Moments],
    values: Sequence[FloatArray],
    weights: Sequence[FloatArray],
    covariates: Sequence[str],
) -> None:
    """Take from values and weights what the covariates explain, one slope each for all groups and arms."""
    places = [sides[0].place(name) for name in covariates]
    within = sum((side.comoments.sum(axis=0) for side in sides), np.zeros(()))[np.ix_(places, places)]
    against = sum(
        (
            np.einsum("gxm,gm->x", side.comoments[:, places, :], weight)
            for side, weight in zip(sides, weights, strict=True)
        ),
        np.zeros(()),
    )
    slopes = find_slopes(within, against)
    for side, value, weight in zip(sides, values, weights, strict=True):
        np.subtract(value, side.means[:, places] @ slopes, out=value)
        weight[:, places] -= slopes
