"""Roll out, keep testing or stop: one rule from checks, looks, guardrails and money (V1)."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import pandas as pd
from scipy import stats

from leadline.evaluate.judging.decision_result import DecisionResult, Verdict
from leadline.evaluate.judging.money_result import MoneyResult
from leadline.features.experiment import ExperimentDesign

ArmVerdict = Literal["roll out", "keep testing", "stop"]
_POWER = 0.8
#: Times the units there are; a gain that needs more to be told is not worth testing on.
_FARTHEST = 10.0
_DIGITS = 2


class Effects(Protocol):
    """What is asked of `leadline.evaluate.judging.effects_result.EffectsResult`."""

    @property
    def design(self) -> ExperimentDesign:
        """How the test was set up."""

    @property
    def effects(self) -> pd.DataFrame:
        """One row a metric and arm."""

    @property
    def level(self) -> float:
        """Of the intervals."""

    @property
    def margin(self) -> float | None:
        """Share of the control's value by which guardrails may be worse, if named."""


class Checks(Protocol):
    """What is asked of `leadline.evaluate.checks.result.ChecksResult`."""

    @property
    def is_trusted(self) -> bool:
        """Whether no check failed."""

    @property
    def failed(self) -> Sequence[str]:
        """What failed, in words."""


class Monitor(Protocol):
    """What is asked of `leadline.evaluate.monitoring.result.MonitorResult`."""

    @property
    def arms(self) -> pd.DataFrame:
        """One row an arm: ``arm``, ``decision``, ``direction``, ``nominal``."""

    @property
    def is_final(self) -> bool:
        """Whether the final look has been made."""

    @property
    def summary(self) -> str:
        """What may be concluded now."""


class _Arm(NamedTuple):
    """All that is known of one arm: verdicts of guardrails by label, its look, effect and money."""

    name: str
    harmed: list[str]
    unshown: list[str]
    look: str
    nominal: float
    is_final: bool
    effect: dict[Any, Any]
    money: dict[Any, Any] | None


def decide(
    effects: Effects, checks: Checks, money: MoneyResult | None = None, monitor: Monitor | None = None
) -> DecisionResult:
    """Decide on a test.

    No verdict if a check failed. Else of each arm, the first that holds:

    1. a guardrail is harmed: stop;
    2. its looks say futility, or an effect for the worse: stop; they say go on: keep testing;
    3. profit below 0 (without money: the metric that decides worse): stop;
    4. profit above 0 (without money: that metric better), the looks found an effect if there are any, and
       every guardrail holds if a margin is named: roll out;
    5. the test is at its end, and even ten times as many units would hardly tell the gain seen from none:
       stop;
    6. keep testing.

    Profit is above or below 0 if its p-value, corrected by Holm for the number of arms, says so; of a test
    with several looks, if its p-value is at or below the one that the last look asks for of that arm, so that
    looking at profit again and again costs no error either. An effect found early does not end a test whose
    profit is open. The arm to
    roll out is the most profitable of those (without money the one with the largest effect); without one,
    testing goes on if it does for any arm. The rule of guardrails and checks is that of Schultzberg,
    Ankargren & Frånberg (2024, arXiv:2402.11609); that not significance but profit decides is ours.

    Parameters
    ----------
    effects
        Of all metrics and arms.
    checks
        Whether the test can be trusted.
    money
        What it brings, if known.
    monitor
        What the looks allow to conclude; without it the data are taken for the one look that was planned.
    """
    arms = _gather(effects, money, monitor)
    gains = [_find_gain(arm, effects.level) for arm in arms]
    verdicts = [_judge(arm, gain, effects.level) for arm, gain in zip(arms, gains, strict=True)]
    chosen, verdict = _choose(arms, verdicts)
    final: Verdict = verdict if checks.is_trusted else "no verdict"
    return DecisionResult(
        verdict=final,
        arm=chosen.name,
        arms=pd.DataFrame(
            {"arm": [arm.name for arm in arms], "verdict": verdicts if checks.is_trusted else final}
        ),
        design=effects.design,
        effects=effects.effects,
        level=effects.level,
        failed=tuple(checks.failed),
        harmed=tuple(chosen.harmed),
        unshown=tuple(chosen.unshown),
        gain=gains[arms.index(chosen)],
        nominal=chosen.nominal,
        look=chosen.look,
        looked=monitor.summary if monitor is not None else "",
        money=money,
        more_units=_find_more(chosen, effects.level),
    )


