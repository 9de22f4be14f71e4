"""Sample sizes as published, as simulated, and refused in words."""

import numpy as np
import pytest
from statsmodels.stats.power import TTestIndPower

from leadline.errors import ParameterError
from leadline.evaluate.planning.power import (
    Mean,
    Proportion,
    find_effect,
    find_exact_size,
    find_power,
    find_sample_size,
    trace_power,
)


def test_shares_as_in_the_examples_of_r_power_prop_test() -> None:
    """R documentation, stats::power.prop.test, section Examples, with the answers in its comments."""
    half = Proportion(base=0.5)
    assert find_power(half, 0.25, (50, 50)) == pytest.approx(0.740, abs=5e-4)
    assert find_exact_size(half, 0.25, power=0.9) == pytest.approx(76.7, abs=0.05)
    assert 0.5 + find_effect(half, (50, 50), power=0.9) == pytest.approx(0.8026, abs=5e-5)
    assert find_power(half, 0.4, (50, 50), alpha=0.00131) == pytest.approx(0.9, abs=5e-4)
    assert find_exact_size(half, 0.001, power=0.9, alpha=0.001) == pytest.approx(10_451_937, rel=1e-6)
    assert find_exact_size(Proportion(base=0.9), 0.1, power=0.8) == pytest.approx(73.37, abs=5e-3)
    assert np.isnan(find_effect(Proportion(base=0.9), (30, 30)))  # there is no such share: R warns


@pytest.mark.covers("reference_numbers", "power")
def test_shares_as_stata_has_them() -> None:
    """Stata's answers in statsmodels 0.15, stats/tests/test_proportion.py, test_power_2indep.

    Stata counts findings in the wrong direction, too, here 2 in a million.
    """
    assert find_power(Proportion(base=0.015), -0.014, (550, 550)) == pytest.approx(0.7415600, abs=5e-6)
    # The second arm, of which the share is named there, holds twice the first.
    assert find_power(Proportion(base=0.2), -0.1, (308, 154)) == pytest.approx(0.7995659211532175, abs=5e-6)


@pytest.mark.covers("reference_numbers", "power")
@pytest.mark.parametrize(
    ("effect", "arms", "power"),
    [
        (0.1, (20, 30), 0.09623589080917805),
        (1, (30, 30), 0.985459690251624),
        (0.01, (30, 30), 0.0540740302835667),
    ],
)
def test_means_as_r_pwr_has_them(effect: float, arms: tuple[int, int], power: float) -> None:
    """pwr.t2n.test and pwr.t.test, "greater", in statsmodels 0.15, stats/tests/test_power.py."""
    assert find_power(Mean(sd=1), effect, arms, sides=1) == pytest.approx(power, abs=1e-8)


def test_means_as_in_the_examples_of_r_power_t_test() -> None:
    """R documentation, stats::power.t.test, section Examples; its printed results."""
    one = Mean(sd=1)
    assert find_power(one, 1, (20, 20)) == pytest.approx(0.8689528, abs=5e-8)
    assert find_exact_size(one, 1, power=0.9) == pytest.approx(22.02110, abs=1e-4)
    assert find_exact_size(one, 1, power=0.9, sides=1) == pytest.approx(17.84713, abs=1e-4)


@pytest.mark.parametrize(("effect", "size"), [(0.2, 393), (0.5, 64), (0.8, 26)])
def test_cohens_small_medium_and_large_effect(effect: float, size: int) -> None:
    """Cohen 1992, A power primer, Psychological Bulletin 112:155-159, table 2 (alpha 0.05, power 0.80)."""
    assert find_exact_size(Mean(sd=1), effect) == pytest.approx(size, abs=0.5)  # Cohen rounds to the nearest


@pytest.mark.parametrize("ratio", [0.25, 1.0, 3.0])
def test_unequal_arms_as_statsmodels(ratio: float) -> None:
    size = TTestIndPower().solve_power(0.3, power=0.85, alpha=0.025, ratio=ratio, alternative="larger")
    assert find_exact_size(Mean(sd=2), -0.6, power=0.85, ratio=ratio) == pytest.approx(size, rel=1e-6)


