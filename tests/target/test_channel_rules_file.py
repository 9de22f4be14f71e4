"""Channels, capacity and tiers as an analyst writes them."""

import pytest

from leadline.target.channel_rules import ChannelRule, Condition, ContactPlan
from leadline.target.channel_rules_file import parse_contacts

TIERS = ["0.2", "0.4", "0.4"]
COLUMNS = ["branch_distance_km", "hall_orders"]


def read(channels, capacity=None, tiers=None) -> ContactPlan:
    problems: list[str] = []
    plan = parse_contacts(channels, capacity, tiers, COLUMNS, problems)
    assert problems == []
    assert plan is not None
    return plan


def problems_of(channels, capacity=None, tiers=None) -> str:
    problems: list[str] = []
    assert parse_contacts(channels, capacity, tiers, COLUMNS, problems) is None
    return "\n".join(problems)


def test_nothing_given_is_no_plan_and_no_problem() -> None:
    problems: list[str] = []
    assert parse_contacts(None, None, None, COLUMNS, problems) is None
    assert problems == []


def test_one_channel_for_all() -> None:
    assert read("call") == ContactPlan(rules=(ChannelRule(channel="call"),))


def test_tiers_with_channels_in_order_of_preference() -> None:
    plan = read({"A": ["call", "branch"], "B": "call", "C": ["sms"]}, None, TIERS)
    assert [(rule.tiers, rule.channel) for rule in plan.rules] == [
        (("A",), "call"),
        (("A",), "branch"),
        (("B",), "call"),
        (("C",), "sms"),
    ]
    assert plan.tiers == (0.2, 0.4, 0.4)


def test_rules_with_conditions() -> None:
    plan = read(
        [
            {
                "channel": "branch",
                "where": {"column": "branch_distance_km", "under": "2"},
                "tiers": ["A", "B"],
                "share": "0.3",
            },
            {
                "channel": "trial",
                "where": [
                    {"column": "hall_orders", "equals": "true"},
                    {"column": "branch_distance_km", "lowest": "0.4"},
                ],
            },
            {"channel": "call"},
        ],
        {"trial": "0.25"},
        TIERS,
    )
    near = Condition(column="branch_distance_km", under=2.0)
    assert plan.rules[0] == ChannelRule(channel="branch", where=(near,), tiers=("A", "B"), share=0.3)
    assert plan.rules[1].where[0].equals == ("true",)
    assert plan.rules[1].where[1].lowest == 0.4
    assert plan.capacity == {"trial": 0.25}
    assert plan.channels == ("branch", "trial", "call")


def test_all_problems_come_at_once() -> None:
    text = problems_of(
        [
            {"channel": "brnach", "where": {"column": "branch_distnce_km", "under": "near"}, "tiers": ["D"]},
            {"channel": "call", "wehre": 1, "share": "2"},
            {"channel": "sms", "where": {"column": "hall_orders"}},
            "call",
        ],
        {"fax": "0.3", "call": "0"},
        ["0.5", "0.4"],
    )
    for wanted in (
        "unknown channel 'brnach'. Did you mean 'branch'?",
        "unknown column 'branch_distnce_km'. Did you mean 'branch_distance_km'?",
        "under == 'near', must be a number",
        "unknown key 'wehre'. Did you mean 'where'?",
        "share == '2', must be a share of the list",
        "hall_orders needs bounds",
        "rule 4: it is not a mapping",
        "unknown channel 'fax'. Known: sms, call, branch, trial, referral.",
        "capacity of call == '0'",
        "must be shares above 0 that sum to 1",
    ):
        assert wanted in text


@pytest.mark.parametrize(
    ("channels", "capacity", "tiers", "wanted"),
    [
        ({"A": "call"}, None, None, "the stage has no tiers"),
        ({"A": "call"}, None, ["0.5", "0.5"], "tier B has none"),
        ({"A": "call", "D": "sms", "B": "sms"}, None, ["0.5", "0.5"], "unknown tier 'D'. Tiers: A, B."),
        ({"A": "call", "B": []}, None, ["0.5", "0.5"], "tier B has none"),
        (
            {"A": "call", "B": "sms"},
            {"sms": "0.1"},
            ["0.5", "0.5"],
            "tier B ends with sms, which has a capacity",
        ),
        ([{"channel": "call", "share": "0.5"}], None, None, "must take whoever is left"),
        ([{"channel": "call"}], {"call": "0.5"}, None, "must take whoever is left"),
        ("Call", None, None, "unknown channel 'Call'. Did you mean 'call'?"),
        ([], None, None, "channels == []"),
        (None, {"call": "0.5"}, None, "capacity limits channels, and the stage has none"),
        (None, None, ["1"], "must be a list of 2 to 5 shares"),
    ],
)
def test_what_would_leave_a_customer_without_a_channel_is_refused(channels, capacity, tiers, wanted) -> None:
    assert wanted in problems_of(channels, capacity, tiers)