def _gather(effects: Effects, money: MoneyResult | None, monitor: Monitor | None) -> list[_Arm]:
    """Put together what is known of each arm, the one to look at first first."""
    main = effects.design.main
    frame = effects.effects
    cost_metric = money.cost_metric if money is not None else None
    guardrails = frame[frame["is_guardrail"] & (frame["metric"] != cost_metric)]
    looks = monitor.arms.set_index("arm") if monitor is not None else None
    profits = money.profits.set_index("arm") if money is not None and money.is_known else None
    arms = []
    for row in frame[frame["metric"] == main.key].to_dict("records"):
        name = row["arm"]
        own = guardrails[guardrails["arm"] == name]
        look, nominal = "", np.nan
        if looks is not None and name in looks.index:
            look, nominal = str(looks.loc[name, "decision"]), float(looks.loc[name, "nominal"])
            look += "" if look != "efficacy" else f", {looks.loc[name, 'direction']}"
        open_guardrails = own[~own["verdict"].isin(["holds", "harmed"])]
        arms.append(
            _Arm(
                name=name,
                harmed=list(own.loc[own["verdict"] == "harmed", "label"]),
                unshown=list(open_guardrails["label"]) if effects.margin is not None else [],
                look=look,
                nominal=nominal,
                is_final=monitor is None or monitor.is_final,
                effect=row,
                money=None if profits is None else profits.loc[name].to_dict(),
            )
        )
    return sorted(arms, key=lambda arm: -_height(arm))


def _height(arm: _Arm) -> float:
    """By what the best arm is the best: profit, else the effect in the good direction; unknown comes last."""
    sign = -1 if arm.effect["falls_is_good"] else 1
    height = float(arm.money["profit"]) if arm.money is not None else sign * float(arm.effect["difference"])
    return -np.inf if np.isnan(height) else height


def _find_gain(arm: _Arm, level: float) -> int:
    """1 if profit (without money: the metric that decides) is shown to be better, -1 if worse, else 0."""
    if arm.money is None:
        return {"better": 1, "worse": -1}.get(arm.effect["verdict"], 0)
    if np.isnan(arm.nominal):
        is_shown = arm.money["p_adjusted"] < 1 - level
    else:  # Arms share the error of the looks already
        is_shown = arm.money["p_value"] <= arm.nominal
    return int(np.sign(arm.money["profit"])) if is_shown else 0


def _judge(arm: _Arm, gain: int, level: float) -> ArmVerdict:
    if arm.harmed or arm.look in {"futility", "efficacy, worse"}:
        return "stop"
    if arm.look == "continue":
        return "keep testing"
    if gain < 0 or arm.effect["verdict"] == "worse":
        return "stop"
    if gain > 0 and not arm.unshown and arm.look in {"", "efficacy, better"}:
        return "roll out"
    is_hopeless = gain == 0 and arm.is_final and np.isinf(_find_more(arm, level))
    return "stop" if is_hopeless and not arm.unshown else "keep testing"


def _choose(arms: Sequence[_Arm], verdicts: Sequence[ArmVerdict]) -> tuple[_Arm, ArmVerdict]:
    """Return the first arm that has the best verdict of all, and that verdict."""
    order: tuple[ArmVerdict, ...] = ("roll out", "keep testing", "stop")
    best = min(verdicts, key=order.index)
    return arms[verdicts.index(best)], best


def _find_more(arm: _Arm, level: float) -> float:
    """How many more units, both arms together, tell the gain seen from none with 80% power.

    0 if there are enough, infinite if even ten times as many would not do, missing if the gain is unknown.
    """
    value, lower, upper = (
        (arm.money[name] for name in ("profit", "profit_ci_lower", "profit_ci_upper"))
        if arm.money is not None
        else (arm.effect[name] for name in ("difference", "difference_ci_lower", "difference_ci_upper"))
    )
    z = float(stats.norm.isf((1 - level) / 2))
    error = (upper - lower) / (2 * z)
    if np.isnan(value) or not error > 0:
        return float("nan")
    if value == 0:
        return float("inf")
    times = ((z + float(stats.norm.ppf(_POWER))) * error / value) ** 2
    if times > _FARTHEST:
        return float("inf")
    more = (arm.effect["units"] + arm.effect["control_units"]) * max(times - 1, 0.0)
    if more < 1:
        return 0.0
    step = 10.0 ** (np.floor(np.log10(more)) - _DIGITS + 1)
    return float(np.ceil(more / step) * step)
