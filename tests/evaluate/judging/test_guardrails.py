from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from leadline.evaluate.estimates.effects import ArmEstimate
from leadline.evaluate.judging.effects import compare_arms
from leadline.evaluate.judging.guardrails import judge_guardrails
from leadline.evaluate.judging.pairs import Pair
from leadline.features.experiment import ExperimentScan, parse_metrics

CONTROL = ArmEstimate(10.0, 0.04, 5_000)


def judge(value: float, *, margin: float | None = 0.1, falls: bool = False) -> pd.Series:
    text = "calls: mean, guardrail" + (", lower is better" if falls else "")
    metrics = parse_metrics(["sold: conversion", text])
    pair = Pair(arm=ArmEstimate(value, 0.04, 5_000), control=CONTROL, method="Welch t")
    found = judge_guardrails(metrics, {"calls": {"mail": pair}}, margin=margin, level=0.95)
    assert list(found["metric"]) == ["calls"]
    return found.iloc[0]


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(10.1, "holds"), (9.7, "holds"), (9.45, "not shown"), (9.2, "harmed"), (8.0, "harmed")],
)
def test_what_falls_is_judged_against_the_margin(value: float, verdict: str) -> None:
    """Error of the difference 0.28: 0.55 below is less than the margin of 1 but within two errors of it."""
    assert judge(value)["verdict"] == verdict
    assert judge(20 - value, falls=True)["verdict"] == verdict


def test_no_margin_shows_no_harmlessness() -> None:
    assert judge(10.0, margin=None)["verdict"] == "no margin"
    assert judge(9.0, margin=None)["verdict"] == "harmed"
    assert np.isnan(judge(10.0, margin=None)["p_margin"])


def test_the_verdict_is_that_of_the_relative_interval() -> None:
    """One-sided at 97.5% holds exactly where the 95% interval of the relative effect excludes the margin."""
    for value in np.linspace(8.5, 10.5, 81):
        for falls in (False, True):
            row = judge(value, falls=falls)
            assert (row["verdict"] == "holds") == (row["worst"] > -0.1)
            assert (row["p_margin"] <= 0.025) == (row["worst"] > -0.1)


def test_harm_of_the_margin_is_missed_in_one_of_forty(rng: np.random.Generator) -> None:
    """1,500 arms that are worse by just the margin: 2.5% pass, within three Monte-Carlo errors."""
    metrics = parse_metrics(["sold: conversion", "calls: mean, guardrail"])
    passed = 0
    for arm, control in zip(rng.normal(9.0, 0.2, 1_500), rng.normal(10.0, 0.2, 1_500), strict=True):
        pair = Pair(arm=ArmEstimate(arm, 0.04, 5_000), control=CONTROL._replace(value=control), method="")
        found = judge_guardrails(metrics, {"calls": {"mail": pair}}, margin=0.1, level=0.95)
        passed += found["verdict"].iloc[0] == "holds"
    assert passed / 1_500 == pytest.approx(0.025, abs=0.0121)


def test_shares_that_are_rare_are_judged_by_newcombe(
    scan_campaign: Callable[..., ExperimentScan], campaign: pd.DataFrame
) -> None:
    campaign["complained"] |= (campaign["arm"] == "sms") & (campaign["earlier_cny"] > 180)
    scan = scan_campaign(
        "is_sold: conversion", "complained: conversion, guardrail, lower is better", frame=campaign
    )
    result = compare_arms(scan, margin=0.6)
    verdicts = result.guardrails.set_index("arm")["verdict"]
    assert verdicts["sms"] == "harmed"
    assert verdicts["call"] in {"holds", "not shown"}
    rows = result.effects[result.effects["is_guardrail"]].set_index("arm")
    assert rows["verdict"].to_dict() == verdicts.to_dict()
    assert "complained with “sms”: harmed" in result.summary
    assert any("No margin" in warning for warning in compare_arms(scan).warnings)
