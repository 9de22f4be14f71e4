import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from leadline.errors import DataError
from leadline.evaluate.estimates.effects import ArmEstimate, find_difference
from leadline.evaluate.estimates.shares import compare_shares, find_share_lift


def test_shares_as_in_newcombe() -> None:
    """Newcombe (1998, Statistics in Medicine 17:873-890), 56/70 less 48/80, method 10."""
    found = compare_shares(56, 70, 48, 80)
    assert found[:3] == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert found.method == "Newcombe"
    # The p-value belongs to the interval: at that level it ends at 0.
    at = compare_shares(56, 70, 48, 80, level=1 - found.p_value)
    assert at.lower == pytest.approx(0, abs=1e-9)
    turned = compare_shares(48, 80, 56, 70)
    assert turned[:4] == pytest.approx((-0.2, -found.upper, -found.lower, found.p_value), rel=1e-9)


@pytest.mark.parametrize(
    ("counts", "lower", "upper"),
    [  # the same paper's table II, method 10
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_few_units_as_in_newcombe(counts: tuple[int, int, int, int], lower: float, upper: float) -> None:
    assert compare_shares(*counts)[1:3] == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize(
    "counts", [(0, 10, 0, 10), (1, 300, 9, 2_000), (210, 2_100, 160, 2_000), (30, 30, 2, 9)]
)
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_interval_is_that_of_statsmodels(counts: tuple[int, int, int, int], level: float) -> None:
    found = compare_shares(*counts, level=level)
    wanted = confint_proportions_2indep(*counts, method="newcomb", compare="diff", alpha=1 - level)
    assert found[1:3] == pytest.approx(wanted, abs=1e-12)


def test_shares_at_their_ends() -> None:
    none = compare_shares(0, 10, 0, 10)
    assert none.p_value == 1
    assert none.lower < 0 < none.upper
    assert compare_shares(10, 10, 0, 10).p_value < 1e-4
    assert compare_shares(900_000, 1_000_000, 100_000, 1_000_000).p_value == 0


def test_many_units_bring_it_to_the_normal_test() -> None:
    found = compare_shares(15_100, 100_000, 14_500, 100_000)
    arms = [ArmEstimate(share, share * (1 - share) / 100_000, 100_000) for share in (0.151, 0.145)]
    assert found[:4] == pytest.approx(find_difference(*arms)[:4], rel=2e-2)


@pytest.mark.parametrize("times", [0.8, 1.1])
def test_a_multiple_of_the_control(times: float) -> None:
    """The bound of the relative effect is the multiple that the interval just touches (Donner & Zou 2012)."""
    found = compare_shares(30, 1_000, 28, 1_000, times=times)
    assert found.value == pytest.approx(0.030 - times * 0.028)
    at = compare_shares(30, 1_000, 28, 1_000, times=times, level=1 - found.p_value)
    assert min(abs(at.lower), abs(at.upper)) < 1e-9


@pytest.mark.parametrize(
    "counts", [(30, 1_000, 28, 1_000), (2, 90, 40, 700), (0, 50, 3, 60), (60, 60, 1, 30)]
)
def test_the_lift_agrees_with_the_difference(counts: tuple[int, int, int, int]) -> None:
    lift = find_share_lift(*counts)
    assert lift.value == pytest.approx(counts[0] / counts[1] / (counts[2] / counts[3]) - 1)
    assert lift.lower <= lift.value <= lift.upper < np.inf
    upper = compare_shares(*counts, times=1 + lift.upper)
    assert upper.upper == pytest.approx(0, abs=1e-9)
    if counts[0]:
        assert compare_shares(*counts, times=1 + lift.lower).lower == pytest.approx(0, abs=1e-9)
    else:
        assert lift.lower == -1
    difference = compare_shares(*counts)
    assert (lift.lower > 0, lift.upper < 0) == (difference.lower > 0, difference.upper < 0)
    assert lift.p_value == difference.p_value


def test_the_interval_holds_its_level_also_for_few_and_unequal_arms() -> None:
    """All outcomes of both arms, weighted by their chance: 94 to 96.5%, where Welch's t falls to 93.3%."""
    for share, units, control_units in ((0.01, 1_000, 1_000), (0.01, 300, 2_700), (0.1, 200, 200)):
        chance, inside = 0.0, 0.0
        yes, control_yes = (
            range(int(stats.binom.ppf(1e-4, size, share)), int(stats.binom.isf(1e-4, size, share)) + 1)
            for size in (units, control_units)
        )
        for one in yes:
            for other in control_yes:
                weight = stats.binom.pmf(one, units, share) * stats.binom.pmf(other, control_units, share)
                found = compare_shares(one, units, other, control_units)
                chance += weight
                inside += weight * (found.lower <= 0 <= found.upper)
        assert 0.94 <= inside / chance <= 0.965, share


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(DataError, match="2 problems"):
        compare_shares(11, 10, -1, 0)
    with pytest.raises(DataError, match="control's value is 0"):
        find_share_lift(3, 10, 0, 10)
