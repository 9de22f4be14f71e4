from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.evaluate.estimates.moments import Moments, read_moments
from leadline.features.experiment.moments import moment_features

COLUMNS = ["spend", "orders", "before"]


def make_units(offset: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(61)
    day = rng.integers(0, 7, 3_000)
    before = rng.gamma(2, 1, 3_000)
    orders = rng.poisson(1 + before)
    return pd.DataFrame(
        {
            "arm": rng.choice(["a", "b", "c"], 3_000),
            "day": day,
            "before": before,
            "orders": orders,
            "spend": offset + orders * 2.5 + day + rng.normal(0, 1, 3_000),
        }
    )


def read(units: pd.DataFrame, by: list[str]) -> Moments:
    frame = moment_features(ibis.memtable(units), by=by, columns=COLUMNS).execute()
    return read_moments(frame.sample(frac=1, random_state=3), by=by, columns=COLUMNS)


def assert_same(found: Moments, wanted: Moments, rtol: float) -> None:
    pd.testing.assert_frame_equal(found.cells, wanted.cells)
    for name in ("count", "means", "comoments"):
        np.testing.assert_allclose(getattr(found, name), getattr(wanted, name), rtol=rtol)


# The days differ in their means, so a merge that forgets the spread between them is seen.
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_merged_cells_are_the_rows_put_together(offset: float) -> None:
    units = make_units(offset)
    merged = read(units, ["arm", "day"]).merge(["arm"])
    assert merged.cells["arm"].tolist() == ["a", "b", "c"]
    for row, (_, rows) in enumerate(units.groupby("arm")):
        values = rows[COLUMNS].to_numpy(float)
        apart = values - values.mean(axis=0)
        assert merged.count[row] == len(rows)
        np.testing.assert_allclose(merged.means[row], values.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(merged.comoments[row], apart.T @ apart, rtol=1e-8)
    whole = read(units, ["arm", "day"]).merge([])
    assert whole.count.tolist() == [3_000]
    assert_same(read(units, ["day"]).merge([]), whole, 1e-8)


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_neither_order_nor_grouping_of_merges_matters(offset: float) -> None:
    frame = moment_features(ibis.memtable(make_units(offset)), by=["arm", "day"], columns=COLUMNS).execute()
    wanted = read_moments(frame, by=["arm"], columns=COLUMNS)
    for seed in range(20):
        mixed = frame.sample(frac=1, random_state=seed)
        assert_same(read_moments(mixed, by=["arm"], columns=COLUMNS), wanted, 1e-12)
        assert_same(read_moments(mixed, by=["day", "arm"], columns=COLUMNS).merge(["arm"]), wanted, 1e-12)


def test_sums_of_measures_have_the_moments_of_their_rows() -> None:
    units = make_units().assign(profit=lambda rows: 0.2 * rows["spend"] - 3 * rows["orders"])
    found = read(units, ["arm"]).combine({"profit": {"spend": 0.2, "orders": -3.0}})
    assert found.columns == ("profit",)
    by_arm = units.groupby("arm")["profit"]
    np.testing.assert_allclose(found.means[:, 0], by_arm.mean(), rtol=1e-12)
    np.testing.assert_allclose(found.comoments[:, 0, 0] / (found.count - 1), by_arm.var(), rtol=1e-12)


def test_a_cell_without_units_changes_nothing_and_a_missing_name_is_a_cell() -> None:
    frame = moment_features(ibis.memtable(make_units()), by=["arm"], columns=COLUMNS).execute()
    empty = frame.head(1).assign(count=0, spend_mean=np.nan, spend__spend_cov=np.nan)
    wanted = read_moments(frame, by=["arm"], columns=COLUMNS)
    assert_same(read_moments(pd.concat([empty, frame]), by=["arm"], columns=COLUMNS), wanted, 1e-12)
    frame.loc[0, "arm"] = None
    unnamed = read_moments(frame, by=["arm"], columns=COLUMNS)
    assert unnamed.cells["arm"].isna().sum() == 1
    assert unnamed.count.sum() == 3_000


def test_sample_variances_are_read_as_such() -> None:
    frame = pd.DataFrame({"arm": ["a", "b"], "count": [5, 1], "x_mean": [2.0, 3.0], "x__x_cov": [1.5, None]})
    found = read_moments(frame, by=["arm"], columns=["x"], ddof=1)
    assert found.comoments[:, 0, 0].tolist() == [6.0, 0.0]
    # 5 units of sum of squares 6 about 2, one of 3: centre 13 / 6
    assert found.merge([]).comoments[0, 0, 0] == pytest.approx(6 + 5 / 6)


def test_everything_wrong_with_aggregates_is_told_at_once() -> None:
    frame = pd.DataFrame(
        {
            "arm": list("abcde"),
            "count": [5, -1, 5, 5, 5],
            "x_mean": [1.0, 1.0, np.inf, 1.0, 1.0],
            "y_mean": 1.0,
            "x__x_cov": [-1.0, 1.0, 1.0, 1.0, 1.0],
            "x__y_cov": [0.0, 0.0, 0.0, 1.1, 0.0],
            "y__y_cov": [1.0, 1.0, 1.0, 1.0, np.nan],
        }
    )
    with pytest.raises(DataError) as told:
        read_moments(frame, by=["arm"], columns=["x", "y"])
    assert len(told.value.problems) == 5
    for part in (
        "In 1 row (first: 2) “count” must be",
        "(first: 3) the mean of “x” is missing or infinite",
        "(first: 1) the variance of “x” is negative",
        "(first: 4) “x__y_cov” is larger than the two variances allow",
        "(first: 5) “y__y_cov” is missing or infinite",
    ):
        assert part in str(told.value)
    with pytest.raises(DataError, match="no column “x__x_cov”"):
        read_moments(frame.drop(columns="x__x_cov"), by=["arm"], columns=["x"])


def test_an_infinite_outcome_is_refused() -> None:
    units = make_units()
    units.loc[0, "spend"] = np.inf
    with pytest.raises(DataError, match="mean of “spend” is missing or infinite"):
        read(units, ["arm"])


def test_unknown_names_are_told() -> None:
    moments = read(make_units(), ["arm"])
    with pytest.raises(ParameterError, match="“day” does not name the cells"):
        moments.merge(["day"])
    with pytest.raises(ParameterError, match="“day” does not name the cells"):
        moments.only(day=1)
    with pytest.raises(DataError, match="No unit with arm z"):
        moments.only(arm="z")
    with pytest.raises(ParameterError, match="“profit” has no moments"):
        moments.combine({"p": {"profit": 1.0}})
    with pytest.raises(ParameterError, match="“profit” has none; there are: spend, orders, before"):
        moments.place("profit")


@pytest.mark.public_data
def test_aggregates_of_real_experiments_are_read(public_data: Path) -> None:
    """Liu et al. (2021, arXiv:2111.10198): 78 experiments, means and variances as counts grew."""
    table = pd.read_parquet(public_data / "asos" / "asos_digital_experiments_dataset.parquet").dropna()
    by = ["experiment_id", "variant_id", "metric_id", "time_since_start"]
    frame = table.rename(columns={"count_t": "count", "mean_t": "x_mean", "variance_t": "x__x_cov"})
    found = read_moments(frame, by=by, columns=["x"], ddof=1)
    assert found.cells["experiment_id"].nunique() == 78
    assert found.count.sum() == table["count_t"].sum()
