"""From all customers to the list: one call, and one message for all that is wrong."""

import re

import numpy as np
import pandas as pd
import pytest

from leadline.engage import ContactPolicy, ListOrder, make_list, parse_policy
from leadline.engage.call_list import check_list
from leadline.errors import DataError
from leadline.paths import PROJECT
from leadline.plain_yaml import read_yaml

PRODUCTS = pd.DataFrame({"product_id": ["p", "q"], "risk_level": [2, 5]})


def order(**wanted):
    return ListOrder(**({"base_rate": 0.05, "salt": "july", "holdout_size": 1} | wanted))


@pytest.fixture
def scored():
    return pd.DataFrame({"customer_id": range(10), "score": np.linspace(1, 0.1, 10)})


@pytest.fixture
def asked(tables):
    del tables["product_risk"]
    return tables | {"products": PRODUCTS, "channels": "call"}


def make(customers, scored, asked, policy=None, **wanted):
    policy = policy or ContactPolicy(quiet_period_days=14)
    return make_list(customers, scored, policy, order(**wanted), **asked)


def test_the_product_s_risk_is_looked_up(customers, scored, asked) -> None:
    free = asked | {"contact_history": asked["contact_history"][:0]}
    assert list(make(customers, scored, free).rows["customer_id"]) == ["0", "8"]
    with pytest.raises(
        DataError, match=r"none of the 10 customers may be contacted \(Opted out 1; No consent 3"
    ):
        make(customers, scored, free | {"product_id": "q"})
    with pytest.raises(
        DataError, match=r"product_id == \'pp\': 0 rows .* must be one\. Did you mean \'p\'|Known: p, q"
    ):
        make(customers, scored, free | {"product_id": "pp"})


def test_everything_wrong_comes_in_one_message(customers, scored, asked) -> None:
    plan = pd.DataFrame({"customer_id": range(10), "channel": ["call", "cal"] * 5})
    wrong = asked | {
        "channels": plan,
        "products": None,
        "as_of": "soon",
        "among": "is_mached",
        "holdings": None,
    }
    with pytest.raises(DataError) as caught:
        make(
            customers.drop(columns="consent").assign(is_matched=True),
            scored.assign(score="high"),
            wrong,
            size=4,
            holdout_size=5,
            base_rate=0.0,
            tier_shares=(0.9, 0.3, -0.2),
            salt=" ",
        )
    text = str(caught.value)
    for part in (
        "consent: the customers table has no such column, which the policy's rule needs.",
        "channel: 5 values are no channel (rows 3, 5, 7 and 2 more: 'cal'). Did you mean 'call'?",
        "the hold-out of 5 leaves nobody of a list of 4 to contact",
        "products is not given",
        "holdings is not given",
        "among == 'is_mached', which is no column of the customers table. Did you mean 'is_matched'?",
        "as_of == 'soon'",
        "score: holds str, must be numbers",
        "base_rate == 0.0, must be above 0 and below 1",
        "shares == [0.9, 0.3, -0.2], must be above 0 and sum to 1",
        "salt is empty",
    ):
        assert part in text, part
    assert text.startswith("The list cannot be built (11 problems):")


def test_nobody_permitted_stands_beside_the_other_problems(customers, scored, asked) -> None:
    with pytest.raises(DataError) as caught:
        make(customers.assign(consent=None), scored, asked | {"channels": "fax"}, holdout_size=10)
    problems = caught.value.problems
    assert len(problems) == 3
    assert "10 values are no channel" in problems[0]
    assert "leaves nobody of a list of 10" in problems[1]
    assert problems[2].startswith("none of the 10 customers may be contacted (Opted out 1; No consent 9)")


def test_only_the_group_that_the_campaign_is_for_is_asked_and_listed(customers, scored, asked) -> None:
    customers = customers.assign(is_matched=[True] * 3 + [None, "yes", "no", 1] + [True] * 3)
    free = asked | {"contact_history": asked["contact_history"][:0], "among": "is_matched"}
    result = make(customers, scored, free)
    assert list(result.rows["customer_id"]) == ["0", "8"]
    assert (result.gate.population, result.gate.group, len(result.gate.ids)) == (10, 8, 2)
    assert list(result.flow["customers"][:4]) == [10, 8, 7, 5]
    assert list(result.flow["customers"][-3:]) == [2, 1, 1]
    assert result.strangers == 0
    with pytest.raises(DataError, match="none of the 10 customers is in the group"):
        make(customers.assign(is_matched=False), scored, free)


def test_channels_in_any_case_and_a_plan_that_leaves_customers_out(customers, scored, asked) -> None:
    free = asked | {"contact_history": asked["contact_history"][:0]}
    people = pd.concat([customers[:1]] * 4).assign(customer_id=range(4))
    plan = pd.DataFrame({"customer_id": ["0", "2", "3"], "channel": [" Call", "SMS", None]})
    result = make(people, scored[:4], free | {"channels": plan})
    assert dict(zip(result.rows["customer_id"], result.rows["planned_channel"], strict=True)) == {
        "0": "call",
        "2": "sms",
    }
    steps = dict(zip(result.flow["label"], result.flow["removed"], strict=True))
    assert steps["with a channel"] == 2


def test_the_policy_that_is_shipped_can_be_read() -> None:
    policy = parse_policy(read_yaml(PROJECT / "reports/plans/contact_policy.yml"))
    assert policy == ContactPolicy(quiet_period_days=90, most_contacts=3, window_days=365)


def test_value_after_losses_decides_the_order_and_who_is_worth_a_contact(customers, asked) -> None:
    people = pd.concat([customers[:1]] * 4).assign(customer_id=range(4), loss_cny=[90.0, 0.0, 20.0, 60.0])
    scored = pd.DataFrame({"customer_id": range(4), "score": [0.9, 0.3, 0.8, 0.5]})
    free = asked | {"contact_history": asked["contact_history"][:0]}
    result = make(people, scored, free, value_cny=100.0, loss="loss_cny")
    assert list(result.rows["customer_id"]) == ["2", "1"], "0 earns nothing, 3 loses 10"
    assert list(result.rows["score"]) == pytest.approx([60.0, 30.0])
    steps = dict(zip(result.flow["label"], result.flow["removed"], strict=True))
    assert steps["worth more than they may lose"] == 2
    with pytest.raises(DataError, match="has a channel|is worth more than the loss to expect"):
        make(people.assign(loss_cny=1e6), scored, free, value_cny=100.0, loss="loss_cny")


@pytest.mark.parametrize(
    ("change", "wanted", "words"),
    [
        ({}, {"loss": "los_cny", "value_cny": 9.0}, "loss == 'los_cny', which is no column"),
        ({}, {"loss": "loss_cny"}, "value_cny == None, must be above 0"),
        ({"score": 25}, {"loss": "loss_cny", "value_cny": 9.0}, "10 values are no chance from 0 to 1"),
        (
            {"loss_cny": -1.0},
            {"loss": "loss_cny", "value_cny": 9.0},
            r"loss_cny: 10 values are missing, below 0",
        ),
        ({"loss_cny": np.nan}, {"loss": "loss_cny", "value_cny": 9.0}, "an unknown loss is not none"),
        ({"loss_cny": "much"}, {"loss": "loss_cny", "value_cny": 9.0}, "must be numbers, CNY"),
    ],
)
def test_losses_that_cannot_be_used_are_refused(scored, change, wanted, words) -> None:
    problems = check_list(scored.assign(**({"loss_cny": 1.0} | change)), order(**wanted), None)
    assert re.search(words, "; ".join(problems))
