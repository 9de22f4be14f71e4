"""Many metrics at once, and many groups at once."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from leadline.evaluate.estimates.families import adjust_p_values
from leadline.evaluate.judging.interaction import find_interaction
from tests.scorecard.catalogue import FULL
from tests.stats.tolerance import FALSE_POSITIVE, Band, count_rate

Say = Callable[[str], None]
TRIES = 20_000 if FULL else 12_000
FALSE_DISCOVERIES = Band(0.0325, 0.0425)  # of 20 metrics 15 have no effect: 15 / 20 of 5%


@pytest.mark.covers("statistics", "holm")
def test_one_of_twenty_metrics_without_effect_is_called_in_one_test_of_twenty(measured: Say) -> None:
    p_values = np.random.default_rng(11).random((TRIES, 20))
    rate = count_rate(sum((adjust_p_values(row) <= 0.05).any() for row in p_values), TRIES)
    measured(rate.tell(FALSE_POSITIVE))
    assert rate.is_in(FALSE_POSITIVE)


@pytest.mark.covers("statistics", "holm")
def test_few_of_the_metrics_that_are_called_are_false(measured: Say) -> None:
    z = np.random.default_rng(12).normal([3.0] * 5 + [0.0] * 15, size=(TRIES, 20))
    false, found = np.zeros((2, TRIES))
    for place, row in enumerate(2 * stats.norm.sf(np.abs(z))):
        called = adjust_p_values(row, method="Benjamini-Hochberg") <= 0.05
        false[place], found[place] = called[5:].sum() / max(called.sum(), 1), called[:5].sum()
    mean, reach = false.mean(), stats.norm.isf(0.0005) * false.std() / TRIES**0.5
    measured(f"share of false ones (Benjamini-Hochberg) {mean:.2%} ± {reach:.2%}, {FALSE_DISCOVERIES}")
    assert FALSE_DISCOVERIES.lower <= mean - reach
    assert mean + reach <= FALSE_DISCOVERIES.upper
    assert found.mean() > 3  # of the five that have an effect


@pytest.mark.covers("statistics", "uplift_null")
def test_effects_by_a_score_that_knows_nothing_differ_in_one_test_of_twenty(measured: Say) -> None:
    """2,000 customers in ten groups by score, of whom 10% buy in either arm."""
    rng = np.random.default_rng(13)
    units = np.stack([drawn := rng.binomial(200, 0.5, (TRIES, 10)), 200 - drawn], axis=-1).astype(float)
    share = rng.binomial(units.astype(int), 0.1) / units
    spread = share * (1 - share) * units / (units - 1)
    told = [
        find_interaction(one[:, 0] - one[:, 1], wide, size).p_value
        for one, wide, size in zip(share, spread, units, strict=True)
    ]
    rate = count_rate(sum(p_value < 0.05 for p_value in told), TRIES)
    measured(rate.tell(FALSE_POSITIVE))
    assert rate.is_in(FALSE_POSITIVE)
