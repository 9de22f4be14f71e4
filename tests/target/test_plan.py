"""Mixes of stages: what is there to score with, whom to list and how to contact, when some are left out."""

import pytest

from leadline.target.plan_file import parse_plan

COLUMNS = ["calls", "traffic", "is_matched", "trades", "pc_share", "km", "hall"]
ABOVE = [{"under": "1", "points": "0"}, {"at_least": "1", "points": "1"}]


def rules_on(*columns: str) -> list[dict]:
    return [{"column": column, "rules": ABOVE} for column in columns]


def document(rules: list[dict]) -> dict:
    return {
        "stages": [
            {"name": "operator", "columns": ["calls"], "method": "pca_index", "channels": "sms"},
            {
                "name": "partner",
                "columns": ["trades"],
                "brings": ["pc_share", "hall"],
                "among": "is_matched",
                "method": "logistic",
            },
            {"name": "rules", "method": "points", "rules": rules, "among": "is_matched"},
            {
                "name": "channels",
                "tiers": ["0.5", "0.5"],
                "channels": [
                    {"channel": "branch", "where": {"column": "hall", "equals": "true"}},
                    {"channel": "branch", "where": {"column": "km", "under": "2"}},
                    {"channel": "call"},
                ],
            },
        ]
    }


@pytest.fixture
def plan():
    return parse_plan(document(rules_on("trades", "pc_share", "traffic")), COLUMNS)


def mix(plan, *names: str):
    return plan.mix([stage for stage in plan.stages if stage.name in ("operator", *names)])


def test_everything_together_is_the_last_stage(plan) -> None:
    everything = mix(plan, "partner", "rules", "channels")
    assert everything == plan.recipe_up_to(plan.stages[-1])
    assert everything.method == "points"
    assert everything.rules.columns == ("trades", "pc_share", "traffic")
    assert everything.among == "is_matched"
    assert [rule.channel for rule in everything.contacts.rules] == ["branch", "branch", "call"]
    assert everything.contacts.tiers == (0.5, 0.5)


def test_rules_without_the_partners_data_lose_what_asks_for_them(plan) -> None:
    alone = mix(plan, "rules")
    assert alone.rules.columns == ("traffic",)
    assert alone.among is None
    assert [rule.channel for rule in alone.contacts.rules] == ["sms"]


def test_channels_without_the_partners_data_lose_what_asks_for_them(plan) -> None:
    alone = mix(plan, "channels")
    assert (alone.method, alone.columns) == ("pca_index", ("calls",))
    assert [rule.columns for rule in alone.contacts.rules] == [("km",), ()]


def test_partner_data_without_rules_rank_by_their_own_method(plan) -> None:
    alone = mix(plan, "partner")
    assert (alone.method, alone.columns, alone.among) == ("logistic", ("calls", "trades"), "is_matched")


def test_a_mix_in_which_no_rule_is_left_makes_no_list() -> None:
    plan = parse_plan(document(rules_on("trades", "pc_share")), COLUMNS)
    assert mix(plan, "rules") is None
    assert mix(plan, "partner", "rules") is not None


def test_columns_that_a_rule_only_looks_at_are_nobodys() -> None:
    """The operator's traffic is there for the channels even if the rules, which ask for it first, are not."""
    plan = parse_plan(
        {
            "stages": [
                {"name": "operator", "columns": ["calls"], "method": "pca_index"},
                {"name": "rules", "method": "points", "rules": rules_on("traffic")},
                {
                    "name": "channels",
                    "channels": [
                        {"channel": "sms", "where": {"column": "traffic", "over": "1"}},
                        {"channel": "call"},
                    ],
                },
            ]
        },
        COLUMNS,
    )
    assert len(mix(plan, "channels").contacts.rules) == 2


def test_stages_of_one_ingredient_come_together() -> None:
    stages = document(rules_on("traffic"))["stages"]
    stages[2]["ingredient"] = stages[3]["ingredient"] = "desk"
    plan = parse_plan({"stages": stages}, COLUMNS)
    assert plan.ingredients == ("partner", "desk")
    assert [stage.name for stage in plan.with_ingredients(["desk"])] == ["operator", "rules", "channels"]
