"""What the arm did beside the control: differences and lifts with intervals, from moments alone (V1)."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from leadline.errors import DataError, ParameterError
from leadline.evaluate.estimates.moments import Moments
from leadline.intervals import LEVEL
from leadline.language import _

FEWEST_UNITS = 2


class ArmEstimate(NamedTuple):
    """An arm's mean or ratio, the variance of that estimate (not of a unit), and the units behind it."""

    value: float
    variance: float
    units: float


class Effect(NamedTuple):
    """An effect, its interval, the p-value of none, and the method of interval and p-value."""

    value: float
    lower: float
    upper: float
    p_value: float
    method: str


def estimate_mean(arm: Moments, column: str) -> ArmEstimate:
    """Mean of a measure in one arm.

    Raises
    ------
    DataError
        If the arm is not one cell or has fewer than two units.
    """
    _check_arm(arm)
    place = arm.place(column)
    count = float(arm.count[0])
    variance = float(arm.comoments[0, place, place]) / (count - 1)
    return ArmEstimate(float(arm.means[0, place]), variance / count, count)


def estimate_ratio(arm: Moments, numerator: str, denominator: str) -> ArmEstimate:
    """Ratio of two sums over the units of one arm (spend per order), by the delta method.

    Right also where the unit of analysis is not the randomised one: a unit's rows are added up first
    (Deng, Knoblich & Lu 2018, KDD, 233-242).

    Raises
    ------
    DataError
        If the denominator's mean is 0, or as `estimate_mean`.
    """
    _check_arm(arm)
    below = float(arm.means[0, arm.place(denominator)])
    if below == 0:
        raise DataError(
            _("A ratio cannot be estimated"),
            [_("“{denominator}” is 0 on average in an arm.", denominator=denominator)],
        )
    ratio = float(arm.means[0, arm.place(numerator)]) / below
    linear = arm.combine({"residual": {numerator: 1 / below, denominator: -ratio / below}})
    return estimate_mean(linear, "residual")._replace(value=ratio)


def adjust_means(arms: Moments, column: str, covariates: Sequence[str]) -> list[ArmEstimate]:
    """Means of a measure by arm, adjusted to the covariates' mean over all arms (CUPED).

    One slope a covariate for all arms, from the co-moments within arms; so the difference of two arms is that
    of the analysis of covariance. A covariate without spread, or repeated, takes no part. The covariates must
    be known before the start; their mean over the arms is taken as given, which matters to a lift only.
    Source: Deng, Xu, Kohavi & Walker (2013, WSDM, 123-132).

    Parameters
    ----------
    arms
        One cell an arm.
    column
        The measure.
    covariates
        Columns known before the start; with none the means are plain.

    Raises
    ------
    DataError
        If an arm has fewer than two units.
    """
    _check_sizes(arms)
    if not covariates:
        return _estimate_each(arms, column)
    places = [arms.place(name) for name in covariates]
    within = arms.comoments.sum(axis=0)
    slopes = find_slopes(within[np.ix_(places, places)], within[places, arms.place(column)])
    centre = np.average(arms.means[:, places], axis=0, weights=arms.count)
    parts = dict(zip(covariates, (-slopes).tolist(), strict=True))
    adjusted = arms.combine({"adjusted": {column: 1.0, **parts}})
    plain = _estimate_each(adjusted, "adjusted")
    return [one._replace(value=one.value + float(slopes @ centre)) for one in plain]


def find_difference(
    arm: ArmEstimate,
    control: ArmEstimate,
    *,
    times: float = 1.0,
    covariance: float = 0.0,
    level: float = LEVEL,
) -> Effect:
    """Difference, arm less ``times`` the control, with the interval and test of Welch (1947).

    Source: Welch (1947, Biometrika 34:28-35). ``covariance`` is that of the two estimates: arms are
    independent, but weights of strata that were estimated tie them together.

    Raises
    ------
    DataError
        If neither arm varies: then no interval can be told.
    """
    error, freedom = _welch(arm, control, times, covariance)
    return _student(arm.value - times * control.value, error, freedom, level, "Welch t")


