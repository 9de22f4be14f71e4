"""A test followed from its scan: looks, decisions, refusals, what a reader is told."""

import datetime as dt
import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.errors import DataError, ParameterError
from leadline.evaluate.estimates.cells import read_metric
from leadline.evaluate.estimates.effects import estimate_mean
from leadline.evaluate.monitoring.monitor import monitor_experiment
from leadline.evaluate.monitoring.spending import find_boundaries

START = pd.Timestamp("2025-06-02")
TWO = ["held_out", "call"]


@pytest.fixture
def two_arms(campaign, rng):
    """Make the campaign without its sms arm; a fifth more buy, so that each week can be looked at."""
    kept = campaign[campaign["arm"] != "sms"]
    return kept.assign(is_sold=kept["is_sold"] | (rng.random(len(kept)) < 0.2))


def until(frame, days):
    return frame[frame["entered_on"] < START + pd.Timedelta(f"{days}D")]


def test_looks_are_those_of_the_weeks_and_their_boundaries_those_of_the_plan(scan_campaign, two_arms):
    result = monitor_experiment(scan_campaign(frame=until(two_arms, 24)), planned_units=len(two_arms))
    days = [START + pd.Timedelta(f"{week * 7 - 1}D") for week in (1, 2, 3)]
    assert result.looks["day"].tolist() == days
    assert result.looks["units"].tolist() == [len(until(two_arms, 7 * week)) for week in (1, 2, 3)]
    assert result.looks["fraction"].to_numpy() == pytest.approx(
        result.looks["units"].to_numpy() / len(two_arms), rel=0.01
    )
    bounds = find_boundaries(result.looks["fraction"].tolist())
    assert result.looks["boundary"].tolist() == pytest.approx(bounds.upper, abs=1e-6)
    assert result.unseen == len(until(two_arms, 24)) - len(until(two_arms, 21))
    assert not result.is_final


def test_each_look_shows_the_plain_difference_of_all_until_then(scan_campaign, two_arms):
    result = monitor_experiment(scan_campaign(frame=two_arms))
    row = result.looks.iloc[1]
    seen = until(two_arms, 14)
    means, counts = (seen.groupby("arm")["is_sold"].agg(what).loc[TWO] for what in ("mean", "size"))
    assert row["difference"] == pytest.approx(means["call"] - means["held_out"])
    error = math.sqrt((means * (1 - means) / (counts - 1)).sum())
    assert row["z"] == pytest.approx(row["difference"] / error)
    assert row["difference_ci_upper"] == pytest.approx(row["difference"] + row["boundary"] * error)


def test_the_same_looks_are_found_whenever_the_test_is_read_again(scan_campaign, two_arms):
    early = monitor_experiment(scan_campaign(frame=until(two_arms, 16)), planned_units=4_500)
    late = monitor_experiment(scan_campaign(frame=until(two_arms, 23)), planned_units=4_500)
    assert len(early.looks) == 2
    again = late.looks.iloc[:2]
    for column in ("day", "units", "z", "difference"):
        assert again[column].tolist() == early.looks[column].tolist()
    assert again["boundary"].tolist() == pytest.approx(early.looks["boundary"].tolist(), rel=0.01)
    as_of = monitor_experiment(scan_campaign(frame=two_arms), planned_units=4_500, as_of=dt.date(2025, 6, 17))
    assert as_of.looks["z"].tolist() == early.looks["z"].tolist()


def test_an_effect_is_found_early_and_later_looks_do_not_decide(scan_campaign, two_arms, rng):
    strong = two_arms.assign(
        is_sold=two_arms["is_sold"] | ((two_arms["arm"] == "call") & (rng.random(len(two_arms)) < 0.1))
    )
    result = monitor_experiment(scan_campaign(frame=strong), planned_units=len(strong))
    row = result.arms.iloc[0]
    assert (result.decision, result.direction) == ("efficacy", "better")
    assert row["look"] == row["decided"] < len(result.looks)
    assert row["difference_ci_lower"] > 0
    assert row["p_value"] < 0.05
    assert any("before the last" in text for text in result.warnings)
    at = result.looks.iloc[int(row["look"]) - 1]
    assert row["difference"] < at["difference"]  # the median-unbiased estimate is below that of an early stop


def test_what_falls_is_judged_by_its_fall(scan_campaign, two_arms, rng):
    chance = np.where(two_arms["arm"] == "call", 0.1, 0.2)
    frame = two_arms.assign(complained=rng.random(len(two_arms)) < chance)
    scan = scan_campaign("complained: conversion, lower is better", frame=frame)
    result = monitor_experiment(scan, effect=0.3, planned_units=len(two_arms))
    assert (result.decision, result.direction) == ("efficacy", "better")
    assert result.arms["difference_ci_upper"].iloc[0] < 0
    told = monitor_experiment(scan_campaign("complained: conversion", frame=frame))
    assert (told.decision, told.direction) == ("efficacy", "worse")
    assert any("is worse than" in text for text in told.warnings)


