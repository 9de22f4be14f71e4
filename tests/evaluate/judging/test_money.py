from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.errors import ParameterError
from leadline.evaluate.judging.effects import compare_arms
from leadline.evaluate.judging.money import count_money
from leadline.evaluate.judging.money_result import MoneyResult
from leadline.features.experiment import ExperimentScan

Scan = Callable[..., ExperimentScan]


def read(found: MoneyResult, measure: str, arm: str = "call") -> list[float]:
    rows = found.figures[(found.figures["arm"] == arm) & (found.figures["measure"] == measure)]
    return rows[["value", "ci_lower", "ci_upper"]].iloc[0].tolist()


def spend_on_contacts(campaign: pd.DataFrame) -> pd.DataFrame:
    """Calls cost 2 and 3 more where they sell; texts 0.1."""
    call = 2.0 + 3.0 * campaign["is_sold"]
    cost = np.select([campaign["arm"] == "call", campaign["arm"] == "sms"], [call, 0.1], 0.0)
    return campaign.assign(cost_cny=cost)


def test_profit_is_the_effect_in_money_less_the_cost(scan_campaign: Scan) -> None:
    scan = scan_campaign()
    found = count_money(scan, value=60, contact_cost=1.5, population=20_000)
    effects = compare_arms(scan).effects.set_index("arm").loc["call"]
    bounds = ["difference", "difference_ci_lower", "difference_ci_upper"]
    expected = effects[bounds].to_numpy(dtype=float)
    assert read(found, "customers") == pytest.approx(expected)
    assert read(found, "contribution") == pytest.approx(60 * expected)
    assert read(found, "cost") == [1.5, 1.5, 1.5]
    assert read(found, "profit") == pytest.approx(60 * expected - 1.5)
    assert read(found, "return_on_cost") == pytest.approx((60 * expected - 1.5) / 1.5)
    assert read(found, "break_even_contact_cost") == pytest.approx(60 * expected)
    assert found.profits["arm"].iloc[0] == "call"


def test_a_conversion_worked_by_hand(scan_campaign: Scan) -> None:
    """100 of 1,000 against 60 of 1,000 at 50 CNY: 2.00 a contact; Newcombe's interval of the shares."""
    frame = pd.DataFrame(
        {
            "unit": np.arange(2_000),
            "arm": np.repeat(["call", "held_out"], 1_000),
            "entered_on": pd.Timestamp("2025-06-02"),
            "is_sold": np.r_[np.arange(1_000) < 100, np.arange(1_000) < 60],
        }
    )
    found = count_money(scan_campaign(frame=frame), value=50, contact_cost=1)
    value, lower, upper = read(found, "break_even_contact_cost")
    z, ends = stats.norm.ppf(0.975), []
    for share in (0.10, 0.06):
        centre = (share + z**2 / 2_000) / (1 + z**2 / 1_000)
        half = z * np.sqrt(share * (1 - share) / 1_000 + z**2 / 4_000_000) / (1 + z**2 / 1_000)
        ends.append((centre - half, centre + half))
    assert value == pytest.approx(2.0)
    assert lower == pytest.approx(50 * (0.04 - np.hypot(0.10 - ends[0][0], ends[1][1] - 0.06)), rel=1e-6)
    assert upper == pytest.approx(50 * (0.04 + np.hypot(ends[0][1] - 0.10, 0.06 - ends[1][0])), rel=1e-6)
    assert "a profit of CN¥1,000" in found.summary
    assert "may cost up to CN¥2.00 (95% CI CN¥0.81 to CN¥3.20)" in found.summary


def test_measured_cost_is_taken_with_the_value_of_the_same_customer(
    campaign: pd.DataFrame, scan_campaign: Scan
) -> None:
    frame = spend_on_contacts(campaign)
    metrics = ["spend_cny: mean, CNY", "cost_cny: mean, CNY, lower is better", "cost_cny/spend_cny: ratio"]
    found = count_money(
        scan_campaign(*metrics, frame=frame), value=0.4, cost_metric="cost_cny", contact_cost=0.5
    )
    profit = 0.4 * frame["spend_cny"] - frame["cost_cny"]
    call, base = (profit[frame["arm"] == arm] for arm in ("call", "held_out"))
    expected = stats.ttest_ind(call, base, equal_var=False).confidence_interval()
    assert read(found, "profit") == pytest.approx(
        [call.mean() - base.mean() - 0.5, expected.low - 0.5, expected.high - 0.5]
    )
    assert read(found, "break_even_contact_cost")[1] == pytest.approx(expected.low)
    assert not found.is_bound
    assert read(found, "revenue")[0] == pytest.approx(read(found, "contribution")[0] / 0.4)


