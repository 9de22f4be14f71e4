"""The interval of a share."""

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from leadline.intervals import wilson_interval


@pytest.mark.parametrize(
    ("successes", "trials"), [(0, 10), (1, 29), (15, 148), (81, 263), (5, 5), (116, 800)]
)
def test_wilson_agrees_with_statsmodels(successes, trials):
    share, lower, upper = wilson_interval(successes, trials)
    assert share == successes / trials
    assert (lower, upper) == pytest.approx(proportion_confint(successes, trials, method="wilson"), abs=1e-12)


def test_wilson_gives_newcombes_published_intervals():
    # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3.
    for successes, trials, published in [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ]:
        assert wilson_interval(successes, trials)[1:] == pytest.approx(published, abs=5e-5)


def test_wilson_covers_the_true_precision(rng):
    size, draws = 400, 40_000
    for share in (0.05, 0.15):
        counts, times = np.unique(rng.binomial(size, share, draws), return_counts=True)
        inside = [
            wilson_interval(count, size)[1] <= share <= wilson_interval(count, size)[2] for count in counts
        ]
        assert 0.94 < times[inside].sum() / draws < 0.965


def test_no_success_gives_a_lower_end_of_exactly_zero():
    assert wilson_interval(0, 600).lower == 0
    assert wilson_interval(600, 600).upper == 1
