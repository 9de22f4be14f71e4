"""What the arm did beside the control: differences and lifts with intervals, from moments alone (V1)."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from leadline.errors import DataError, ParameterError
from leadline.evaluate.estimates.moments import Moments
from leadline.holm import correct_holm
from leadline.intervals import LEVEL

_FARTHEST_Z = 37.0  # the normal tail beyond is 0 in floating point
_FEWEST = 2


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
        raise DataError("A ratio cannot be estimated", [f"“{denominator}” is 0 on average in an arm."])
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
    slopes = _solve(within[np.ix_(places, places)], within[places, arms.place(column)])
    centre = np.average(arms.means[:, places], axis=0, weights=arms.count)
    parts = dict(zip(covariates, (-slopes).tolist(), strict=True))
    adjusted = arms.combine({"adjusted": {column: 1.0, **parts}})
    plain = _estimate_each(adjusted, "adjusted")
    return [one._replace(value=one.value + float(slopes @ centre)) for one in plain]


def find_difference(arm: ArmEstimate, control: ArmEstimate, *, level: float = LEVEL) -> Effect:
    """Difference, arm less control, with the interval and test of Welch (1947, Biometrika 34:28-35).

    Raises
    ------
    DataError
        If neither arm varies: then no interval can be told.
    """
    error, freedom = _welch(arm, control)
    return _student(arm.value - control.value, error, freedom, level, "Welch t")


def find_lift(
    arm: ArmEstimate,
    control: ArmEstimate,
    *,
    method: Literal["delta", "Fieller"] = "Fieller",
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
        raise ParameterError("The lift cannot be estimated", [f"method “{method}” is not delta or Fieller."])
    if control.value <= 0:
        raise DataError(
            "A lift cannot be estimated",
            [f"The control's value is {control.value:g}; a share of it means something above 0 only."],
        )
    error, freedom = _welch(arm, control)
    ratio = arm.value / control.value
    if method == "delta":
        spread = float(np.sqrt(arm.variance + ratio**2 * control.variance)) / control.value
        return _student(ratio - 1, spread, freedom, level, "delta method, t")
    p_value = _student(arm.value - control.value, error, freedom, level, "").p_value
    squared = float(stats.t.isf((1 - level) / 2, freedom)) ** 2
    lead = control.value**2 - squared * control.variance
    if lead <= 0:
        return Effect(ratio - 1, -np.inf, np.inf, p_value, "Fieller, no bound")
    middle = arm.value * control.value / lead
    half = float(np.sqrt(middle**2 - (arm.value**2 - squared * arm.variance) / lead))
    return Effect(ratio - 1, middle - half - 1, middle + half - 1, p_value, "Fieller, t")


def compare_shares(
    yes: int,
    units: int,
    control_yes: int,
    control_units: int,
    *,
    method: Literal["Newcombe", "Wald"] = "Newcombe",
    level: float = LEVEL,
) -> Effect:
    """Difference of two shares, arm less control; interval and p-value are of one method.

    ``Newcombe`` (1998, Statistics in Medicine 17:873-890, method 10: from two Wilson intervals) holds for
    few conversions; its p-value is 1 less the level at which the interval first touches 0. ``Wald`` is the
    plain normal one with separate variances.

    Raises
    ------
    DataError
        If counts are negative, above the units, or there are no units.
    ParameterError
        If the method is another.
    """
    if method not in {"Newcombe", "Wald"}:
        raise ParameterError("Shares cannot be compared", [f"method “{method}” is not Newcombe or Wald."])
    problems = [
        f"In the {name} {some} of {every} units: units must be 1 or more, conversions among them."
        for name, some, every in (("arm", yes, units), ("control", control_yes, control_units))
        if every < 1 or not 0 <= some <= every
    ]
    if problems:
        raise DataError("Shares cannot be compared", problems)
    name = {"Newcombe": "newcomb", "Wald": "wald"}[method]

    def bounds(z: float) -> tuple[float, float]:
        lower, upper = confint_proportions_2indep(
            yes, units, control_yes, control_units, method=name, compare="diff", alpha=2 * stats.norm.sf(z)
        )
        return float(lower), float(upper)

    difference = yes / units - control_yes / control_units
    lower, upper = bounds(float(stats.norm.isf((1 - level) / 2)))
    return Effect(difference, lower, upper, _touch(difference, bounds), method)


def adjust_p_values(
    p_values: Sequence[float], *, method: Literal["Holm", "Benjamini-Hochberg"] = "Holm"
) -> npt.NDArray[np.float64]:
    """Adjust the p-values of one family (metrics × arms), in the order given.

    Holm (1979, Scandinavian Journal of Statistics 6:65-70) bounds the chance of any false positive,
    Benjamini & Hochberg (1995, J. R. Statist. Soc. B 57:289-300) the share of false ones.

    Raises
    ------
    DataError
        If a p-value is missing or outside 0 to 1.
    ParameterError
        If the method is another.
    """
    methods = ("Holm", "Benjamini-Hochberg")
    if method not in methods:
        problem = f"method “{method}” is not one of {list(methods)}."
        raise ParameterError("P-values cannot be adjusted", [problem])
    values = np.asarray(p_values, dtype=float)
    wrong = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(wrong):
        raise DataError(
            "P-values cannot be adjusted",
            [f"Number {place + 1} is {values[place]}, not 0 to 1." for place in wrong],
        )
    if method == "Holm" or not len(values):
        return correct_holm(values)
    return np.asarray(multipletests(values, method="fdr_bh")[1], dtype=float)


def _welch(arm: ArmEstimate, control: ArmEstimate) -> tuple[float, float]:
    """Return the standard error of the difference and its degrees of freedom (Welch-Satterthwaite)."""
    total = arm.variance + control.variance
    if not total > 0:
        raise DataError(
            "Two arms cannot be compared", ["The measure is the same for every unit of both arms."]
        )
    parts = (arm.variance / total) ** 2 / (arm.units - 1) + (control.variance / total) ** 2 / (
        control.units - 1
    )
    return float(np.sqrt(total)), 1 / parts


def _student(value: float, error: float, freedom: float, level: float, method: str) -> Effect:
    half = float(stats.t.isf((1 - level) / 2, freedom)) * error
    p_value = 2 * float(stats.t.sf(abs(value) / error, freedom))
    return Effect(value, value - half, value + half, p_value, method)


def _touch(difference: float, bounds: Callable[[float], tuple[float, float]]) -> float:
    """Two-sided p-value of no difference: by what normal quantile the interval first touches 0."""
    if difference == 0:
        return 1.0

    def near(z: float) -> float:
        lower, upper = bounds(z)
        return lower if difference > 0 else -upper

    if near(_FARTHEST_Z) >= 0:
        return 0.0
    return 2 * float(stats.norm.sf(optimize.brentq(near, 0.0, _FARTHEST_Z, xtol=1e-12)))


def _solve(within: npt.NDArray[np.float64], against: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Slopes of least squares; measures of any unit count alike, and one without spread has slope 0."""
    scale = np.sqrt(np.diag(within))
    divisor = np.where(scale > 0, scale, 1.0)
    slopes = np.linalg.lstsq(within / np.outer(divisor, divisor), against / divisor, rcond=1e-10)[0]
    return np.asarray(slopes / divisor, dtype=float)


def _estimate_each(arms: Moments, column: str) -> list[ArmEstimate]:
    return [estimate_mean(arms.take(slice(row, row + 1)), column) for row in range(len(arms.count))]


def _check_arm(arm: Moments) -> None:
    if len(arm.count) != 1:
        raise DataError(
            "An arm cannot be estimated",
            [f"Its moments are in {len(arm.count)} cells; merge them to one first."],
        )
    _check_sizes(arm)


def _check_sizes(arms: Moments) -> None:
    small = [
        f"{', '.join(map(str, name)) or 'The arm'} has {count:g} units; a variance needs 2 or more."
        for name, count in zip(arms.cells.itertuples(index=False, name=None), arms.count, strict=True)
        if count < _FEWEST
    ]
    if small:
        raise DataError("An arm cannot be estimated", small)
