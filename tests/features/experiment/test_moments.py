from functools import partial

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from leadline.errors import ParameterError
from leadline.features.experiment.moments import moment_features, whole_moments
from tests.features.engine import kinds_in_file, run

BUILD = partial(moment_features, by=["arm"], columns=["spend", "orders"])


def make_units(seed: int = 6, rows: int = 4_000, offset: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    orders = rng.poisson(2, rows)
    return pd.DataFrame(
        {
            "arm": rng.choice(["control", "mail"], rows),
            "spend": offset + orders * rng.lognormal(0, 1, rows),
            "orders": orders,
        }
    )


def found_of(units: pd.DataFrame) -> pd.DataFrame:
    return run(BUILD, units, key="arm").set_index("arm")


WHOLE = partial(whole_moments, by=["arm"], sets=[("spend", "orders"), ("sold",)])


def test_of_whole_units_each_pair_that_is_used_is_described_once() -> None:
    units = make_units().assign(sold=lambda rows: rows["orders"] > 2)
    found = run(WHOLE, units, key="arm").set_index("arm")
    wanted = run(partial(moment_features, by=["arm"], columns=["spend", "orders", "sold"]), units, key="arm")
    shared = [name for name in found.columns if name in wanted.columns]
    np.testing.assert_allclose(found[shared], wanted.set_index("arm")[shared], rtol=1e-9)
    assert {"spend__orders_cov", "sold__sold_cov"} <= set(shared)
    assert "spend__sold_cov" not in found


def test_what_is_missing_after_all_shows() -> None:
    table = pa.table({"arm": ["a", "b", "b"], "spend": [1.0, float("nan"), 2.0], "orders": [1, 2, None]})
    found = whole_moments(ibis.memtable(table), by=["arm"], sets=[("spend", "orders")]).execute()
    found = found.set_index("arm")
    assert found.loc["a", "spend_mean"] == 1
    assert pd.isna(found.loc["b", "spend_mean"])
    assert found.loc["b", ["rows", "spend_count", "orders_count"]].tolist() == [2, 2, 1]


# A million upon a spread of about 6 leaves raw sums of squares with no more than four right digits.
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_equals_numpy(offset: float) -> None:
    units = make_units(offset=offset)
    found = found_of(units)
    for arm, rows in units.groupby("arm"):
        spread = np.cov(rows["spend"], rows["orders"], ddof=0)
        assert found.loc[arm, "count"] == found.loc[arm, "rows"] == len(rows)
        assert found.loc[arm, "spend_mean"] == pytest.approx(rows["spend"].mean(), rel=1e-12)
        assert found.loc[arm, "orders_mean"] == pytest.approx(rows["orders"].mean(), rel=1e-12)
        names = ["spend__spend_cov", "spend__orders_cov", "orders__orders_cov"]
        assert found.loc[arm, names].tolist() == pytest.approx(spread[[0, 0, 1], [0, 1, 1]], rel=1e-8)


def test_a_row_that_lacks_anything_is_counted_and_left_out() -> None:
    whole = make_units()
    broken = whole.astype({"orders": "float64"})
    broken.loc[:9, "spend"] = np.nan
    broken.loc[5:19, "orders"] = np.nan
    found, kept = found_of(broken), found_of(whole.iloc[20:])
    moments = [name for name in kept.columns if name.endswith(("_mean", "_cov", "count"))]
    np.testing.assert_allclose(found[moments].to_numpy(float), kept[moments].to_numpy(float), rtol=1e-12)
    assert found["rows"].sum() == len(whole)
    assert found["spend_missing"].sum() == 10
    assert found["orders_missing"].sum() == 15


def test_not_a_number_is_missing_and_an_empty_cell_has_no_moments() -> None:
    table = pa.table({"arm": ["a", "a", "b"], "spend": [1.0, float("nan"), None], "orders": [1, 2, 3]})
    found = BUILD(ibis.memtable(table)).execute().set_index("arm")
    assert found.loc["a", ["rows", "count", "spend_missing", "spend_mean"]].tolist() == [2, 1, 1, 1.0]
    assert found.loc["b", "count"] == 0
    assert pd.isna(found.loc["b", "orders_mean"])


def test_flags_are_shares_and_counts_stay_whole() -> None:
    units = make_units().assign(bought=lambda rows: rows["orders"] > 2)
    build = partial(moment_features, by=["arm"], columns=["bought"])
    found = run(build, units, key="arm").set_index("arm")
    share = units.groupby("arm")["bought"].mean()
    assert found["bought_mean"].to_dict() == pytest.approx(share.to_dict())
    assert found["bought__bought_cov"].to_dict() == pytest.approx((share * (1 - share)).to_dict())
    kinds = kinds_in_file(build, units)
    assert [kinds[name] for name in ("rows", "count", "bought_missing")] == ["int64"] * 3


def test_all_that_is_wrong_is_told_at_once() -> None:
    units = ibis.table({"arm": "string", "name": "string", "spend": "float64"}, name="units")
    with pytest.raises(ParameterError) as told:
        moment_features(units, by=["arm", "day"], columns=["name", "spend", "spend"])
    for part in ("“day” is no column", "“spend” is named twice", "“name” holds string, no number"):
        assert part in str(told.value)


@pytest.mark.parametrize(
    ("columns", "name"),
    [(["a", "b__c", "a__b", "c"], "a__b__c_cov"), (["a", "a_value"], "a_value")],
)
def test_two_columns_of_one_name_are_refused(columns: list[str], name: str) -> None:
    units = ibis.table(dict.fromkeys(columns, "float64"), name="units")
    with pytest.raises(ParameterError, match=f"Two columns would be called “{name}”"):
        moment_features(units, by=[], columns=columns)


def test_without_cells_all_are_one() -> None:
    found = moment_features(ibis.memtable(make_units()), by=[], columns=["spend"]).execute()
    assert found["count"].tolist() == [4_000]
