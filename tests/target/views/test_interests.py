"""Interests: planted ones found, none found where everybody buys alike, and the overlooked group."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.errors import DataError, ParameterError
from leadline.intervals import Estimate
from leadline.target.views import Measure, find_big_spenders, find_interests, parse_interests

INTERESTS = {
    "golf club": "golf",
    "golf shop": "golf",
    "stadium": "football",
    "airline": "travel",
    "hotel": "travel",
}
CATEGORIES = [*INTERESTS, "grocery", "petrol", "clothes"]
MEASURES = {"profit_cny": "profit"}


def make_purchases(rng: np.random.Generator, customers: int, each: int, golfers: int = 0) -> pd.DataFrame:
    usual = np.array([0.02, 0.02, 0.03, 0.03, 0.05, 0.5, 0.2, 0.15])
    keen = np.array([0.2, 0.2, 0.03, 0.02, 0.05, 0.3, 0.1, 0.1])
    rows = [
        (number, category)
        for number in range(customers)
        for category in rng.choice(CATEGORIES, each, p=keen if number < golfers else usual)
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "category"])
    return frame.assign(amount_cny=rng.exponential(200, len(frame)) + 1)


def make_customers(rng: np.random.Generator, size: int, golfers: int = 0) -> pd.DataFrame:
    profit = rng.exponential(100, size) + 80 * (np.arange(size) < golfers)
    return pd.DataFrame({"customer_id": np.arange(size), "profit_cny": profit})


def test_nobody_has_an_interest_where_everybody_buys_alike(rng: np.random.Generator) -> None:
    purchases = make_purchases(rng, 4_000, 30)
    result = find_interests(purchases, make_customers(rng, 4_000), INTERESTS, measures=MEASURES)
    assert result.labels["customer_id"].nunique() / 4_000 < 0.05
    assert result.labels["customer_id"].nunique() > 0


def test_golfers_are_found_and_bring_more(rng: np.random.Generator) -> None:
    purchases = make_purchases(rng, 2_000, 40, golfers=200)
    result = find_interests(purchases, make_customers(rng, 2_000, 200), INTERESTS, measures=MEASURES)
    golf = result.labels.query("interest == 'golf'")["customer_id"]
    assert (golf < 200).mean() > 0.9
    assert (golf < 200).sum() / 200 > 0.9
    row = result.segments.set_index("interest").loc["golf"]
    assert row["profit_cny_gap_ci_lower"] < 80 < row["profit_cny_gap_ci_upper"] + 20
    assert row["profit_cny_p_value_holm"] < 0.001
    assert "profit is highest with golf" in result.summary
    assert json.dumps(result.to_dict(), allow_nan=False)
    assert "no interest shown" in result._repr_html_()
    assert result.figure().get_label().startswith("profit: against the others: football (")


def test_the_evidence_by_hand() -> None:
    """Ann: 4 of 4 at the golf club. Of all 40 purchases 5 speak of golf; Bob's 1 of 36 is no interest."""
    purchases = pd.DataFrame(
        {
            "customer_id": ["ann"] * 4 + ["bob"] * 36,
            "category": ["golf club"] * 5 + ["grocery"] * 35,
            "amount_cny": [10.0] * 40,
        }
    )
    customers = pd.DataFrame({"customer_id": ["ann", "bob", "cy"], "profit_cny": [1.0, 2, 3]})
    result = find_interests(purchases, customers, INTERESTS, measures=MEASURES, minimum=1)
    row = result.labels.iloc[0].to_dict()
    assert len(result.labels) == 1
    assert (row["customer_id"], row["purchases"], row["purchases_in_all"], row["spend_cny"]) == (
        "ann",
        4,
        4,
        40,
    )
    assert row["usual_share"] == pytest.approx(5 / 40)
    assert row["p_value"] == pytest.approx((5 / 40) ** 4)
    assert result.spending["spend_cny"].tolist() == [40, 360, 0]
    assert result.segments.set_index("interest").loc["", "customers"] == 2
    assert "No purchase is of: airline, golf shop, hotel, stadium." in result.warnings


def test_one_outing_is_evidence_once() -> None:
    days = pd.to_datetime(["2025-05-01"] * 5 + [f"2025-06-{day:02}" for day in range(1, 21)])
    purchases = pd.DataFrame(
        {"customer_id": 1, "category": ["airline"] * 5 + ["grocery"] * 20, "amount_cny": 9.0, "on": days}
    )
    others = purchases.assign(customer_id=2, category="grocery")
    purchases = pd.concat([purchases, *[others.assign(customer_id=number) for number in range(2, 30)]])
    customers = pd.DataFrame({"customer_id": range(1, 30), "profit_cny": 1.0})
    by_receipt = find_interests(purchases, customers, INTERESTS, measures=MEASURES)
    by_day = find_interests(purchases, customers, INTERESTS, measures=MEASURES, day="on")
    assert len(by_receipt.labels) == 1
    assert by_day.labels.empty


