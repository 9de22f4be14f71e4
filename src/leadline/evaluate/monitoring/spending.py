"""How much error each look may spend, and the boundaries that follow (system V7).

The statistic after a share ``t`` of the planned information is ``Z = B(t) / sqrt(t)``, where ``B`` is a
Brownian motion with the drift ``effect * sqrt(planned information)``. The chance to leave a region at each
look is integrated from look to look (Armitage, McPherson & Rowe 1969, JRSS A 132:235-244; Jennison & Turnbull
2000, *Group Sequential Methods*, ch. 19), so looks may fall anywhere and their number need not be planned.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats
from scipy.special import ndtr

from leadline.errors import ParameterError
from leadline.language import N_, _

FloatArray = npt.NDArray[np.float64]
SpendingFunction = Callable[[float, float], float]

SIDES = (1, 2)
CLOSEST = 0.001
"""Looks closer than this share of the planned information are one look."""

_HEADLINE = N_("The looks cannot be planned so")
_REACH = 9.0  # standard deviations beyond which nothing is left
_FARTHEST = 30.0
_NOTHING = 1e-13  # an error too small to integrate: nothing is spent at that look
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(10)


def spend_obrien_fleming(fraction: float, alpha: float) -> float:
    """One-sided error spent by ``fraction`` of the information, close to O'Brien & Fleming's.

    Lan & DeMets 1983, Biometrika 70:659-663: ``2 - 2 Phi(z(alpha / 2) / sqrt(fraction))``. Almost nothing
    early, so the last look is nearly that of a test without looks.
    """
    return float(2 * stats.norm.sf(stats.norm.isf(alpha / 2) / math.sqrt(min(fraction, 1.0))))


def spend_pocock(fraction: float, alpha: float) -> float:
    """One-sided error spent by ``fraction`` of the information, close to Pocock's (Lan & DeMets 1983).

    ``alpha log(1 + (e - 1) fraction)``: early stops are easier, and paid for at the last look.
    """
    return alpha * math.log1p((math.e - 1) * min(fraction, 1.0))


SPENDING: Final = MappingProxyType({"obrien_fleming": spend_obrien_fleming, "pocock": spend_pocock})


class Boundaries(NamedTuple):
    """Efficacy boundaries, one entry a look: on the scale of Z, infinite where nothing can be spent yet."""

    fractions: FloatArray
    upper: FloatArray
    lower: FloatArray
    spent: FloatArray
    """Error spent up to and with the look, of all sides together."""
    nominal: FloatArray
    """The p-value below which the look, taken alone, crosses; of all sides together."""


class Crossings(NamedTuple):
    """Chance to cross first at each look, one entry a look."""

    upper: FloatArray
    lower: FloatArray


class Survivors(NamedTuple):
    """Those who have not crossed yet: the mass of ``B`` at points of its range."""

    nodes: FloatArray
    mass: FloatArray


START: Final = Survivors(np.zeros(1), np.ones(1))


def check_fractions(fractions: Sequence[float]) -> list[str]:
    """Say what is wrong with a list of information fractions; nothing if it is right."""
    values = np.asarray(fractions, dtype=np.float64)
    if not len(values):
        return [_("no look is given. Give the share of the planned information at each look.")]
    if not np.isfinite(values).all() or (values <= 0).any():
        return [_("an information fraction is missing, infinite or not above 0. Give shares such as 0.2.")]
    problems = []
    first = next((look for look, gap in enumerate(np.diff(values), 2) if gap < CLOSEST - 1e-9), None)
    if first is not None:
        problems.append(
            _(
                "look {look}: the information is {now} of the plan, before it was {before}; it "
                "must grow by at least {closest}. Information that falls means that data were taken "
                "away.",
                look=first,
                now=f"{values[first - 1]:.4g}",
                before=f"{values[first - 2]:.4g}",
                closest=f"{CLOSEST:.1%}",
            )
        )
    past = np.flatnonzero(values[:-1] >= 1)
    if len(past):
        problems.append(
            _(
                "look {look} was the final one ({share} of the planned information) and {count} "
                "followed. Nothing is left to spend: judge by the final look.",
                look=past[0] + 1,
                share=f"{values[past[0]]:.4g}",
                count=len(values) - past[0] - 1,
            )
        )
    return problems


def check_error(alpha: float, sides: int) -> list[str]:
    """Say what is wrong with an error rate and its sides."""
    problems = []
    if not 0 < alpha < 0.5:  # noqa: PLR2004 (a coin's error)
        problems.append(_("alpha: {alpha} is not between 0 and 0.5. Most use 0.05.", alpha=alpha))
    if sides not in SIDES:
        problems.append(_("sides: {sides} is neither 1 (better only) nor 2 (different).", sides=sides))
    return problems


def find_boundaries(
    fractions: Sequence[float],
    *,
    alpha: float = 0.05,
    sides: int = 2,
    spending: SpendingFunction = spend_obrien_fleming,
    ends: bool = False,
) -> Boundaries:
    """Find the boundaries of each look from the error that it may spend.

    Parameters
    ----------
    fractions
        Information at each look as a share of the plan, growing. Only the last may reach or pass 1.
    alpha
        Error of all sides together.
    sides
        2 for a difference either way (half the error each), 1 for an increase.
    spending
        (fraction, one-sided error) → cumulative error.
    ends
        The last look is the final one whatever its fraction: it spends all that is left.

    Raises
    ------
    ParameterError
        With every look that falls back, follows the final one or has no information, and a wrong error rate.
    """
    problems = check_fractions(fractions) + check_error(alpha, sides)
    if problems:
        raise ParameterError(_(_HEADLINE), problems)
    times = np.asarray(fractions, dtype=np.float64)
    spent = np.array([sides * spending(float(time), alpha / sides) for time in times])
    if ends or times[-1] >= 1:
        spent[-1] = alpha
    upper = bounds_of(times, spent, sides)
    lower = -upper if sides > 1 else np.full(len(times), -np.inf)
    return Boundaries(times, upper, lower, spent, sides * stats.norm.sf(upper))


def bounds_of(times: FloatArray, spent: FloatArray, sides: int) -> FloatArray:
    """Upper boundaries that spend ``spent`` (of all sides, cumulative) when nothing differs."""
    survivors, gaps = START, np.diff(times, prepend=0.0)
    upper = np.full(len(times), np.inf)
    for look, (time, target) in enumerate(zip(times, np.diff(spent, prepend=0.0), strict=True)):
        least = 0.0 if sides > 1 else -_FARTHEST
        upper[look] = _solve_bound(survivors, gaps[look], time, target / sides, least)
        lower = -upper[look] if sides > 1 else -np.inf
        survivors = go_on(survivors, times, look, lower, upper[look], drift=0.0)
    return upper


def _solve_bound(survivors: Survivors, gap: float, time: float, target: float, least: float) -> float:
    if target < _NOTHING:
        return np.inf

    def excess(bound: float) -> float:
        return tail(survivors, gap, bound * math.sqrt(time), 0.0) - target

    return float(optimize.brentq(excess, least, _FARTHEST, xtol=1e-10)) if excess(least) > 0 else least


def find_futility(
    boundaries: Boundaries, *, drift: float, beta: float, spending: SpendingFunction = spend_obrien_fleming
) -> FloatArray:
    """Find boundaries below which going on is futile: they spend ``beta`` if the effect is the planned one.

    They do not bind: the efficacy boundaries are found without them, so that to go on all the same costs no
    type-I error (Pampallona, Tsiatis & Kim 2001, Drug Information Journal 35:1113-1121).

    Parameters
    ----------
    boundaries
        Of efficacy.
    drift
        Mean of Z at the planned information if the effect is the planned one.
    beta
        Chance, at most, to give up an effect of that size; at every look the part that ``spending`` allows.

    Returns
    -------
    FloatArray
        One entry a look on the scale of Z, never above the efficacy boundary.

    Raises
    ------
    ParameterError
        If ``beta`` is not between 0 and 1 or ``drift`` is not above 0.
    """
    problems = []
    if not 0 < beta < 1:
        problems.append(_("beta: {beta} is not between 0 and 1. Most use 0.2 or 0.1.", beta=beta))
    if not 0 < drift < np.inf:
        problems.append(_("drift: {drift} is not above 0, an effect worth finding.", drift=drift))
    if problems:
        raise ParameterError(_(_HEADLINE), problems)
    times, survivors = boundaries.fractions, START
    gaps, lower, missed = np.diff(times, prepend=0.0), np.full(len(times), -np.inf), 0.0
    for look, (time, upper) in enumerate(zip(times, boundaries.upper, strict=True)):
        target = spending(float(time), beta) - missed
        lower[look] = min(upper, _solve_futility(survivors, gaps[look], time, target, drift))
        missed += below(survivors, gaps[look], lower[look] * math.sqrt(time), drift)
        survivors = go_on(survivors, times, look, lower[look], upper, drift=drift)
    return lower


def _solve_futility(survivors: Survivors, gap: float, time: float, target: float, drift: float) -> float:
    if target < _NOTHING:
        return -np.inf

    def excess(bound: float) -> float:
        return below(survivors, gap, bound * math.sqrt(time), drift) - target

    if excess(_FARTHEST) < 0:
        return np.inf
    return float(optimize.brentq(excess, -_FARTHEST, _FARTHEST, xtol=1e-10))


def find_crossings(
    fractions: npt.ArrayLike, lower: Iterable[float], upper: Iterable[float], drift: float = 0.0
) -> Crossings:
    """Chance to leave the region first at each look; ``drift`` is the mean of Z at fraction 1."""
    times = np.asarray(fractions, dtype=np.float64)
    gaps, roots, survivors = np.diff(times, prepend=0.0), np.sqrt(times), START
    up, down = np.zeros(len(times)), np.zeros(len(times))
    for look, (low, high) in enumerate(zip(lower, upper, strict=True)):
        up[look] = tail(survivors, gaps[look], high * roots[look], drift)
        down[look] = below(survivors, gaps[look], low * roots[look], drift)
        survivors = go_on(survivors, times, look, low, high, drift=drift)
    return Crossings(up, down)


def find_drift(boundaries: Boundaries, power: float) -> float:
    """Drift (mean of Z at the planned information) at which the upper boundary is crossed with ``power``."""

    def excess(drift: float) -> float:
        crossings = find_crossings(boundaries.fractions, boundaries.lower, boundaries.upper, drift)
        return float(crossings.upper.sum()) - power

    return float(optimize.brentq(excess, 0.0, _FARTHEST, xtol=1e-9))


def tail(survivors: Survivors, gap: float, value: float, drift: float) -> float:
    """Chance to have come so far and to be above ``value`` (on the scale of B) at the next look."""
    return float(survivors.mass @ ndtr((survivors.nodes + drift * gap - value) / math.sqrt(gap)))


def below(survivors: Survivors, gap: float, value: float, drift: float) -> float:
    """Chance to have come so far and to be below ``value`` (on the scale of B) at the next look."""
    return float(survivors.mass @ ndtr((value - survivors.nodes - drift * gap) / math.sqrt(gap)))


def go_on(
    survivors: Survivors, times: FloatArray, look: int, lower: float, upper: float, *, drift: float
) -> Survivors:
    """Mass of those who stay between ``lower`` and ``upper`` (on the scale of Z) at a look."""
    time, gap = times[look], times[look] - (times[look - 1] if look else 0.0)
    following = times[look + 1] - time if look + 1 < len(times) else gap
    root = math.sqrt(time)
    low = max(lower * root, drift * time - _REACH * root)
    high = min(upper * root, drift * time + _REACH * root)
    if low >= high:
        return Survivors(np.zeros(0), np.zeros(0))
    panels = max(2, math.ceil((high - low) / (2 * math.sqrt(min(gap, following)))))
    half = (high - low) / (2 * panels)
    centres = low + half * (2 * np.arange(panels) + 1)
    nodes = (centres[:, None] + half * _POINTS).ravel()
    scaled = (nodes[:, None] - survivors.nodes - drift * gap) / math.sqrt(gap)
    density = np.exp(-scaled * scaled / 2) @ survivors.mass / math.sqrt(2 * math.pi * gap)
    return Survivors(nodes, density * np.tile(half * _WEIGHTS, panels))
