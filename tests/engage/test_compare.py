import numpy as np
import pandas as pd
import pytest

from leadline.engage import ContactRules, compare_assignments
from leadline.errors import DataError

CHANNELS = pd.DataFrame(
    {
        "channel": ["sms", "call", "branch"],
        "reach": [0.9, 0.5, 0.25],
        "cost_cny": [0.1, 6.0, 20.0],
        "capacity": [150, 40, 10],
    }
)
LIMITS = {"value_cny": 240.0, "budget_cny": 300.0}


@pytest.fixture
def people(rng):
    score = np.round(rng.beta(1, 9, 400), 2)
    return pd.DataFrame(
        {
            "customer_id": rng.permutation(400),
            "score": score,
            "tier": np.select([score > 0.2, score > 0.1], ["A", "B"], "C"),
            "chance_sms": np.minimum(0.4 * score, 1),
            "chance_call": np.minimum(1.6 * score, 1),
            "chance_branch": np.minimum(2.5 * score, 1),
            "can_text": rng.random(400) < 0.5,
        }
    )


def test_every_plan_keeps_limits_and_rules_and_profit_is_best(people) -> None:
    rules = ContactRules(by_tier={"C": ["sms"]}, by_flag={"sms": "can_text"})
    result = compare_assignments(people, CHANNELS, rules=rules, **LIMITS)
    plans = result.plans.set_index("plan")
    assert plans["profit_cny"].idxmax() == "profit"
    assert (plans["cost_cny"] <= 300 + 1e-6).all()
    assert (result.usage["contacts"] <= result.usage["capacity"]).all()
    assert (result.usage.groupby("plan")["contacts"].sum() == plans["contacts"].sort_index()).all()
    for plan in plans.index:
        chosen = result.assignments[plan].to_numpy(dtype=object)
        assert (people["can_text"][chosen == "sms"]).all(), plan
        assert not set(chosen[(people["tier"] == "C").to_numpy()]) & {"call", "branch"}, plan
    same_size = plans.loc["precision"]
    assert same_size["contacts"] <= plans.loc["profit", "contacts"]
    assert same_size["buyers"] >= plans.loc["profit", "buyers"] - 1e-9


def test_the_figures_of_a_plan_are_those_of_its_contacts(people) -> None:
    result = compare_assignments(people, CHANNELS, **LIMITS)
    chosen = result.chosen.merge(
        people.assign(customer_id=people["customer_id"].astype("string")), on="customer_id"
    )
    terms = CHANNELS.set_index("channel")
    channel = chosen["channel"].astype(str)
    chance = np.array([row[f"chance_{row['channel']}"] for row in chosen.to_dict("records")])
    chance = chance * terms["reach"][channel].to_numpy()
    row = result.plans.iloc[0]
    profit = 240 * chance.sum() - terms["cost_cny"][channel].sum()
    assert row["profit_cny"] == pytest.approx(profit)
    assert row["precision"] == pytest.approx(chance.mean())
    half = 1.959964 * 240 * np.sqrt((chance * (1 - chance)).sum())
    assert row["profit_cny_ci_upper"] == pytest.approx(profit + half)


def test_the_answer_does_not_depend_on_the_order_of_rows(people, rng) -> None:
    first = compare_assignments(people, CHANNELS, **LIMITS).assignments.set_index("customer_id").sort_index()
    shuffled = people.sample(frac=1, random_state=rng).assign(
        customer_id=lambda f: f["customer_id"].astype(str)
    )
    again = compare_assignments(shuffled, CHANNELS, **LIMITS).assignments
    assert list(again["customer_id"]) == list(shuffled["customer_id"])
    pd.testing.assert_frame_equal(again.set_index("customer_id").sort_index(), first, check_index_type=False)


def test_the_tier_rule_serves_the_best_first_until_the_channel_is_full(people) -> None:
    rule = {"A": ("branch", "call"), "B": ("call",), "C": ()}
    result = compare_assignments(people, CHANNELS, value_cny=240.0, tier_rule=rule)
    chosen = result.assignments["tier_rule"].to_numpy(dtype=object)
    tier_a = people[people["tier"] == "A"].sort_values(["score", "customer_id"], ascending=[False, True])
    best = set(tier_a["customer_id"][:10])
    assert set(people["customer_id"][chosen == "branch"]) == best
    called = people[chosen == "call"]
    assert set(tier_a["customer_id"][10:50]) <= set(called["customer_id"])
    assert len(called) == 40


