"""Rates that follow from counts alone: worked out over every outcome, so no luck is in them."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from leadline.evaluate.checks.sample_ratio import LEVEL, check_ratio
from leadline.evaluate.estimates.shares import compare_shares
from leadline.evaluate.planning.power import Proportion, find_sample_size
from leadline.intervals import wilson_interval
from tests.scorecard.catalogue import FULL
from tests.stats.tolerance import COVERAGE, FALSE_POSITIVE, MISMATCH, POWER, Rate, know_rate

Say = Callable[[str], None]
_LOST = 1e-7  # outcomes less likely are left out, on either side


def is_effect(yes: int, control_yes: int, units: int) -> bool:
    """Whether the test of two shares calls a difference."""
    return compare_shares(yes, units, control_yes, units).p_value < 0.05


def enumerate_rate(units: int, share: float, control_share: float) -> Rate:
    """Chance that a difference is called, over all counts of both arms.

    For each count of the control the arm's nearest counts on both sides that are called are followed: what is
    called has one edge a side, which rises with the control's count.
    """
    arm, control = stats.binom(units, share), stats.binom(units, control_share)
    below, above, chance = int(arm.ppf(_LOST)) - 1, 0, 0.0
    for count in range(int(control.ppf(_LOST)), int(control.isf(_LOST)) + 1):
        above = max(above, count)
        while not is_effect(above, count, units):
            above += 1
        while below + 1 < count and is_effect(below + 1, count, units):
            below += 1
        chance += float(control.pmf(count) * (arm.sf(above - 1) + arm.cdf(below)))
    return know_rate(chance)


@pytest.mark.covers("statistics", "aa_shares")
def test_two_like_arms_differ_in_one_test_of_twenty(measured: Say) -> None:
    rate = enumerate_rate(5_000, 0.05, 0.05)
    measured(rate.tell(FALSE_POSITIVE))
    assert rate.is_in(FALSE_POSITIVE)


@pytest.mark.covers("statistics", "aa_shares")
def test_what_is_called_has_one_edge_a_side_that_rises() -> None:
    """What the enumeration takes for granted."""
    last = 0
    for count in range(180, 321, 10 if FULL else 35):
        yes = np.arange(count, count + 120, 1 if FULL else 5)
        above = [is_effect(one, count, 5_000) for one in yes]
        below = [is_effect(one, count, 5_000) for one in 2 * count - yes]
        assert above == sorted(above)
        assert below == sorted(below)
        assert last < yes[above.index(True)]
        last = yes[above.index(True)]


@pytest.mark.covers("statistics", "planned_power")
def test_the_planned_size_finds_the_effect_as_often_as_promised(measured: Say) -> None:
    sizes = find_sample_size(Proportion(base=0.05), 0.01)
    assert sizes.control == sizes.treated
    rate = enumerate_rate(sizes.control, 0.06, 0.05)
    measured(f"{sizes.control:,} an arm: {rate.tell(POWER)}")
    assert rate.is_in(POWER)


@pytest.mark.covers("statistics", "sample_ratio")
def test_a_sound_split_is_called_a_mismatch_once_in_a_thousand(measured: Say) -> None:
    split = stats.binom(20_000, 0.5)
    counts = np.arange(9_500, 10_501)
    called = [check_ratio([count, 20_000 - count], [0.5, 0.5]).p_value < LEVEL for count in counts]
    rate = know_rate(float(split.pmf(counts) @ called))
    measured(rate.tell(MISMATCH))
    assert rate.is_in(MISMATCH)


@pytest.mark.covers("statistics", "list_precision")
@pytest.mark.parametrize(("size", "share"), [(200, 0.1), (1_000, 0.1), (1_000, 0.3)])
def test_the_interval_of_a_lists_precision_covers(size: int, share: float, measured: Say) -> None:
    found = [wilson_interval(buyers, size) for buyers in range(size + 1)]
    holds = np.array([one.lower <= share <= one.upper for one in found])
    rate = know_rate(float(stats.binom(size, share).pmf(np.arange(size + 1)) @ holds))
    measured(f"list of {size:,}, {share:.0%} buy: {rate.tell(COVERAGE)}")
    assert rate.is_in(COVERAGE)