def test_a_test_without_hope_is_given_up_and_one_without_news_goes_on(scan_campaign, campaign):
    frame = campaign[campaign["arm"] != "call"]
    scan = scan_campaign(frame=until(frame, 21))
    given_up = monitor_experiment(scan, effect=0.5, power=0.8, planned_units=len(frame))
    assert given_up.decision == "futility"
    assert "given up" in given_up.summary
    assert given_up.looks["futility"].notna().all()
    goes_on = monitor_experiment(scan, planned_units=len(frame))
    assert goes_on.decision == "continue"
    assert "Nothing may be concluded yet" in goes_on.summary
    assert goes_on.ahead["fraction"].iloc[-1] == 1
    assert goes_on.ahead["boundary"].iloc[-1] == pytest.approx(2.0, abs=0.06)


def test_arms_share_the_error_and_the_best_is_spoken_of(scan_campaign):
    result = monitor_experiment(scan_campaign())
    alone = monitor_experiment(scan_campaign(), arm="call")
    assert result.arm == "call"
    assert result.arms["arm"].tolist() == ["call", "sms"]
    both = result.looks[result.looks["arm"] == "call"].reset_index(drop=True)
    assert (both["boundary"] > alone.looks["boundary"]).all()
    assert both["difference"].tolist() == alone.looks["difference"].tolist()
    halves = find_boundaries(both["fraction"].tolist(), alpha=0.025)
    assert both["boundary"].tolist() == pytest.approx(halves.upper, abs=1e-6)


def test_looks_are_a_twentieth_of_the_plan_apart_and_each_arm_pays_for_the_others(scan_campaign):
    result = monitor_experiment(scan_campaign(), look_every="day")
    units = result.looks.loc[result.looks["arm"] == "call", "units"].to_numpy()
    assert (np.diff(units)[:-1] >= 0.05 * result.planned).all()
    assert 10 < len(units) <= 20
    both, alone = (monitor_experiment(scan_campaign(), looks="once", arm=arm) for arm in (None, "call"))
    assert both.arms["p_value"].iloc[0] == pytest.approx(2 * alone.arms["p_value"].iloc[0])


def test_an_effect_at_the_first_look_is_told_as_it_was_then(scan_campaign, two_arms):
    """Nothing is to be adjusted at the first look; later units of three times the spread change nothing."""
    late = np.where(two_arms["entered_on"] < START + pd.Timedelta("7D"), 1.0, 3.0)
    value = (two_arms["earlier_cny"] + 60 * (two_arms["arm"] == "call")) * late
    scan = scan_campaign("spend_cny: mean", frame=two_arms.assign(spend_cny=value))
    told = monitor_experiment(scan, spending="pocock")
    row, first = told.arms.iloc[0], told.looks.iloc[0]
    assert row["look"] == 1
    error = first["difference"] / first["z"]
    assert row["difference"] == pytest.approx(first["difference"], rel=1e-5)
    assert row["difference_ci_upper"] == pytest.approx(first["difference"] + 1.959964 * error, rel=1e-5)


def test_units_beyond_the_plan_are_no_look(scan_campaign, two_arms):
    planned = len(until(two_arms, 17))
    result = monitor_experiment(scan_campaign(frame=two_arms), planned_units=planned)
    assert result.is_final
    assert result.looks["units"].iloc[-1] == planned
    assert result.unseen == len(two_arms) - planned
    assert any("after the final look" in text for text in result.warnings)


@pytest.mark.covers("controls", "peeking")
def test_the_test_without_looks_is_refused_before_its_end(scan_campaign, two_arms):
    early = until(two_arms, 10)
    with pytest.raises(ParameterError, match="2025-06-29.*23%.*group_sequential"):
        monitor_experiment(scan_campaign(frame=early, end=dt.date(2025, 6, 29)), looks="once")
    with pytest.raises(ParameterError, match="9,000 units"):
        monitor_experiment(scan_campaign(frame=two_arms), looks="once", planned_units=9_000)
    ended = scan_campaign(frame=two_arms, end=dt.date(2025, 6, 29))
    told = monitor_experiment(ended, looks="once", planned_units=9_000)
    assert told.is_final
    assert not told.warnings
    assert told.figure().get_label() == told.summary
    row = told.arms.iloc[0]
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(abs(told.looks["z"].iloc[0])))
    assert len(told.looks) == 1


def test_days_unknown_are_one_look(scan_campaign, two_arms):
    result = monitor_experiment(scan_campaign("spend_cny: mean, CNY", frame=two_arms, day=None))
    arms = read_metric(scan_campaign("spend_cny: mean, CNY", frame=two_arms, day=None), "spend_cny")
    call, control = (estimate_mean(arms.only(arm=name), "spend_cny") for name in ("call", "held_out"))
    assert len(result.looks) == 1
    assert result.looks["difference"].iloc[0] == pytest.approx(call.value - control.value)
    assert result.looks["boundary"].iloc[0] == pytest.approx(1.95996, abs=1e-5)
    assert any("final look" in text for text in result.warnings)
    assert "+CN¥" in result.summary


