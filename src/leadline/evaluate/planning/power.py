"""How many units a test needs, and what it can find with those it has."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq

from leadline.errors import ParameterError
from leadline.language import N_, _

_HEADLINE = N_("The test cannot be planned")
_LARGEST = 1e12
#: Above this many degrees of freedom t and normal differ by less than the fifth digit of a power.
_LARGE_DF = 20_000


@dataclass(frozen=True, kw_only=True)
class Proportion:
    """A metric of yes and no, compared by the score test with pooled variance.

    Attributes
    ----------
    base
        Share of yes in the control arm, above 0 and below 1.
    variance_left
        Share of the variance that is left after CUPED, 1 − R² (Deng et al. 2013, WSDM '13); 1 without it.
    """

    base: float
    variance_left: float = 1.0

    def find_problems(self) -> list[str]:
        """List what is no share."""
        return _check_open("base", self.base) + _check_left(self.variance_left)

    def room(self, *, falls: bool) -> float:
        """Return the largest effect that is possible."""
        return self.base if falls else 1 - self.base

    def power(self, effect: float, control: float, treated: float, alpha: float) -> float:
        """Chance to find ``effect`` (Fleiss, Levin & Paik 2003, ch. 4, without continuity correction)."""
        control, treated = control / self.variance_left, treated / self.variance_left
        other = self.base + effect
        pooled = (control * self.base + treated * other) / (control + treated)
        null = (pooled * (1 - pooled) * (1 / control + 1 / treated)) ** 0.5
        spread = (self.base * (1 - self.base) / control + other * (1 - other) / treated) ** 0.5
        return float(stats.norm.cdf((abs(effect) - stats.norm.isf(alpha) * null) / spread))


@dataclass(frozen=True, kw_only=True)
class Mean:
    """A metric of amounts, compared by Student's t.

    Attributes
    ----------
    sd
        Standard deviation of one unit, the same in both arms; the effect has its unit.
    variance_left
        Share of the variance that is left after CUPED, 1 − R² (Deng et al. 2013, WSDM '13); 1 without it.
    """

    sd: float
    variance_left: float = 1.0

    def find_problems(self) -> list[str]:
        """List what is no spread."""
        is_spread = np.isfinite(self.sd) and self.sd > 0
        return ([] if is_spread else [_("sd == {sd}, must be above 0.", sd=repr(self.sd))]) + _check_left(
            self.variance_left
        )

    def room(self, *, falls: bool) -> float:  # noqa: ARG002 - an amount has no bound on either side
        """Return the largest effect that is looked for."""
        return 1e6 * self.sd

    def power(self, effect: float, control: float, treated: float, alpha: float) -> float:
        """Chance to find ``effect``: the noncentral t (Cohen 1988, ch. 2)."""
        sd = self.sd * self.variance_left**0.5
        shift = abs(effect) / (sd * (1 / control + 1 / treated) ** 0.5)
        df = control + treated - 2
        if df > _LARGE_DF:
            return float(stats.norm.sf(stats.t.isf(alpha, df) - shift))
        return float(stats.nct.sf(stats.t.isf(alpha, df), df, shift))


Metric = Proportion | Mean


class Arms(NamedTuple):
    """Units of the control arm, and of one treated arm."""

    control: int
    treated: int


def find_power(
    metric: Metric,
    effect: float,
    arms: tuple[float, float],
    *,
    alpha: float = 0.05,
    comparisons: int = 1,
    sides: int = 2,
) -> float:
    """Return the chance to find ``effect`` in its own direction.

    Parameters
    ----------
    metric
        What is compared.
    effect
        Treated less control, absolute: 0.01 is one point of a share.
    arms
        Units of control and of one treated arm.
    alpha
        Chance of a false alarm among all comparisons.
    comparisons
        Metrics × treated arms judged together. The first step of Holm (1979, Scandinavian Journal of
        Statistics 6:65-70) tests each at ``alpha / comparisons``; later steps only add power.
    sides
        2 or 1. Like R's ``power.t.test``, a finding in the wrong direction is not counted.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    problems = _check_test(metric, alpha, comparisons, sides) + _check_effect(metric, effect)
    _refuse(problems + _check_arms(arms))
    return metric.power(effect, *arms, alpha / comparisons / sides)


def find_sample_size(
    metric: Metric,
    effect: float,
    *,
    power: float = 0.80,
    alpha: float = 0.05,
    ratio: float = 1.0,
    comparisons: int = 1,
    sides: int = 2,
) -> Arms:
    """Return the fewest units that find ``effect`` with ``power``; see `find_power`.

    Parameters
    ----------
    ratio
        Treated units for each unit of control.
    """
    control = find_exact_size(
        metric, effect, power=power, alpha=alpha, ratio=ratio, comparisons=comparisons, sides=sides
    )
    return Arms(int(np.ceil(control - 1e-6)), int(np.ceil(control * ratio - 1e-6)))


def find_exact_size(
    metric: Metric,
    effect: float,
    *,
    power: float = 0.80,
    alpha: float = 0.05,
    ratio: float = 1.0,
    comparisons: int = 1,
    sides: int = 2,
) -> float:
    """Return the control arm's size before rounding up, as R's ``power.prop.test`` does."""
    problems = _check_test(metric, alpha, comparisons, sides) + _check_effect(metric, effect)
    problems += _check_open("power", power)
    if not (np.isfinite(ratio) and ratio > 0):
        problems.append(_("ratio == {ratio}, must be above 0.", ratio=repr(ratio)))
    _refuse(problems)
    level = alpha / comparisons / sides
    fewest = max(2.0, 2.0 / ratio)

    def lacking(log_size: float) -> float:
        size = float(np.exp(log_size))
        return metric.power(effect, size, size * ratio, level) - power

    size = _cross(lacking, np.log(fewest), np.log(_LARGEST), np.exp)
    if np.isnan(size):
        raise ParameterError.of(
            _(_HEADLINE),
            _(
                "effect == {effect} would need over {largest} units. Look for a larger one.",
                effect=repr(effect),
                largest=f"{_LARGEST:.0e}",
            ),
        )
    return size


def find_effect(
    metric: Metric,
    arms: tuple[float, float],
    *,
    power: float = 0.80,
    alpha: float = 0.05,
    comparisons: int = 1,
    sides: int = 2,
    falls: bool = False,
) -> float:
    """Return the smallest effect found with ``power``, negative if ``falls``; NaN if none is.

    The other parameters and the errors are those of `find_power`.
    """
    problems = _check_test(metric, alpha, comparisons, sides) + _check_open("power", power)
    _refuse(problems + _check_arms(arms))
    sign, room = (-1 if falls else 1), metric.room(falls=falls)
    level = alpha / comparisons / sides

    def lacking(size: float) -> float:
        return metric.power(sign * size, *arms, level) - power

    return sign * _cross(lacking, 1e-12 * room, room * (1 - 1e-12), float)


def trace_power(
    metric: Metric,
    effect: float,
    sizes: Iterable[float],
    *,
    power: float = 0.80,
    alpha: float = 0.05,
    ratio: float = 1.0,
    comparisons: int = 1,
    sides: int = 2,
) -> pd.DataFrame:
    """Return the power curve: what tests of growing size find.

    Returns
    -------
    pandas.DataFrame
        One row a size of the control arm: ``control``, ``treated`` (units), ``power`` (chance to find
        ``effect``), ``detectable_effect`` (smallest one found with ``power``, on the side of ``effect``).
    """
    rows = []
    for size in sizes:
        arms = (size, size * ratio)
        found = find_power(metric, effect, arms, alpha=alpha, comparisons=comparisons, sides=sides)
        least = find_effect(
            metric, arms, power=power, alpha=alpha, comparisons=comparisons, sides=sides, falls=effect < 0
        )
        rows.append((*arms, found, least))
    return pd.DataFrame(rows, columns=["control", "treated", "power", "detectable_effect"])


def _cross(
    lacking: Callable[[float], float], lower: float, upper: float, scale: Callable[[float], float]
) -> float:
    if lacking(lower) >= 0:
        return float(scale(lower))
    if not lacking(upper) > 0:
        return np.nan
    return float(scale(brentq(lacking, lower, upper, xtol=1e-12 * max(1.0, upper), rtol=1e-12)))


def _check_test(metric: Metric, alpha: float, comparisons: int, sides: int) -> list[str]:
    problems = metric.find_problems() + _check_open("alpha", alpha)
    if comparisons < 1:
        problems.append(_("comparisons == {comparisons}, must be 1 or more.", comparisons=repr(comparisons)))
    if sides not in {1, 2}:
        problems.append(_("sides == {sides}, must be 1 or 2.", sides=repr(sides)))
    return problems


def _check_effect(metric: Metric, effect: float) -> list[str]:
    if metric.find_problems():
        return []
    if not 0 < abs(effect) <= metric.room(falls=effect < 0) + 1e-12:
        return [
            _("effect == {effect} must differ from 0 and be possible from this base.", effect=repr(effect))
        ]
    return []


def _check_arms(arms: tuple[float, float]) -> list[str]:
    return [] if min(arms) >= 2 else [_("arms == {arms}, must hold 2 units or more each.", arms=repr(arms))]  # noqa: PLR2004


def _check_open(name: str, value: float) -> list[str]:
    problem = _("{name} == {value}, must be above 0 and below 1.", name=name, value=repr(value))
    return [] if 0 < value < 1 else [problem]


def _check_left(value: float) -> list[str]:
    problem = _("variance_left == {value}, must be above 0, at most 1.", value=repr(value))
    return [] if 0 < value <= 1 else [problem]


def _refuse(problems: list[str]) -> None:
    if problems:
        raise ParameterError(_(_HEADLINE), problems)
