import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from leadline.target.metrics import (
    bin_calibration,
    choose_list,
    estimate_auc,
    estimate_calibration_slope,
    estimate_lift,
    estimate_weighted_lift,
    trace_gains,
)


def test_auc_agrees_with_sklearn_with_and_without_ties(rng):
    buys = rng.random(500) < 0.2
    for scores in (rng.normal(size=500) + buys, rng.integers(0, 4, 500) + 1.0 * buys):
        auc, lower, upper = estimate_auc(buys, scores)
        assert auc == pytest.approx(roc_auc_score(buys, scores), abs=1e-12)
        assert lower < auc < upper


def test_auc_interval_covers_the_true_value_when_buyers_vary_more(rng):
    true, inside = stats.norm.cdf(1 / np.sqrt(1 + 0.3**2)), 0
    buys = np.arange(400) < 60
    for _ in range(800):
        _, lower, upper = estimate_auc(buys, rng.normal(size=400) * np.where(buys, 1, 0.3) + buys)
        inside += lower <= true <= upper
    assert 0.92 < inside / 800 < 0.97


def test_auc_of_a_perfect_ranking_is_no_certainty(rng):
    buys = np.array([False, False, True, True])
    found = estimate_auc(buys, np.array([0.0, 0.1, 0.8, 0.9]))
    clopper_pearson = proportion_confint(2, 2, method="beta")
    assert found == pytest.approx((1.0, *clopper_pearson))
    assert estimate_auc(~buys, np.array([0.0, 0.1, 0.8, 0.9])) == pytest.approx(
        (0.0, 1 - clopper_pearson[1], 1 - clopper_pearson[0])
    )
    true, buys = stats.norm.cdf(1.5 / np.sqrt(2)), np.arange(40) < 5
    covers = [
        lower <= true <= upper
        for _, lower, upper in (estimate_auc(buys, rng.normal(size=40) + 1.5 * buys) for _ in range(800))
    ]
    assert np.mean(covers) > 0.92


def test_list_takes_the_best_scores_and_settles_ties_by_the_given_order():
    scores = np.array([0.5, 0.9, 0.5, 0.5, 0.1])
    assert choose_list(scores, 2, np.array([3, 0, 2, 1, 4])).tolist() == [False, True, False, True, False]
    assert choose_list(scores, 2, np.array([0, 1, 2, 3, 4])).tolist() == [True, True, False, False, False]


def test_lift_is_precision_over_base_and_its_interval_covers(rng):
    listed = np.arange(2_000) < 400
    chance = np.where(listed, 0.15, 0.05)
    inside = 0
    for _ in range(1_000):
        _, lower, upper = estimate_lift(rng.random(2_000) < chance, listed)
        inside += lower <= 0.15 / 0.07 <= upper
    assert 0.93 < inside / 1_000 < 0.97
    buys = np.array([True, False, True, False])
    assert estimate_lift(buys, np.array([True, False, False, False])).value == 2


def test_lift_of_an_empty_handed_list_has_an_upper_end():
    lift, lower, upper = estimate_lift(np.arange(100) < 10, np.arange(100) >= 80)
    assert (lift, lower) == (0, 0)
    assert 0 < upper < 5


@pytest.mark.parametrize("list_size", [5, 10])
def test_lift_of_a_list_with_every_buyer_is_no_certainty(list_size):
    customers = np.arange(100)
    lift, lower, upper = estimate_lift(customers < 5, customers < list_size)
    assert lift == 100 / list_size == upper
    assert lift / 5 < lower < lift / 1.1


def test_lift_covers_when_cells_are_often_empty(rng):
    listed = np.arange(300) < 30
    chance, inside, empty = np.where(listed, 0.3, 0.004), 0, 0
    true = 0.3 / chance.mean()
    for _ in range(1_000):
        buys = rng.random(300) < chance
        _, lower, upper = estimate_lift(buys, listed)
        inside += lower <= true <= upper
        empty += not buys[~listed].any()
    assert empty > 200
    assert 0.92 < inside / 1_000 < 0.98


