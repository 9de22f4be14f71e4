"""Looking at a test while it runs: with boundaries made for it, and without."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from leadline.evaluate.estimates.effects import ArmEstimate, find_difference
from leadline.evaluate.monitoring.confidence_sequence import follow_difference, tune_rho
from leadline.evaluate.monitoring.group_sequential import SequentialPlan, judge_looks
from leadline.evaluate.monitoring.spending import find_boundaries
from tests.scorecard.catalogue import FULL
from tests.stats.tolerance import AT_MOST_5_PERCENT, FALSE_POSITIVE, Rate, count_rate

FloatArray = npt.NDArray[np.float64]
Say = Callable[[str], None]
LOOKS, STEP = 50, 200  # units an arm that enter between two looks
UNITS = STEP * np.arange(1, LOOKS + 1)


def draw_looks(tries: int, effect: float, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Means and variances (of the mean) of both arms at each look, units of variance 1 that enter steadily.

    Shapes (tries, looks, arms). The second arm is better by ``effect``.
    """
    sums = rng.normal([0, STEP * effect], STEP**0.5, (tries, LOOKS, 2)).cumsum(axis=1)
    within = rng.chisquare(STEP - 1, (tries, LOOKS, 2)).cumsum(axis=1)
    count = UNITS[:, None]
    means = sums / count
    between = (np.diff(sums, axis=1, prepend=0) ** 2 / STEP).cumsum(axis=1) - count * means**2
    return means, (within + between) / (count - 1) / count


def count_found(tries: int, effect: float, seed: int) -> Rate:
    """Rate of tests whose always-valid interval ever leaves out no difference."""
    means, variances = draw_looks(tries, effect, np.random.default_rng(seed))
    differences, errors = means[..., 1] - means[..., 0], np.sqrt(variances.sum(axis=2))
    rho = tune_rho(2 * UNITS[-1] / 5)
    found = 0
    for difference, error in zip(differences, errors, strict=True):
        told = follow_difference(difference, error, 2 * UNITS, rho=rho)
        is_found = bool(((told.lower > 0) | (told.upper < 0)).any())
        assert is_found == (told.p_values[-1] < 0.05)
        found += is_found
    return count_rate(found, tries)


@pytest.mark.covers("statistics", "always_valid")
def test_looked_at_fifty_times_it_errs_in_at_most_one_test_of_twenty(measured: Say) -> None:
    rate = count_found(20_000 if FULL else 4_000, 0.0, 7)
    measured(rate.tell(AT_MOST_5_PERCENT))
    assert rate.is_in(AT_MOST_5_PERCENT)
    assert rate.lower > 0.005  # nor is it so wide that it says nothing
    found = count_found(1_000, 4 / (UNITS[-1] / 2) ** 0.5, 8)
    measured(f"of an effect of four standard errors at the end it finds {found.value:.0%}")
    assert found.lower > 0.75


@pytest.mark.covers("statistics", "obrien_fleming")
def test_five_looks_with_boundaries_err_in_one_test_of_twenty(measured: Say) -> None:
    rng, tries, fractions = np.random.default_rng(9), 400_000, np.arange(1, 6) / 5
    z = rng.normal(size=(tries, 5)).cumsum(axis=1) / np.sqrt(np.arange(1, 6))
    bounds = find_boundaries(list(fractions))
    crossed = ((z >= bounds.upper) | (z <= bounds.lower)).any(axis=1)
    rate = count_rate(crossed.sum(), tries)
    measured(rate.tell(FALSE_POSITIVE))
    assert rate.is_in(FALSE_POSITIVE)
    errors = 1 / np.sqrt(fractions)
    sure = np.append(np.flatnonzero(crossed)[:15], np.flatnonzero(~crossed)[:15])
    judged = [judge_looks(SequentialPlan(information=1.0), z[one] * errors, errors).decision for one in sure]
    assert judged == ["stop for effect"] * 15 + ["end without effect"] * 15


@pytest.mark.covers("controls", "peeking")
def test_fifty_looks_without_boundaries_find_effects_where_none_are(measured: Say) -> None:
    tries = 1_000
    found = 0
    for mean, variance in zip(*draw_looks(tries, 0.0, np.random.default_rng(10)), strict=True):
        arms = [
            [ArmEstimate(*one) for one in zip(mean[:, arm], variance[:, arm], UNITS, strict=True)]
            for arm in (0, 1)
        ]
        found += any(find_difference(arm, control).p_value < 0.05 for control, arm in zip(*arms, strict=True))
    rate = count_rate(found, tries)
    measured(rate.tell(FALSE_POSITIVE))
    assert rate.lower > 4 * FALSE_POSITIVE.upper
