from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.errors import DataError, ParameterError
from leadline.evaluate.estimates.shares import compare_shares
from leadline.evaluate.judging.effects import compare_arms
from leadline.evaluate.judging.effects_result import EffectsResult
from leadline.features.experiment import ExperimentDesign, ExperimentScan, parse_metrics
from leadline.features.experiment.scan_units import scan_frame
from leadline.results import Result

Scan = Callable[..., ExperimentScan]
METRICS = (
    "is_sold: conversion, as Sold",
    "spend_cny: mean, CNY, as Spend",
    "spend_cny/orders: ratio, CNY, as Spend per order",
    "complained: conversion, guardrail, lower is better, as Complained",
)
#: The record promises these.
PROMISED = ["metric", "arm", "control", "difference", "difference_ci_lower", "difference_ci_upper"]
PROMISED += ["relative_lift", "relative_lift_ci_lower", "relative_lift_ci_upper", "p_value", "method"]


def pick(result: EffectsResult, metric: str, arm: str) -> pd.Series:
    rows = result.effects
    return rows[(rows["metric"] == metric) & (rows["arm"] == arm)].iloc[0]


@pytest.fixture
def told(scan_campaign: Scan) -> EffectsResult:
    return compare_arms(scan_campaign(*METRICS), margin=0.5)


def test_each_metric_is_estimated_by_its_own_method(told: EffectsResult, campaign: pd.DataFrame) -> None:
    call, held = (campaign[campaign["arm"] == arm] for arm in ("call", "held_out"))
    sold = pick(told, "is_sold", "call")
    counts = (call["is_sold"].sum(), len(call), held["is_sold"].sum(), len(held))
    wanted = compare_shares(*(int(one) for one in counts))
    assert tuple(sold[["difference", "difference_ci_lower", "difference_ci_upper"]]) == pytest.approx(
        wanted[:3]
    )
    assert sold["method"] == "Newcombe"
    spend = pick(told, "spend_cny", "call")
    oracle = stats.ttest_ind(call["spend_cny"], held["spend_cny"], equal_var=False)
    assert spend["p_value"] == pytest.approx(oracle.pvalue, rel=1e-9)
    assert spend["method"] == "Welch t"
    ratio = pick(told, "spend_cny/orders", "call")
    assert ratio["value"] == pytest.approx(call["spend_cny"].sum() / call["orders"].sum())
    assert ratio["method"].startswith("delta")
    assert (spend["units"], spend["control_units"]) == (len(call), len(held))


def test_covariates_and_strata_are_named_in_the_method(scan_campaign: Scan) -> None:
    scan = scan_campaign(*METRICS, covariates=("earlier_cny",), segments=("region",))
    adjusted, plain = compare_arms(scan), compare_arms(scan, adjust=False)
    assert pick(adjusted, "spend_cny", "call")["method"] == "Welch t, CUPED with 1 covariate"
    stratified = compare_arms(scan, strata=("region",), adjust=False)
    assert pick(stratified, "is_sold", "sms")["method"] == "Welch t, post-stratified by 3 groups"
    widths = [
        pick(one, "spend_cny", "call")[["difference_ci_lower", "difference_ci_upper"]].diff().iloc[1]
        for one in (adjusted, plain)
    ]
    assert widths[0] < widths[1]
    with pytest.raises(ParameterError, match="“branch” is no segment"):
        compare_arms(scan, strata=("branch",))


def test_the_family_is_all_metrics_and_arms_but_guardrails(told: EffectsResult, scan_campaign: Scan) -> None:
    family = told.effects[~told.effects["is_guardrail"]]
    assert told.family == len(family) == 6
    smallest = family["p_value"].min()
    assert family["p_adjusted"].min() == pytest.approx(6 * smallest)
    assert told.effects.loc[told.effects["is_guardrail"], "p_adjusted"].isna().all()
    shares = compare_arms(scan_campaign(*METRICS), correction="Benjamini-Hochberg").effects
    assert (shares["p_adjusted"] <= told.effects["p_adjusted"] + 1e-12).sum() == 6


