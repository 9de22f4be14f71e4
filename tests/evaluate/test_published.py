"""Numbers that others published, replayed to their rounding; each was read where its source says.

Sources: [GB] GrowthBook, `packages/stats/tests` (frequentist and bayesian `test_tests.py`); [TT] tea-tasting,
`docs/user-guide.md`; [PWR] R's package pwr as kept in statsmodels, `stats/tests/test_power.py`; [R] R's help
page of power.prop.test; [SEQ] seqabpy, `tests/test_gatsby.py` (agrees with R's ldbounds); [JL] PharmCat/
SeqBounds.jl, README; [N] Newcombe (1998, Statistics in Medicine 17:873-890), Table II, method 10, as several
projects' tests quote it.
"""

import numpy as np
import pandas as pd
import pytest
import tea_tasting
from scipy import stats

from leadline.evaluate.estimates.effects import (
    ArmEstimate,
    adjust_means,
    estimate_ratio,
    find_difference,
    find_lift,
)
from leadline.evaluate.estimates.moments import Moments
from leadline.evaluate.estimates.shares import compare_shares
from leadline.evaluate.monitoring.confidence_sequence import follow_difference
from leadline.evaluate.monitoring.spending import find_boundaries
from leadline.evaluate.planning.power import Mean, Proportion, find_effect, find_power, find_sample_size


def sum_up(units: int, total: float, squares: float) -> ArmEstimate:
    """Estimate an arm's mean from what a table of aggregates tells."""
    variance = (squares - total**2 / units) / (units - 1)
    return ArmEstimate(total / units, variance / units, units)


def share(yes: int, units: int) -> ArmEstimate:
    """Estimate a share with the variance p(1 - p)/n that [GB] takes."""
    value = yes / units
    return ArmEstimate(value, value * (1 - value) / units, units)


@pytest.fixture(scope="module")
def visits() -> Moments:
    """Moments of the users of [TT], by arm; their covariates among them."""
    frame = tea_tasting.make_users_data(rng=42, covariates=True, return_type="pandas")
    return gather(frame)


def gather(frame: pd.DataFrame) -> Moments:
    columns = tuple(name for name in frame if name not in ("user", "variant"))
    arms = [arm[list(columns)].to_numpy(float) for _, arm in frame.groupby("variant")]
    return Moments(
        cells=pd.DataFrame({"arm": ["control", "treated"]}),
        columns=columns,
        count=np.array([len(arm) for arm in arms], dtype=float),
        means=np.array([arm.mean(axis=0) for arm in arms]),
        comoments=np.array([(arm - arm.mean(axis=0)).T @ (arm - arm.mean(axis=0)) for arm in arms]),
    )


@pytest.mark.covers("reference_numbers", "two_arms", "relative_lift")
def test_difference_and_lift_of_growthbook() -> None:
    control, arm = sum_up(3407, 1396.87, 52377.9767), sum_up(3461, 2422.7, 134698.29)
    np.testing.assert_allclose(
        find_difference(arm, control)[:4], [0.29, 0.04538, 0.53462, 0.02016], atol=5e-6
    )
    lift = find_lift(arm, control, method="delta")
    np.testing.assert_allclose(lift[:4], [0.70732, -0.03526, 1.44989, 0.06191], atol=5e-6)


def test_shares_of_growthbook() -> None:
    lift = find_lift(share(16, 30), share(14, 28), method="delta")
    np.testing.assert_allclose(lift[:4], [0.06667, -0.47767, 0.61101, 0.80707], atol=5e-6)


