"""What an arm's looks say, by the method that allows for them (system V7)."""

import math
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from leadline.evaluate.monitoring.confidence_sequence import follow_difference, mixture_boundary, tune_rho
from leadline.evaluate.monitoring.group_sequential import SequentialPlan, judge_looks
from leadline.evaluate.monitoring.looks import STEP, Readings
from leadline.evaluate.monitoring.spending import CLOSEST, SPENDING, find_boundaries, find_futility
from leadline.evaluate.monitoring.telling import Decision
from leadline.intervals import Estimate

Method = Literal["group_sequential", "confidence_sequence", "once"]
FloatArray = npt.NDArray[np.float64]
#: Without a plan a confidence sequence is narrowest at this many times the units of its first look.
_REACH = 10
#: Boundaries still to come of a test that has none.
NOTHING = pd.DataFrame({"arm": [], "fraction": [], "boundary": []})
_DECISIONS: dict[str, Decision] = {
    "continue": "continue",
    "stop for effect": "efficacy",
    "stop for futility": "futility",
    "end without effect": "end",
}


class FollowPlan(NamedTuple):
    """What was fixed for each arm; see `leadline.evaluate.monitoring.monitor.monitor_experiment`."""

    method: Method
    spending: str
    alpha: float
    effect: float | None
    power: float
    falls_is_good: bool


class Followed(NamedTuple):
    """An arm: what was decided, and the looks one by one."""

    decision: Decision
    look: int
    """Of the estimate, from 1."""
    decided: int
    """The look that decided; 0 if none did."""
    p_value: float
    nominal: float
    """Two-sided p-value at or below which the last look alone would cross; missing if it is the only one."""
    estimate: Estimate
    looks: pd.DataFrame
    ahead: pd.DataFrame


def follow_arm(plan: FollowPlan, readings: Readings, arm: str) -> Followed:
    """Judge an arm by its looks, of which there is one at least."""
    follow = {
        "group_sequential": _follow_group_sequential,
        "confidence_sequence": _follow_sequence,
        "once": _judge_once,
    }
    return follow[plan.method](plan, readings, arm)


def _follow_group_sequential(plan: FollowPlan, readings: Readings, arm: str) -> Followed:
    sign = -1.0 if plan.falls_is_good else 1.0
    kept = _keep_growing(readings.fractions(arm))
    fractions = readings.fractions(arm)[kept]
    differences, errors = readings.differences[arm][kept], readings.errors[arm][kept]
    ends = readings.is_final
    # In units of the last look's standard error, so that its interval is in units of the metric.
    information = 1 / errors[-1] ** 2 / fractions[-1]
    scaled = 1 / np.sqrt(information * fractions)
    worth = _worth(plan, readings)
    sequential = SequentialPlan(
        information=information,
        alpha=plan.alpha,
        spending=plan.spending,
        effect=worth,
        beta=None if worth is None else 1 - plan.power,
    )
    z = sign * differences / errors
    state = judge_looks(sequential, z * scaled, scaled, ends=ends)
    bounds = find_boundaries(list(fractions), alpha=plan.alpha, spending=SPENDING[plan.spending], ends=ends)
    futility = np.full(len(z), np.nan)
    if worth is not None:
        drift = worth * math.sqrt(information)
        futility = find_futility(bounds, drift=drift, beta=1 - plan.power, spending=SPENDING[plan.spending])
    table = _tell_looks(
        readings, arm, kept, fractions=fractions, bounds=bounds.upper, futility=sign * futility
    )
    rescale = errors[state.look - 1] / scaled[state.look - 1]
    decision = _DECISIONS[state.decision]
    return Followed(
        decision,
        state.look,
        state.look if decision in {"efficacy", "futility"} else 0,
        state.p_value,
        math.nan if ends and len(z) == 1 else float(bounds.nominal[-1]),
        _turn(Estimate(*(rescale * one for one in state.estimate)), sign),
        table,
        NOTHING if ends or decision != "continue" else _look_ahead(plan, arm, fractions),
    )


def _look_ahead(plan: FollowPlan, arm: str, fractions: FloatArray) -> pd.DataFrame:
    """Boundaries still to come, if looks go on at the pace so far."""
    if fractions[-1] > 1 - CLOSEST:
        return NOTHING
    gap = max(STEP, float(fractions[-1]) / len(fractions))
    coming = np.append(np.arange(fractions[-1] + gap, 1 - gap / 2, gap), 1.0)
    bounds = find_boundaries([*fractions, *coming], alpha=plan.alpha, spending=SPENDING[plan.spending])
    shown = len(fractions) - 1
    return pd.DataFrame({"arm": arm, "fraction": bounds.fractions[shown:], "boundary": bounds.upper[shown:]})


