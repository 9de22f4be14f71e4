"""Means, adjusted means and ratios: trials drawn as moments, which is all that the estimates are given."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from leadline.evaluate.estimates.arms import estimate_arms
from leadline.evaluate.estimates.effects import Effect, find_difference
from leadline.evaluate.estimates.moments import Moments
from leadline.features.experiment.scan import ARM
from tests.scorecard.catalogue import FULL
from tests.stats.tolerance import COVERAGE, FALSE_POSITIVE, count_rate

FloatArray = npt.NDArray[np.float64]
Say = Callable[[str], None]
_TOGETHER = 200  # arms: estimates of one arm know nothing of the others, unless they share slopes


class Trials(NamedTuple):
    """Moments of many trials of two arms, the control first; shapes (trials, arms, …)."""

    columns: tuple[str, ...]
    count: FloatArray
    means: FloatArray
    comoments: FloatArray

    def estimate(self, arms: int, **asked: object) -> Iterator[Effect]:
        """Compare the arms of each trial as a report does, so many arms at a time."""
        flat = [one.reshape(-1, *one.shape[2:]) for one in self[1:]]
        for start in range(0, len(flat[0]), arms):
            part = [one[start : start + arms] for one in flat]
            names = [f"{number}" for number in range(len(part[0]))]
            cells = Moments(
                cells=pd.DataFrame({ARM: names}),
                columns=self.columns,
                count=part[0],
                means=part[1],
                comoments=part[2],
            )
            made = estimate_arms(cells, names, self.columns[0], **asked).estimates  # type: ignore[arg-type]
            yield from (find_difference(*pair[::-1]) for pair in zip(made[::2], made[1::2], strict=True))

    def compare(self, **asked: object) -> list[Effect]:
        """Compare the arms of each trial."""
        return list(self.estimate(_TOGETHER, **asked))

    def count_called(self, **asked: object) -> int:
        """Count the trials in which a difference is called."""
        return sum(found.p_value < 0.05 for found in self.compare(**asked))


def gather(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Counts, means and co-moments over the units; shape (trials, arms, units, measures)."""
    means = values.mean(axis=2)
    apart = values - means[:, :, None]
    count = np.full(values.shape[:2], float(values.shape[2]))
    return count, means, np.einsum("tium,tiun->timn", apart, apart)


def draw_normal(tries: int, units: int, rng: np.random.Generator) -> Trials:
    """Draw arms 0.1 apart, outcome ``y`` of variance 1 and ``x`` known before, correlated by 0.7.

    Means of normal units are normal, their co-moments Wishart's (Bartlett 1933): no unit need be drawn.
    """
    root = np.linalg.cholesky([[1, 0.7], [0.7, 1]])
    means = rng.normal(size=(tries, 2, 2)) @ root.T / np.sqrt(units)
    means[:, 1, 0] += 0.1
    lower = np.zeros((tries, 2, 2, 2))
    lower[..., 0, 0] = np.sqrt(rng.chisquare(units - 1, (tries, 2)))
    lower[..., 1, 1] = np.sqrt(rng.chisquare(units - 2, (tries, 2)))
    lower[..., 1, 0] = rng.normal(size=(tries, 2))
    factor = root @ lower
    comoments = factor @ factor.swapaxes(-1, -2)
    return Trials(("y", "x"), np.full((tries, 2), float(units)), means, comoments)


@pytest.mark.covers("statistics", "aa_spend")
def test_skewed_spend_of_like_arms_differs_in_one_test_of_twenty(measured: Say) -> None:
    rng, tries, units = np.random.default_rng(2), 20_000 if FULL else 12_000, 2_000
    buyers = rng.binomial(units, 0.05, (tries, 2))
    spent = np.exp(rng.normal(3, 1, buyers.sum()))
    starts = np.append(0, buyers.ravel().cumsum()[:-1])
    total, squares = (np.add.reduceat(one, starts).reshape(tries, 2) for one in (spent, spent**2))
    means = (total / units)[..., None]
    comoments = (squares - total**2 / units)[..., None, None]
    trials = Trials(("spend",), np.full((tries, 2), float(units)), means, comoments)
    rate = count_rate(trials.count_called(), tries)
    measured(rate.tell(FALSE_POSITIVE))
    assert rate.is_in(FALSE_POSITIVE)


