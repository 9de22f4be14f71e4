"""Boundaries, futility and power against the values by which the R package rpact tests itself.

rpact (Wassmer & Pahlke), tests/testthat/test-f_design_group_sequential.R as on CRAN: its designs x0, x1, x2,
x3, x7 and x7a with their characteristics, printed to eight digits.
"""

import math
from typing import NamedTuple

import numpy as np
import pytest
from scipy import optimize

from leadline.evaluate.monitoring.spending import (
    SpendingFunction,
    find_boundaries,
    find_crossings,
    find_drift,
    find_futility,
    spend_obrien_fleming,
    spend_pocock,
)

THIRDS = [1 / 3, 2 / 3, 1.0]


def spend_hwang_shih_decani(gamma):
    return lambda fraction, alpha: alpha * math.expm1(-gamma * fraction) / math.expm1(-gamma)


def spend_kim_demets(power):
    return lambda fraction, alpha: alpha * fraction**power


def find_planned_drift(bounds, beta, spending):
    """Drift at which those given up early and those missed at the end are ``beta`` together."""

    def missed(drift):
        lower = find_futility(bounds, drift=drift, beta=beta, spending=spending)
        last = [*lower[:-1], bounds.upper[-1]]
        return find_crossings(bounds.fractions, last, bounds.upper, drift).lower.sum() - beta

    return optimize.brentq(missed, 0.8, 4.5, xtol=1e-10)


def test_linear_spending_and_its_power():
    bounds = find_boundaries([0.2, 0.4, 1], alpha=0.03, sides=1, spending=spend_kim_demets(1))
    assert bounds.spent == pytest.approx([0.006, 0.012, 0.03], abs=1e-7)
    assert bounds.upper == pytest.approx([2.5121443, 2.4228747, 2.0280392], abs=1e-6)
    assert bounds.nominal == pytest.approx([0.006, 0.0076991189, 0.021278125], abs=1e-7)
    drift = find_drift(bounds, 0.86)
    assert drift**2 == pytest.approx(9.4594102, abs=2e-6)
    crossings = find_crossings(bounds.fractions, bounds.lower, bounds.upper, drift)
    assert crossings.upper == pytest.approx([0.12783451, 0.21271713, 0.51944835], abs=1e-6)


class Design(NamedTuple):
    looks: list[float]
    alpha: float
    spend: SpendingFunction
    beta: float
    give_up: SpendingFunction
    upper: list[float]
    lower: list[float]
    power: list[float]
    shift: float | None = None


DESIGNS = {
    "x2": Design(
        [0.2, 0.4, 1],
        0.07,
        spend_hwang_shih_decani(-1),
        0.14,
        spend_hwang_shih_decani(-2),
        [2.364813, 2.1928805, 1.5660474],
        [-1.1063623, -0.35992438],
        [0.12038954, 0.32895265, 0.86],
        7.1015943,
    ),
    "x3": Design(
        [0.3, 0.7, 1],
        0.03,
        spend_kim_demets(2.2),
        0.34,
        spend_kim_demets(3.2),
        [2.8594012, 2.2435708, 1.9735737],
        [-1.1558435, 0.72836893],
        [0.058336437, 0.39824601, 0.66],
        5.5513711,
    ),
    "x7": Design(
        THIRDS,
        0.03,
        spend_obrien_fleming,
        0.2,
        spend_pocock,
        [3.5815302, 2.417863, 1.9175839],
        [0.42062972, 1.2539286],
        [0.03410434, 0.52267986, 0.8],
    ),
    "x7a": Design(
        [0.4, 0.75, 1],
        0.13,
        spend_obrien_fleming,
        0.41,
        spend_kim_demets(2.5),
        [2.1280732, 1.4368565, 1.2468994],
        [-0.83725762, 0.35992547],
        [0.10903632, 0.42541278, 0.59],
    ),
}


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_designs_with_futility_that_does_not_bind(design):
    bounds = find_boundaries(design.looks, alpha=design.alpha, sides=1, spending=design.spend)
    assert bounds.upper == pytest.approx(design.upper, abs=1e-6)
    drift = find_planned_drift(bounds, design.beta, design.give_up)
    if design.shift is not None:
        assert drift**2 == pytest.approx(design.shift, abs=2e-6)
    futility = find_futility(bounds, drift=drift, beta=design.beta, spending=design.give_up)
    assert futility[:2] == pytest.approx(design.lower, abs=2e-6)
    lower = [*futility[:-1], bounds.upper[-1]]
    found = find_crossings(design.looks, lower, bounds.upper, drift).upper
    assert np.cumsum(found) == pytest.approx(design.power, abs=1e-6)


def test_the_classical_boundary_of_obrien_and_fleming():
    upper = np.array([3.4710914, 2.4544323, 2.0040356])
    assert upper == pytest.approx(upper[-1] / np.sqrt(THIRDS), abs=2e-7)
    spent = np.cumsum(find_crossings(THIRDS, [-math.inf] * 3, upper).upper)
    assert spent == pytest.approx([0.00025917372, 0.0071600594, 0.025], abs=1e-7)
