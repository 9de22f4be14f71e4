"""What history tells of a metric before a test: its value, its spread, and what covariates explain (V1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from leadline.data import check_columns
from leadline.errors import DataError
from leadline.evaluate.planning import power
from leadline.evaluate.planning.values import linearise, read_covariates, read_values
from leadline.features.experiment import Metric
from leadline.intervals import LEVEL, Estimate, wilson_interval
from leadline.language import N_, _

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
_HEADLINE = N_("The history cannot tell what a test needs")
_FEWEST = 2
_Z = float(stats.norm.isf((1 - LEVEL) / 2))


@dataclass(frozen=True, eq=False, kw_only=True)
class Baseline:
    """A metric before the test.

    Attributes
    ----------
    metric
        What is measured.
    units
        Units of the history that have it; 0 if ``value`` was assumed.
    value
        Share, mean or ratio, with its 95% interval; without one (NaN) if it was assumed.
    sd
        Standard deviation of one unit; of a ratio that of its linear part (delta method), of a winsorised
        metric after winsorising.
    variance_left
        Share of the variance that the covariates leave (CUPED), with its 95% interval; 1 without any.
    spread_error
        Standard error of log(``sd`` ÷ value).
    skewness
        Of one unit; 0 if ``value`` was assumed.
    """

    metric: Metric
    units: int
    value: Estimate
    sd: float
    variance_left: Estimate
    spread_error: float = 0.0
    skewness: float = 0.0

    def lift(self, effect: float) -> float:
        """Return a relative effect (0.1 is a tenth) in the metric's units, downwards if a fall is good.

        A share ends at 0 and 1.
        """
        size = effect * self.value.value
        if self.metric.kind == "conversion":
            size = min(size, (self.value.value if self.metric.falls_is_good else 1 - self.value.value))
        return -size if self.metric.falls_is_good else size

    def allows(self, effect: float) -> bool:
        """Whether a relative effect is possible: no share is above 1 or below 0."""
        if self.metric.kind != "conversion":
            return True
        return self.value.value * (1 - effect if self.metric.falls_is_good else 1 + effect) <= 1 and (
            not self.metric.falls_is_good or effect <= 1
        )

    def as_planned(self) -> power.Metric:
        """Return the metric as the power formulas take it."""
        left = min(1.0, max(1e-9, self.variance_left.value))
        if self.metric.kind == "conversion":
            return power.Proportion(base=self.value.value, variance_left=left)
        return power.Mean(sd=self.sd, variance_left=left)

    def at_worst(self) -> "Baseline":
        """Return it at that end of what history allows which needs most units."""
        return self._at(self.value.lower, _Z)

    def at_best(self) -> "Baseline":
        """Return it at that end of what history allows which needs fewest units."""
        return self._at(self.value.upper, -_Z)

    def _at(self, share: float, z: float) -> "Baseline":
        if not self.units:
            return self
        if self.metric.kind == "conversion":
            inside = min(max(share, 1e-9), 1 - 1e-9)
            return replace(self, value=Estimate(inside, inside, inside))
        return replace(self, sd=self.sd * float(np.exp(z * self.spread_error)))


def assume_share(metric: Metric, base: float) -> Baseline:
    """Return the baseline of a conversion whose share without a contact is assumed, not measured."""
    none = float("nan")
    return Baseline(
        metric=metric,
        units=0,
        value=Estimate(base, none, none),
        sd=(base * (1 - base)) ** 0.5,
        variance_left=Estimate(1.0, none, none),
    )


def measure_baselines(
    history: pd.DataFrame,
    metrics: Sequence[Metric],
    covariates: Sequence[str] = (),
    *,
    arm: str | None = None,
    untouched: str | None = None,
) -> list[Baseline]:
    """Measure metrics on units that no campaign touched.

    The share that covariates leave is 1 − R² of the least-squares fit (Deng, Xu, Kohavi & Walker 2013, WSDM,
    123-132), with an interval by its influence function, which holds for skewed metrics, too; a missing
    covariate counts as the mean, with a flag of its own. A ratio is made linear first (Deng, Knoblich & Lu
    2018, KDD, 233-242).

    Parameters
    ----------
    history
        One row a unit.
    metrics
        Columns of the history; units that lack one are left out of it.
    covariates
        Numbers or flags known before the metrics were measured.
    arm, untouched
        Column of the arms of an earlier test, and what it says of those left alone: they alone tell values
        and spreads; what covariates explain is measured within all arms. Without it every row counts.

    Raises
    ------
    DataError
        With every column that is absent or no number; metrics that are constant, all missing, infinite, no
        yes or no where a share is asked, or 0 and below on average; a quantile, which no variance plans.
    """
    wanted = dict.fromkeys([*(name for metric in metrics for name in metric.columns), *covariates])
    problems = check_columns(history, list(wanted), _("the history")) + _check_arm(history, arm, untouched)
    problems += [
        _(
            "{key}: sizes are known of shares, means and ratios, not of a quantile. Name its mean.",
            key=metric.key,
        )
        for metric in metrics
        if metric.kind == "quantile"
    ]
    problems += [
        _(
            "{name}: is a metric; a covariate must be known before. Take it out, or name its earlier value.",
            name=name,
        )
        for name in covariates
        if any(name in metric.columns for metric in metrics)
    ]
    if not metrics:
        problems.append(_("no metric is named."))
    if problems:
        raise DataError(_(_HEADLINE), problems)
    arms = _number_arms(history, arm, untouched)
    known = read_covariates(history, covariates, problems)
    read = [read_values(history, metric, problems, base=arms == 0) for metric in metrics]
    if problems:
        raise DataError(_(_HEADLINE), problems)
    return [_measure(metric, *values, known, arms) for metric, values in zip(metrics, read, strict=True)]


def _measure(
    metric: Metric, value: FloatArray, below: FloatArray, known: FloatArray, arms: IntArray
) -> Baseline:
    """Value and spread of the units of arm 0; what the covariates leave, within all arms."""
    there, base = ~np.isnan(value), ~np.isnan(value) & (arms == 0)
    parts = linearise(value[base], below[base])
    units, middle = int(base.sum()), float(value[base].mean() / below[base].mean())
    used = known if metric.is_adjusted else known[:, :0]
    left = _explain(*_centre(value[there], below[there], used[there], arms[there]))
    sd, error = float(parts.std(ddof=1)), float(parts.std(ddof=1)) / units**0.5
    # Of log(sd / value): what each unit adds to it.
    influence = parts**2 / float((parts**2).mean()) / 2 - parts / middle
    if metric.kind == "conversion":
        estimate = wilson_interval(float(value[base].sum()), units)
    else:
        estimate = Estimate(middle, middle - _Z * error, middle + _Z * error)
    return Baseline(
        metric=metric,
        units=units,
        value=estimate,
        sd=sd,
        variance_left=left,
        spread_error=float(influence.std()) / units**0.5,
        skewness=float(stats.skew(parts)),
    )


def _centre(
    value: FloatArray, below: FloatArray, known: FloatArray, arms: IntArray
) -> tuple[FloatArray, FloatArray, int]:
    """Return the metric and the covariates around the means of each arm, and how many arms there are."""
    parts, covariates = np.empty(len(value)), np.empty_like(known)
    for arm in np.unique(arms):
        inside = arms == arm
        parts[inside] = linearise(value[inside], below[inside]) if below[inside].any() else 0.0
        covariates[inside] = known[inside] - known[inside].mean(axis=0)
    return parts, covariates, len(np.unique(arms))


def _explain(parts: FloatArray, known: FloatArray, arms: int) -> Estimate:
    """Share of the variance that is left, with its interval by the influence of each unit."""
    units, measures = known.shape
    if not measures or units <= measures + arms + _FEWEST:
        return Estimate(1.0, np.nan, np.nan)
    scale = known.std(axis=0)
    scaled = known / np.where(scale > 0, scale, 1.0)
    residual = parts - scaled @ np.linalg.lstsq(scaled, parts, rcond=1e-10)[0]
    total, rest = float((parts**2).mean()), float((residual**2).mean())
    # Each slope fitted takes its share of the residual: as in the adjusted R² (Ezekiel 1930).
    left = min(1.0, rest / total * (units - arms) / (units - arms - measures))
    error = float((residual**2 - left * parts**2).std()) / total / units**0.5
    return Estimate(left, max(0.0, left - _Z * error), min(1.0, left + _Z * error))


def _number_arms(history: pd.DataFrame, arm: str | None, untouched: str | None) -> IntArray:
    """Give each unit the number of its arm, 0 for those whom the campaign did not touch."""
    if arm is None:
        return np.zeros(len(history), dtype=np.int64)
    told = history[arm].astype("string").fillna("")
    number = pd.factorize(told, sort=True)[0] + 1
    return np.where(told == untouched, 0, number).astype(np.int64)


def _check_arm(history: pd.DataFrame, arm: str | None, untouched: str | None) -> list[str]:
    if arm is None:
        return []
    if arm not in history.columns:
        return check_columns(history, [arm], _("the history"))
    names = sorted(history[arm].dropna().astype("string").unique())
    if untouched in names:
        return []
    return [
        _(
            "{arm}: nobody is “{untouched}”. Name those left alone, one of: {names}.",
            arm=arm,
            untouched=untouched,
            names=_(", ").join(names[:10]),
        )
    ]