def test_gains_start_at_nothing_and_end_at_everybody():
    buys = np.array([True, True, False, False])
    gains = trace_gains(buys, np.array([0.9, 0.8, 0.2, 0.1]), np.arange(4))
    assert len(gains) == 101
    assert gains["reached_share"].iloc[[0, 25, 50, 100]].tolist() == [0, 0.5, 1, 1]


def test_calibration_compares_prediction_with_outcome(rng):
    predicted = rng.uniform(0.05, 0.4, 20_000)
    honest = bin_calibration(rng.random(20_000) < predicted, predicted)
    boastful = bin_calibration(rng.random(20_000) < predicted / 2, predicted)
    assert honest["customers"].sum() == 20_000
    assert honest["predicted_share"].is_monotonic_increasing

    def held(frame):
        low, high = frame["observed_share_ci_lower"], frame["observed_share_ci_upper"]
        return frame["predicted_share"].between(low, high).mean()

    assert held(honest) >= 0.7
    assert held(boastful) == 0


def test_calibration_keeps_equal_predictions_together():
    assert len(bin_calibration(np.arange(100) < 10, np.repeat([0.1, 0.2], 50))) == 2


def test_weighted_lift_is_that_of_plain_lists_where_all_count_alike(rng):
    listed = rng.random(4_000) < 0.05
    buys = rng.random(4_000) < np.where(listed, 0.3, 0.05)
    plain = estimate_lift(buys, listed)
    weighted = estimate_weighted_lift(buys, listed.astype(float), buys & listed)
    assert weighted.value == pytest.approx(plain.value)
    assert weighted[1:] == pytest.approx(plain[1:], rel=0.02)


def test_weighted_lift_covers_the_truth(rng):
    covered = 0
    for _ in range(500):
        buys = rng.random(3_000) < 0.05
        weights = np.zeros(3_000)
        weights[:300] = rng.choice([0.0, 2.0, 6.0], 300, p=[0.5, 0.3, 0.2])
        bought = rng.random(3_000) < 0.3
        _value, lower, upper = estimate_weighted_lift(buys, weights, bought)
        covered += lower <= 0.3 / 0.05 <= upper
    assert 0.92 < covered / 500 < 0.98


def test_a_weighted_list_without_a_buyer_has_an_upper_end():
    buys = np.arange(100) < 10
    lift = estimate_weighted_lift(buys, (np.arange(100) >= 80).astype(float), np.zeros(100, dtype=bool))
    assert lift[:2] == (0, 0)
    assert 1 < lift.upper < 2
    assert np.isnan(estimate_weighted_lift(buys, np.zeros(100), buys)).all()


def test_the_calibration_slope_tells_predictions_that_are_too_extreme(rng):
    log_odds = rng.normal(-1, 1, 20_000)
    buys = rng.random(20_000) < 1 / (1 + np.exp(-log_odds))
    for stretch in (0.5, 1.0, 2.0):
        slope = estimate_calibration_slope(buys, 1 / (1 + np.exp(-stretch * log_odds)))
        assert slope.lower <= 1 / stretch <= slope.upper
        assert slope.upper - slope.lower < 0.2 / stretch
    right = estimate_calibration_slope(buys, 1 / (1 + np.exp(-log_odds)), level=0.99)
    assert right.lower <= 1 <= right.upper


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("buys", "scores"),
    [
        ([True] * 4, [0.1, 0.2, 0.3, 0.4]),
        ([True, False] * 2, [0.2] * 4),
        ([False, False, True, True], [0.1, 0.2, 0.2, 0.4]),
        ([True, True, False, False], [0.1, 0.2, 0.3, 0.4]),
    ],
)
def test_there_is_no_slope_where_nothing_bounds_it(buys, scores):
    assert np.isnan(estimate_calibration_slope(np.array(buys), np.array(scores))).all()


@pytest.mark.filterwarnings("error")
def test_predictions_of_certainty_have_a_slope(rng):
    certain = np.repeat([0.0, 1.0], 500)
    slope = estimate_calibration_slope(rng.random(1_000) < 0.2 + 0.3 * certain, certain)
    assert 0 < slope.lower < slope.upper < 0.1
