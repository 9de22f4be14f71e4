"""A test's plan: sizes by hand and as published, its words, and orders refused."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.evaluate.planning import PlanOrder, count_daily, parse_arms, plan_test
from leadline.evaluate.planning.planner import find_inflation
from leadline.evaluate.planning.power import Proportion, find_sample_size
from leadline.features.experiment import parse_metrics

SOLD = parse_metrics(["sold: conversion, as Sold"])


def make_history(size: int = 9_000) -> pd.DataFrame:
    """A tenth sold; three a day, twice as many at weekends."""
    rng = np.random.default_rng(1)
    days = pd.date_range("2025-01-06", periods=70)
    weights = np.where(days.day_of_week > 4, 2.0, 1.0)
    return pd.DataFrame(
        {
            "sold": np.arange(size) % 10 == 0,
            "spend": rng.gamma(2.0, 50.0, size),
            "complained": np.arange(size) % 50 == 0,
            "day": rng.choice(days, size, p=weights / weights.sum()),
        }
    )


def order(**fields: object) -> PlanOrder:
    return PlanOrder(**({"shares": parse_arms(["none", "call"]), "effect": 0.1} | fields))


def test_two_equal_arms_need_what_the_formula_says() -> None:
    result = plan_test(make_history(), SOLD, order())
    each = find_sample_size(Proportion(base=0.1), 0.01).control
    assert result.arms["units"].tolist() == [each, each]
    asked = result.sizes.set_index("effect").loc[0.1]
    assert asked["units"] == 2 * each
    assert asked["units_lower"] < 2 * each < asked["units_upper"]
    assert "from 10.0% to 11.0%" in result.summary
    assert f"2 arms need {each:,} customers each ({2 * each:,} in all)" in result.summary


def test_power_at_the_units_needed_is_the_power_asked_for() -> None:
    for looks in (1, 5):
        result = plan_test(make_history(), SOLD, order(power=0.9, looks=looks))
        curve = result.curve[np.isclose(result.curve["effect"], 0.1)]
        at = np.interp(np.log(result.units), np.log(curve["units"]), curve["power"])
        assert at == pytest.approx(0.9, abs=0.005)
        assert (curve["power_lower"] <= curve["power"]).all()


def test_the_units_there_are_find_the_effect_that_needs_them() -> None:
    needed = plan_test(make_history(), SOLD, order(effect=0.2)).units
    result = plan_test(make_history(), SOLD, order(effect=0.1, customers=needed))
    assert result.detectable is not None
    assert result.detectable[0] == pytest.approx(0.2, rel=1e-3)
    assert "rises by 20.0% or more are found" in result.summary
    assert any("are needed" in text for text in result.warnings)
    assert not result.is_enough


def test_three_unequal_arms_pay_for_the_smallest_and_for_the_comparisons() -> None:
    shares = parse_arms(["none: 50%", "sms: 30%", "call: 20%"])
    result = plan_test(make_history(), [*SOLD, *parse_metrics(["spend: mean"])], order(shares=shares))
    control = find_sample_size(Proportion(base=0.1), 0.01, ratio=0.4, comparisons=4).control
    assert result.comparisons == 4
    assert result.arms["units"].tolist() == pytest.approx([control, 0.6 * control, 0.4 * control], abs=1)
    assert "4 comparisons are corrected for" in result._repr_html_()


def test_a_guardrail_is_measured_and_costs_nothing() -> None:
    metrics = [*SOLD, *parse_metrics(["sold: conversion", "complained: conversion, guardrail"])[1:]]
    result = plan_test(make_history(), metrics, order())
    assert result.comparisons == 1
    assert result.units == plan_test(make_history(), SOLD, order()).units
    assert result.metrics["metric"].tolist() == ["sold", "complained"]


def test_covariates_save_what_they_explain() -> None:
    history = make_history()
    history["before"] = history["spend"] + np.random.default_rng(2).normal(0, history["spend"].std(), 9_000)
    spend = parse_metrics(["spend: mean, CNY"])
    plain, saved = (
        plan_test(history, spend, order()),
        plan_test(history, spend, order(), covariates=["before"]),
    )
    assert saved.units / plain.units == pytest.approx(0.5, abs=0.03)
    assert saved.decides.variance_left.value == pytest.approx(0.5, abs=0.03)
    assert "Customers that covariates save" in saved._repr_html_()
    assert "Customers that covariates save" not in plain._repr_html_()


def test_a_fall_is_planned_downwards() -> None:
    told = plan_test(
        make_history(), parse_metrics(["sold: conversion, lower is better"]), order(customers=9_000)
    )
    assert told.decides.lift(0.1) == pytest.approx(-0.01)
    assert "a fall of “sold” from 10.0% to 9.0%" in told.summary
    assert "falls by" in told.summary
    assert told.units < plan_test(make_history(), SOLD, order()).units


@pytest.mark.parametrize(("looks", "alpha", "power", "factor"), [(3, 0.05, 0.9, 1.012), (1, 0.05, 0.8, 1.0)])
def test_looks_cost_what_lrstat_says(looks: int, alpha: float, power: float, factor: float) -> None:
    """R package lrstat, reference of getDesignMeanDiff, printed example (3 looks, sfOF)."""
    assert find_inflation(looks, alpha=alpha, power=power) == pytest.approx(factor, abs=1.5e-3)


def test_pocock_looks_cost_more_than_those_of_obrien_and_fleming() -> None:
    flat, late = (
        plan_test(make_history(), SOLD, order(looks=5, spending=name))
        for name in ("pocock", "obrien_fleming")
    )
    assert 1.15 < flat.inflation < 1.25
    assert 1.01 < late.inflation < 1.04
    assert flat.units / plan_test(make_history(), SOLD, order()).units == pytest.approx(
        flat.inflation, rel=1e-3
    )


def test_an_assumed_base_needs_no_history_of_the_metric() -> None:
    result = plan_test(pd.DataFrame(), SOLD, order(), base_rate=0.1)
    assert result.units == plan_test(make_history(), SOLD, order()).units
    assert any("assumed" in text for text in result.warnings)
    assert result.kpis[0].ci_lower is None


def test_days_come_from_the_history_or_from_the_contacts_a_day() -> None:
    history = make_history()
    daily = count_daily(history, "day")
    assert len(daily) == 70
    gap = count_daily(history[history["day"] != pd.Timestamp("2025-02-03")], "day")
    assert (len(gap), gap["2025-02-03"]) == (70, 0)
    result = plan_test(
        history,
        SOLD,
        order(effect=0.3, outcome_days=30),
        daily_units=daily,
        as_of=dt.date(2025, 3, 16),
        seed=1,
    )
    assert result.duration is not None
    assert result.duration.days == pytest.approx(result.units / (9_000 / 70), abs=3)
    assert "30 days more until the last outcome is known" in result.summary
    fixed = plan_test(history, SOLD, order(contacts_per_day=1_000))
    assert fixed.duration is not None
    assert fixed.duration.days == int(np.ceil(fixed.units / 1_000))
    with pytest.raises(DataError, match="no value can be read as a date"):
        count_daily(history.assign(day="soon"), "day")
    with pytest.raises(DataError, match="no such column"):
        count_daily(history, "date")


def test_few_buyers_are_told() -> None:
    few = make_history(90)
    notes = plan_test(few, SOLD, order(effect=1.0)).warnings
    assert any("read the ranges" in text for text in notes)


def test_a_skewed_metric_is_told_sooner_where_arms_are_unequal() -> None:
    skewed = pd.DataFrame({"spend": np.where(np.arange(20_000) % 100 == 0, 1_000.0, 0.0)})  # skewness 9.8
    spend = parse_metrics(["spend: mean"])

    def warns(effect: float, *arms: str) -> bool:
        notes = plan_test(skewed, spend, order(effect=effect, shares=parse_arms(arms))).warnings
        return any("so skewed" in text for text in notes)

    assert not warns(0.3, "none: 50%", "call: 50%")
    assert warns(0.3, "none: 25%", "call: 75%")
    assert not warns(0.05, "none: 25%", "call: 75%")
    assert warns(3.0, "none: 50%", "call: 50%")


def test_the_result_is_plain_and_draws() -> None:
    result = plan_test(make_history(), SOLD, order(customers=20_000))
    record = result.to_dict()
    assert record["plan"]["units"] == result.units
    assert record["plan_arms"][0]["arm"] == "none"
    assert result.figure().get_label().startswith("Power curves of Sold")
    assert "Customers needed" in result._repr_html_()


def test_every_problem_of_an_order_is_named_at_once() -> None:
    wrong = order(effect=0, power=1, alpha=0, looks=0, customers=1, contacts_per_day=0, outcome_days=-1)
    with pytest.raises(ParameterError) as caught:
        plan_test(make_history(), SOLD, wrong)
    assert len(caught.value.problems) == 7
    with pytest.raises(ParameterError, match="no such share"):
        plan_test(make_history(), SOLD, order(effect=10))
    with pytest.raises(ParameterError, match="is a mean"):
        plan_test(make_history(), parse_metrics(["spend: mean"]), order(), base_rate=0.1)
    with pytest.raises(ParameterError, match="above alpha"):
        plan_test(make_history(), SOLD, order(power=0.01))


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (["a"], "1 arm is no test"),
        (["a", "a"], "named twice"),
        (["a: 50%", "b"], "b: no share"),
        (["a: 50%", "b: 60%"], "add up to 1.1"),
        (["a: half", "b: 50%"], "write a name"),
        ([], "0 arm"),
    ],
)
def test_arms_that_cannot_be_read_are_refused(texts: list[str], problem: str) -> None:
    with pytest.raises(ParameterError, match=problem):
        parse_arms(texts)


def test_arms_are_read_as_written() -> None:
    assert parse_arms(["held out: 20%", "call: 0.8"]) == {"held out": 0.2, "call": 0.8}
    assert parse_arms(["对照", "电话"]) == {"对照": 0.5, "电话": 0.5}
