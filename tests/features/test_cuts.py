"""Cut points of any columns; those of recency, frequency and value are tested in test_value."""

import math
from functools import partial

import ibis
import numpy as np
import pandas as pd
import pytest

from leadline.features import quantile_cuts, quantile_points
from leadline.features.cuts import cut_counted
from tests.features.engine import kinds_in_file, run


def score(rows: ibis.Table, *, levels: int = 5, falling: tuple[str, ...] = ()) -> ibis.Table:
    cuts = quantile_cuts(rows, ["visits", "spend"], levels=levels)
    return quantile_points(rows, cuts, ["visits", "spend"], levels=levels, falling=falling)


def make_rows(rows: int, seed: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    spend = rng.normal(0, 100, rows).round(1)
    return pd.DataFrame({"customer_id": range(rows), "visits": rng.poisson(2, rows), "spend": spend})


@pytest.mark.parametrize(
    ("rows", "levels"), [(1, 5), (2, 5), (11, 2), (101, 10), (999, 5), (2701, 100), (4001, 100)]
)  # of 101 rows in 10 levels each cut point is a value itself, of 2,701 in 100 but for a rounding
def test_points_are_those_of_numpy_s_quantiles(rows: int, levels: int) -> None:
    frame = make_rows(rows)
    found = run(partial(score, levels=levels, falling=("visits",)), frame)
    shares = np.arange(1, levels) / levels
    for name in ("visits", "spend"):
        cuts = np.round(np.quantile(frame[name], shares), 9)  # values have one decimal
        above = np.searchsorted(cuts, frame[name])
        wanted = levels - above if name == "visits" else 1 + above
        assert found[f"{name}_points"].tolist() == wanted.tolist()


def test_what_is_missing_has_no_points_and_moves_no_cut() -> None:
    frame = pd.DataFrame({"customer_id": range(7), "visits": pd.array([1, 2, 3, 4, 5, 6, None], "Int64")})
    frame["spend"] = [1.0, 2.0, 3.0, 4.0, 5.0, math.nan, None]
    found = run(score, frame)
    assert found["spend_points"].tolist()[:5] == [1, 2, 3, 4, 5]
    assert found["spend_points"].isna().tolist() == [False] * 5 + [True] * 2
    assert found["visits_points"].isna().tolist() == [False] * 6 + [True]


def test_points_are_whole_in_a_file() -> None:
    kinds = kinds_in_file(score, make_rows(9))
    assert (kinds["visits_points"], kinds["spend_points"]) == ("int64", "int64")


def test_fewer_than_two_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="levels == 1"):
        score(ibis.table({"visits": "int64", "spend": "float64"}), levels=1)


@pytest.mark.parametrize(("rows", "levels"), [(1, 5), (2, 5), (7, 4), (101, 10), (2701, 100)])
def test_counts_give_the_cuts_that_the_rows_give(rows: int, levels: int) -> None:
    visits = make_rows(rows, seed=rows)["visits"]
    shares = [step / levels for step in range(1, levels)]
    found = cut_counted(visits.value_counts().to_dict(), levels=levels)
    assert found == pytest.approx(np.quantile(visits, shares), rel=1e-12)
