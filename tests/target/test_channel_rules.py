"""Who of a list is contacted by which channel."""

import numpy as np
import pandas as pd
import pytest

from leadline.target.channel_rules import ChannelRule, Condition, ContactPlan, cut_tiers, match_channels


def everybody(frame: pd.DataFrame) -> np.ndarray:
    return np.ones(len(frame), dtype=bool)


def match(plan: ContactPlan, frame: pd.DataFrame, ranked: list[int], **options) -> list[str]:
    return match_channels(plan, np.array(ranked), frame, everybody(frame), **options).tolist()


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ({"under": 2}, [True, False, False, False]),
        ({"at_most": 2}, [True, True, False, False]),
        ({"over": 2}, [False, False, True, False]),
        ({"at_least": 2}, [False, True, True, False]),
        ({"over": 1, "under": 3}, [False, True, False, False]),
        ({"equals": ("2", "3")}, [False, True, True, False]),
    ],
)
def test_a_missing_value_meets_no_condition(condition: dict, met: list[bool]) -> None:
    values = pd.Series([1.0, 2.0, 3.0, np.nan])
    found = Condition(column="x", **condition).test(values, np.ones(4, dtype=bool))
    assert found.tolist() == met


def test_flags_are_asked_by_true_and_false() -> None:
    values = pd.Series([True, False, None], dtype="boolean")
    found = Condition(column="x", equals=("true",)).test(values, np.ones(3, dtype=bool))
    assert found.tolist() == [True, False, False]


def test_lowest_and_highest_count_among_those_who_can_be_listed() -> None:
    values = pd.Series([*range(10), *range(100, 200)], dtype=float)
    can = np.arange(110) < 10
    lowest = Condition(column="x", lowest=0.4).test(values, can)
    assert np.flatnonzero(lowest).tolist() == [0, 1, 2, 3]
    highest = Condition(column="x", highest=0.2).test(values, can)
    assert np.flatnonzero(highest & can).tolist() == [8, 9]


def test_rules_go_in_order_and_take_the_best_ranked_first() -> None:
    frame = pd.DataFrame({"km": [1.0, 1.0, 9.0, 1.0]})
    near = Condition(column="km", under=2)
    plan = ContactPlan(
        rules=(ChannelRule(channel="branch", where=(near,), share=0.5), ChannelRule(channel="sms"))
    )
    assert match(plan, frame, [3, 2, 1, 0]) == ["branch", "sms", "branch", "sms"]


def test_conditions_of_one_rule_must_all_hold() -> None:
    frame = pd.DataFrame({"km": [1.0, 1.0, 9.0], "age": [30, 70, 30]})
    both = (Condition(column="km", under=2), Condition(column="age", under=60))
    plan = ContactPlan(rules=(ChannelRule(channel="branch", where=both), ChannelRule(channel="sms")))
    assert match(plan, frame, [0, 1, 2]) == ["branch", "sms", "sms"]


def test_two_rules_of_one_channel_share_its_capacity() -> None:
    frame = pd.DataFrame({"km": [1.0, 9.0, 9.0, 9.0]})
    rules = (
        ChannelRule(channel="call", where=(Condition(column="km", under=2),)),
        ChannelRule(channel="call"),
        ChannelRule(channel="sms"),
    )
    plan = ContactPlan(rules=rules, capacity={"call": 0.5})
    assert match(plan, frame, [3, 2, 1, 0]) == ["call", "sms", "sms", "call"]


def test_tiers_are_shares_of_the_list_and_the_rest_has_the_last() -> None:
    assert "".join(cut_tiers(10, 10, (0.2, 0.4, 0.4))) == "AABBBBCCCC"
    assert "".join(cut_tiers(7, 5, (0.2, 0.8))) == "ABBBBBB"
    assert cut_tiers(3, 3, ()).tolist() == ["", "", ""]


def test_who_is_listed_has_the_same_channel_whoever_stands_below(rng: np.random.Generator) -> None:
    frame = pd.DataFrame({"km": rng.exponential(3, 300)})
    rules = (
        ChannelRule(channel="branch", where=(Condition(column="km", under=2),), tiers=("A",), share=0.1),
        ChannelRule(channel="call", tiers=("A", "B")),
        ChannelRule(channel="sms"),
    )
    plan = ContactPlan(rules=rules, capacity={"call": 0.3}, tiers=(0.3, 0.3, 0.4))
    ranked = rng.permutation(300).tolist()
    listed = match(plan, frame, ranked[:100])
    assert match(plan, frame, ranked, list_size=100)[:100] == listed
    assert listed.count("branch") == 10
    assert listed.count("call") == 30


def test_a_tier_without_a_rule_is_contacted_as_the_last_rule_says() -> None:
    plan = ContactPlan(rules=(ChannelRule(channel="call", tiers=("A",)),), tiers=(0.5, 0.5))
    assert match(plan, pd.DataFrame({"x": [1, 2]}), [0, 1]) == ["call", "call"]
