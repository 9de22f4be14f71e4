"""All checks of a test together: what each finds when it is planted, and that a fair test is let pass."""

from dataclasses import replace

import ibis
import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.evaluate.checks.experiment import check_experiment
from leadline.features.experiment.contacts import contact_features

SPEND = ("spend_cny: mean, CNY",)
WHOLE = {"covariates": ("earlier_cny",), "segments": ("region",)}


def verdicts(result):
    return {check.check: check.verdict for check in result.checks}


def found(result, name):
    return next(check for check in result.checks if check.check == name)


def find(*rows):
    return pd.DataFrame(rows, columns=["check", "wrong", "total", "first"])


def test_a_fair_campaign_is_trusted(scan_campaign):
    result = check_experiment(scan_campaign(*SPEND, **WHOLE))
    told = verdicts(result)
    assert result.is_trusted
    assert not result.warnings
    made = ["sample_ratio", "sample_ratio_segments", "sample_ratio_days", "balance", "novelty", "weekdays"]
    assert {told[name] for name in [*made, "missing_outcomes"]} == {"good"}
    assert told["interference"] == told["late_exposures"] == "not asked"
    assert "can be trusted" in result.summary
    assert result.to_dict()["sample_ratio"]["verdict"] == "as planned"


@pytest.mark.covers("bad_inputs", "srm")
def test_found_48_to_52_where_halves_were_planned_withholds_the_verdict(scan_campaign, campaign):
    counts = {"held_out": 10_400, "call": 9_600}
    lost = campaign.sample(20_000, replace=True, random_state=3).assign(unit=range(20_000))
    lost["arm"] = np.repeat(list(counts), list(counts.values()))
    result = check_experiment(scan_campaign(*SPEND, frame=lost))
    assert not result.is_trusted
    assert result.to_dict()["sample_ratio"]["verdict"] == "mismatch"
    assert result.to_dict()["sample_ratio"]["p_value"] < 0.001
    assert result.table["check"].iloc[0] == "sample_ratio"
    assert "cannot be trusted" in result.summary
    assert "52.0%" in result.summary
    planned = check_experiment(scan_campaign(*SPEND, frame=lost), shares={"held_out": 0.52, "call": 0.48})
    assert planned.is_trusted


def grow(campaign, shares, size=12_000):
    """Draw units of the campaign into arms of exactly these shares, each day and region alike."""
    drawn = campaign.sample(size, replace=True, random_state=5).assign(unit=range(size))
    arms = np.repeat(list(shares), [round(share * size) for share in shares.values()])
    return drawn.assign(arm=np.random.default_rng(2).permutation(arms))


def test_a_small_hold_out_without_a_plan_is_a_doubt_and_no_mismatch(scan_campaign, campaign):
    frame = grow(campaign, {"held_out": 0.10, "call": 0.90})
    scan = scan_campaign(*SPEND, frame=frame, **WHOLE)
    result = check_experiment(scan)
    assert result.is_trusted
    assert found(result, "sample_ratio").verdict == "not asked"
    assert "name shares" in found(result, "sample_ratio").found
    assert verdicts(result)["sample_ratio_segments"] == verdicts(result)["sample_ratio_days"] == "good"
    assert [text for text in result.warnings if "name the planned shares" in text]
    assert "no planned shares" in result.summary
    record = result.to_dict()
    assert record["sample_ratio"] == {"p_value": None, "verdict": "unknown plan"}
    assert [row["planned_share"] for row in record["units_by_arm"]] == [None, None]
    assert "held_out 10.0%" in result.figure().get_label()
    planned = check_experiment(scan, shares={"held_out": 0.1, "call": 0.9})
    assert verdicts(planned)["sample_ratio"] == "good"
    assert not planned.warnings
    assert not check_experiment(scan, shares={"held_out": 0.12, "call": 0.88}).is_trusted


def test_without_a_plan_a_loss_in_one_part_is_still_found(scan_campaign, campaign):
    frame = grow(campaign, {"held_out": 0.10, "sms": 0.45, "call": 0.45})
    lost = frame[(frame["region"] != "west") | (frame["arm"] != "call")]
    result = check_experiment(scan_campaign(*SPEND, frame=lost, segments=("region",)))
    assert verdicts(result)["sample_ratio"] == "not asked"
    assert found(result, "sample_ratio_segments").verdict == "failed"
    assert "west" in found(result, "sample_ratio_segments").found
    assert "cannot be trusted" in result.summary