def test_verdicts_know_which_way_is_good(scan_campaign: Scan, campaign: pd.DataFrame) -> None:
    campaign["days_to_answer"] = 10.0 - 2 * campaign["is_sold"] + 1.5 * (campaign["arm"] == "sms")
    result = compare_arms(scan_campaign("days_to_answer: mean, lower is better", frame=campaign))
    assert pick(result, "days_to_answer", "call")["verdict"] == "better"
    assert pick(result, "days_to_answer", "sms")["verdict"] == "worse"
    assert result.best_arm == "call"
    assert result.kpis[0].direction == "down"
    assert result.winners["corrected"].iloc[0] < 0


def test_a_lift_of_nothing_is_not_told(scan_campaign: Scan, campaign: pd.DataFrame) -> None:
    campaign["balance"] = np.where(campaign["arm"] == "held_out", -5.0, 2.0) + campaign["earlier_cny"] % 3
    campaign["new"] = campaign["is_sold"] & (campaign["arm"] == "call")
    campaign["noise"] = campaign["earlier_cny"] - 100 + 0.0001
    result = compare_arms(
        scan_campaign("is_sold: conversion", "balance", "new: conversion", "noise", frame=campaign)
    )
    for metric, reason in (("balance", "above 0 only"), ("new", "value is 0"), ("noise", "told from 0")):
        row = pick(result, metric, "call")
        assert np.isnan(row["relative_lift"])
        assert np.isnan(row["relative_lift_ci_upper"])
        assert row["difference_ci_lower"] < row["difference"] < row["difference_ci_upper"]
        assert any(reason in warning for warning in result.warnings), reason
    assert any(row["relative_lift"] is None for row in result.to_dict()["effects"])
    only = compare_arms(scan_campaign("new: conversion", frame=campaign))
    assert "points" in only.figure().get_label()


def test_arms_in_which_nothing_varies(scan_campaign: Scan, campaign: pd.DataFrame) -> None:
    campaign["same"] = 3.0 + (campaign["is_sold"] & (campaign["arm"] == "sms"))
    scan = scan_campaign("is_sold: conversion", "same", frame=campaign)
    result = compare_arms(scan)
    assert pick(result, "same", "call")["verdict"] == "unknown"
    assert result.family == 3
    assert any("same cannot be compared (call)" in warning for warning in result.warnings)
    told = scan.moments["is_sold"]
    flat = replace(told, frame=told.frame.assign(is_sold__is_sold_cov=0.0, is_sold_mean=0.5))
    with pytest.raises(DataError, match="is_sold, sms: The measure is the same for every unit"):
        compare_arms(replace(scan, moments={**scan.moments, "is_sold": flat}))


def test_winners_are_told_without_their_luck(told: EffectsResult) -> None:
    assert set(told.winners["metric"]) == set(told.effects.loc[told.effects["verdict"] == "better", "metric"])
    row = told.winners[told.winners["metric"] == "is_sold"].iloc[0]
    assert (row["arm"], row["arms"]) == ("call", 2)
    assert 0 < row["corrected"] <= row["difference"]
    assert row["corrected_ci_lower"] < row["difference_ci_lower"]
    assert "points" in told._repr_html_().split("Without the luck")[1]


def test_a_bare_winner_is_told_to_be_one(scan_campaign: Scan, campaign: pd.DataFrame) -> None:
    campaign["logins"] = campaign["earlier_cny"] % 10 + 0.25 * (campaign["arm"] == "call")
    result = compare_arms(scan_campaign("logins", frame=campaign))
    row = result.winners.iloc[0]
    assert row["corrected"] < 0.95 * row["difference"]
    assert any("Corrected for that" in warning and "best of 2" in warning for warning in result.warnings)


def test_it_reads_as_a_director_would(told: EffectsResult) -> None:
    sold = pick(told, "is_sold", "call")
    points = f"{100 * sold['difference']:.1f} points more"
    assert told.summary.startswith("Sold: ")
    assert points in told.summary
    assert "95% CI" in told.summary
    assert "after correction for 6 comparisons" in told.summary
    assert "“sms” is not told apart from “held_out”" in told.summary
    assert isinstance(told, Result)
    assert len(told.kpis) == 2
    record = told.to_dict()["effects"]
    assert set(PROMISED) <= set(record[0])
    assert len(record) == 8
    page = told._repr_html_()
    for words in ("Newcombe", "Guardrail", "Without the luck of winning", "better"):
        assert words in page
    assert "Sold, call" in told.figure().get_label()


