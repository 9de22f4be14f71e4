"""Many small k-means against scikit-learn's."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from leadline.target.segments.lloyd import assign_many, fit_many


def test_every_set_of_weights_gets_what_scikit_learn_finds() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(150, 3)) + 6 * np.eye(3)[rng.integers(0, 3, 150)]
    weights = rng.integers(0, 4, (5, 150)).astype(float)
    centres, scatter = fit_many(matrix, weights, 3, starts=8, rng=rng)
    labels = assign_many(matrix, centres)
    for one in range(5):
        other = KMeans(3, n_init=10, random_state=0).fit(matrix, sample_weight=weights[one])
        assert scatter[one] == pytest.approx(other.inertia_, rel=1e-6)
        inside = (weights[one] * ((matrix - centres[one][labels[one]]) ** 2).sum(axis=1)).sum()
        assert inside == pytest.approx(scatter[one], rel=1e-9)


def test_rows_of_no_weight_pull_nothing() -> None:
    matrix = np.array([[0.0], [1.0], [10.0], [11.0], [500.0]])
    centres, scatter = fit_many(
        matrix, np.array([[1.0, 1, 1, 1, 0]]), 2, starts=5, rng=np.random.default_rng(0)
    )
    np.testing.assert_allclose(np.sort(centres[0, :, 0]), [0.5, 10.5])
    assert scatter[0] == pytest.approx(1.0)


def test_fewer_different_rows_than_segments_end_at_no_scatter() -> None:
    matrix = np.repeat([[0.0, 1.0], [3.0, 4.0]], 10, axis=0)
    _centres, scatter = fit_many(matrix, np.ones((2, 20)), 4, starts=2, rng=np.random.default_rng(0))
    np.testing.assert_allclose(scatter, 0, atol=1e-9)
