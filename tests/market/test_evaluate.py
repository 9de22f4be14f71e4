"""The evaluator against sums by hand and against many markets' worth of luck."""

import json
from dataclasses import replace

import numpy as np
import pytest

from leadline.market.assignment import Assignment
from leadline.market.estimators import estimate_uplift_errors
from leadline.market.evaluate import count_spillover, evaluate_assignment
from leadline.market.luck import count_distribution, luck_of_share
from leadline.market.market import Market
from leadline.market.truth import ARMS, Truth

CALL, SMS, BRANCH = (ARMS.index(name) for name in ("call", "sms", "branch"))


@pytest.fixture(scope="module")
def rows(market: Market) -> np.ndarray:
    return np.flatnonzero(market.observed.permitted & market.observed.matched)[:300]


def with_truth(market: Market, **changed: np.ndarray) -> Market:
    return replace(market, truth=replace(market.truth, **changed))


def test_every_figure_is_the_sum_it_says(market: Market, rows: np.ndarray) -> None:
    channel = np.resize([CALL, SMS, 0], len(rows))
    result = evaluate_assignment(market, rows, channel)
    truth, won, revenue, cost, subscribers = market.truth, 0.0, 0.0, 0.0, 0
    for row, arm in zip(rows, channel, strict=True):
        if arm == 0:
            continue
        added = float(truth.chance[row, arm]) - float(truth.chance[row, 0])
        won += added
        revenue += added * float(truth.value_cny[row])
        cost += {CALL: 3.5, SMS: 0.06}[arm]
        subscribers += bool(truth.outcome[row, arm])
    assert (result.listed, result.contacted, result.subscribers) == (300, 200, subscribers)
    assert result.precision == subscribers / 200
    assert result.incremental_subscribers == pytest.approx(won)
    assert result.uplift == pytest.approx(won / 200)
    assert result.expected_precision == pytest.approx(result.organic_rate + result.uplift)
    assert (result.cost_cny, result.revenue_cny) == pytest.approx((cost, revenue))
    assert result.profit_cny == pytest.approx(revenue - cost)


def test_the_channels_add_up_to_the_whole(market: Market, rows: np.ndarray) -> None:
    result = evaluate_assignment(market, rows, np.resize([CALL, SMS, BRANCH], len(rows)))
    assert result.table["channel"].tolist() == ["sms", "call", "branch"]
    for name in ("contacted", "subscribers", "incremental_subscribers", "cost_cny", "profit_cny"):
        assert result.table[name].sum() == pytest.approx(getattr(result, name))


def test_a_permuted_list_scores_the_same(market: Market, rows: np.ndarray) -> None:
    order = np.random.default_rng(1).permutation(len(rows))
    channel = np.resize([CALL, SMS], len(rows))
    first = evaluate_assignment(market, rows, channel).to_dict()
    second = evaluate_assignment(market, rows[order], channel[order]).to_dict()
    assert json.dumps(first["channels"][0]["subscribers"]) == json.dumps(second["channels"][0]["subscribers"])
    assert first["profit_cny"] == pytest.approx(second["profit_cny"])


def test_those_without_an_account_bring_exactly_nothing(market: Market) -> None:
    others = np.flatnonzero(~market.truth.is_holder)[:500]
    result = evaluate_assignment(market, others, CALL)
    assert (result.subscribers, result.uplift, result.revenue_cny) == (0, 0, 0)
    assert result.profit_cny == -500 * 3.5


def test_an_empty_list_and_one_all_held_out_change_nothing(market: Market, rows: np.ndarray) -> None:
    for listed in (np.array([], int), rows):
        result = evaluate_assignment(market, listed, 0)
        assert (result.contacted, result.cost_cny, result.spillover_subscribers) == (0, 0, 0)
        assert np.isnan(result.precision)
        assert result.summary == "Nobody on the list is contacted, so it changes nothing."
        assert result.table.empty


