"""Spending functions, boundaries and futility against published tables and simulation."""

import math

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from leadline.errors import ParameterError
from leadline.evaluate.monitoring.spending import (
    find_boundaries,
    find_crossings,
    find_drift,
    find_futility,
    spend_obrien_fleming,
    spend_pocock,
)

FIVE = [0.2, 0.4, 0.6, 0.8, 1.0]
TWENTY = [look / 20 for look in range(1, 21)]


def spend_hwang_shih_decani(gamma):
    return lambda fraction, alpha: alpha * math.expm1(-gamma * min(fraction, 1)) / math.expm1(-gamma)


def paths(rng, fractions, runs, drift=0.0):
    gaps = np.diff(fractions, prepend=0.0)
    walk = np.cumsum(rng.normal(drift * gaps, np.sqrt(gaps), (runs, len(gaps))), axis=1)
    return walk / np.sqrt(fractions)


def rejected(boundaries, z):
    return float(((z >= boundaries.upper) | (z <= boundaries.lower)).any(axis=1).mean())


def test_obrien_fleming_boundaries_are_those_of_ldbounds():
    # As the Lan-DeMets programs of Reboussin, DeMets, Kim & Lan (2000, Controlled Clinical Trials 21:190-207)
    # and ldbounds print them: five equal looks, two-sided 0.05. Their second, 3.3569, is from a coarser grid:
    # the test below, by adaptive quadrature, gives 3.35701; rpact's digits are in test_rpact.
    assert find_boundaries(FIVE).upper == pytest.approx([4.8769, 3.3569, 2.6803, 2.2898, 2.0310], abs=1.5e-4)


def test_second_boundary_by_adaptive_quadrature():
    first, second = find_boundaries(FIVE).upper[:2]
    spent = spend_obrien_fleming(0.4, 0.025) - spend_obrien_fleming(0.2, 0.025)

    def crosses(z):  # Z of the second look given the first: mean z * sqrt(1 / 2), variance 1 / 2
        return stats.norm.pdf(z) * stats.norm.sf((second - z * math.sqrt(0.5)) / math.sqrt(0.5))

    chance, _ = integrate.quad(crosses, -first, first, epsabs=1e-14, epsrel=1e-12)
    assert chance == pytest.approx(spent, rel=1e-7)


@pytest.mark.covers("reference_numbers", "group_sequential")
def test_pocock_boundaries_are_those_of_the_lan_demets_programs():
    bounds = find_boundaries(FIVE, spending=spend_pocock)
    assert bounds.upper == pytest.approx([2.4380, 2.4268, 2.4101, 2.3966, 2.3859], abs=1.1e-4)


@pytest.mark.covers("reference_numbers", "group_sequential")
@pytest.mark.parametrize(
    ("looks", "constant"), [(2, 2.178), (3, 2.289), (4, 2.361), (5, 2.413), (10, 2.555), (20, 2.672)]
)
def test_pocock_constants_of_jennison_and_turnbull_spend_all_the_error(looks, constant):
    # Jennison & Turnbull 2000, table 2.1: C_P(K, 0.05), two-sided.
    fractions, bound = np.arange(1, looks + 1) / looks, np.full(looks, constant)
    spent = sum(find_crossings(fractions, -bound, bound)).sum()
    assert spent == pytest.approx(0.05, abs=1e-4)


@pytest.mark.covers("reference_numbers", "group_sequential")
@pytest.mark.parametrize(("looks", "constant"), [(2, 1.977), (3, 2.004), (4, 2.024), (5, 2.040), (10, 2.087)])
def test_obrien_fleming_constants_of_jennison_and_turnbull_spend_all_the_error(looks, constant):
    # Jennison & Turnbull 2000, table 2.3: C_B(K, 0.05), two-sided.
    fractions = np.arange(1, looks + 1) / looks
    bound = constant / np.sqrt(fractions)
    assert sum(find_crossings(fractions, -bound, bound)).sum() == pytest.approx(0.05, abs=1e-4)


@pytest.mark.covers("reference_numbers", "peeking")
@pytest.mark.parametrize(
    ("looks", "chance"), [(1, 0.050), (2, 0.083), (3, 0.107), (5, 0.142), (10, 0.193), (20, 0.248)]
)
def test_uncorrected_peeking_errs_as_armitage_mcpherson_and_rowe_found(looks, chance):
    # Armitage, McPherson & Rowe 1969, JRSS A 132:235-244, table 2: repeated tests at 5%.
    bound = np.full(looks, stats.norm.isf(0.025))
    crossings = find_crossings(np.arange(1, looks + 1) / looks, -bound, bound)
    assert sum(crossings).sum() == pytest.approx(chance, abs=6e-4)


def test_gsdesign_defaults():
    # R package gsDesign, gsDesign(): k=3, one-sided 0.025, power 90%, Hwang-Shih-DeCani -4 and -2, futility
    # that does not bind: upper 3.01, 2.55, 2.00; lower -0.24, 0.94, 2.00; 1.07 times the fixed.
    bounds = find_boundaries([1 / 3, 2 / 3, 1], alpha=0.025, sides=1, spending=spend_hwang_shih_decani(-4))
    assert bounds.upper.round(2).tolist() == [3.01, 2.55, 2.00]

    def missed(drift):
        lower = find_futility(bounds, drift=drift, beta=0.1, spending=spend_hwang_shih_decani(-2))
        return find_crossings(
            bounds.fractions, [*lower[:-1], bounds.upper[-1]], bounds.upper, drift
        ).lower.sum()

    drift = optimize.brentq(lambda drift: missed(drift) - 0.1, 3.2, 3.6)
    lower = find_futility(bounds, drift=drift + 1e-6, beta=0.1, spending=spend_hwang_shih_decani(-2))
    assert lower.round(2).tolist() == [-0.24, 0.94, 2.00]
    fixed = stats.norm.isf(0.025) + stats.norm.isf(0.1)
    assert (drift / fixed) ** 2 == pytest.approx(1.07, abs=5e-4)


