import datetime as dt
from functools import partial

import ibis
import pandas as pd
import pytest

from leadline.data.tables import MONTHLY_USAGE
from leadline.features import usage_features
from tests.features import reference
from tests.features.engine import kinds_in_file, records, run
from tests.features.samples import AS_OF, make_usage

FEATURES = partial(usage_features, as_of=AS_OF)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("as_of", [AS_OF, dt.date(2025, 6, 30), dt.date(2025, 6, 29), dt.date(2025, 1, 31)])
def test_equals_the_reference(seed: int, as_of: dt.date) -> None:
    rows = make_usage(seed)
    found = run(partial(usage_features, as_of=as_of), rows)
    assert records(found) == reference.usage(rows, as_of)
    assert set(found["use_streak_months"]) == {0, 1, 2, 3}


def test_whole_numbers_stay_whole_in_a_file() -> None:
    kinds = kinds_in_file(FEATURES, make_usage(1))
    assert {name for name, kind in kinds.items() if kind != "int64"} == {
        "traffic_mb_mean",
        "sessions_mean",
        "spend_cny_mean",
    }


def test_nothing_after_the_day_is_seen() -> None:
    rows = make_usage(2)
    known = rows[rows["month"] < "2025-07-01"]
    later = known.assign(month=known["month"] + pd.DateOffset(years=2), traffic_mb=1e6, sessions=10**6)
    seen = records(run(FEATURES, known))
    assert records(run(FEATURES, rows)) == seen
    assert records(run(FEATURES, pd.concat([known, later], ignore_index=True))) == seen


def test_a_month_counts_once_it_is_over() -> None:
    rows = make_usage(3)
    ends = run(partial(usage_features, as_of=dt.date(2025, 6, 30)), rows)
    assert records(ends) == records(run(FEATURES, rows))
    assert records(ends) != records(run(partial(usage_features, as_of=dt.date(2025, 6, 29)), rows))


def test_neither_order_nor_threads_change_a_digit() -> None:
    rows = make_usage(4, customers=12_000, first="2024-07", months=12)
    found = run(FEATURES, rows, threads=1)
    mixed = run(FEATURES, rows.sample(frac=1, random_state=9, ignore_index=True), threads=4)
    pd.testing.assert_frame_equal(mixed, found, check_exact=True)


def test_missing_cells_and_not_a_number_count_as_none() -> None:
    """A file may hold NaN beside missing values; DuckDB would rank it above all numbers."""
    rows = make_usage(5)
    rows = rows[rows["month"] == "2025-06-01"].head(1).assign(sessions=pd.array([None], "Int64"))
    for hole in (None, float("nan")):
        empty = ibis.literal(hole, type="float64")
        (found,) = records(run(lambda t, e=empty: FEATURES(t.mutate(traffic_mb=e, spend_cny=e)), rows))
        assert (found["use_level"], found["traffic_mb_mean"], found["sessions_mean"]) == (0, 0.0, 0.0)
        assert found["spend_cny_mean"] == 0.0


def test_its_columns_are_those_of_the_contract() -> None:
    """An expression on a table with the contract's columns and no more can be built."""
    kinds = {"id": "int64", "date": "date", "number": "float64", "whole_number": "int64"}
    schema = {rule.name: kinds[rule.kind] for rule in MONTHLY_USAGE.columns}
    assert usage_features(ibis.table(schema, name="monthly_usage"), as_of=AS_OF).columns
