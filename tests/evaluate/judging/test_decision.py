from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.evaluate.checks.experiment import check_experiment
from leadline.evaluate.judging.decision import decide
from leadline.evaluate.judging.decision_result import DecisionResult
from leadline.evaluate.judging.effects import compare_arms
from leadline.evaluate.judging.money import count_money
from leadline.evaluate.monitoring.monitor import monitor_experiment
from leadline.features.experiment import ExperimentScan
from leadline.results import Result

Scan = Callable[..., ExperimentScan]
GUARDRAIL = "complained: conversion, guardrail, lower is better, as Complaints"


@dataclass
class Checked:
    """Stands for checks."""

    is_trusted: bool = True
    failed: list[str] = field(default_factory=list)


@dataclass
class Looked:
    """Stands for looks: one decision for each arm."""

    call: str
    sms: str = "continue"
    direction: str = "better"
    summary: str = "What the looks say."
    nominal: float = float("nan")
    is_final: bool = True

    @property
    def arms(self) -> pd.DataFrame:
        rows = [("call", self.call, self.direction), ("sms", self.sms, "better")]
        frame = pd.DataFrame(rows, columns=["arm", "decision", "direction"])
        return frame.assign(nominal=self.nominal)


def judge(
    scan: ExperimentScan,
    *,
    margin: float | None = None,
    checks: Checked | None = None,
    monitor: Looked | None = None,
    **money: Any,
) -> DecisionResult:
    counted = count_money(scan, **money) if money else None
    return decide(compare_arms(scan, margin=margin), checks or Checked(), counted, monitor)


def answer(found: DecisionResult) -> dict[str, str]:
    return found.table.set_index("question")["answer"].to_dict()


def test_an_arm_that_pays_is_rolled_out(scan_campaign: Scan) -> None:
    found = judge(scan_campaign(), value=100, contact_cost=1)
    assert (found.verdict, found.arm) == ("roll out", "call")
    assert found.summary.startswith(
        "Roll out “call”. Contacting 1,000 customers by “call” brings a profit of"
    )
    assert "Rolling out pays as long as a contact costs less than CN¥" in found.summary
    assert answer(found) == {
        "trust": "yes",
        "effect": "yes",
        "money": "yes",
        "harm": "not asked",
        "looks": "yes",
    }
    assert isinstance(found, Result)


def test_an_effect_that_does_not_pay_is_stopped(scan_campaign: Scan) -> None:
    found = judge(scan_campaign(), value=100, contact_cost=30)
    assert found.verdict == "stop"
    assert "loses CN¥" in found.summary
    assert "It would pay if a contact cost less than" in found.summary
    assert answer(found)["effect"] == "yes"
    assert answer(found)["money"] == "no"


def test_an_open_profit_goes_on_and_says_for_how_many(scan_campaign: Scan) -> None:
    scan = scan_campaign()
    money = count_money(scan, value=100).profits.set_index("arm").loc["call"]
    error = (money["break_even"] - money["break_even_ci_lower"]) / 1.96
    found = judge(scan, value=100, contact_cost=float(money["break_even"] - error))  # one error above 0
    assert found.verdict == "keep testing"
    assert "About" in found.summary
    # (1.96 + 0.84)² = 7.85 times the units tell one error from 0; that is 6.85 times as many more
    units = money["units"] + money["control_units"]
    assert found.more_units == pytest.approx(6.85 * units, rel=0.04)


def test_hopelessly_small_gains_end_the_test(scan_campaign: Scan) -> None:
    scan = scan_campaign()
    money = count_money(scan, value=100).profits.set_index("arm").loc["call"]
    found = judge(scan, value=100, contact_cost=float(money["break_even"]) - 0.01)
    assert np.isinf(found.more_units)
    assert found.verdict == "stop"
    assert "Even ten times as many" in found.summary
    assert found.to_dict()["decision"]["more_units"] is None


def test_without_money_the_main_metric_decides(scan_campaign: Scan) -> None:
    found = judge(scan_campaign())
    assert (found.verdict, found.arm) == ("roll out", "call")
    assert "Whether it pays is not known" in found.summary
    assert answer(found)["money"] == "unknown"


