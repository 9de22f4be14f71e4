"""Principal components: published answers, the right number kept, intervals that cover."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from leadline.target.components import (
    count_components,
    draw_noise_variances,
    find_components,
    redraw_weights,
    weigh_attributes,
)

RNG = np.random.default_rng


def standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean(axis=0)) / values.std(axis=0)


def test_the_components_of_iris_are_the_published_ones() -> None:
    """Correlation PCA of iris as in every textbook: 2.9185, 0.9140, 0.1468, 0.0207."""
    found = find_components(np.corrcoef(load_iris().data, rowvar=False))
    assert found.variances == pytest.approx([2.91849782, 0.91403047, 0.14675688, 0.02071484], abs=1e-8)
    assert found.loadings[:, 0] == pytest.approx([0.52106591, -0.26934744, 0.5804131, 0.56485654], abs=1e-7)
    assert (found.loadings.sum(axis=0) >= 0).all()


def test_noise_variances_are_those_of_normal_customers_without_ties() -> None:
    rng = RNG(3)
    drawn = np.quantile(
        [
            np.linalg.eigvalsh(np.corrcoef(rng.standard_normal((60, 5)), rowvar=False))[::-1]
            for _ in range(4000)
        ],
        0.95,
        axis=0,
    )
    assert draw_noise_variances(60, 5, 4000, RNG(4)) == pytest.approx(drawn, abs=0.03)


def test_parallel_analysis_keeps_nothing_of_noise_and_kaiser_keeps_half() -> None:
    kept = {"parallel": [], "kaiser": []}
    noise = draw_noise_variances(300, 10, 500, RNG(0))
    for seed in range(60):
        values = RNG(seed).standard_normal((300, 10))
        variances = find_components(np.corrcoef(values, rowvar=False)).variances
        for rule, counts in kept.items():
            counts.append(count_components(variances, noise, rule))  # type: ignore[arg-type]
    assert np.mean(np.array(kept["parallel"]) > 0) <= 0.12
    assert np.mean(kept["kaiser"]) >= 3


@pytest.mark.parametrize("planted", [1, 2, 3])
def test_parallel_analysis_finds_the_planted_number(planted: int) -> None:
    rng = RNG(planted)
    factors = rng.standard_normal((1000, planted))
    values = np.repeat(factors, 3, axis=1) + rng.standard_normal((1000, 3 * planted))
    variances = find_components(np.corrcoef(values, rowvar=False)).variances
    assert count_components(variances, draw_noise_variances(*values.shape, 200, rng), "parallel") == planted


def test_bootstrap_intervals_cover_the_weights_of_the_population() -> None:
    mixing = np.array([[1.0, 0.8, 0.6, 0.0], [0.0, 0.2, 0.5, 1.0]])

    def customers(number: int, rng: np.random.Generator) -> np.ndarray:
        return rng.standard_normal((number, 2)) @ mixing * 1.2 + rng.standard_normal((number, 4))

    covariance = 1.44 * mixing.T @ mixing + np.eye(4)
    scales = np.sqrt(np.diag(covariance))
    truth = weigh_attributes(find_components(covariance / np.outer(scales, scales)), 1)
    covered = []
    for seed in range(150):
        rng = RNG(seed)
        matrix = standard(customers(500, rng))
        components = find_components(np.corrcoef(matrix, rowvar=False))
        draws = redraw_weights(matrix, components, kept=1, noise=np.ones(4), draws=150, rng=rng)
        lower, upper = np.quantile(draws.weights, (0.025, 0.975), axis=0)
        covered.append((lower <= truth) & (truth <= upper))
    assert 0.91 <= np.mean(covered) <= 0.98


def test_draws_do_not_mix_up_components_of_nearly_equal_size() -> None:
    """Two equal blocks: unmatched draws would swap them, and their weights would scatter."""
    rng = RNG(1)
    factors = rng.standard_normal((2000, 2))
    matrix = standard(np.repeat(factors, 3, axis=1) + 0.3 * rng.standard_normal((2000, 6)))
    components = find_components(np.corrcoef(matrix, rowvar=False))
    draws = redraw_weights(matrix, components, kept=2, noise=np.ones(6), draws=50, rng=rng)
    assert set(draws.kept_kaiser) == {2}
    assert draws.weights.std(axis=0).max() < 0.25