@pytest.mark.parametrize(("least", "verdict"), [(0.26, "failed"), (0.24, "not asked")])
def test_arms_are_far_from_equal_below_half_of_an_equal_share(scan_campaign, campaign, least, verdict):
    frame = grow(campaign, {"held_out": least, "call": 1 - least})
    assert verdicts(check_experiment(scan_campaign(*SPEND, frame=frame)))["sample_ratio"] == verdict


@pytest.mark.parametrize(("column", "check"), [("region", "segments"), ("entered_on", "days")])
def test_a_loss_in_one_part_is_found_there(scan_campaign, campaign, column, check):
    value = "west" if column == "region" else campaign["entered_on"].min()
    in_part = (campaign[column] == value) & (campaign["arm"] == "call")
    result = check_experiment(
        scan_campaign(*SPEND, frame=campaign.drop(campaign.index[in_part]), segments=("region",))
    )
    told = found(result, f"sample_ratio_{check}")
    assert told.verdict == "failed"
    assert ("west" if column == "region" else "2025-06-02") in told.found
    assert not result.is_trusted


@pytest.mark.covers("bad_inputs", "exposure_after_conversion", "customer_in_two_arms")
def test_records_are_judged_by_what_the_scan_found(scan_campaign):
    rows = [("two_arms", 3, 6_000, "U1"), ("late_exposures", 200, 6_000, "U2"), ("repeated_units", 0, 9, "")]
    scan = replace(scan_campaign(*SPEND), findings=find(*rows, ("outside_period", 900, 6_000, "")))
    result = check_experiment(scan)
    told = verdicts(result)
    assert told["two_arms"] == told["outside_period"] == "warning"
    assert told["late_exposures"] == "failed"
    assert told["repeated_units"] == "good"
    assert told["early_outcomes"] == "not asked"
    assert "200 of 6,000 units" in result.failed[0]
    assert len(result.warnings) == 3


def test_equal_rows_of_a_unit_are_told_and_do_not_withhold_the_verdict(scan_campaign, campaign):
    views = pd.concat([campaign[["unit", "arm", "is_sold"]]] * 3)
    result = check_experiment(scan_campaign(frame=views, day=None))
    told = found(result, "repeated_units")
    assert told.verdict == "warning"
    assert "of 18,000 records" in told.found
    assert result.is_trusted


def test_outcomes_missing_in_one_arm_are_found(scan_campaign, campaign, rng):
    lost = (campaign["arm"] == "call") & (rng.random(len(campaign)) < 0.06)
    frame = campaign.assign(spend_cny=campaign["spend_cny"].mask(lost))
    told = found(
        check_experiment(scan_campaign("spend_cny: mean, as Spend", frame=frame)), "missing_outcomes"
    )
    assert told.verdict == "failed"
    assert "Spend: call" in told.found
    even = campaign.assign(spend_cny=campaign["spend_cny"].mask(rng.random(len(campaign)) < 0.06))
    assert verdicts(check_experiment(scan_campaign(*SPEND, frame=even)))["missing_outcomes"] == "good"


def test_arms_unlike_before_the_start_are_found(scan_campaign, campaign):
    frame = campaign.assign(earlier_cny=campaign["earlier_cny"] + 10.4 * (campaign["arm"] == "sms"))
    labels = {"earlier_cny": "Spend before"}
    scan = scan_campaign(*SPEND, frame=frame, covariates=("earlier_cny",), labels=labels)
    told = found(check_experiment(scan), "balance")
    assert told.verdict == "failed"
    assert told.found.startswith("furthest apart: Spend before in sms, 0.")


