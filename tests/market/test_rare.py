"""The quick samplers have the distributions they claim."""

import numpy as np
import pytest
from scipy import stats

from leadline.market.rare import draw_binomial, draw_poisson

DRAWS = 200_000
#: A test at this level fails once in a thousand sound changes of the streams.
LEVEL = 0.001


def p_value(counts: np.ndarray, distribution: "stats.rv_frozen") -> float:
    most = next(k for k in range(1, 1_000) if DRAWS * distribution.sf(k) < 10)
    observed = np.bincount(np.minimum(counts, most + 1), minlength=most + 2)
    expected = DRAWS * np.append(distribution.pmf(np.arange(most + 1)), distribution.sf(most))
    kept = expected > 5
    return stats.chisquare(
        observed[kept], expected[kept] * observed[kept].sum() / expected[kept].sum()
    ).pvalue


@pytest.mark.parametrize("mean", [0.01, 0.4, 3.0, 15.0, 150.0])
def test_poisson_counts_are_poisson(mean: float) -> None:
    counts = draw_poisson(np.full(DRAWS, mean, np.float32), np.random.default_rng(3))
    assert p_value(counts, stats.poisson(mean)) > LEVEL


def test_poisson_follows_each_mean() -> None:
    mean = np.repeat(np.array([0.0, 0.2, 5.0], np.float32), DRAWS // 4)
    counts = draw_poisson(mean, np.random.default_rng(4))
    found = counts.reshape(3, -1).mean(axis=1)
    assert found[0] == 0
    assert found[1:] == pytest.approx([0.2, 5.0], rel=0.02)


@pytest.mark.parametrize(("trials", "chance"), [(3, 0.05), (2, 0.6), (1, 0.3)])
def test_binomial_counts_are_binomial(trials: int, chance: float) -> None:
    rng = np.random.default_rng(5)
    counts = draw_binomial(np.full(DRAWS, trials, np.int16), np.full(DRAWS, chance, np.float32), rng)
    assert counts.max() <= trials
    expected = DRAWS * stats.binom(trials, chance).pmf(np.arange(trials + 1))
    assert stats.chisquare(np.bincount(counts, minlength=trials + 1), expected).pvalue > LEVEL


def test_no_trials_no_successes_and_sure_ones_succeed() -> None:
    rng = np.random.default_rng(6)
    trials = np.repeat(np.array([0, 3], np.int16), 100)
    assert (draw_binomial(trials, np.ones(200, np.float32), rng) == trials).all()
