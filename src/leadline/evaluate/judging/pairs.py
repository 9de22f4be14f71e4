"""Each arm beside the control in one metric, estimated as the metric asks for (V1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from leadline.errors import DataError, ParameterError
from leadline.evaluate.estimates.arms import estimate_arms
from leadline.evaluate.estimates.cells import read_metric
from leadline.evaluate.estimates.effects import ArmEstimate, Effect, find_difference, find_lift
from leadline.evaluate.estimates.moments import Moments
from leadline.evaluate.estimates.shares import compare_shares, find_share_lift
from leadline.features.experiment.metric import Metric
from leadline.features.experiment.scan import ARM, ExperimentScan
from leadline.intervals import LEVEL
from leadline.language import _, plural

LiftMethod = Literal["Fieller", "delta"]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """An arm and the control in one metric.

    Attributes
    ----------
    arm, control
        What is estimated of each.
    units
        Of the arm, and of the control.
    covariance
        Of the two estimates; 0 unless strata weights tie them together.
    counts
        Conversions and units of the arm, then of the control, where Newcombe's method is to be used.
    method
        How the difference's interval is made, in words.
    """

    arm: ArmEstimate
    control: ArmEstimate
    units: tuple[int, int] = (0, 0)
    covariance: float = 0.0
    counts: tuple[int, int, int, int] | None = None
    method: str

    @property
    def variance(self) -> float:
        """Variance of the difference."""
        return self.arm.variance + self.control.variance - 2 * self.covariance

    @property
    def contributors(self) -> float:
        """Units that make up the mean of the arm that has fewer: (sum of x)² ÷ sum of x² (Kish 1965)."""
        each = [
            one.value**2 / (one.value**2 / one.units + one.variance)
            for one in (self.arm, self.control)
            if one.value or one.variance
        ]
        return min(each, default=0.0)

    def difference(self, *, times: float = 1.0, level: float = LEVEL) -> Effect:
        """Arm less ``times`` the control.

        Raises
        ------
        DataError
            If neither arm varies, or an arm's quantile has no interval.
        """
        if np.isnan(self.variance):
            raise DataError(
                _("Two arms cannot be compared"),
                [_("An arm has too few units for an interval of its quantile.")],
            )
        if self.counts:
            found = compare_shares(*self.counts, times=times, level=level)
        else:
            found = find_difference(
                self.arm, self.control, times=times, covariance=self.covariance, level=level
            )
        return found._replace(method=self.method)

    def lift(self, *, method: LiftMethod = "Fieller", level: float = LEVEL) -> Effect:
        """Arm ÷ control less 1.

        Raises
        ------
        DataError
            If the control's value is not above 0, or cannot be told from it.
        """
        if self.counts and method == "Fieller":
            return find_share_lift(*self.counts, level=level)
        found = find_lift(self.arm, self.control, method=method, covariance=self.covariance, level=level)
        if np.isinf(found.upper):
            raise DataError(
                _("A lift cannot be estimated"), [_("The control's value cannot be told from 0.")]
            )
        return found


def pair_arms(
    scan: ExperimentScan,
    metric: Metric,
    *,
    adjust: bool = True,
    strata: Sequence[str] = (),
    raw: bool = False,
) -> Mapping[str, Pair]:
    """Pair every arm with the control.

    A share without covariates and strata is compared by Newcombe's method, everything else by Welch's t: of
    means, of ratios linearised (delta method), of either adjusted for covariates (CUPED) and strata. The
    variance of a quantile comes with the scan, from order statistics.

    Parameters
    ----------
    adjust
        Whether covariates are adjusted for.
    strata
        Segments by which to post-stratify.
    raw
        Whether a winsorised metric is taken as it was before.

    Raises
    ------
    DataError
        If an arm has fewer than two units, or a denominator is 0 on average.
    ParameterError
        If the scan does not know a stratum.
    """
    control, *others = scan.arms
    if metric.kind == "quantile":
        rows = scan.quantiles[scan.quantiles["metric"] == metric.key].set_index("arm")
        told = {
            arm: ArmEstimate(float(row["value"]), float(row["variance"]), float(row["units"]))
            for arm, row in rows.iterrows()
        }
        way = _("order statistics")
        return {
            arm: Pair(
                arm=told[arm],
                control=told[control],
                units=(int(told[arm].units), int(told[control].units)),
                method=way,
            )
            for arm in others
        }
    unknown = [_("“{name}” is no segment of the scan.", name=name) for name in strata if name not in scan.by]
    if unknown:
        raise ParameterError(_("The arms cannot be post-stratified"), unknown)
    moments = scan.moments[metric.key]
    value = moments.raw if raw and moments.raw else moments.value
    covariates = moments.covariates if adjust else ()
    cells = read_metric(scan, metric.key, by=(ARM, *strata))
    found = estimate_arms(cells, scan.arms, value, denominator=moments.denominator, covariates=covariates)
    counts = None
    if metric.kind == "conversion" and not covariates and not strata:
        counts = _count(cells, value)
    named = len(scan.design.covariates) if covariates else 0
    way = _("Newcombe") if counts else tell_way(metric, covariates=named, strata=found.strata)
    return {
        arm: Pair(
            arm=found.estimates[place],
            control=found.estimates[0],
            units=(found.units[place], found.units[0]),
            covariance=float(found.covariance[place, 0]),
            counts=(*counts[place], *counts[0]) if counts else None,
            method=way,
        )
        for place, arm in enumerate(others, start=1)
    }


def tell_way(metric: Metric, *, covariates: int, strata: int) -> str:
    """Say how a difference was estimated by Welch's t, as a reader sees it."""
    parts = [_("delta method, t") if metric.kind == "ratio" else _("Welch t")]
    if covariates:
        parts.append(plural("CUPED with {count} covariate", "CUPED with {count} covariates", covariates))
    if strata > 1:
        parts.append(plural("post-stratified by {count} group", "post-stratified by {count} groups", strata))
    return _(", ").join(parts)


def _count(cells: Moments, value: str) -> list[tuple[int, int]] | None:
    """Count conversions by arm; nothing if the measure is more than yes and no."""
    place = cells.place(value)
    share, units = cells.means[:, place], cells.count
    if not np.allclose(cells.comoments[:, place, place], units * share * (1 - share), rtol=1e-6, atol=1e-9):
        return None
    return [(round(one * every), int(every)) for one, every in zip(share, units, strict=True)]
