"""A cloud keeps columns and correlations, and has no groups."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.target.segments import read_bases
from leadline.target.segments.cloud import fit_cloud


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    trait = rng.normal(size=4_000)
    return pd.DataFrame(
        {
            "amount": np.exp(0.8 * trait + 0.5 * rng.normal(size=4_000)),
            "level": trait + rng.normal(size=4_000),
            "yes": np.where(trait + rng.normal(size=4_000) > 0.8, "yes", "no"),
            "grade": pd.cut(trait + rng.normal(size=4_000), [-9, -1, 0, 1, 9], labels=["d", "c", "b", "a"]),
            "city": np.array(["x", "y", "z"])[np.digitize(trait + rng.normal(size=4_000), [-1, 1])],
        }
    )


def test_a_cloud_has_the_shares_the_shapes_and_the_correlations(frame) -> None:
    bases = read_bases(frame, list(frame))
    drawn = fit_cloud(bases, np.random.default_rng(1)).draw(np.random.default_rng(2))
    for place in (2, 3, 4):
        for code in range(len(bases.columns[place].levels)):
            share = (bases.readings[:, place] == code).mean()
            assert (drawn.readings[:, place] == code).mean() == pytest.approx(share, abs=0.04)
    assert stats.skew(drawn.readings[:, 0]) > 1
    wanted, found = (np.corrcoef(one.readings[:, :4].T) for one in (bases, drawn))
    np.testing.assert_allclose(found, wanted, atol=0.08)


def test_an_independent_cloud_has_no_correlations(frame) -> None:
    bases = read_bases(frame, list(frame))
    drawn = fit_cloud(bases, np.random.default_rng(1), independent=True).draw(np.random.default_rng(2))
    correlation = np.corrcoef(drawn.readings.T)
    assert np.abs(correlation[np.triu_indices(5, 1)]).max() < 0.06


def test_two_humps_become_one() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"a": rng.normal(size=2_000) + 8 * (rng.random(2_000) < 0.5)})
    bases = read_bases(frame, ["a"])
    drawn = fit_cloud(bases, rng).draw(rng).readings[:, 0]
    middle = (np.abs(frame["a"] - 4) < 1).mean()
    assert middle < 0.01
    assert (np.abs(drawn - 4) < 1).mean() > 0.1