def test_the_sentence_says_that_precision_and_profit_disagree(people) -> None:
    result = compare_assignments(people, CHANNELS, **LIMITS)
    assert "precision and profit disagree: the most precise plan" in result.summary
    assert any(text.startswith("One more CNY of budget is worth CN¥") for text in result.sentences)
    assert "No plan under these limits can earn more" in result.sentences[-1]
    free = CHANNELS.assign(capacity=1_000)
    loose = compare_assignments(people.assign(chance_sms=0.5), free, value_cny=240.0)
    assert loose.sentences[0].startswith("No limit holds the plan for profit back")


def test_one_channel_alone_agrees_with_itself(people) -> None:
    result = compare_assignments(
        people, CHANNELS[:1], value_cny=240.0, contacts=100, tier_rule=dict.fromkeys("ABC", ("sms",))
    )
    assert result.plans["contacts"].tolist() == [100] * 4
    assert result.plans["profit_cny"].nunique() <= 2  # the tier rule ranks by score, as the others do
    assert "the most precise plan is the most profitable, too" in result.summary


def test_all_problems_come_at_once(people) -> None:
    people.loc[[3, 7], "chance_call"] = np.nan
    people.loc[5, "chance_sms"] = 1.2
    bad = CHANNELS.assign(capacity=0)
    with pytest.raises(DataError, match="it is 0 in every channel"):
        compare_assignments(people, bad, **LIMITS)
    with pytest.raises(DataError, match="cost_cny: sms has -1, must be 0 or more"):
        compare_assignments(people, CHANNELS.assign(cost_cny=[-1, 2, 3]), **LIMITS)
    with pytest.raises(DataError) as caught:
        compare_assignments(
            people,
            CHANNELS,
            value_cny=240.0,
            budget_cny=0.05,
            contacts=0,
            tier_rule={"A": ("cal",), "B": ("sms",)},
            rules=ContactRules(by_flag={"sms": "can_txt"}),
        )
    text = str(caught.value)
    for part in (
        "the rule of tier A names the unknown channel 'cal'. Did you mean 'call'?",
        "contacts == 0",
        "less than the cheapest contact costs (sms: 0.1)",
        "can_txt: the customers table has no such column. Did you mean 'can_text'?",
        "chance_call: 2 values are missing or infinite (rows 5 and 9)",
        "chance_sms: 1 value is no chance from 0 to 1 (row 7)",
        "tier 'C' has no channels in the tier rule",
    ):
        assert part in text


def test_figures_and_record_tell_the_plans(people) -> None:
    result = compare_assignments(people, CHANNELS, **LIMITS)
    assert "Assigned for profit CN¥" in result.figure().get_label()
    assert "Tier rule" in result.precision_figure().get_label()
    assert {row["plan"] for row in result.to_dict()["channel_plans"]} >= {"profit", "precision", "tier_rule"}
    assert "customer_id" not in str(result.to_dict())
    assert "<table" in result._repr_html_()


def test_where_all_have_one_chance_the_best_scores_are_contacted_and_the_dear_channel_goes_to_the_first() -> (
    None
):
    score = np.random.default_rng(4).permutation(40).astype(float)
    customers = pd.DataFrame(
        {"customer_id": [f"C{number:02d}" for number in range(40)], "score": score, "tier": "A"}
    ).assign(chance_call=0.3, chance_sms=0.1)
    channels = pd.DataFrame(
        {"channel": ["call", "sms"], "reach": [0.5, 0.9], "cost_cny": [3.0, 0.1], "capacity": [5, 100]}
    )
    rule = {"A": ("call", "sms")}
    plan = compare_assignments(customers, channels, value_cny=100.0, contacts=10, tier_rule=rule)
    chosen = plan.chosen[["customer_id", "channel"]].merge(customers, on="customer_id")
    assert sorted(chosen["score"]) == list(range(30, 40))
    assert chosen.loc[chosen["channel"] == "call", "score"].min() == 35
