"""Intervals that hold at every look."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from leadline.errors import ParameterError
from leadline.evaluate.monitoring.confidence_sequence import follow_difference, mixture_boundary, tune_rho


def test_boundary_is_the_formula_of_the_paper():
    # Waudby-Smith et al. (arXiv 2103.06476), theorem 2.2, in its printed form.
    units, rho, alpha = np.array([10.0, 500.0, 40_000.0]), 0.07, 0.1
    printed = np.sqrt(
        2 * (units * rho**2 + 1) / (units**2 * rho**2) * np.log(np.sqrt(units * rho**2 + 1) / alpha)
    )
    assert mixture_boundary(units, rho=rho, alpha=alpha) / np.sqrt(units) == pytest.approx(printed, rel=1e-12)


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
def test_rho_makes_the_interval_narrowest_at_the_intended_number(alpha):
    best = optimize.minimize_scalar(
        lambda log: mixture_boundary(5_000, rho=math.exp(log), alpha=alpha),
        bounds=(-9, 0),
        method="bounded",
        options={"xatol": 1e-10},
    )
    assert tune_rho(5_000, alpha) == pytest.approx(math.exp(best.x), rel=1e-4)
    # The paper's own approximation, sqrt((-2 log alpha + log(-2 log alpha + 1)) / units), is near.
    near = math.sqrt((-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / 5_000)
    assert tune_rho(5_000, alpha) == pytest.approx(near, rel=0.05)


def test_p_value_and_interval_say_the_same_and_p_never_rises():
    rho, units = tune_rho(1_000), np.arange(100, 2_001, 100)
    errors = 1 / np.sqrt(units)
    differences = np.concatenate([np.linspace(0.5, 3.4, 10), np.linspace(3.4, 0.5, 10)]) * errors
    told = follow_difference(differences, errors, units, rho=rho)
    outside = (told.lower > 0) | (told.upper < 0)
    assert outside.any()
    assert not outside[-1]
    assert (np.maximum.accumulate(outside) == (told.p_values <= 0.05)).all()
    assert (np.diff(told.p_values) <= 0).all()
    met = follow_difference(mixture_boundary(1_000, rho=rho), 1.0, 1_000, rho=rho)
    assert met.p_values == pytest.approx(0.05, rel=1e-9)


def simulate(rng, runs, effect, looks=20, batch=100):
    """Means of two arms of skewed revenue at each look, with their standard errors."""
    total, squares = [np.zeros((2, runs)) for _ in range(2)]
    for look in range(1, looks + 1):
        buys = rng.random((2, runs, batch)) < 0.3
        values = buys * rng.lognormal(0, 0.7, (2, runs, batch))
        values[0] += effect
        total, squares = total + values.sum(axis=2), squares + (values**2).sum(axis=2)
        count = look * batch
        variance = (squares - total**2 / count) / (count - 1)
        yield (total[0] - total[1]) / count, np.sqrt(variance.sum(axis=0) / count), 2 * count


def test_error_at_twenty_looks_and_power_beside_the_fixed_test():
    runs, rng = 2_000, np.random.default_rng(2103)
    rho, ever, last = tune_rho(4_000), np.zeros(2_000, dtype=bool), None
    for difference, error, units in simulate(rng, runs, 0.0):
        ever |= np.abs(difference / error) >= mixture_boundary(units, rho=rho)
    assert ever.mean() <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / runs)
    ever[:] = False
    for difference, error, units in simulate(rng, runs, 0.072):
        last = difference / error
        ever |= np.abs(last) >= mixture_boundary(units, rho=rho)
    fixed = (np.abs(last) >= stats.norm.isf(0.025)).mean()
    assert 0.7 < fixed < 0.95
    assert ever.mean() / fixed >= 0.5


def test_all_problems_are_told_at_once():
    with pytest.raises(ParameterError) as told:
        follow_difference([math.nan, 1.0], [0.0, 1.0], [50, 40], rho=0, alpha=1)
    text = str(told.value)
    assert "(5 problems)" in text
    for part in (
        "rho",
        "alpha",
        "look 1: the difference",
        "look 1: the standard error",
        "look 2: there are fewer",
    ):
        assert part in text


def test_lengths_that_differ_and_lonely_units_are_refused():
    with pytest.raises(ParameterError, match="below 2"):
        follow_difference([1.0], [1.0], [1], rho=0.1)
    with pytest.raises(ParameterError, match="2 differences, 1 standard errors and 1 counts"):
        follow_difference([1.0, 2.0], [1.0], [10], rho=0.1)


@pytest.mark.parametrize(("units", "alpha"), [(0, 0.05), (math.inf, 0.05), (100, 0.0)])
def test_rho_needs_a_number_and_an_error(units, alpha):
    with pytest.raises(ParameterError, match="1 problem"):
        tune_rho(units, alpha)