def find_lift(
    arm: ArmEstimate,
    control: ArmEstimate,
    *,
    method: Literal["delta", "Fieller"] = "Fieller",
    covariance: float = 0.0,
    level: float = LEVEL,
) -> Effect:
    """Relative effect, arm ÷ control less 1 (0.1 is 10% more).

    ``delta`` is symmetric about the value and may disagree with the difference on whether there is an
    effect. ``Fieller`` (1954, Journal of the Royal Statistical Society B 16:175-185) never does: it inverts
    the test of the difference, with the same degrees of freedom, and has its p-value. Where the control
    cannot be told from 0, Fieller's set has no end, and the interval is given as all numbers.

    Raises
    ------
    DataError
        If the control's value is not above 0, or neither arm varies.
    ParameterError
        If the method is another.
    """
    if method not in {"delta", "Fieller"}:
        raise ParameterError(
            _("The lift cannot be estimated"),
            [_("method “{method}” is not delta or Fieller.", method=method)],
        )
    if control.value <= 0:
        raise DataError(
            _("A lift cannot be estimated"),
            [
                _(
                    "The control's value is {value}; a share of it means something above 0 only.",
                    value=f"{control.value:g}",
                )
            ],
        )
    error, freedom = _welch(arm, control, 1.0, covariance)
    ratio = arm.value / control.value
    if method == "delta":
        spread = _spread(arm, control, ratio, covariance) / control.value
        return _student(ratio - 1, spread, freedom, level, "delta method, t")
    p_value = _student(arm.value - control.value, error, freedom, level, "").p_value
    squared = _quantile((1 + level) / 2, freedom) ** 2
    lead = control.value**2 - squared * control.variance
    if lead <= 0:
        return Effect(ratio - 1, -np.inf, np.inf, p_value, "Fieller, no bound")
    middle = (arm.value * control.value - squared * covariance) / lead
    half = float(np.sqrt(middle**2 - (arm.value**2 - squared * arm.variance) / lead))
    return Effect(ratio - 1, middle - half - 1, middle + half - 1, p_value, "Fieller, t")


def find_slopes(within: npt.NDArray[np.float64], against: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Slopes of least squares from co-moments; measures of any unit count alike.

    A covariate without spread, or repeated, takes no part.
    """
    scale = np.sqrt(np.diag(within))
    divisor = np.where(scale > 0, scale, 1.0)
    slopes = np.linalg.lstsq(within / np.outer(divisor, divisor), against / divisor, rcond=1e-10)[0]
    return np.asarray(slopes / divisor, dtype=float)


def _welch(arm: ArmEstimate, control: ArmEstimate, times: float, covariance: float) -> tuple[float, float]:
    """Return the standard error of the difference and its degrees of freedom (Welch-Satterthwaite)."""
    error = _spread(arm, control, times, covariance)
    if not error > 0:
        raise DataError(
            _("Two arms cannot be compared"), [_("The measure is the same for every unit of both arms.")]
        )
    parts = np.array([arm.variance, times**2 * control.variance])
    shares = parts / parts.sum()
    return error, 1 / float(shares**2 @ (1 / np.array([arm.units - 1, control.units - 1])))


def _spread(arm: ArmEstimate, control: ArmEstimate, times: float, covariance: float) -> float:
    total = arm.variance + times**2 * control.variance - 2 * times * covariance
    return float(np.sqrt(max(total, 0.0)))


def _student(value: float, error: float, freedom: float, level: float, method: str) -> Effect:
    half = _quantile((1 + level) / 2, freedom) * error
    return Effect(
        value, value - half, value + half, 2 * float(special.stdtr(freedom, -abs(value) / error)), method
    )


def _quantile(share: float, freedom: float) -> float:
    return float(special.stdtrit(freedom, share))


def _estimate_each(arms: Moments, column: str) -> list[ArmEstimate]:
    return [estimate_mean(arms.take(slice(row, row + 1)), column) for row in range(len(arms.count))]


def _check_arm(arm: Moments) -> None:
    if len(arm.count) != 1:
        raise DataError(
            _("An arm cannot be estimated"),
            [_("Its moments are in {count} cells; merge them to one first.", count=len(arm.count))],
        )
    _check_sizes(arm)


def _check_sizes(arms: Moments) -> None:
    small = [
        _(
            "{value} has {count} units; a variance needs 2 or more.",
            value=_(", ").join(map(str, name)) or _("The arm"),
            count=f"{count:g}",
        )
        for name, count in zip(arms.cells.itertuples(index=False, name=None), arms.count, strict=True)
        if count < FEWEST_UNITS
    ]
    if small:
        raise DataError(_("An arm cannot be estimated"), small)