@pytest.mark.parametrize(
    ("rows", "channel", "message"),
    [
        ([3, 3], CALL, "listed twice"),
        ([-1], CALL, "within 0 and"),
        ([10**6], CALL, "within"),
        ([1], 9, "chann"),
    ],
)
def test_what_is_no_assignment_is_refused(
    market: Market, rows: list[int], channel: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate_assignment(market, rows, channel)


def test_luck_is_that_of_outcomes_drawn_anew(market: Market, rows: np.ndarray) -> None:
    result = evaluate_assignment(market, rows, CALL)
    chance = market.truth.chance[rows, CALL]
    drawn = (np.random.default_rng(1).random((4_000, len(rows))) < chance).mean(axis=1)
    inside = (drawn >= result.precision_luck_lower) & (drawn <= result.precision_luck_upper)
    assert 0.945 < inside.mean() < 0.985  # whole customers: a little above 0.95


def test_the_distribution_of_a_count_is_binomial_where_all_chances_are_equal() -> None:
    stats = pytest.importorskip("scipy.stats")
    for people in (1, 7, 50):
        expected = stats.binom(people, 0.3).pmf(np.arange(people + 1))
        np.testing.assert_allclose(count_distribution(np.full(people, 0.3)), expected, atol=1e-12)
    ends = stats.binom(400, 0.2).ppf([0.025, 0.975]) / 400
    assert luck_of_share(np.full(400, 0.2)) == tuple(ends)
    assert luck_of_share(np.ones(4)) == (1, 1)
    assert luck_of_share(np.zeros(4)) == (0, 0)
    assert np.isnan(luck_of_share(np.array([]))).all()


def small_world(market: Market, *, friends_using: float, pull: float) -> Market:
    """Six customers: 0 is won by a call; 1 is a friend of 0 short of ``pull``; 2 a friend of 1 only."""
    size = 6
    names = {name: values[:size].copy() for name, values in vars(market.truth).items()}
    outcome = np.zeros((size, len(ARMS)), bool)
    outcome[0, CALL] = True
    names |= {
        "is_holder": np.ones(size, bool),
        "is_staff": np.zeros(size, bool),
        "subscribed_before": np.zeros(size, bool),
        "friends_using": np.full(size, friends_using, np.float32),
        "outcome": outcome,
        "utility": np.full(size, -pull, np.float32),
        "noise": np.zeros(size, np.float32),
    }
    observed = replace(
        market.observed, **{name: values[:size] for name, values in vars(market.observed).items()}
    )
    ties = (np.array([1, 1], np.int32), np.array([0, 2], np.int32))
    return replace(market, truth=Truth(**names), observed=observed, ties=ties)


@pytest.mark.parametrize(
    ("friends_using", "pull", "followers"),
    [(0, 0.5, 1), (0, 0.7, 0), (2, 0.5, 1), (3, 0.1, 0)],  # a friend adds 0.6; from the fourth on nothing
)
def test_friends_of_the_won_follow_in_one_wave(
    market: Market, friends_using: float, pull: float, followers: int
) -> None:
    world = small_world(market, friends_using=friends_using, pull=pull)
    assert count_spillover(world, np.array([0]), np.array([CALL], np.int8)) == followers
    assert count_spillover(world, np.array([0]), np.array([SMS], np.int8)) == 0


def test_a_tie_carries_both_ways_and_who_would_have_come_anyway_moves_nobody(market: Market) -> None:
    world = small_world(market, friends_using=0, pull=0.5)
    listed = np.array([0]), np.array([CALL], np.int8)
    assert count_spillover(replace(world, ties=world.ties[::-1]), *listed) == 1
    outcome = world.truth.outcome.copy()
    outcome[0, 0] = True
    assert count_spillover(with_truth(world, outcome=outcome), *listed) == 0


def test_those_who_cannot_subscribe_follow_nobody(market: Market) -> None:
    world = small_world(market, friends_using=0, pull=0.5)
    staff = with_truth(world, is_staff=np.ones(6, bool))
    assert count_spillover(staff, np.array([0]), np.array([CALL], np.int8)) == 0


def test_the_summary_says_what_would_have_come_anyway(market: Market, rows: np.ndarray) -> None:
    result = evaluate_assignment(market, rows, CALL)
    assert f"Of {result.contacted} contacted customers" in result.summary
    assert "without any contact" in result.summary
    assert result.kpis[0].value == result.expected_precision
    json.dumps(result.to_dict(), allow_nan=False)
    assert "<script" not in result._repr_html_()


def test_unusual_luck_is_owned_up_to(market: Market, rows: np.ndarray) -> None:
    outcome = market.truth.outcome.copy()
    outcome[rows] = True
    result = evaluate_assignment(with_truth(market, outcome=outcome), rows, CALL)
    assert any("unusually lucky" in text for text in result.warnings)


def test_a_hold_out_is_right_on_average_and_precision_as_effect_is_not(market: Market) -> None:
    rows = np.flatnonzero(market.observed.permitted & market.observed.matched)
    best = rows[np.argsort(-market.truth.chance[rows, CALL])[:400]]
    assignment = Assignment(row=best, channel=np.full(len(best), CALL, np.int8))
    truth, errors, held = market.truth, [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        outcome = truth.outcome.copy()
        outcome[rows] = rng.random((len(rows), 1)) < truth.chance[rows]
        found = estimate_uplift_errors(with_truth(market, outcome=outcome), assignment, rng)
        found = found.set_index("estimator")
        errors.append(found["error"])
        held.append((found["ci_lower"] <= found["truth"]) & (found["truth"] <= found["ci_upper"]))
    error, coverage = np.mean(errors, axis=0), np.mean(held, axis=0)
    names = list(errors[0].index)
    spread = np.std([one["hold-out"] for one in errors]) / np.sqrt(60)
    assert abs(error[names.index("hold-out")]) < 3.5 * spread
    assert coverage[names.index("hold-out")] > 0.85
    organic = float(truth.chance[best, 0].mean())
    assert error[names.index("precision as effect")] == pytest.approx(organic, abs=0.02)
    assert coverage[names.index("precision as effect")] < 0.3


def test_the_hold_out_sees_only_what_happened_to_each_part(market: Market) -> None:
    rows = np.flatnonzero(market.observed.permitted & market.observed.matched)[:300]
    assignment = Assignment(row=rows, channel=np.full(len(rows), CALL, np.int8))
    held_out = np.random.default_rng(9).random(len(rows)) < 0.2
    outcome = market.truth.outcome.copy()
    outcome[rows[held_out], CALL] = True
    outcome[rows[~held_out], 0] = True
    first, second = (
        estimate_uplift_errors(one, assignment, np.random.default_rng(9)).set_index("estimator")
        for one in (market, with_truth(market, outcome=outcome))
    )
    assert first["estimate"]["hold-out"] == second["estimate"]["hold-out"]
    assert first["estimate"]["precision as effect"] != second["estimate"]["precision as effect"]