def test_an_end_without_planned_units_takes_the_pace_so_far(scan_campaign, two_arms):
    scan = scan_campaign(frame=until(two_arms, 14), start=START.date(), end=dt.date(2025, 6, 29))
    result = monitor_experiment(scan)
    assert result.planned == pytest.approx(2 * len(until(two_arms, 14)))
    assert result.basis == "pace"
    assert any("pace" in text for text in result.warnings)


@pytest.mark.parametrize("metric", ["spend_cny/orders: ratio", "spend_cny: mean, CNY"])
def test_a_confidence_sequence_is_wider_and_has_a_look_a_day(scan_campaign, two_arms, metric):
    scan = scan_campaign(metric, frame=two_arms, covariates=("earlier_cny",))
    told = monitor_experiment(scan, looks="confidence_sequence", look_every="day", planned_units=8_000)
    assert len(told.looks) > 15
    fixed = monitor_experiment(scan, looks="once")
    width = [
        (one.looks["difference_ci_upper"] - one.looks["difference_ci_lower"]).iloc[-1]
        for one in (told, fixed)
    ]
    assert width[0] > 1.2 * width[1]
    assert told.looks["difference"].iloc[-1] == pytest.approx(fixed.looks["difference"].iloc[-1])


def test_a_look_needs_buyers_enough(scan_campaign, campaign):
    rare = campaign.assign(is_sold=campaign["is_sold"] & (campaign.index % 4 == 0))
    result = monitor_experiment(scan_campaign(frame=rare), planned_units=len(rare) + 1, look_every="day")
    seen = rare[rare["entered_on"] <= result.looks["day"].iloc[0]]
    assert seen.groupby("arm")["is_sold"].sum().min() >= 50
    assert seen["entered_on"].nunique() > 15


def test_too_early_for_a_look_is_said(scan_campaign, two_arms):
    result = monitor_experiment(scan_campaign(frame=until(two_arms, 5)), planned_units=4_000)
    assert result.decision == "continue"
    assert "too early" in result.summary
    assert result.kpis == ()
    assert result.figure().get_label()
    assert json.dumps(result.to_dict())
    assert "go on" in result._repr_html_()


def test_a_metric_that_never_varies_is_refused(scan_campaign, two_arms):
    scan = scan_campaign("orders: mean", frame=two_arms)
    told = scan.moments["orders"]
    frame = told.frame.assign(orders_mean=1.0, orders__orders_cov=0.0)
    with pytest.raises(DataError, match="same for every unit"):
        monitor_experiment(replace(scan, moments={"orders": replace(told, frame=frame)}))


def test_all_problems_are_told_at_once(scan_campaign):
    with pytest.raises(ParameterError) as told:
        monitor_experiment(
            scan_campaign(),
            arm="mail",
            metric="spend",
            looks="sometimes",
            look_every="hour",
            planned_units=3,
            effect=-1,
            power=1.2,
            alpha=0.7,
        )
    text = str(told.value)
    assert "(8 problems)" in text
    for part in ("call, sms", "is_sold", "sometimes", "hour", "two an arm", "effect", "power", "alpha"):
        assert part in text


def test_the_record_is_plain_and_the_report_has_no_raw_words(scan_campaign, two_arms):
    result = monitor_experiment(scan_campaign(frame=until(two_arms, 14)), planned_units=10_000)
    record = json.loads(json.dumps(result.to_dict(), allow_nan=False))["monitoring"]
    assert record["decision"] == "continue"
    assert record["looks"][0]["day"] == "2025-06-08"
    assert record["looks"][0]["futility"] is None
    page = result._repr_html_()
    assert "efficacy" not in page
    assert "group_sequential" not in page


@pytest.mark.parametrize("method", ["group_sequential", "confidence_sequence"])
def test_each_arm_tells_the_plain_p_value_that_its_last_look_asks_for(scan_campaign, two_arms, method):
    early = scan_campaign(frame=until(two_arms, 14))
    told = monitor_experiment(early, looks=method, planned_units=len(two_arms))
    bound = told.looks["boundary"].iloc[-1]
    assert told.arms["nominal"].iloc[0] == pytest.approx(2 * stats.norm.sf(bound))
    assert told.arms["nominal"].iloc[0] < 0.02
    assert told.to_dict()["monitoring"]["arms"][0]["nominal"] > 0


def test_one_look_at_the_end_asks_for_nothing_more(scan_campaign, two_arms):
    once = monitor_experiment(scan_campaign(frame=two_arms, day=None))
    assert math.isnan(once.arms["nominal"].iloc[0])
    too_early = monitor_experiment(scan_campaign(frame=until(two_arms, 5)), planned_units=4_000)
    assert too_early.arms["nominal"].tolist() == [0.0]
