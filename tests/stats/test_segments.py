"""Segments that are there are found again; a cloud has none, and leadline says so."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from leadline.target.segments import read_bases
from leadline.target.segments.reference import LEVEL, measure_reference
from leadline.target.segments.stability import draw_samples, pair_agreement, segment_samples
from tests.scorecard.catalogue import FULL
from tests.stats.tolerance import Band, count_rate

Say = Callable[[str], None]
CUSTOMERS, COLUMNS, PAIRS = 1_500, list("abcd"), 100 if FULL else 40
CLOUDS = 600 if FULL else 20
#: Structure is claimed below a p-value of 0.01. Of 20 clouds the interval ends at 32% even without a claim.
CLAIMED = Band(0.0, 0.04 if FULL else 0.32)


def draw(segments: int, rng: np.random.Generator, customers: int = CUSTOMERS) -> pd.DataFrame:
    """Customers of segments 4 apart in each column, of spread 1."""
    own = rng.integers(0, segments, customers)
    return pd.DataFrame(rng.normal(size=(customers, 4)) + 4.0 * own[:, None], columns=COLUMNS)


def measure_agreement(frame: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Agreement of three segments of one bootstrap sample with those of another, pair by pair."""
    bases = read_bases(frame, COLUMNS)
    counts = draw_samples(bases, 2 * PAIRS, rng)
    return pair_agreement(segment_samples(bases, "kmeans", 3, counts, rng))


def count_segments(frame: pd.DataFrame, rng: np.random.Generator) -> int:
    """Return the number of segments that leadline calls natural; 1 for none."""
    bases = read_bases(frame, COLUMNS)
    return measure_reference(bases, "kmeans", (2, 3, 4), clouds=20, pairs=0, rng=rng).natural


@pytest.mark.covers("statistics", "segments_planted")
def test_planted_segments_are_found_again_and_counted(measured: Say) -> None:
    rng = np.random.default_rng(19)
    found = measure_agreement(draw(3, rng), rng)
    measured(f"adjusted Rand {found.mean():.3f} on average, lowest {found.min():.3f}, {PAIRS} pairs")
    assert found.min() > 0.95
    told = [count_segments(draw(3, rng, 300), rng) for _number in range(100 if FULL else 10)]
    measured(f"three segments counted in {told.count(3)} of {len(told)}")
    assert told.count(3) >= 0.9 * len(told)


@pytest.mark.covers("statistics", "segments_none")
def test_a_cloud_has_no_segments(measured: Say) -> None:
    rng = np.random.default_rng(20)
    found = measure_agreement(draw(1, rng), rng)
    measured(f"adjusted Rand {found.mean():.3f} on average, highest {found.max():.3f}, {PAIRS} pairs")
    assert found.mean() < 0.6
    assert np.quantile(found, 0.95) < 0.9
    claims = count_rate(sum(count_segments(draw(1, rng, 300), rng) > 1 for _number in range(CLOUDS)), CLOUDS)
    measured(f"structure claimed at {LEVEL}: {claims.tell(CLAIMED)}")
    assert claims.is_in(CLAIMED)
