import numpy as np
import pandas as pd
import pytest

from leadline.engage import check_plans, compare_assignments, estimate_chances, find_candidates
from leadline.engage.history import join_history
from leadline.errors import DataError
from leadline.market.evaluate import evaluate_assignment
from leadline.market.market import simulate
from leadline.market.parameters import MarketParameters
from leadline.market.reveal import reveal_outcomes
from leadline.market.truth import ARMS

TERMS = pd.DataFrame(
    {
        "channel": ["sms", "call", "branch", "trial"],
        "reach": [0.85, 0.55, 0.6, 0.75],
        "cost_cny": [0.06, 3.5, 12.0, 6.0],
        "capacity": [2_500, 300, 20, 100],
    }
)


@pytest.fixture(scope="module")
def market():
    return simulate(MarketParameters(pilot_partner_share=0.5), seed=3, customers=50_000)


@pytest.fixture(scope="module")
def planned(market):
    """A plan learned from a large random campaign on the market, its customers and chances."""
    rng = np.random.default_rng(5)
    seen, truth = market.observed, market.truth
    matched = np.flatnonzero(seen.matched & seen.permitted)
    score = np.log1p(seen.trades_3m[matched]) - (seen.pc_share[matched] > 0.5)
    known = pd.DataFrame({"customer_id": seen.customer_id[matched], "score": score})
    rows = matched[rng.random(len(matched)) < 0.5]
    arm = rng.integers(0, 5, len(rows))
    contacts = pd.DataFrame(
        {
            "customer_id": seen.customer_id[rows],
            "channel": np.array(ARMS)[arm],
            "contacted_on": "2025-04-01",
            "is_subscribed": rng.random(len(rows)) < truth.chance[rows, arm],
        }
    )
    history = join_history(contacts, contacts, as_of="2025-06-30")
    candidates = find_candidates(known, known, list_size=200, tier_shares=(0.2, 0.3, 0.5))
    chances = estimate_chances(candidates, history, TERMS, rng=rng)
    people = chances.add_to(candidates)
    plan = compare_assignments(people, chances.terms, value_cny=120.0, contacts=200)
    return plan, chances, people


def test_the_truth_beside_a_plan_is_that_of_the_evaluator(planned, market) -> None:
    plan, chances, people = planned
    truth = reveal_outcomes(market)
    check = check_plans(plan, chances, people, value_cny=120.0, rng=np.random.default_rng(1), truth=truth)
    chosen = plan.chosen
    rows = pd.Index(market.observed.customer_id).get_indexer(chosen["customer_id"].astype(int))
    arm = [ARMS.index(name) for name in chosen["channel"]]
    exact = evaluate_assignment(market, rows, arm)
    row = check.plans.set_index("plan").loc["profit"]
    assert row["true_profit_cny"] == pytest.approx(exact.profit_cny, rel=1e-4)
    assert row["true_precision"] == pytest.approx(exact.expected_precision, rel=1e-4)
    assert "In truth" in " ".join(check.sentences)
    assert "true" in check.figure().axes[0].get_legend().get_texts()[1].get_text()


def test_chances_on_the_market_are_calibrated_in_the_large(planned, market) -> None:
    _plan, chances, _people = planned
    truth = reveal_outcomes(market).set_index("customer_id").loc[chances.chances["customer_id"]]
    reach = chances.terms.set_index("channel")["reach"]
    found, true = {}, {}
    for name in TERMS["channel"]:
        bought, alone = chances.chances[f"chance_{name}"], chances.chances["chance_none"]
        found[name] = float((reach[name] * bought + (1 - reach[name]) * alone).mean())
        true[name] = float(truth[f"chance_{name}"].mean())
        assert found[name] == pytest.approx(true[name], abs=0.08)
    assert min(found, key=found.get) == min(true, key=true.get) == "sms"
    score = chances.chances["chance_call"].to_numpy()
    assert np.corrcoef(score, truth["chance_call"])[0, 1] > 0.3


def test_the_promise_lies_within_what_is_possible(planned) -> None:
    plan, chances, people = planned
    check = check_plans(plan, chances, people, value_cny=120.0, rng=np.random.default_rng(1))
    rows = check.plans
    assert (rows["profit_cny_ci_lower"] < rows["profit_cny"]).all()
    assert (rows["profit_cny"] < rows["profit_cny_ci_upper"]).all()
    assert (
        (rows["precision_ci_lower"] < rows["precision"]) & (rows["precision"] < rows["precision_ci_upper"])
    ).all()
    assert rows.set_index("plan").loc["tier_rule", "beats_rule"] == 0
    assert "true_profit_cny" not in rows
    assert "only a campaign with a hold-out shows" in check.sentences[-1]
    by_column = people.assign(worth=120.0)
    again = check_plans(plan, chances, by_column, value_cny="worth", rng=np.random.default_rng(1))
    pd.testing.assert_frame_equal(again.plans, rows)


def test_the_draws_of_profit_agree_with_the_plan_s_own_figure(planned) -> None:
    """The middle of the draws is the promise, up to reach and the curve of the model."""
    plan, chances, people = planned
    rows = check_plans(plan, chances, people, value_cny=120.0, rng=np.random.default_rng(1)).plans
    middle = (rows["profit_cny_ci_lower"] + rows["profit_cny_ci_upper"]) / 2
    width = rows["profit_cny_ci_upper"] - rows["profit_cny_ci_lower"]
    assert ((middle - rows["profit_cny"]).abs() < 0.2 * width).all()


def test_stated_chances_are_never_called_sure(planned) -> None:
    _plan, _chances, people = planned
    bare = people[["customer_id", "score", "tier"]]
    stated = estimate_chances(bare, None, TERMS.assign(response=0.3), rng=np.random.default_rng(1))
    plan = compare_assignments(stated.add_to(bare), stated.terms, value_cny=120.0, contacts=50)
    check = check_plans(plan, stated, bare, value_cny=120.0, rng=np.random.default_rng(1))
    assert "if the stated chances are right" in check.summary
    assert "Taken as exact" in check.warnings[0]


def test_all_problems_come_at_once(planned, market) -> None:
    plan, chances, people = planned
    truth = reveal_outcomes(market)
    with pytest.raises(DataError, match="chance_branch: the truth has no such column"):
        check_plans(
            plan,
            chances,
            people,
            value_cny=120.0,
            rng=np.random.default_rng(1),
            truth=truth.drop(columns="chance_branch"),
        )
    with pytest.raises(DataError, match="unknown to the truth"):
        check_plans(plan, chances, people, value_cny=120.0, rng=np.random.default_rng(1), truth=truth[:10])