def test_without_a_metric_of_both_profit_has_the_widest_interval(
    campaign: pd.DataFrame, scan_campaign: Scan
) -> None:
    metrics = ["spend_cny: mean, CNY", "cost_cny: mean, CNY, lower is better"]
    frame = spend_on_contacts(campaign)
    apart = count_money(scan_campaign(*metrics, frame=frame), cost_metric="cost_cny")
    joint = count_money(
        scan_campaign(*metrics, "cost_cny/spend_cny: ratio", frame=frame), cost_metric="cost_cny"
    )
    for measure in ("profit", "return_on_cost"):
        narrow, wide = read(joint, measure), read(apart, measure)
        assert wide[0] == pytest.approx(narrow[0])
        assert wide[1] < narrow[1] < narrow[2] < wide[2]
    assert "widest interval" in apart.warnings[0]


def test_return_on_a_measured_cost_is_fiellers(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    """At each end of the interval value less (1 + return) × cost is just not told from 0."""
    frame = spend_on_contacts(campaign)
    metrics = ["spend_cny: mean, CNY", "cost_cny: mean, CNY", "cost_cny/spend_cny: ratio"]
    found = count_money(scan_campaign(*metrics, frame=frame), cost_metric="cost_cny")
    _value, lower, upper = read(found, "return_on_cost")
    for end in (lower, upper):
        measure = frame["spend_cny"] - (1 + end) * frame["cost_cny"]
        call, base = (measure[frame["arm"] == arm] for arm in ("call", "held_out"))
        error = np.sqrt(call.var() / len(call) + base.var() / len(base))
        assert abs(call.mean() - base.mean()) / error == pytest.approx(1.96, abs=0.01)


def test_covariates_shorten_the_interval_of_profit(scan_campaign: Scan) -> None:
    scan = scan_campaign("spend_cny: mean, CNY", covariates=("earlier_cny",))
    adjusted, plain = (count_money(scan, contact_cost=1, adjust=adjust) for adjust in (True, False))
    widths = [np.diff(read(one, "profit")[1:]).item() for one in (adjusted, plain)]
    assert widths[0] < widths[1]


def test_strata_are_those_of_the_effects(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    metrics = ["spend_cny: mean, CNY", "cost_cny: mean, CNY", "cost_cny/spend_cny: ratio"]
    scan = scan_campaign(*metrics, frame=spend_on_contacts(campaign), segments=("region",))
    effects = compare_arms(scan, strata=["region"]).effects.set_index(["metric", "arm"])
    found = count_money(scan, cost_metric="cost_cny", strata=["region"])
    bounds = ["difference", "difference_ci_lower", "difference_ci_upper"]
    expected = effects.loc[("spend_cny", "call"), bounds].to_numpy(dtype=float)
    assert read(found, "contribution") == pytest.approx(expected)
    spent = effects.loc[("cost_cny", "call"), "difference"]
    assert read(found, "profit")[0] == pytest.approx(expected[0] - spent)


def test_a_fall_that_is_good_brings_money(scan_campaign: Scan, campaign: pd.DataFrame) -> None:
    frame = campaign.assign(service_cny=10.0 - 2.0 * (campaign["arm"] == "call") + campaign["orders"])
    scan = scan_campaign("service_cny: mean, CNY, lower is better", frame=frame)
    found = count_money(scan, contact_cost=0.5)
    effect = compare_arms(scan).effects.set_index("arm").loc["call", "difference"]
    assert read(found, "contribution")[0] == pytest.approx(-effect)


def test_each_arm_has_its_cost_and_the_correction_of_all(scan_campaign: Scan) -> None:
    found = count_money(scan_campaign(), value=60, contact_cost={"sms": 0.1, "call": 2.0})
    costs = found.profits.set_index("arm")["contact_cost"]
    assert costs.to_dict() == {"call": 2.0, "sms": 0.1}
    raw, adjusted = found.profits["p_value"], found.profits["p_adjusted"]
    assert adjusted.min() == pytest.approx(2 * raw.min())
    profit, lower, upper = read(found, "profit")
    side = profit - lower if profit > 0 else upper - profit
    expected = 2 * stats.norm.sf(abs(profit) / side * stats.norm.ppf(0.975))
    assert found.profits.set_index("arm").loc["call", "p_value"] == pytest.approx(expected)


def test_a_conversion_without_value_has_no_money_and_says_what_to_name(scan_campaign: Scan) -> None:
    found = count_money(scan_campaign(), contact_cost=1)
    assert not found.is_known
    assert "name what one more “Sold” brings (value)" in found.summary
    assert found.table.empty
    assert found.figure().get_label() == found.summary
    assert found.kpis == ()


def test_money_is_taken_from_the_first_metric_in_cny(scan_campaign: Scan) -> None:
    scan = scan_campaign("is_sold: conversion", "spend_cny: mean, CNY, as Spend")
    found = count_money(scan, contact_cost=1)
    assert found.metric is not None
    assert found.metric.key == "spend_cny"
    assert read(found, "customers")[0] == pytest.approx(
        compare_arms(scan).effects.set_index(["metric", "arm"]).loc[("is_sold", "call"), "difference"]
    )


def test_without_a_cost_the_break_even_is_told(scan_campaign: Scan) -> None:
    found = count_money(scan_campaign(), value=60)
    assert "Name contact_cost to see the profit" in found.summary
    assert "profit" not in set(found.figures["measure"])
    assert [card.label for card in found.kpis] == ["Break-even contact cost"]


def test_an_open_profit_and_a_loss_are_told_as_such(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    scan = scan_campaign()
    gain = read(count_money(scan, value=60), "contribution")[0]
    assert "could as well be a loss" in count_money(scan, value=60, contact_cost=gain).summary
    harmful = campaign.assign(is_sold=campaign["is_sold"] & (campaign["arm"] == "held_out"))
    assert "No arm pays" in count_money(scan_campaign(frame=harmful), value=60, contact_cost=1).summary


def test_what_is_shown_is_scaled_to_a_thousand_and_to_the_roll_out(scan_campaign: Scan) -> None:
    found = count_money(scan_campaign(), value=60, contact_cost=1.5, population=20_000)
    html = found._repr_html_()
    profit = read(found, "profit")[0]
    assert f"CN¥{1_000 * profit:,.0f}" in html
    assert f"CN¥{20_000 * profit:,.0f}" in html
    assert "All 20,000 contacted" in html
    assert f"{20_000 * profit:,.0f}" in found.summary
    assert "call" in found.figure().get_label()
    assert set(found.to_dict()) == {"money"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"value": -1}, "value: -1; it must be above 0"),
        ({"value": 60, "contact_cost": float("inf")}, "contact_cost: inf"),
        ({"value": 60, "contact_cost": {"call": 1}}, "no cost for sms"),
        ({"value": 60, "contact_cost": {"call": 1, "sms": 1, "post": 2}}, "“post” is no arm"),
        ({"metric": "visits"}, "metric: “visits” is no metric"),
        ({"metric": "is_sold"}, "value: what one more of “is_sold” brings"),
        ({"cost_metric": "orders"}, "cost_metric: “orders” is not in CNY"),
        ({"metric": "spend_cny/orders"}, "is a ratio; name a conversion or a mean"),
        ({"value": 60, "population": 0}, "population: 0"),
    ],
)
def test_wrong_requests_are_refused(scan_campaign: Scan, fields: dict[str, Any], told: str) -> None:
    scan = scan_campaign("is_sold: conversion", "orders: mean", "spend_cny/orders: ratio, CNY")
    with pytest.raises(ParameterError, match=told):
        count_money(scan, **fields)


def test_all_that_is_wrong_is_told_at_once(scan_campaign: Scan) -> None:
    with pytest.raises(ParameterError, match="3 problems"):
        count_money(scan_campaign(), value=0, contact_cost=-1, population=-5)
