"""The reference policies side by side: the stages rise, and every figure agrees with the evaluator."""

import numpy as np
import pytest

from leadline.errors import DataError
from leadline.market.comparison import PoliciesResult, compare_policies
from leadline.market.evaluate import evaluate_assignment
from leadline.market.market import Market, simulate
from leadline.market.parameters import MarketParameters
from leadline.market.uplift_reading import read_uplift


@pytest.fixture(scope="module")
def market() -> Market:
    return simulate(MarketParameters(), 11, 100_000)


@pytest.fixture(scope="module")
def policies(market: Market) -> PoliciesResult:
    return compare_policies(market, list_size=500, rng=np.random.default_rng(7))


def test_the_stages_rise_from_random_to_the_oracle(policies: PoliciesResult) -> None:
    assert policies.lists["policy"].tolist() == [
        "random",
        "telecom",
        "partner",
        "rules",
        "channels",
        "oracle",
    ]
    assert policies.lists["expected_precision"].is_monotonic_increasing
    assert (policies.lists["listed"] == 500).all()


def test_each_row_is_what_the_evaluator_says(market: Market, policies: PoliciesResult) -> None:
    for row in policies.lists.to_dict("records"):
        made = policies.assignments[row["policy"]]
        result = evaluate_assignment(market, made.row, made.channel)
        assert row["precision"] == result.precision
        assert row["uplift"] == pytest.approx(row["expected_precision"] - row["organic_rate"])


def test_consent_costs_precision_and_random_lists_have_no_price(policies: PoliciesResult) -> None:
    cost = policies.lists.set_index("policy")["consent_cost"]
    assert (cost[["telecom", "partner", "rules", "channels"]] > 0).all()
    assert cost[["random", "oracle"]].isna().all()
    assert policies.to_dict()["policies"][0]["consent_cost"] is None


@pytest.mark.parametrize("size", [0, 5_000])
def test_lists_that_cannot_be_of_one_size_are_refused(market: Market, size: int) -> None:
    with pytest.raises(DataError, match="must be from 50 to 1,0"):
        compare_policies(market, list_size=size, rng=np.random.default_rng(7))


def test_a_reader_sees_words_not_names(policies: PoliciesResult) -> None:
    page = policies._repr_html_()
    assert "3 + tiers and channels" in page
    assert "telecom" not in page
    shares = policies.lists.set_index("policy")["expected_precision"].drop("rules")
    assert all(f" {share:.1%}" in policies.summary for share in shares)
    assert "no estimates" in page


def test_the_hold_out_finds_the_uplift_and_precision_does_not(
    market: Market, policies: PoliciesResult
) -> None:
    made = policies.assignments["channels"]
    reading = read_uplift(market, made, rng=np.random.default_rng(7))
    rows = reading.readings.set_index("estimator")
    truth = policies.lists.set_index("policy")["uplift"]["channels"]
    assert reading.truth == pytest.approx(truth)
    held = rows.loc["hold-out"]
    assert held["ci_lower"] <= truth <= held["ci_upper"]
    assert rows.loc["precision as effect", "ci_lower"] > truth
    assert "precision for effect says" in reading.summary
    assert reading.figure().get_label() == reading.summary
