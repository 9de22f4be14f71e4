"""Where a test stands after the looks made so far (system V7).

Jennison & Turnbull 2000, *Group Sequential Methods with Applications to Clinical Trials*: p-value, interval
and median-unbiased estimate by the stagewise ordering once the test has stopped (ch. 8; Tsiatis, Rosner &
Mehta 1984, Biometrics 40:797-803), repeated intervals and p-values while it runs (ch. 9).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy import optimize

from leadline.errors import ParameterError
from leadline.evaluate.monitoring.spending import (
    SPENDING,
    START,
    Boundaries,
    FloatArray,
    bounds_of,
    check_error,
    check_fractions,
    find_boundaries,
    find_futility,
    go_on,
    tail,
)
from leadline.intervals import Estimate
from leadline.language import N_, _

Decision = Literal["continue", "stop for effect", "stop for futility", "end without effect"]

_HEADLINE = N_("The looks cannot be judged")
_ROUNDING = 1e-9  # of an information that was planned as a standard error
_RARE = 1e-10  # repeated p-values below it are not told apart
_LIMITS = 12.0  # standard errors beyond 0 and the estimate within which every limit lies


@dataclass(frozen=True, kw_only=True)
class SequentialPlan:
    """What was fixed before the first look.

    Attributes
    ----------
    information
        Planned at the final look: 1 / (standard error of the difference)².
    alpha, sides
        Error of all sides together; 2 for a difference either way, 1 for an increase.
    spending
        ``"obrien_fleming"`` or ``"pocock"``, of both errors.
    effect
        Difference worth finding, in the units of the estimate; with ``beta`` it gives the futility boundary.
    beta
        Chance to miss that effect; None for no futility boundary.
    """

    information: float
    alpha: float = 0.05
    sides: int = 2
    spending: str = "obrien_fleming"
    effect: float | None = None
    beta: float | None = None


class SequentialState(NamedTuple):
    """The test after its last look."""

    decision: Decision
    look: int
    """At which it was decided, or the last one; from 1."""
    later: int
    """Looks after an effect was found, which ended the test: they do not count."""
    boundaries: Boundaries
    futility: FloatArray | None
    z: FloatArray
    """One a look."""
    nominal: float
    """p-value below which this look, taken alone, would have stopped the test."""
    p_value: float
    """Adjusted for the looks."""
    estimate: Estimate
    """Adjusted for the looks; while the test runs the plain estimate in its repeated interval."""
    repeated: Estimate
    """The plain estimate of the look with its repeated interval: right whatever made the test stop."""
    method: Literal["stagewise ordering", "repeated"]
    """Of the p-value and the estimate."""


def judge_looks(
    plan: SequentialPlan,
    estimates: Sequence[float],
    standard_errors: Sequence[float],
    *,
    ends: bool = False,
) -> SequentialState:
    """Judge a test by the looks made so far, each with the error that the plan lets it spend.

    The number of looks and their times are free, if the results so far did not choose them. A look that
    reaches the planned information is the final one.

    Parameters
    ----------
    plan
        Fixed before the first look.
    estimates, standard_errors
        Of the difference, one entry a look, from all data up to that look.
    ends
        The last look is the final one though the planned information was not reached.

    Raises
    ------
    ParameterError
        With everything wrong in the plan, every estimate that is missing and standard error not above 0,
        information that falls, and looks after the final one.
    """
    values, errors = np.asarray(estimates, dtype=np.float64), np.asarray(standard_errors, dtype=np.float64)
    _check(plan, values, errors)
    fractions = _fractions(plan, errors)
    boundaries = find_boundaries(
        list(fractions), alpha=plan.alpha, sides=plan.sides, spending=SPENDING[plan.spending], ends=ends
    )
    look = _deciding_look(boundaries, values / errors)
    boundaries = Boundaries(*(one[:look] for one in boundaries))
    fractions, z = fractions[:look], (values / errors)[:look]
    ends = (ends and look == len(values)) or bool(fractions[-1] >= 1)
    futility = _futility(plan, boundaries)
    decision = _decide(boundaries, futility, z, ends=ends)
    stopped = decision in {"stop for effect", "end without effect"}
    repeated = _repeated_interval(plan, boundaries, float(values[look - 1]), float(errors[look - 1]))
    return SequentialState(
        decision=decision,
        look=look,
        later=len(values) - look,
        boundaries=boundaries,
        futility=futility,
        z=z,
        nominal=float(boundaries.nominal[-1]),
        p_value=_stagewise_p(plan, boundaries, z) if stopped else repeated_p(plan, fractions, z),
        estimate=_stagewise_estimate(plan, boundaries, z) if stopped else repeated,
        repeated=repeated,
        method="stagewise ordering" if stopped else "repeated",
    )


def _fractions(plan: SequentialPlan, errors: FloatArray) -> FloatArray:
    fractions = 1 / errors**2 / plan.information
    return np.where(np.abs(fractions - 1) < _ROUNDING, 1.0, fractions)


def _check(plan: SequentialPlan, values: FloatArray, errors: FloatArray) -> None:
    problems = check_error(plan.alpha, plan.sides)
    if not 0 < plan.information < math.inf:
        problems.append(
            _(
                "information: {information} is not above 0; plan 1 / (standard error)².",
                information=plan.information,
            )
        )
    if plan.spending not in SPENDING:
        problems.append(
            _(
                "spending: {spending} is not known. Name one of {spending_2}.",
                spending=repr(plan.spending),
                spending_2=_(", ").join(SPENDING),
            )
        )
    if (plan.effect is None) != (plan.beta is None):
        problems.append(_("effect and beta make the futility boundary together: give both or neither."))
    if plan.effect is not None and not 0 < plan.effect < math.inf:
        problems.append(_("effect: {effect} is not above 0, a difference worth finding.", effect=plan.effect))
    if plan.beta is not None and not 0 < plan.beta < 1:
        problems.append(_("beta: {beta} is not between 0 and 1. Most use 0.2.", beta=plan.beta))
    if len(values) != len(errors):
        problems.append(
            _(
                "{count} estimates and {count_2} standard errors: one of each a look.",
                count=len(values),
                count_2=len(errors),
            )
        )
    problems += [
        _("look {look}: the estimate is missing or infinite.", look=look)
        for look in np.flatnonzero(~np.isfinite(values)) + 1
    ]
    wrong = np.flatnonzero(~(np.isfinite(errors) & (errors > 0))) + 1
    problems += [
        _("look {look}: the standard error {errors} is not above 0.", look=look, errors=errors[look - 1])
        for look in wrong
    ]
    if not problems:
        problems = check_fractions(list(_fractions(plan, errors)))
    if problems:
        raise ParameterError(_(_HEADLINE), problems)


def _futility(plan: SequentialPlan, boundaries: Boundaries) -> FloatArray | None:
    if plan.effect is None or plan.beta is None:
        return None
    drift = plan.effect * math.sqrt(plan.information)
    return find_futility(boundaries, drift=drift, beta=plan.beta, spending=SPENDING[plan.spending])


def _deciding_look(boundaries: Boundaries, z: FloatArray) -> int:
    """Look of the first crossing, or the last look."""
    crossed = np.flatnonzero((z >= boundaries.upper) | (z <= boundaries.lower))
    return int(crossed[0]) + 1 if len(crossed) else len(z)


def _decide(boundaries: Boundaries, futility: FloatArray | None, z: FloatArray, *, ends: bool) -> Decision:
    if z[-1] >= boundaries.upper[-1] or z[-1] <= boundaries.lower[-1]:
        return "stop for effect"
    if ends:
        return "end without effect"
    return "stop for futility" if futility is not None and z[-1] <= futility[-1] else "continue"


def chance_as_extreme(boundaries: Boundaries, z: float, look: int, drift: float) -> float:
    """Chance of an outcome at least as high as ``z`` at ``look``, by the stagewise ordering.

    Highest are those who crossed upwards earlier, then those at the look with a higher Z. It grows with
    ``drift``, the mean of Z at the planned information.
    """
    times = boundaries.fractions[:look]
    roots, gaps = np.sqrt(times), np.diff(times, prepend=0.0)
    survivors, chance = START, 0.0
    for earlier in range(look - 1):
        low, high = boundaries.lower[earlier], boundaries.upper[earlier]
        chance += tail(survivors, gaps[earlier], high * roots[earlier], drift)
        survivors = go_on(survivors, times, earlier, low, high, drift=drift)
    return chance + tail(survivors, gaps[-1], z * roots[-1], drift)


def _stagewise_p(plan: SequentialPlan, boundaries: Boundaries, z: FloatArray) -> float:
    above = chance_as_extreme(boundaries, float(z[-1]), len(z), 0.0)
    return above if plan.sides == 1 else min(1.0, 2 * min(above, 1 - above))


def _stagewise_estimate(plan: SequentialPlan, boundaries: Boundaries, z: FloatArray) -> Estimate:
    observed, root = float(z[-1]), math.sqrt(boundaries.fractions[-1])
    centre, reach = observed / root, _LIMITS / root

    def effect_at(chance: float) -> float:
        def excess(drift: float) -> float:
            return chance_as_extreme(boundaries, observed, len(z), drift) - chance

        drift = float(optimize.brentq(excess, min(centre, 0.0) - reach, max(centre, 0.0) + reach, xtol=1e-8))
        return drift / math.sqrt(plan.information)

    share = plan.alpha / plan.sides
    above = math.inf if plan.sides == 1 else effect_at(1 - share)
    return Estimate(effect_at(0.5), effect_at(share), above)


def _repeated_interval(plan: SequentialPlan, boundaries: Boundaries, value: float, error: float) -> Estimate:
    half = float(boundaries.upper[-1]) * error
    return Estimate(value, value - half, math.inf if plan.sides == 1 else value + half)


def repeated_p(plan: SequentialPlan, fractions: FloatArray, z: FloatArray) -> float:
    """Smallest error of all sides at which a look so far would have found an effect.

    Jennison & Turnbull 2000, section 9.4; Liu & Anderson 2008, JASA 103:1621-1630 (sequential p-values).
    """
    extreme = np.abs(z) if plan.sides > 1 else z
    spending = SPENDING[plan.spending]

    def excess(logarithm: float) -> float:
        alpha = math.exp(logarithm)
        spent = np.array([plan.sides * spending(float(time), alpha / plan.sides) for time in fractions])
        return float(np.clip((extreme - bounds_of(fractions, spent, plan.sides)).max(), -9, 9))

    low, high = math.log(_RARE), math.log(plan.sides * 0.5 - 1e-6)
    if excess(high) < 0:
        return 1.0
    return _RARE if excess(low) >= 0 else math.exp(optimize.brentq(excess, low, high, xtol=1e-7))