def test_skewed_amounts_in_arms_of_unlike_size_are_told(scan_campaign: Scan, campaign: pd.DataFrame) -> None:
    campaign["spend_cny"] = campaign["spend_cny"] ** 2
    even = compare_arms(scan_campaign("spend_cny: mean", frame=campaign))
    assert not any("few units make up" in warning for warning in even.warnings)
    small = campaign.drop(campaign.index[campaign["arm"] == "sms"][500:])
    result = compare_arms(scan_campaign("spend_cny: mean", "is_sold: conversion", frame=small))
    (told,) = [one for one in result.warnings if "few units make up" in one]
    assert told.startswith("spend_cny: ")
    assert "(sms)" in told
    spend = small.loc[small["arm"] == "sms", "spend_cny"]
    wanted = spend.sum() ** 2 / (spend**2).sum()
    assert pick(result, "spend_cny", "sms")["contributors"] == pytest.approx(wanted, rel=0.01)
    assert np.isnan(pick(result, "is_sold", "sms")["contributors"])


def test_one_arm_and_one_metric_need_no_correction(scan_campaign: Scan, campaign: pd.DataFrame) -> None:
    result = compare_arms(scan_campaign(frame=campaign[campaign["arm"] != "sms"]))
    assert "after correction" not in result.summary
    assert pick(result, "is_sold", "call")["p_adjusted"] == pick(result, "is_sold", "call")["p_value"]


def test_quantiles_come_from_the_scan(scan_campaign: Scan, campaign: pd.DataFrame) -> None:
    scan = scan_campaign("earlier_cny: quantile 0.9", "is_sold: conversion", frame=campaign)
    rows = [
        {"metric": "earlier_cny", "arm": arm, "units": 2_000, "value": value, "variance": 4.0}
        for arm, value in (("held_out", 195.0), ("call", 200.0), ("sms", 205.0))
    ]
    known = replace(scan, quantiles=pd.DataFrame(rows))
    row = pick(compare_arms(known), "earlier_cny", "sms")
    assert row["method"] == "order statistics"
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(10 / 8**0.5), rel=0.02)
    few = replace(scan, quantiles=known.quantiles.assign(variance=[4.0, np.nan, 4.0]))
    result = compare_arms(replace(few, design=replace(scan.design, metrics=scan.design.metrics[::-1])))
    assert pick(result, "earlier_cny", "call")["verdict"] == "unknown"
    assert any("too few units for an interval of its quantile" in warning for warning in result.warnings)


def test_numbers_out_of_range_are_refused_together(scan_campaign: Scan) -> None:
    with pytest.raises(ParameterError, match="3 problems"):
        compare_arms(scan_campaign(), level=95, margin=5.0, prior_lift=0.0)


def test_many_metrics_and_arms_are_quick(rng: np.random.Generator) -> None:
    rows = 600
    frame = pd.DataFrame(rng.normal(5, 1, (rows, 20)), columns=[f"m{number}" for number in range(20)])
    frame["arm"] = rng.choice(list("abcdef"), rows)
    metrics = parse_metrics([f"m{number}" for number in range(20)])
    result = compare_arms(scan_frame(frame, ExperimentDesign(arm="arm", control="a", metrics=metrics)))
    assert result.family == 100
    assert len(result.effects) == 100


@pytest.mark.covers("reference_numbers", "hillstrom_effects")
@pytest.mark.public_data
def test_hillstrom(public_data: Path) -> None:
    """K. Hillstrom (2008), MineThatData E-Mail challenge, to the digits of its answers."""
    frame = pd.read_csv(public_data / "hillstrom" / "hillstrom.csv.zip")
    metrics = parse_metrics(["visit: conversion", "conversion: conversion", "spend: mean"])
    design = ExperimentDesign(arm="segment", control="No E-Mail", metrics=metrics)
    result = compare_arms(scan_frame(frame, design))
    published = {"visit": (0.0766, 0.0452), "conversion": (0.0068, 0.0031), "spend": (0.77, 0.42)}
    for metric, effects in published.items():
        for arm, effect in zip(("Mens E-Mail", "Womens E-Mail"), effects, strict=True):
            row = pick(result, metric, arm)
            assert row["difference"] == pytest.approx(effect, abs=0.005 if metric == "spend" else 5e-5)
            assert row["verdict"] == "better"
    assert result.best_arm == "Mens E-Mail"