@pytest.mark.parametrize("metric", ["is_sold: conversion", "spend_cny/orders: ratio"])
def test_an_effect_that_fades_or_depends_on_the_weekday_is_found(scan_campaign, campaign, rng, metric):
    days = (campaign["entered_on"] - campaign["entered_on"].min()).dt.days
    called = campaign["arm"] == "call"
    fades = rng.random(len(campaign)) < 0.25 * (1 - days / 28) * called
    weekend = rng.random(len(campaign)) < 0.3 * (campaign["entered_on"].dt.day_of_week >= 5) * called
    for name, extra in {"novelty": fades, "weekdays": weekend}.items():
        sold = campaign["is_sold"] | extra
        frame = campaign.assign(
            is_sold=sold, orders=1, spend_cny=np.where(sold, 50 + 10 * rng.random(len(campaign)), 0)
        )
        result = check_experiment(scan_campaign(metric, frame=frame))
        assert verdicts(result)[name] == "warning"
        assert found(result, name).found.startswith("call: ")
        assert result.is_trusted


def test_drift_raises_few_false_alarms(scan_campaign, campaign, rng):
    alarms = 0
    for _run in range(20):
        frame = campaign.assign(entered_on=rng.permutation(campaign["entered_on"].to_numpy()))
        told = verdicts(check_experiment(scan_campaign("is_sold: conversion", frame=frame)))
        alarms += (told["novelty"] == "warning") + (told["weekdays"] == "warning")
    assert alarms <= 3  # of 40 at 1%: more come once in 1,000 times


def test_a_control_that_talks_with_the_treated_is_said(scan_campaign):
    contacts = pd.DataFrame({"arm": ["held_out", "call"], "units": [2_000, 2_000], "touched": [300, 310]})
    result = check_experiment(scan_campaign(*SPEND), contacts=contacts)
    assert found(result, "interference").verdict == "warning"
    assert "15.0% of held_out" in found(result, "interference").found
    apart = check_experiment(scan_campaign(*SPEND), contacts=contacts.assign(touched=0))
    assert verdicts(apart)["interference"] == "good"
    with pytest.raises(DataError, match="control held_out is not there"):
        check_experiment(scan_campaign(*SPEND), contacts=contacts.iloc[1:])


def test_contacts_are_counted_from_calls(scan_campaign, campaign):
    pairs = pd.DataFrame(
        {"caller_id": campaign["unit"][:3_000], "callee_id": campaign["unit"][3_000:].to_numpy()}
    )
    contacts = contact_features(
        ibis.memtable(campaign[["unit", "arm"]]), ibis.memtable(pairs), unit="unit", arm="arm"
    ).to_pandas()
    assert contacts["units"].sum() == 6_000
    told = {check.check: check for check in check_experiment(scan_campaign(), contacts=contacts).checks}
    assert told["interference"].verdict == "warning"
    assert "66." in told["interference"].found or "67." in told["interference"].found


def test_a_plan_without_an_arm_is_refused(scan_campaign):
    with pytest.raises(DataError, match="not planned: sms"):
        check_experiment(scan_campaign(*SPEND), shares={"held_out": 0.5, "call": 0.5})


def test_cumulative_counts_are_compared_once_and_by_what_each_day_adds(scan_campaign):
    scan = scan_campaign(*SPEND)
    keys = ["arm", "day"]
    grown = scan.units.groupby(keys)["units"].sum().groupby("arm").cumsum().reset_index()
    frame = next(iter(scan.moments.values())).frame
    cumulative = replace(scan, units=grown, by=("arm", "day"), is_cumulative=True)
    assert len(frame) > 80
    result = check_experiment(cumulative)
    plain = check_experiment(scan)
    assert result.to_dict()["sample_ratio"] == plain.to_dict()["sample_ratio"]
    assert found(result, "sample_ratio_days").found == found(plain, "sample_ratio_days").found
    assert "cumulative" in found(result, "novelty").found


def test_without_days_segments_and_covariates_the_reader_is_told_why(scan_campaign):
    result = check_experiment(scan_campaign("spend_cny: quantile 0.9", day=None))
    told = verdicts(result)
    for name in ["sample_ratio_days", "sample_ratio_segments", "balance", "novelty", "weekdays"]:
        assert told[name] == "not asked"
        assert found(result, name).found
    page = result._repr_html_()
    assert "not asked" in page
    assert "as planned" in result.figure().get_label() or result.figure().get_label()
