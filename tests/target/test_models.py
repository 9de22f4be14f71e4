import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from leadline.target.models import fit_model, fit_pca_scorecard


@pytest.fixture
def sample(rng):
    """Two attributes that raise, one that lowers and one that does nothing."""
    matrix = rng.normal(size=(4_000, 4))
    log_odds = matrix @ np.array([1.0, 0.5, -0.8, 0.0]) - 2
    return matrix * [1, 10, 0.1, 5] + 3, rng.random(4_000) < 1 / (1 + np.exp(-log_odds))


@pytest.mark.parametrize("method", ["pca_scorecard", "logistic", "boosting"])
def test_scores_are_shares_that_rank_and_add_up(method, sample):
    matrix, buys = sample
    scores = fit_model(method, matrix[:2_000], buys[:2_000]).score(matrix[2_000:])
    assert ((scores > 0) & (scores < 1)).all()
    assert roc_auc_score(buys[2_000:], scores) > 0.75
    assert scores.mean() == pytest.approx(buys.mean(), abs=0.03)


def test_the_index_owes_its_order_to_attributes_alone(rng):
    factor = rng.normal(size=2_000)
    matrix = np.column_stack([np.exp(factor + 0.3 * rng.normal(size=2_000)), factor, rng.normal(size=2_000)])
    buys = rng.random(2_000) < 1 / (1 + np.exp(2 - factor))
    model, other = fit_model("pca_index", matrix, buys), fit_model("pca_index", matrix, rng.permutation(buys))
    order = np.argsort(model.score(matrix))
    np.testing.assert_array_equal(order, np.argsort(other.score(matrix)))
    assert roc_auc_score(buys, model.score(matrix)) > 0.7
    assert model.score(matrix).mean() == pytest.approx(buys.mean(), abs=0.01)
    assert model.is_log.tolist() == [True, False, False]


def test_an_index_that_points_away_from_buyers_is_not_turned_by_them(rng):
    factor = rng.normal(size=2_000)
    matrix = np.column_stack([factor + 0.1 * rng.normal(size=2_000) for _ in range(3)])
    buys = rng.random(2_000) < 1 / (1 + np.exp(2 + 2 * factor))
    assert roc_auc_score(buys, fit_model("pca_index", matrix, buys).score(matrix)) < 0.3


def test_points_become_shares_in_their_own_order(rng):
    points = rng.integers(0, 20, 3_000).astype(float)
    buys = rng.random(3_000) < points / 40
    scores = fit_model("points", points[:, None], buys).score(points[:, None])
    assert (np.diff(scores[np.argsort(points)]) >= 0).all()
    assert scores.mean() == pytest.approx(buys.mean(), abs=0.01)


def test_logistic_finds_the_weights_of_a_standard_deviation(sample):
    weights = fit_model("logistic", *sample).weights
    np.testing.assert_allclose(weights, [1.0, 0.5, -0.8, 0.0], atol=0.15)


def test_scorecard_weights_point_the_way_the_attribute_works_whatever_the_components_sign(rng):
    factor = rng.normal(size=3_000)
    matrix = np.column_stack([factor + 0.3 * rng.normal(size=3_000) for _ in range(4)])
    matrix[:, 3] *= -1
    buys = rng.random(3_000) < 1 / (1 + np.exp(2 - factor))
    weights = fit_pca_scorecard(matrix, buys).weights
    assert (weights[:3] > 0).all()
    assert weights[3] < 0


def test_scorecard_keeps_the_components_that_hold_seventy_per_cent(rng):
    factor = rng.normal(size=3_000)
    matrix = np.column_stack([factor, factor, factor, rng.normal(size=3_000)])
    buys = rng.random(3_000) < 1 / (1 + np.exp(1 - matrix[:, 3]))
    weights = fit_pca_scorecard(matrix, buys).weights  # the first component alone holds 75%
    np.testing.assert_allclose(weights[0], weights[1:3], rtol=1e-6)
    assert abs(weights[3]) < 0.05


@pytest.mark.parametrize("method", ["pca_scorecard", "logistic", "boosting"])
def test_perfect_separation_and_constant_columns_are_survived(method):
    matrix = np.column_stack([np.arange(400.0), np.ones(400)])
    scores = fit_model(method, matrix, np.arange(400) >= 200).score(matrix)
    assert np.isfinite(scores).all()
    assert scores[:150].max() < scores[-150:].min()