def test_a_worse_metric_stops(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    frame = campaign.assign(is_sold=campaign["is_sold"] & (campaign["arm"] == "held_out"))
    found = judge(scan_campaign(frame=frame))
    assert found.verdict == "stop"
    assert "worse" in found.summary


@pytest.mark.parametrize(
    "failed", [["Units came 48 to 52, planned were 50 to 50.", "Units are in two arms."]]
)
def test_no_verdict_without_trust_and_it_is_said_first(scan_campaign: Scan, failed: list[str]) -> None:
    found = judge(scan_campaign(), checks=Checked(is_trusted=False, failed=failed), value=100, contact_cost=1)
    assert found.verdict == "no verdict"
    assert found.summary.startswith(f"No verdict: the test cannot be trusted. {failed[0]}")
    assert found.warnings == failed[1:]
    assert set(found.table["answer"]) == {"no", "not read"}
    assert "CN¥" not in found._repr_html_()
    assert set(found.arms["verdict"]) == {"no verdict"}
    assert found.figure().get_label() == "No effect is shown: the test cannot be trusted."


def test_a_mismatch_of_shares_withholds_the_verdict(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    frame = campaign.drop(campaign[campaign["arm"] == "sms"].index[:400])
    scan = scan_campaign(frame=frame)
    found = decide(compare_arms(scan), check_experiment(scan))
    assert found.verdict == "no verdict"


def test_harm_stops_the_arm_whatever_it_earns(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    frame = campaign.assign(complained=campaign["complained"] | (campaign["arm"] == "call"))
    found = judge(
        scan_campaign("is_sold: conversion", GUARDRAIL, frame=frame),
        margin=0.1,
        value=100,
        contact_cost={"call": 1, "sms": 0},
    )
    verdicts = found.arms.set_index("arm")["verdict"]
    assert verdicts["call"] == "stop"
    assert found.arm == "sms"
    only = frame[frame["arm"] != "sms"]
    found = judge(
        scan_campaign("is_sold: conversion", GUARDRAIL, frame=only), margin=0.1, value=100, contact_cost=1
    )
    assert found.verdict == "stop"
    assert "harms what must not become worse: Complaints" in found.summary
    assert answer(found)["harm"] == "yes"


def test_a_guardrail_not_shown_to_hold_keeps_the_test_going(scan_campaign: Scan) -> None:
    scan = scan_campaign("is_sold: conversion", GUARDRAIL)
    found = judge(scan, margin=0.05, value=100, contact_cost=1)
    assert found.verdict == "keep testing"
    assert "Complaints must be shown to stay within the margin" in found.summary
    assert judge(scan, margin=0.9, value=100, contact_cost=1).verdict == "roll out"
    assert judge(scan, value=100, contact_cost=1).verdict == "roll out"


@pytest.mark.parametrize(
    ("look", "verdict", "told"),
    [
        ("continue", "keep testing", "The next look that is planned may end the test."),
        ("efficacy", "roll out", "Rolling out pays"),
        ("futility", "stop", "What the looks say."),
        ("end", "keep testing", ""),
    ],
)
def test_looks_that_were_planned_are_heard(scan_campaign: Scan, look: str, verdict: str, told: str) -> None:
    looked = Looked(look, sms="futility")
    found = judge(scan_campaign(), monitor=looked, value=100, contact_cost=1)
    assert found.verdict == verdict
    assert told in found.summary
    assert answer(found)["looks"] == ("not yet" if look == "continue" else "yes")


def test_an_effect_for_the_worse_found_at_a_look_stops(scan_campaign: Scan) -> None:
    looked = Looked("efficacy", sms="futility", direction="worse")
    assert judge(scan_campaign(), monitor=looked, value=100, contact_cost=1).verdict == "stop"


def test_what_a_metric_of_cost_does_is_no_harm(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    frame = campaign.assign(
        cost_cny=np.where(campaign["arm"] == "held_out", 0.0, 1.0) + 0.01 * campaign["orders"]
    )
    scan = scan_campaign(
        "is_sold: conversion", "cost_cny: mean, CNY, guardrail, lower is better", frame=frame
    )
    assert judge(scan, value=100, cost_metric="cost_cny").verdict == "roll out"


def test_real_parts_fit_together(scan_campaign: Scan) -> None:
    scan = scan_campaign("is_sold: conversion, as Sold", GUARDRAIL, segments=("region",))
    found = decide(
        compare_arms(scan, margin=0.9),
        check_experiment(scan),
        count_money(scan, value=100, contact_cost=1),
        monitor_experiment(scan),
    )
    assert found.verdict in {"roll out", "keep testing"}
    assert "<table" in found._repr_html_()
    assert set(found.to_dict()) == {"decision"}
    assert "call" in found.figure().get_label()


def test_a_loss_before_the_look_that_counts_stops_nothing(scan_campaign: Scan) -> None:
    found = judge(scan_campaign(), monitor=Looked("continue"), value=100, contact_cost=30)
    assert found.verdict == "keep testing"


def test_an_early_stop_for_an_effect_is_no_end_of_a_test_whose_profit_is_open(scan_campaign: Scan) -> None:
    scan = scan_campaign()
    cost = float(count_money(scan, value=100).profits.set_index("arm").loc["call", "break_even"]) - 0.01
    early = Looked("efficacy", sms="futility", nominal=0.01, is_final=False)
    found = judge(scan, monitor=early, value=100, contact_cost=cost)
    assert np.isinf(found.more_units)
    assert found.verdict == "keep testing"
    assert "final look" in found.summary
    at_end = replace(early, nominal=0.04, is_final=True)
    assert judge(scan, monitor=at_end, value=100, contact_cost=cost).verdict == "stop"


@pytest.mark.parametrize(("errors", "verdict"), [(2.2, "roll out"), (-2.2, "stop")])
def test_profit_counts_as_shown_by_what_the_look_asks_for(
    scan_campaign: Scan, errors: float, verdict: str
) -> None:
    scan = scan_campaign()
    row = count_money(scan, value=100).profits.set_index("arm").loc["call"]
    half = row["break_even"] - row["break_even_ci_lower"]
    cost = {"call": float(row["break_even"] - errors * half / 1.96), "sms": 1000.0}
    p_value = float(
        count_money(scan, value=100, contact_cost=cost).profits.set_index("arm")["p_value"]["call"]
    )
    assert 0.02 < p_value < 0.05
    for nominal, wanted in ((0.9 * p_value, "keep testing"), (1.1 * p_value, verdict)):
        early = Looked("efficacy", sms="futility", nominal=nominal, is_final=False)
        found = judge(scan, monitor=early, value=100, contact_cost=cost)
        assert found.verdict == wanted
        assert answer(found)["money"] == {0: "not shown", 1: "yes", -1: "no"}[found.gain]
    early = Looked("efficacy", sms="futility", nominal=0.9 * p_value, is_final=False)
    found = judge(scan, monitor=early, value=100, contact_cost=cost)
    assert "this look asks for a p-value of" in found.summary


def test_a_profit_of_nothing_is_seldom_shown_in_ten_looks(
    campaign: pd.DataFrame, scan_campaign: Scan, rng: np.random.Generator
) -> None:
    """Profit grows as Brownian motion without drift; looks are those of a real test."""
    frame = campaign[campaign["arm"] != "sms"]
    frame = frame.assign(is_sold=frame["is_sold"] | (rng.random(len(frame)) < 0.3))
    days = pd.to_datetime(frame["entered_on"]).rank(method="first", pct=True)
    frame = frame.assign(
        entered_on=pd.Timestamp("2025-06-02") + pd.to_timedelta(np.ceil(days * 10) * 7 - 1, "D")
    )
    monitors = [
        monitor_experiment(scan_campaign(frame=frame[frame["entered_on"] <= day]), planned_units=len(frame))
        for day in sorted(frame["entered_on"].unique())
    ]
    nominals = [float(one.arms["nominal"].iloc[0]) for one in monitors]
    assert len(monitors[-1].looks) == 10
    scan = scan_campaign(frame=frame)
    effects, money = compare_arms(scan), count_money(scan, value=100, contact_cost=1)
    runs = 250
    z = np.cumsum(rng.standard_normal((runs, 10)), axis=1) / np.sqrt(np.arange(1, 11))
    plain = 2 * stats.norm.sf(np.abs(z))
    wrong = 0
    for run in range(runs):
        for look in np.flatnonzero(plain[run] < 0.05):
            told = money.profits.assign(
                profit=z[run, look], p_value=plain[run, look], p_adjusted=plain[run, look]
            )
            looked = Looked("efficacy", nominal=nominals[look], is_final=bool(look == 9))
            found = decide(effects, Checked(), replace(money, profits=told), looked)
            if found.gain and found.verdict in {"roll out", "stop"}:
                wrong += 1
                break
    assert 0 < wrong <= runs * (0.05 + 2 * np.sqrt(0.05 * 0.95 / runs))
    assert (plain < 0.05).any(axis=1).mean() > 0.12  # what plain p-values would have shown


def test_any_guardrail_that_is_not_known_to_hold_blocks_where_a_margin_is_named(scan_campaign: Scan) -> None:
    effects = compare_arms(scan_campaign("is_sold: conversion", GUARDRAIL), margin=0.9)
    rows = effects.effects
    told = replace(
        effects, effects=rows.assign(verdict=rows["verdict"].mask(rows["is_guardrail"], "unknown"))
    )
    assert decide(effects, Checked()).verdict == "roll out"
    assert decide(told, Checked()).verdict == "keep testing"
    assert decide(told, Checked()).unshown == ("Complaints",)


def test_what_is_not_known_is_not_hopeless(scan_campaign: Scan) -> None:
    effects = compare_arms(scan_campaign())
    names = ["difference", "difference_ci_lower", "difference_ci_upper"]
    rows = effects.effects[effects.effects["arm"] == "call"].assign(**dict.fromkeys(names, np.nan))
    found = decide(replace(effects, effects=rows.assign(verdict="unknown")), Checked())
    assert found.verdict == "keep testing"
    assert "not known yet" in found.summary
    assert found.to_dict()["decision"]["more_units"] is None


def test_other_arms_are_told_in_sentences(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    found = judge(scan_campaign(), value=100, contact_cost={"call": 1, "sms": 30})
    assert found.warnings == ["Of the other arms, “sms” should be stopped."]
    both = campaign.assign(
        is_sold=campaign["is_sold"] | ((campaign["arm"] == "sms") & (campaign.index % 10 == 0))
    )
    found = judge(scan_campaign(frame=both), value=100, contact_cost=1)
    assert found.warnings[0].endswith("could be rolled out, too.")