def _follow_sequence(plan: FollowPlan, readings: Readings, arm: str) -> Followed:
    sign = -1.0 if plan.falls_is_good else 1.0
    fractions = readings.fractions(arm)
    differences, errors = readings.differences[arm], readings.errors[arm]
    units = 4 * readings.effective[arm]  # of two equal arms that would be as precise
    planned = units[-1] / fractions[-1] if readings.basis == "plan" else _REACH * units[0]
    rho = tune_rho(planned, plan.alpha)
    told = follow_difference(differences, errors, units, rho=rho, alpha=plan.alpha)
    bounds = mixture_boundary(units, rho=rho, alpha=plan.alpha)
    table = _tell_looks(readings, arm, np.arange(len(units)), fractions=fractions, bounds=bounds)
    found = np.flatnonzero(told.p_values <= plan.alpha)
    worth, last, decided = _worth(plan, readings), len(units), 0
    best = float((told.upper if sign > 0 else -told.lower)[-1])
    if len(found):
        decision: Decision = "efficacy"
        decided = int(found[0]) + 1
    elif readings.is_final:
        decision = "end"
    else:
        decision = "futility" if worth is not None and best < worth else "continue"
    estimate = Estimate(float(differences[-1]), float(told.lower[-1]), float(told.upper[-1]))
    if decided and not (estimate.lower > 0 or estimate.upper < 0):  # then the look that found it speaks
        last = decided
        estimate = Estimate(*(float(one[last - 1]) for one in (differences, told.lower, told.upper)))
    if decision == "futility":
        decided = last
    nominal = 2 * float(stats.norm.sf(bounds[-1]))
    return Followed(decision, last, decided, float(told.p_values[-1]), nominal, estimate, table, NOTHING)


def _judge_once(plan: FollowPlan, readings: Readings, arm: str) -> Followed:
    value, error = float(readings.differences[arm][-1]), float(readings.errors[arm][-1])
    bound = float(stats.norm.isf(plan.alpha / 2))
    p_value = 2 * float(stats.norm.sf(abs(value) / error))
    last = np.array([len(readings.units) - 1])
    table = _tell_looks(
        readings, arm, last, fractions=readings.fractions(arm)[last], bounds=np.array([bound])
    )
    decision: Decision = "efficacy" if p_value <= plan.alpha else "end"
    estimate = Estimate(value, value - bound * error, value + bound * error)
    return Followed(decision, 1, int(decision == "efficacy"), p_value, math.nan, estimate, table, NOTHING)


def _keep_growing(fractions: FloatArray) -> npt.NDArray[np.int64]:
    """Places of the looks at which an arm had news; the last is kept."""
    kept = [len(fractions) - 1]
    for place in range(len(fractions) - 2, -1, -1):
        if fractions[place] <= min(fractions[kept[-1]] - CLOSEST, 1 - CLOSEST):
            kept.append(place)
    return np.array(kept[::-1], dtype=np.int64)


def _worth(plan: FollowPlan, readings: Readings) -> float | None:
    """Return the difference worth finding; None if none was named or the control stands at 0."""
    value = abs(float(readings.controls[-1]))
    return plan.effect * value if plan.effect is not None and value > 0 else None


def _turn(estimate: Estimate, sign: float) -> Estimate:
    return estimate if sign > 0 else Estimate(-estimate.value, -estimate.upper, -estimate.lower)


def _tell_looks(
    readings: Readings,
    arm: str,
    kept: npt.NDArray[np.int64],
    *,
    fractions: FloatArray,
    bounds: FloatArray,
    futility: FloatArray | None = None,
) -> pd.DataFrame:
    differences, errors = readings.differences[arm][kept], readings.errors[arm][kept]
    reach = np.where(np.isfinite(bounds), bounds, np.nan) * errors
    return pd.DataFrame(
        {
            "arm": arm,
            "look": np.arange(1, len(kept) + 1),
            "day": [readings.days[place] for place in kept],
            "units": readings.units[kept].astype("int64"),
            "fraction": fractions,
            "difference": differences,
            "difference_ci_lower": differences - reach,
            "difference_ci_upper": differences + reach,
            "z": differences / errors,
            "boundary": bounds,
            "futility": np.nan if futility is None else futility,
        }
    )