def test_the_gap_is_that_of_welch(rng: np.random.Generator) -> None:
    purchases = make_purchases(rng, 400, 40, golfers=100)
    customers = make_customers(rng, 400, 100)
    result = find_interests(purchases, customers, INTERESTS, measures=MEASURES)
    inside = customers["customer_id"].isin(result.labels.query("interest == 'golf'")["customer_id"])
    groups = customers.loc[inside, "profit_cny"], customers.loc[~inside, "profit_cny"]
    reference = stats.ttest_ind(*groups, equal_var=False).confidence_interval()
    row = result.segments.set_index("interest").loc["golf"]
    assert row["profit_cny_gap_ci_lower"] == pytest.approx(reference.low)
    assert row["profit_cny_gap_ci_upper"] == pytest.approx(reference.high)


def test_few_are_hidden_and_strangers_left_out(rng: np.random.Generator) -> None:
    purchases = make_purchases(rng, 300, 40, golfers=4)
    result = find_interests(purchases, make_customers(rng, 290, 4), INTERESTS, measures=MEASURES, minimum=20)
    hidden = result.segments.set_index("interest")["is_hidden"]
    assert hidden["golf"]
    assert hidden[""]  # or the golfers would be what is left
    assert result.summary.startswith("Some of 290 customers")
    assert result.warnings[0].startswith("10 customers who buy are not among those looked at")


def test_the_file_of_interests() -> None:
    assert parse_interests({"interests": {"golf": ["club", "shop"]}}) == {"club": "golf", "shop": "golf"}
    with pytest.raises(ParameterError) as caught:
        parse_interests({"interests": {"golf": ["club"], "sport": ["club"], "x": []}, "more": 1})
    assert len(caught.value.problems) == 3
    with pytest.raises(ParameterError, match="no mapping 'interests:'"):
        parse_interests(["golf"])


def test_every_problem_is_named_at_once(rng: np.random.Generator) -> None:
    purchases = make_purchases(rng, 5, 5).drop(columns="category")
    purchases.loc[0, "customer_id"] = np.nan
    customers = make_customers(rng, 5).assign(customer_id=1, profit_cny="x")
    with pytest.raises(DataError) as caught:
        find_interests(purchases, customers, {}, measures=MEASURES, fewest=0, minimum=0)
    assert len(caught.value.problems) == 7
    frame = make_purchases(rng, 5, 5)
    frame.loc[3, "amount_cny"] = -5
    with pytest.raises(DataError, match="1 purchases are of 0 or below"):
        find_interests(frame, make_customers(rng, 5), INTERESTS, measures=MEASURES)


VIP = Measure(column="assets_cny", threshold=Estimate(500_000, 450_000, 550_000))
SPEND = Measure(column="spend_cny", threshold=50_000)


def test_big_spenders_below_the_line() -> None:
    customers = pd.DataFrame(
        {
            "customer_id": range(6),
            "assets_cny": [500_000, 499_000, 100_000, 100_000, 560_000, 540_000],
            "spend_cny": [90_000, 50_000, 80_000, 49_999, 0, 60_000],
            "profit_cny": [10.0, 20, 40, 5, 15, 10],
        }
    )
    result = find_big_spenders(customers, vip=VIP, spend=SPEND, contribution="profit_cny", minimum=1)
    assert result.overlooked.to_dict("list") == {"customer_id": [2, 1], "is_unsure": [False, True]}
    assert result.unsure.value == pytest.approx(3 / 6)  # 1 may leave, 0 and 5 may join
    row = result.groups.set_index("group").loc["overlooked"]
    assert row["contribution_cny"] == 30
    assert row["contribution_cny_share"] == pytest.approx(0.6)
    assert result.summary.startswith("33.3% of customers (9.7% to 70.0%) spend CN¥50,000 or more")
    assert "VIP" in result._repr_html_()
    assert result.figure().get_label().startswith("What a customer contributes: VIPs (")
    hidden = find_big_spenders(customers, vip=VIP, spend=SPEND, contribution="profit_cny")
    assert hidden.summary.startswith("Too few")
    assert hidden.kpis == ()
