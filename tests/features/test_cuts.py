"""Cut points of any columns; those of recency, frequency and value are tested in test_value."""

import math
from functools import partial

import ibis
import numpy as np
import pandas as pd
import pytest

from leadline.features import quantile_cuts, quantile_points
from leadline.features.cuts import count_parts
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


def test_parts_are_in_order_and_hold_every_row_of_their_span_and_no_other() -> None:
    frame = make_rows(4001, seed=3)
    for name, spans in (("spend", [(-200.0, -0.1), (0.3, 7.9)]), ("visits", [(0, 1), (3, 4)])):
        parts = run(partial(count_parts, column=name, spans=spans), frame, key="least")
        inside = [frame[name].between(*span).sum() for span in spans]
        assert parts["rows"].sum() == sum(inside)
        assert (parts["least"] <= parts["most"]).all()
        assert (parts["most"].to_numpy()[:-1] < parts["least"].to_numpy()[1:]).all()
    assert len(parts) == 4, "so few whole numbers are each a part"
