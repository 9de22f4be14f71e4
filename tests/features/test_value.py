from functools import partial

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from leadline.features import value_cuts, value_features, value_points
from tests.features import reference
from tests.features.engine import kinds_in_file, records, run
from tests.features.samples import AS_OF, make_transactions

FEATURES = partial(value_features, as_of=AS_OF)


def run_value(build: object, *frames: pd.DataFrame, threads: int = 2) -> pd.DataFrame:
    return run(build, *frames, threads=threads, key="account_id")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("days", [1, 90, 365])
def test_equals_the_reference(seed: int, days: int) -> None:
    rows = make_transactions(seed)
    found = run_value(partial(FEATURES, window_days=days), rows)
    assert records(found) == reference.value(rows, AS_OF, days)


def test_neither_order_nor_threads_change_a_digit() -> None:
    rows = make_transactions(1, rows=200_000, accounts=50)
    found = records(run_value(FEATURES, rows, threads=1))
    assert records(run_value(FEATURES, rows.iloc[::-1].reset_index(drop=True), threads=4)) == found


def test_whole_numbers_stay_whole_in_a_file() -> None:
    kinds = kinds_in_file(
        lambda table: value_points(table, value_cuts(table)), run_value(FEATURES, make_transactions(1))
    )
    assert {name for name, kind in kinds.items() if kind != "int64"} == {"value_cny"}


def test_nothing_after_the_day_is_seen() -> None:
    rows = make_transactions(2)
    known = rows[rows["traded_on"] <= pd.Timestamp(AS_OF)]
    assert len(known) < len(rows)
    assert records(run_value(FEATURES, rows)) == records(run_value(FEATURES, known))


def test_other_tables_name_their_columns() -> None:
    contacts = pd.DataFrame(
        {
            "customer_id": [7, 7],
            "contacted_on": pd.to_datetime(["2025-06-01", "2025-06-30"]),
            "cost_cny": [1.5, None],
        }
    )
    build = partial(FEATURES, customer="customer_id", day="contacted_on", amount_cny="cost_cny")
    assert records(run(build, contacts)) == [
        {"customer_id": 7, "recency_days": 1, "frequency": 2, "value_cny": 1.5}
    ]


def test_an_amount_that_is_no_number_counts_as_none() -> None:
    rows = pd.DataFrame({"account_id": [1, 1, 2], "traded_on": pd.Timestamp(AS_OF)})
    amounts = pa.array([2.25, float("nan"), float("nan")])  # pandas would hand a gap to the engine
    table = pa.Table.from_pandas(rows).append_column("amount_cny", amounts)
    found = FEATURES(ibis.memtable(table)).execute().sort_values("account_id")
    assert found["value_cny"].tolist() == [2.25, 0.0]
    assert found["frequency"].tolist() == [2, 1]


@pytest.mark.parametrize("levels", [2, 3, 5])
def test_points_follow_the_quantiles(levels: int) -> None:
    features = run_value(FEATURES, make_transactions(3))
    found = run_value(
        lambda table: value_points(table, value_cuts(table, levels=levels), levels=levels), features
    )
    shares = [step / levels for step in range(1, levels)]
    above = {
        name: (features[name].to_numpy()[:, None] > np.quantile(features[name], shares)).sum(axis=1)
        for name in ("recency_days", "frequency", "value_cny")
    }
    assert found["recency_points"].tolist() == (levels - above["recency_days"]).tolist()
    assert found["frequency_points"].tolist() == (1 + above["frequency"]).tolist()
    assert found["value_points"].tolist() == (1 + above["value_cny"]).tolist()
    parts = found[["recency_points", "frequency_points", "value_points"]]
    assert found["rfm_points"].tolist() == parts.sum(axis=1).tolist()
    assert parts.min().min() == 1
    assert parts.max().max() == levels
    assert {str(kind) for kind in parts.dtypes} == {"int64"}


def test_equal_customers_have_equal_points_and_cuts_can_be_kept() -> None:
    """Where NTILE would part equal customers by the order of rows, cut points do not."""
    same = pd.DataFrame({"account_id": range(1, 101), "recency_days": 5, "frequency": 1, "value_cny": 9.0})
    points = run_value(lambda table: value_points(table, value_cuts(table)), same)
    assert len(set(points["rfm_points"])) == 1
    later = same.assign(value_cny=10.0)
    kept = run_value(lambda new, old: value_points(new, value_cuts(old)), later, same)
    assert kept["value_points"].tolist() == [5] * 100


def test_levels_are_two_at_least() -> None:
    with pytest.raises(ValueError, match=r"levels == 1, must be >= 2"):
        run_value(partial(value_cuts, levels=1), run_value(FEATURES, make_transactions(1)))