@pytest.mark.parametrize("spend", [spend_obrien_fleming, spend_pocock])
@pytest.mark.parametrize("fractions", [FIVE, TWENTY, [0.07, 0.31, 0.311, 0.9, 1.13]])
@pytest.mark.parametrize("sides", [1, 2])
def test_each_look_spends_what_the_function_allows(spend, fractions, sides):
    bounds = find_boundaries(fractions, sides=sides, spending=spend)
    crossings = find_crossings(fractions, bounds.lower, bounds.upper)
    assert np.cumsum(crossings.upper + crossings.lower) == pytest.approx(bounds.spent, abs=1e-9)
    assert bounds.spent[-1] == 0.05
    assert bounds.spent[0] == sides * spend(fractions[0], 0.05 / sides)


def test_a_last_look_before_the_plan_spends_what_is_left():
    early = find_boundaries([0.3, 0.8], ends=True)
    assert early.spent[-1] == 0.05
    assert early.upper[-1] < find_boundaries([0.3, 0.8]).upper[-1]


@pytest.mark.parametrize("spend", [spend_obrien_fleming, spend_pocock])
@pytest.mark.parametrize("fractions", [FIVE, TWENTY, [0.05, 0.1, 0.65, 0.7, 1.1]])
def test_looks_do_not_raise_the_error(spend, fractions):
    runs = 20_000
    z = paths(np.random.default_rng(1983), fractions, runs)
    share = rejected(find_boundaries(fractions, spending=spend), z)
    assert abs(share - 0.05) <= 3 * math.sqrt(0.05 * 0.95 / runs)


def test_power_beside_the_fixed_test():
    # The bars of the methods: O'Brien-Fleming at least 95% of the fixed test's power, Pocock at least 80%.
    drift = stats.norm.isf(0.025) + stats.norm.isf(0.2)
    for spend, floor in [(spend_obrien_fleming, 0.95), (spend_pocock, 0.80)]:
        for fractions in (FIVE, TWENTY):
            bounds = find_boundaries(fractions, spending=spend)
            power = find_crossings(fractions, bounds.lower, bounds.upper, drift).upper.sum()
            assert power / 0.8 >= floor
            z = paths(np.random.default_rng(2000), fractions, 10_000, drift)
            assert rejected(bounds, z) == pytest.approx(power, abs=0.015)


def test_drift_gives_the_power():
    bounds = find_boundaries(FIVE)
    drift = find_drift(bounds, 0.9)
    assert find_crossings(FIVE, bounds.lower, bounds.upper, drift).upper.sum() == pytest.approx(0.9, abs=1e-7)


@pytest.mark.covers("reference_numbers", "group_sequential")
@pytest.mark.parametrize(
    ("looks", "constant", "shape", "inflation"),
    [(5, 2.040, 0.5, 1.026), (2, 1.977, 0.5, 1.007), (5, 2.413, 0.0, 1.207), (2, 2.178, 0.0, 1.100)],
)
def test_inflation_factors_of_jennison_and_turnbull(looks, constant, shape, inflation):
    # Jennison & Turnbull 2000, tables 2.4 (R_B) and 2.2 (R_P): two-sided 0.05, power 0.9.
    fractions = np.arange(1, looks + 1) / looks
    bound = constant / fractions**shape
    drift = find_drift(find_boundaries(fractions)._replace(upper=bound, lower=-bound), 0.9)
    assert (drift / (stats.norm.isf(0.025) + stats.norm.isf(0.1))) ** 2 == pytest.approx(inflation, abs=1e-3)


def test_futility_misses_no_more_than_planned_and_costs_no_error():
    bounds, runs = find_boundaries(FIVE, sides=1, alpha=0.025), 20_000
    drift = find_drift(bounds, 0.85)
    lower = find_futility(bounds, drift=drift, beta=0.2)
    assert (lower <= bounds.upper).all()
    z = paths(np.random.default_rng(42), FIVE, runs, drift)
    up, down = z >= bounds.upper, z <= lower
    gave_up = (
        down.any(axis=1) & (down.argmax(axis=1) < np.where(up.any(axis=1), up.argmax(axis=1), 9))
    ).mean()
    assert gave_up <= 0.2 + 3 * math.sqrt(0.16 / runs)
    assert find_crossings(FIVE, bounds.lower, bounds.upper).upper.sum() == pytest.approx(0.025)


def test_all_problems_are_told_at_once():
    with pytest.raises(ParameterError) as told:
        find_boundaries([0.5, 0.4, 1.0, 1.2, 1.3], alpha=0.7, sides=3)
    text = str(told.value)
    assert "(4 problems)" in text
    for part in ("look 2", "look 3 was the final one", "2 followed", "alpha: 0.7", "sides: 3"):
        assert part in text


@pytest.mark.parametrize("fractions", [[], [0.0, 0.5], [math.nan], [math.inf], [-0.1]])
def test_looks_without_information_are_refused(fractions):
    with pytest.raises(ParameterError, match="cannot be planned"):
        find_boundaries(fractions)


def test_futility_needs_an_effect_and_an_error():
    with pytest.raises(ParameterError, match="2 problems"):
        find_futility(find_boundaries(FIVE), drift=0, beta=1)
