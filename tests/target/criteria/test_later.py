"""Segments in two periods: planted staying, segments cut again, and intervals that hold."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.target.criteria import follow_segments, measure_lasting
from leadline.target.criteria.lasting import Lasting
from leadline.target.criteria.later import _estimate_rand, match_again
from leadline.target.segments import Bases, Fit, fit_segments, read_again, read_bases

CENTRES = np.array([[0.0, 0.0], [8.0, 0.0], [0.0, 8.0]])
NAMES = ["calm", "busy", "rich"]


class Periods(NamedTuple):
    fit: Fit
    then: Bases
    now: Bases
    ids: pd.Index


def draw(groups: np.ndarray, rng: np.random.Generator, centres: np.ndarray = CENTRES) -> pd.DataFrame:
    return pd.DataFrame(rng.normal(size=(len(groups), 2)) + centres[groups], columns=["traffic", "assets"])


def make_periods(
    rng: np.random.Generator, *, moved: float, rows: int = 1_200, then_centres: np.ndarray = CENTRES
) -> Periods:
    """Three groups 8 apart; the share ``moved`` was in the next one a period before."""
    group = rng.choice(3, rows, p=[0.5, 0.3, 0.2])
    before = np.where(rng.random(rows) < moved, (group + 1) % 3, group)
    now = read_bases(draw(group, rng), ["traffic", "assets"])
    then = read_again(now, draw(before, rng, then_centres))
    fit = fit_segments(now, "kmeans", 3, rng)
    return Periods(fit, then, now, pd.Index(np.arange(rows) + 7))


def follow(periods: Periods, rng: np.random.Generator) -> Lasting:
    fit, then, now, ids = periods
    return follow_segments(fit, then, now, ids, ids, names=NAMES, rng=rng)


def test_planted_staying_gives_its_half_life(rng: np.random.Generator) -> None:
    """A fifth moves each period, so half have moved after ln 0.5 / ln 0.8 = 3.1 periods."""
    found = follow(make_periods(rng, moved=0.2, rows=4_000), rng)
    assert found.stay.value == pytest.approx(0.8, abs=0.02)
    assert found.half_life.lower < 3.106 < found.half_life.upper
    assert 0.33 < found.by_chance < 0.42
    shares = found.transitions.set_index(["before", "after"])["share"]
    assert shares[("calm", "rich")] == pytest.approx(0.04 / 0.44, abs=0.02)
    assert shares[("calm", "busy")] == pytest.approx(0, abs=0.005)
    assert list(dict.fromkeys(found.transitions["before"])) == NAMES


def test_the_interval_of_staying_holds(rng: np.random.Generator) -> None:
    """One rule, 200 pairs of periods of 300 customers each, 15% of whom move."""
    fit, _then, now, _ids = make_periods(rng, moved=0.15)
    held = 0
    for _number in range(200):
        group = rng.choice(3, 300, p=[0.5, 0.3, 0.2])
        before = np.where(rng.random(300) < 0.15, (group + 1) % 3, group)
        placed = [pd.Series(fit.place(read_again(now, draw(one, rng)))) for one in (before, group)]
        stay = measure_lasting(*placed).stay
        held += stay.lower <= 0.85 <= stay.upper
    assert 0.91 <= held / 200 <= 0.985


def test_the_same_market_is_cut_the_same_again(rng: np.random.Generator) -> None:
    found = follow(make_periods(rng, moved=0.3), rng)
    assert found.refit is not None
    assert found.matched is not None
    assert found.refit.value > 0.97
    assert found.matched["overlap"].min() > 0.97
    assert found.matched["segment"].tolist() == NAMES


def test_another_market_is_cut_otherwise(rng: np.random.Generator) -> None:
    """The earlier customers differed along the diagonal only: the rule's segments were not there."""
    diagonal = np.array([[0.0, 0.0], [4.0, 4.0], [8.0, 8.0]])
    found = follow(make_periods(rng, moved=0.0, then_centres=diagonal), rng)
    assert found.refit is not None
    assert found.refit.upper < 0.8
    assert found.matched is not None
    assert found.matched["overlap"].min() < 0.6


def test_segments_are_matched_so_that_most_is_shared() -> None:
    """Greedy matching would give the first segment its largest cell, and leave 0 for the second."""
    table = np.array([[50.0, 40.0, 0.0], [60.0, 0.0, 0.0], [0.0, 0.0, 30.0]])
    found = match_again(table, ["a", "b", "c"])
    assert found["overlap"].tolist() == pytest.approx([40 / 90, 60 / 110, 1.0])
    assert found["again_customers"].tolist() == [40, 110, 30]
    empty = match_again(np.array([[5.0, 0.0], [3.0, 0.0]]), ["a", "b"])
    assert empty["overlap"].tolist() == pytest.approx([5 / 8, 0])


def test_the_interval_of_the_agreement_is_that_of_other_samples(rng: np.random.Generator) -> None:
    """Tables of 400 drawn from one of shares: the index of the shares lies in the interval."""
    shares = np.array([[0.4, 0.06, 0.0], [0.05, 0.25, 0.02], [0.02, 0.0, 0.2]])
    truth = _estimate_rand(shares * 1e6, rng).value
    held = 0
    for _number in range(200):
        estimate = _estimate_rand(rng.multinomial(400, shares.ravel()).reshape(3, 3).astype(float), rng)
        held += estimate.lower <= truth <= estimate.upper
    assert 0.90 <= held / 200 <= 0.99


def test_the_same_seed_gives_the_same_and_nothing_is_changed(rng: np.random.Generator) -> None:
    periods = make_periods(rng, moved=0.2, rows=300)
    kept = periods.then.matrix.copy()
    first, second = (follow(periods, np.random.default_rng(3)) for _number in range(2))
    assert first.refit == second.refit
    np.testing.assert_array_equal(periods.then.matrix, kept)


def test_every_problem_is_named_at_once(rng: np.random.Generator) -> None:
    fit, then, now, ids = make_periods(rng, moved=0.2, rows=300)
    frame = pd.DataFrame(then.readings, columns=["traffic", "assets"])
    own_scale = read_bases(frame, ["traffic", "assets"])
    with pytest.raises(DataError) as caught:
        follow_segments(fit, own_scale, now, ids[:-1], ids, names=["a", "a", "b"], rng=rng)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["then", "names", "customers_then"]
    with pytest.raises(DataError, match="no customer is in both"):
        follow_segments(fit, then, now, ids, ids + 5_000, names=NAMES, rng=rng)