def test_cuped_saves_units_in_proportion_and_comparisons_cost_them() -> None:
    plain = find_exact_size(Proportion(base=0.1), 0.01)
    assert find_exact_size(Proportion(base=0.1, variance_left=0.6), 0.01) == pytest.approx(0.6 * plain)
    assert find_exact_size(Proportion(base=0.1), 0.01, alpha=0.05, comparisons=5) == pytest.approx(
        find_exact_size(Proportion(base=0.1), 0.01, alpha=0.01)
    )


@pytest.mark.parametrize(("control", "treated"), [(2_000, 2_000), (1_000, 4_000)])
def test_the_power_of_shares_is_that_of_simulated_tests(control: int, treated: int) -> None:
    rng, runs = np.random.default_rng(7), 40_000
    first, second = rng.binomial(control, 0.10, runs), rng.binomial(treated, 0.13, runs)
    pooled = (first + second) / (control + treated)
    z = (second / treated - first / control) / np.sqrt(pooled * (1 - pooled) * (1 / control + 1 / treated))
    assert find_power(Proportion(base=0.10), 0.03, (control, treated)) == pytest.approx(
        (z > 1.959964).mean(), abs=0.01
    )


def test_the_power_of_means_after_cuped_is_that_of_simulated_tests() -> None:
    rng, runs, size = np.random.default_rng(8), 4_000, 150
    before = rng.normal(size=(runs, 2, size))
    after = 0.8 * before + 0.6 * rng.normal(size=(runs, 2, size))
    after[:, 1] += 0.2
    inner = before - before.mean(axis=(1, 2), keepdims=True)
    slope = (inner * after).sum((1, 2)) / (inner**2).sum((1, 2))
    left = after - slope[:, None, None] * inner
    z = (left[:, 1].mean(1) - left[:, 0].mean(1)) / np.sqrt(left.var(axis=2, ddof=1).mean(1) * 2 / size)
    told = find_power(Mean(sd=1, variance_left=0.36), 0.2, (size, size))
    assert told == pytest.approx((z > 1.968).mean(), abs=0.02)


def test_size_effect_and_power_are_one_equation() -> None:
    for metric in (Proportion(base=0.04), Mean(sd=30, variance_left=0.7)):
        for falls in (False, True):
            effect = find_effect(metric, (5_000, 10_000), power=0.9, falls=falls)
            assert (effect < 0) == falls
            assert find_power(metric, effect, (5_000, 10_000)) == pytest.approx(0.9)
            assert find_exact_size(metric, effect, power=0.9, ratio=2) == pytest.approx(5_000, rel=1e-4)


def test_the_curve_rises_and_its_smallest_effect_falls() -> None:
    curve = trace_power(Proportion(base=0.05), -0.01, [500, 1_000, 4_000, 16_000], ratio=0.5)
    assert curve["treated"].tolist() == [250, 500, 2_000, 8_000]
    assert curve["power"].is_monotonic_increasing
    assert curve["detectable_effect"].is_monotonic_increasing
    assert (curve["detectable_effect"] < 0).all()
    assert find_power(Proportion(base=0.05), -0.01, (4_000, 2_000)) == curve["power"][2]


def test_every_problem_of_a_plan_is_named_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        find_sample_size(Proportion(base=0.1, variance_left=0), 0.1, power=1, alpha=0, ratio=0, sides=3)
    assert [text.split(" ")[0] for text in caught.value.problems] == [
        "variance_left",
        "alpha",
        "sides",
        "power",
        "ratio",
    ]
    with pytest.raises(ParameterError, match="possible from"):
        find_power(Proportion(base=0.1), -0.2, (100, 100))
    with pytest.raises(ParameterError, match="2 units"):
        find_power(Mean(sd=1), 0.2, (1, 100))
    with pytest.raises(ParameterError, match="larger one"):
        find_sample_size(Mean(sd=1), 1e-9)


def test_few_units_at_a_strict_level_are_still_one_equation() -> None:
    effect = find_effect(Mean(sd=1), (3, 3), alpha=1e-6)
    assert find_power(Mean(sd=1), effect, (3, 3), alpha=1e-6) == pytest.approx(0.8)
