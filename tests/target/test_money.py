"""What a list earns."""

import numpy as np
import pytest

from leadline.intervals import Estimate
from leadline.target.money import Money, read_money


def test_profit_is_buyers_worth_less_contacts_cost_and_keeps_the_interval() -> None:
    money = Money(buyer_value_cny=120, contact_cost_cny=3.5)
    assert money.find_profit(Estimate(0.25, 0.02, 0.3), 1_000) == pytest.approx((26_500, -1_100, 32_500))
    assert money.find_profit(Estimate(3.5 / 120, 0, 1), 77).value == pytest.approx(0)


@pytest.mark.parametrize(
    ("value", "cost", "words"),
    [
        (None, 3.5, "needs both"),
        (120, None, "needs both"),
        (0, 1, "buyer_value_cny == 0, must be above 0."),
        (1, -1, "contact_cost_cny == -1, must be 0 or more."),
    ],
)
def test_impossible_money_is_a_problem(value: float | None, cost: float | None, words: str) -> None:
    problems: list[str] = []
    read_money(value, cost, problems)
    assert len(problems) == 1
    assert words in problems[0]


def test_without_money_there_is_no_profit() -> None:
    assert read_money(None, None, []) is None


def test_costs_go_by_channel() -> None:
    costs = {"call": 3.5, "branch": 12.0, "sms": 0.1}
    money = Money(buyer_value_cny=100, contact_cost_cny=costs, reference={"call": 0.5, "sms": 0.25})
    assert money.find_cost(3, np.array(["call", "call", "branch"])) == 19.0
    assert money.find_cost(100) == pytest.approx(
        100 * (1.75 + 0.025)
    )  # a quarter was left alone, for nothing
    profit = money.find_profit(Estimate(0.5, 0.25, 1.0), 4, np.array(["branch"] * 4))
    assert profit == (152, 52, 352)


def test_costs_that_are_missing_or_impossible_are_problems() -> None:
    problems: list[str] = []
    read_money(100, {"call": -1.0}, problems, channels=["branch"], reference=None)
    text = "\n".join(problems)
    assert "contact_cost_cny of call == -1" in text
    assert "names no cost for branch" in text
    assert "name the reference_channel" in text