@pytest.mark.covers("statistics", "difference_coverage", "cuped_coverage")
def test_plain_and_adjusted_intervals_cover_and_the_adjusted_is_shorter(measured: Say) -> None:
    tries = 20_000 if FULL else 5_000
    trials = draw_normal(tries, 1_000, np.random.default_rng(3))
    found = {
        "plain": trials.compare(),
        "adjusted": list(trials.estimate(2 if FULL else 20, covariates=["x"])),
    }
    length = {name: sum(one.upper - one.lower for one in told) for name, told in found.items()}
    shorter = length["adjusted"] / length["plain"]
    for name, told in found.items():
        rate = count_rate(sum(one.lower <= 0.1 <= one.upper for one in told), tries)
        measured(f"{name}: {rate.tell(COVERAGE)}")
        assert rate.is_in(COVERAGE)
    measured(f"length × {shorter:.3f}, by theory {0.51**0.5:.3f}")
    assert shorter == pytest.approx(0.51**0.5, rel=0.01)  # what a correlation of 0.7 leaves


@pytest.mark.covers("statistics", "difference_coverage")
def test_arms_of_unequal_size_and_spread_are_covered(measured: Say) -> None:
    """Where a pooled variance, or the degrees of freedom of one, would be wrong."""
    rng, tries, units = np.random.default_rng(4), 20_000 if FULL else 5_000, np.array([200.0, 20.0])
    spread = np.array([1.0, 4.0])
    means = (rng.normal(size=(tries, 2)) * spread / np.sqrt(units))[..., None]
    comoments = (spread**2 * rng.chisquare(units - 1, (tries, 2)))[..., None, None]
    found = Trials(("y",), np.tile(units, (tries, 1)), means, comoments).compare()
    rate = count_rate(sum(one.lower <= 0 <= one.upper for one in found), tries)
    measured(f"20 against 200 units, spread 4 against 1: {rate.tell(COVERAGE)}")
    assert rate.is_in(COVERAGE)


def draw_orders(
    tries: int, customers: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Orders, spend and squared spend by customer; customers differ, so their orders are alike.

    Shapes (tries, arms, customers).
    """
    orders = 1.0 + rng.poisson(3, (tries, 2, customers))
    own, noise = rng.normal(size=(2, *orders.shape))
    noise = noise * np.sqrt(orders)  # sum of the orders' own deviations
    rest = 2 * rng.standard_gamma((orders - 1) / 2)  # chi-square; of one order 0
    squares = orders * own**2 + 2 * own * noise + noise**2 / orders + rest
    return orders, orders * own + noise, squares


@pytest.mark.covers("statistics", "ratio_by_customer")
def test_spend_per_order_differs_in_one_test_of_twenty_by_customer(measured: Say) -> None:
    rng, tries = np.random.default_rng(5), 20_000 if FULL else 12_000
    calls = 0
    for _part in range(tries // 500):
        orders, spend, _squares = draw_orders(500, 200, rng)
        trials = Trials(("spend", "orders"), *gather(np.stack([spend + 10 * orders, orders], axis=-1)))
        calls += trials.count_called(denominator="orders")
    rate = count_rate(calls, tries)
    measured(rate.tell(FALSE_POSITIVE))
    assert rate.is_in(FALSE_POSITIVE)


@pytest.mark.covers("controls", "orders_as_units")
def test_orders_taken_for_units_find_effects_where_none_are(measured: Say) -> None:
    tries = 2_000
    orders, spend, squares = (one.sum(axis=2) for one in draw_orders(tries, 200, np.random.default_rng(6)))
    comoments = (squares - spend**2 / orders)[..., None, None]
    trials = Trials(("spend",), orders, (spend / orders)[..., None], comoments)
    rate = count_rate(trials.count_called(), tries)
    measured(rate.tell(FALSE_POSITIVE))
    assert rate.lower > 3 * FALSE_POSITIVE.upper
