"""Agreement and stability against partitions worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from leadline.target.segments import read_bases
from leadline.target.segments.fit import fit_segments
from leadline.target.segments.stability import (
    adjust_rand,
    draw_samples,
    match_segments,
    pair_agreement,
    segment_samples,
    trace_segments,
)

REFERENCE = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2])


def test_adjusted_rand_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        first, second = rng.integers(0, 4, 60), rng.integers(0, 3, 60)
        assert adjust_rand(first, second) == pytest.approx(adjusted_rand_score(first, second), abs=1e-12)
    assert adjust_rand(REFERENCE, 2 - REFERENCE) == 1.0
    assert adjust_rand(REFERENCE, REFERENCE * 0) == 0.0


def test_stability_within_solutions_is_that_of_flexclust_by_hand() -> None:
    """Largest Jaccard index of each segment with a sample's, averaged over the pair."""
    first = np.array([1, 1, 1, 2, 2, 2, 2, 0, 0, 0])  # 0: 3/4; 1: 3/4; 2: 3/3
    second = np.array([0, 0, 1, 1, 1, 1, 1, 1, 1, 2])  # 0: 2/4; 1: 3/7; 2: max(1/3, 2/8)
    found = match_segments(REFERENCE, np.stack([first, second]), 3)
    wanted = [(3 / 4 + 2 / 4) / 2, (3 / 4 + 3 / 7) / 2, (1 + 1 / 3) / 2]
    np.testing.assert_allclose(found, [wanted], atol=1e-12)


def test_a_sample_without_a_segment_still_counts() -> None:
    found = match_segments(REFERENCE, np.zeros((2, 10), dtype=np.int64), 3)
    np.testing.assert_allclose(found, [[0.4, 0.3, 0.3]], atol=1e-12)


def test_stability_across_solutions_is_that_of_flexclust_by_hand() -> None:
    """One less the entropy of where members come from, over the log of the smaller number of segments."""
    smaller = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    larger = np.array([0, 0, 0, 2, 2, 2, 2, 2, 1, 1])
    mixed = 1 + (0.4 * np.log(0.4) + 0.6 * np.log(0.6)) / np.log(2)
    np.testing.assert_allclose(trace_segments(smaller, larger), [1, 1, mixed], atol=1e-12)
    three = np.array([0, 1, 2, 0, 1, 2])
    np.testing.assert_allclose(trace_segments(three, np.zeros(6, dtype=np.int64)), [0], atol=1e-12)


@pytest.mark.parametrize("method", ["kmeans", "gaussian", "mixed", "tree"])
def test_far_groups_are_found_again_by_every_sample(method) -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, 240)
    frame = pd.DataFrame(rng.normal(size=(240, 3)) + 9 * np.eye(3)[truth], columns=list("abc"))
    bases = read_bases(frame, list(frame))
    fit = fit_segments(bases, method, 3, rng)
    assert adjust_rand(fit.labels, truth) > 0.97
    labels = segment_samples(bases, method, 3, draw_samples(bases, 6, rng), rng)
    assert pair_agreement(labels).mean() > 0.95
    assert match_segments(fit.labels, labels, 3).min() > 0.9


def test_a_bootstrap_sample_leaves_rows_out() -> None:
    rng = np.random.default_rng(2)
    bases = read_bases(pd.DataFrame({"a": rng.normal(size=400)}), ["a"])
    counts = draw_samples(bases, 50, rng)
    assert (counts.sum(axis=1) == 400).all()
    assert (counts == 0).mean() == pytest.approx(np.exp(-1), abs=0.01)