@pytest.mark.parametrize(
    ("counts", "interval"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((0, 10, 0, 10), (-0.2775, 0.2775)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_shares_of_newcombe(counts: tuple[int, int, int, int], interval: tuple[float, float]) -> None:
    found = compare_shares(*counts)
    np.testing.assert_allclose([found.lower, found.upper], interval, atol=6e-5)


def test_one_sided_differences_of_growthbook() -> None:
    control, arm = sum_up(3000, 1396.87, 52377.9767), sum_up(3461, 2422.7, 134698.29)
    difference = find_difference(arm, control, level=0.90)
    one_sided = [difference.value, difference.lower, difference.p_value / 2]
    np.testing.assert_allclose(one_sided, [0.23437666666666668, 0.020791480063255735, 0.03554272489873023])
    lift = find_lift(arm, control, method="delta", level=0.90)
    wanted = [0.5033610858562358, -0.045136675850396046, 0.06558262868467746]
    np.testing.assert_allclose([lift.value, lift.lower, lift.p_value / 2], wanted)


@pytest.mark.parametrize(
    ("control", "arm", "tuning", "wanted"),
    [
        (
            sum_up(3000, 1396.87, 52377.9767),
            sum_up(3461, 2422.7, 134698.29),
            1000,
            (0.50336, -0.55844, 1.56516, 1.0),
        ),
        (share(1396, 3000), share(2422, 3461), 5000, (0.50386, 0.40098, 0.60675, 0.0)),
    ],
)
def test_confidence_sequences_of_growthbook(
    control: ArmEstimate, arm: ArmEstimate, tuning: int, wanted: tuple[float, ...]
) -> None:
    lift = arm.value / control.value - 1
    error = np.sqrt(arm.variance + (1 + lift) ** 2 * control.variance) / control.value
    # Theirs is the first step of the exact solution (Waudby-Smith et al. 2021, section B.2).
    twice = -2 * np.log(0.05)
    rho = np.sqrt((twice + np.log(twice + 1)) / tuning)
    found = follow_difference([lift], [error], [arm.units + control.units], rho=rho)
    row = [lift, found.lower[0], found.upper[0], found.p_values[0]]
    np.testing.assert_allclose(row, wanted, atol=6e-6)


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("sessions", (2.00, 1.98, -0.0132, -0.0750, 0.0485, 0.674)),
        ("orders", (0.530, 0.573, 0.0427, -0.0108, 0.0962, 0.118)),
        ("revenue", (5.24, 5.73, 0.489, -0.133, 1.11, 0.123)),
    ],
)
def test_means_of_tea_tasting(column: str, wanted: tuple[float, ...]) -> None:
    arms = gather(tea_tasting.make_users_data(rng=42, return_type="pandas"))
    control, arm = adjust_means(arms, column, [])
    row = [control.value, arm.value, *find_difference(arm, control)[:4]]
    assert [round_as(value) for value in row] == list(wanted)


def test_ratio_of_tea_tasting() -> None:
    arms = gather(tea_tasting.make_users_data(rng=42, return_type="pandas"))
    control, arm = (estimate_ratio(arms.take(slice(row, row + 1)), "orders", "sessions") for row in (0, 1))
    row = [control.value, arm.value, *find_difference(arm, control)[:4]]
    wanted = [0.266, 0.289, 0.0233, -0.00246, 0.0491, 0.0762]
    assert [round_as(value) for value in row] == wanted


def test_cuped_of_tea_tasting(visits: Moments) -> None:
    """Their slope is of all arms together, ours within arms: p-values differ in the third digit."""
    adjusted = {
        column: adjust_means(visits, column, [f"{column}_covariate"])
        for column in ("sessions", "orders", "revenue")
    }
    means = {column: [round_as(arm.value) for arm in arms] for column, arms in adjusted.items()}
    assert means == {"sessions": [2.00, 1.98], "orders": [0.523, 0.581], "revenue": [5.12, 5.85]}
    control, arm = adjusted["sessions"]
    assert round_as(find_difference(arm, control).p_value) == 0.603


@pytest.mark.parametrize(
    ("effect", "arms", "sides", "power"),
    [
        (1.0, (30, 30), 2, 0.967708258242517),
        (0.1, (20, 20), 2, 0.06095912465411235),
        (1.0, (30, 30), 1, 0.985459690251624),
        (0.01, (30, 30), 1, 0.0540740302835667),
        (0.1, (20, 30), 2, 0.0633081832564667),
        (0.1, (20, 30), 1, 0.09623589080917805),
    ],
)
def test_power_of_r_s_pwr(effect: float, arms: tuple[int, int], sides: int, power: float) -> None:
    found = find_power(Mean(sd=1.0), effect, arms, sides=sides)
    if sides == 2:  # pwr counts a finding in the wrong direction, too
        found += find_wrong(effect, arms)
    assert found == pytest.approx(power, abs=1e-9)


def find_wrong(effect: float, arms: tuple[int, int]) -> float:
    freedom = sum(arms) - 2
    shift = effect / np.sqrt(1 / arms[0] + 1 / arms[1])
    return float(stats.nct.cdf(stats.t.ppf(0.025, freedom), freedom, shift))


def test_shares_of_r_s_power_prop_test() -> None:
    assert round(find_power(Proportion(base=0.5), 0.25, (50, 50)), 3) == 0.740
    sizes = find_sample_size(Proportion(base=0.5), 0.25, power=0.90)
    assert (sizes.control, sizes.treated) == (77, 77)  # 76.7
    assert round(0.5 + find_effect(Proportion(base=0.5), (50, 50), power=0.90), 4) == 0.8026


def test_ten_looks_of_seqabpy() -> None:
    boundaries = find_boundaries(np.linspace(0.1, 1, 10), alpha=0.05, sides=1)
    wanted = [6.088, 4.229, 3.396, 2.906, 2.579, 2.342, 2.160, 2.015, 1.895]
    np.testing.assert_allclose(boundaries.upper[:-1], wanted, atol=2e-3)


def test_three_looks_of_ldbounds_and_more_or_less_than_planned() -> None:
    planned = find_boundaries([0.3, 0.6, 1.0], alpha=0.025, sides=1)
    np.testing.assert_allclose(planned.upper, [3.929, 2.670, 1.981], atol=6e-4)
    more = find_boundaries([0.3, 0.6, 1.2], alpha=0.025, sides=1)
    np.testing.assert_allclose(more.upper, [3.929, 2.670, 1.989], atol=6e-4)
    less = find_boundaries([0.3, 0.6, 0.8], alpha=0.025, sides=1, ends=True)
    np.testing.assert_allclose(less.upper, [3.929, 2.670, 1.969], atol=6e-4)


@pytest.mark.covers("reference_numbers", "group_sequential")
def test_four_looks_of_seqbounds() -> None:
    boundaries = find_boundaries([0.25, 0.5, 0.75, 1.0], alpha=0.05, sides=1)
    np.testing.assert_allclose(boundaries.upper, [3.74955, 2.53993, 2.01604, 1.72014], atol=6e-5)
    np.testing.assert_allclose(boundaries.spent, [8.85754e-5, 0.0055746, 0.0236251, 0.05], rtol=6e-6)
    np.testing.assert_allclose(boundaries.nominal, [8.85754e-5, 0.00554366, 0.0218979, 0.0427037], rtol=2e-4)


def round_as(value: float) -> float:
    """Round to the three significant digits that were printed."""
    return float(f"{value:.3g}")
