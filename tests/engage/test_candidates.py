import pandas as pd
import pytest

from leadline.engage import find_candidates, find_product_risk, keep_group
from leadline.engage.contact_rules import CASE_RULES, parse_channel_rules
from leadline.errors import DataError, ParameterError
from leadline.paths import PLANS
from leadline.plain_yaml import read_yaml

SCORED = pd.DataFrame({"customer_id": ["5", "3", "4", "2", "1"], "score": [1.0, 9.0, 9.0, 2.0, 3.0]})
SHARES = (0.2, 0.4, 0.4)


def test_tiers_are_shares_of_the_list_s_places() -> None:
    found = find_candidates(SCORED, SCORED, list_size=4, tier_shares=(0.25, 0.25, 0.5))
    assert found["customer_id"].tolist() == ["3", "4", "1", "2", "5"]
    assert found["tier"].tolist() == ["A", "B", "C", "C", "C"]
    named = find_candidates(SCORED, SCORED.assign(tier="B"), list_size=4, tier_shares=(0.25, 0.25, 0.5))
    assert named["tier"].tolist() == found["tier"].tolist()  # tiers of all customers scored are others


def test_nobody_without_a_score_slips_through() -> None:
    permitted = pd.DataFrame({"customer_id": [1, 2, 77, 78]})
    with pytest.raises(DataError, match="2 permitted customers have no score \\(first: '77'\\)"):
        find_candidates(permitted, SCORED, list_size=2, tier_shares=SHARES)
    with pytest.raises(DataError) as caught:
        find_candidates(
            permitted[:0], SCORED.drop(columns="score"), list_size=0, tier_shares=(0.9, 0.9, -0.8)
        )
    for part in ("nobody may be contacted", "no such column", "list_size == 0", "shares == [0.9, 0.9, -0.8]"):
        assert part in str(caught.value)


def test_an_empty_tier_is_refused_as_it_is_for_a_list() -> None:
    with pytest.raises(DataError, match="must be above 0"):
        find_candidates(SCORED, SCORED, list_size=4, tier_shares=(0.2, 0.8, 0.0))


def test_a_group_and_a_product_are_found() -> None:
    customers = pd.DataFrame({"customer_id": [1, 2, 3], "is_client": [True, None, False]}, dtype=object)
    assert keep_group(SCORED, customers, "is_client")["customer_id"].tolist() == ["1"]
    assert keep_group(SCORED, customers, None) is SCORED
    products = pd.DataFrame({"product_id": ["1", "2"], "risk_level": [3, None]})
    assert find_product_risk(products, 1) == 3
    assert find_product_risk(products, "2") is None
    assert find_product_risk(None, "1") is None


def test_the_shipped_rules_are_the_case_s() -> None:
    rules = parse_channel_rules(read_yaml(PLANS / "tier_channels.yml"))
    assert {tier: tuple(names) for tier, names in rules.tier_rule.items()} == dict(CASE_RULES.tier_rule)
    without = rules.among(["call", "sms"])
    assert without.tier_rule == {"A": ["call"], "B": ["call", "sms"], "C": ["sms"]}


def test_rules_with_mistakes_are_told_all_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        parse_channel_rules(
            {"tier_rul": {}, "tier_rule": {"A": ["cal"], "B": "call"}, "needs_yes": {"fax": "x"}}
        )
    for part in (
        "'tier_rul'. Did you mean 'tier_rule'",
        "'cal'. Did you mean 'call'",
        "B has 'call'",
        "'fax'",
    ):
        assert part in str(caught.value)
    rules = parse_channel_rules({"open_to_tier": {"C": ["sms"]}, "needs_yes": {"branch": "is_near"}})
    assert rules.contact.by_flag == {"branch": "is_near"}
    assert rules.among(["sms"]).contact.by_flag == {}
