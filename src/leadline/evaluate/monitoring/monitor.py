"""What may be concluded of a test now, however often it was looked at (system V7)."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd

from leadline.errors import ParameterError
from leadline.evaluate.monitoring.follow import NOTHING, Followed, FollowPlan, Method, follow_arm
from leadline.evaluate.monitoring.looks import LENGTHS, STEP, Every, Readings, read_looks
from leadline.evaluate.monitoring.result import MonitorResult
from leadline.evaluate.monitoring.spending import SPENDING
from leadline.features.experiment.metric import Metric
from leadline.features.experiment.scan import ExperimentScan
from leadline.language import N_, _, plural

_HEADLINE = N_("The test cannot be followed so")


def monitor_experiment(
    scan: ExperimentScan,
    *,
    arm: str | None = None,
    metric: str | None = None,
    looks: Method = "group_sequential",
    spending: Literal["obrien_fleming", "pocock"] = "obrien_fleming",
    planned_units: int | None = None,
    look_every: Every = "week",
    effect: float | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
    as_of: dt.date | None = None,
) -> MonitorResult:
    """Judge a test by the looks that its schedule has allowed so far.

    Looks are made again from the records: at the end of each full day or week since the start, at least 5% of
    the plan apart, none after the plan is reached. Units that entered since the last look wait for the
    next; those after the final one (over-running) are told of, and judged by the repeated interval, which
    holds whatever made the test stop (Jennison & Turnbull 2000, ch. 9). Several arms share the error equally
    (Bonferroni): Holm's steps would need each arm's boundaries to be found anew once another has crossed.
    Without days of entry there is one look.

    Parameters
    ----------
    scan
        The test.
    arm
        The one followed; by default each of them, with the error shared.
    metric
        Key of the metric; by default the one that decides.
    looks
        ``group_sequential`` (boundaries from error spending), ``confidence_sequence`` (any looks, no end;
        wider) or ``once`` (the test without looks, at its end only).
    spending
        Of the group-sequential test.
    planned_units
        Of all arms at the final look. Without it, the pace so far up to ``design.end``; without that, this is
        the final look.
    look_every
        Spacing of looks.
    effect
        Least change worth finding, as a share of the control's value (0.1: 10% more); with it a test is given
        up early that is unlikely to find it. It does not bind: to go on costs no error.
    power
        Chance to find that effect.
    alpha
        Two-sided error of all looks and arms together.
    as_of
        Last day to be counted, where days are dates.

    Raises
    ------
    ParameterError
        With every wrong parameter; if the metric is a quantile; if ``once`` is asked for before the end.
    DataError
        As `leadline.evaluate.monitoring.looks.read_looks`.
    """
    arms = [arm] if arm else list(scan.arms[1:])
    key = metric or scan.design.main.key
    problems = _check_names(scan, arm, key)
    problems += _check_options({"looks": looks, "spending": spending, "look_every": look_every})
    problems += _check_numbers(len(scan.arms), planned_units, effect, power, alpha)
    if problems:
        raise ParameterError(_(_HEADLINE), problems)
    chosen = next(one for one in scan.design.metrics if one.key == key)
    step = 0.0 if looks == "confidence_sequence" else STEP
    readings = read_looks(
        scan, chosen.key, arms, every=look_every, step=step, planned_units=planned_units, as_of=as_of
    )
    if looks == "once" and not readings.is_final:
        raise ParameterError(_(_HEADLINE), [_refuse_peeking(scan, readings, planned_units)])
    plan = FollowPlan(looks, spending, alpha / len(arms), effect, power, chosen.falls_is_good)
    told = {name: follow_arm(plan, readings, name) for name in arms if len(readings.units)}
    return MonitorResult(
        metric=chosen,
        control=scan.arms[0],
        method=looks,
        spending=spending if looks == "group_sequential" else "",
        alpha=alpha,
        effect=effect,
        planned=readings.planned,
        basis=readings.basis,
        is_final=readings.is_final,
        unseen=readings.unseen,
        arms=_tell_arms(told, arms, chosen),
        looks=_join([one.looks for one in told.values()]),
        ahead=_join([one.ahead for one in told.values()]),
    )


def _check_names(scan: ExperimentScan, arm: str | None, key: str) -> list[str]:
    problems = []
    if arm is not None and arm not in scan.arms[1:]:
        problems.append(
            _(
                "arm: {arm} is none beside the control. There are: {arms}.",
                arm=repr(arm),
                arms=_(", ").join(scan.arms[1:]),
            )
        )
    if key not in scan.moments:
        known = _(", ").join(scan.moments) or _("none")
        problems.append(
            _(
                "metric: {key} is a quantile or unknown: it cannot be followed. Name of: {known}.",
                key=repr(key),
                known=known,
            )
        )
    return problems


def _check_options(chosen: Mapping[str, str]) -> list[str]:
    options = {"looks": get_args(Method), "spending": tuple(SPENDING), "look_every": tuple(LENGTHS)}
    return [
        _(
            "{name}: {value} is not one of {options}.",
            name=name,
            value=repr(value),
            options=_(", ").join(options[name]),
        )
        for name, value in chosen.items()
        if value not in options[name]
    ]


def _check_numbers(
    arms: int, planned_units: int | None, effect: float | None, power: float, alpha: float
) -> list[str]:
    problems = []
    if planned_units is not None and planned_units < 2 * arms:
        problems.append(
            _("planned_units: {planned_units} are fewer than two an arm.", planned_units=planned_units)
        )
    if effect is not None and not 0 < effect < math.inf:
        problems.append(
            _(
                "effect: {effect} is not above 0. Give a share of the control's value, such as 0.1.",
                effect=effect,
            )
        )
    if not 0 < power < 1:
        problems.append(_("power: {power} is not between 0 and 1. Most use 0.8.", power=power))
    if not 0 < alpha < 0.5:  # noqa: PLR2004 -- a coin's error
        problems.append(_("alpha: {alpha} is not between 0 and 0.5. Most use 0.05.", alpha=alpha))
    return problems


def _refuse_peeking(scan: ExperimentScan, readings: Readings, planned_units: int | None) -> str:
    seen = readings.units[-1] + readings.unseen if len(readings.units) else readings.unseen
    until = plural("{count} unit", "{count} units", planned_units) if planned_units else str(scan.design.end)
    return _(
        "looks: “once” was asked for, but the test runs until {until} and {seen} units have "
        "entered. Who looks early and stops when p is below 0.05 finds an effect where there "
        "is none far more often than 5% (about 23% with twenty looks). Wait until then, or "
        "set looks to group_sequential or confidence_sequence, whose error holds at every "
        "look.",
        until=until,
        seen=f"{seen:,.0f}",
    )


def _tell_arms(told: Mapping[str, Followed], arms: Sequence[str], metric: Metric) -> pd.DataFrame:
    """One row an arm: what was decided, with the p-value for all looks and arms together."""
    rows = []
    for arm in arms:
        if arm not in told:
            rows.append((arm, "continue", 0, 0, 0.0, *[np.nan] * 4, 0.0, ""))
            continue
        one = told[arm]
        at = one.looks[one.looks["look"] == one.look].iloc[0]
        p_value = min(1.0, len(arms) * one.p_value)
        is_better = (one.estimate.value > 0) != metric.falls_is_good
        direction = ("better" if is_better else "worse") if one.decision == "efficacy" else ""
        place = (one.look, one.decided, float(at["fraction"]))
        rows.append((arm, one.decision, *place, *one.estimate, p_value, one.nominal, direction))
    names = ["arm", "decision", "look", "decided", "fraction", "difference", "difference_ci_lower"]
    return pd.DataFrame(rows, columns=[*names, "difference_ci_upper", "p_value", "nominal", "direction"])


def _join(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else NOTHING
