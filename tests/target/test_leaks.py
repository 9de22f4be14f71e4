import datetime as dt

import numpy as np
import pandas as pd
import pytest

from leadline.target import leaks
from leadline.target.encode import read_attribute
from leadline.target.holdout import draw_split
from leadline.target.leaks import find_collinear, find_doubtful, find_repeated, score_alone

AS_OF = dt.date(2026, 3, 31)


@pytest.fixture
def buys(rng):
    return rng.random(3_000) < 0.1


def doubts(buys, column, as_of=None):
    frame = pd.DataFrame({"x": column})
    split = draw_split(buys, 0.4, np.random.default_rng(1))
    found = find_doubtful(frame, [read_attribute(frame["x"])], buys, split, as_of)
    return [(finding.kind, finding.text) for finding in found]


def kinds(*arguments):
    return [kind for kind, _ in doubts(*arguments)]


@pytest.mark.covers("bad_inputs", "perfect_separation", "outcome_leakage")
def test_a_column_that_nearly_decides_is_a_leak(rng, buys):
    (found,) = doubts(buys, rng.normal(size=3_000) + 2 * buys)
    assert found[0] == "leak"
    assert "x alone nearly decides" in found[1]


def test_a_column_that_rises_and_falls_is_seen_too(rng, buys):
    assert kinds(buys, rng.normal(size=3_000) * np.where(buys, 0.05, 1)) == ["leak"]


def test_an_honest_column_is_none(rng, buys):
    assert kinds(buys, rng.normal(size=3_000) + 0.8 * buys) == []
    assert kinds(buys, np.where(rng.random(3_000) < 0.2 + 0.2 * buys, "a", "b")) == []


def test_a_column_filled_for_some_buyers_only_is_a_leak(rng, buys):
    contract = pd.Series(np.where(buys & (rng.random(3_000) < 0.2), "signed", None))
    (found,) = doubts(buys, contract)
    assert found[0] == "leak"
    assert "customers with x = signed buy" in found[1]


def test_dates_after_the_day_of_the_list_are_named(buys):
    days = pd.Series(pd.Timestamp("2026-03-31 18:00"), index=range(3_000))
    days.iloc[:3] = pd.Timestamp("2026-04-01")
    assert (
        "dated_late",
        "x is dated after Mar 31, 2026 for 3 customers: it was not known when the list was drawn.",
    ) in doubts(buys, days, AS_OF)
    assert "dated_late" in kinds(buys, days.dt.strftime("%Y-%m-%d"), AS_OF)
    assert "dated_late" not in kinds(buys, days, dt.date(2026, 4, 1))
    assert "dated_late" not in kinds(buys, days)


def test_a_text_time_counts_by_the_day_it_is_written_as(buys):
    times = pd.Series(["2026-03-31T23:00-05:00", "2026-04-01T01:00+08:00", "2026-03-31"] * 1_000)
    (found,) = (text for kind, text in doubts(buys, times, AS_OF) if kind == "dated_late")
    assert "for 1,000 customers" in found


def test_customers_in_training_and_held_out_are_named(buys):
    split = draw_split(buys, 0.4, np.random.default_rng(1))
    customer = np.arange(3_000)
    once = pd.DataFrame({"customer_id": customer, "branch_id": customer % 20, "visits": customer // 2})
    assert find_repeated(once, split) == []
    twice = once.assign(customer_id=np.where(customer % 3 == 0, None, customer // 2))
    (found,) = find_repeated(twice, split)
    pairs = twice.dropna()
    held_out = pairs.index.isin(split.test)
    again = pairs[held_out & pairs["customer_id"].isin(pairs["customer_id"][~held_out])]
    assert (found.column, found.kind) == ("customer_id", "repeated")
    assert f"{len(again)} of 1,200 held-out rows" in found.text
    assert f"({again['customer_id'].nunique()} different ids)" in found.text


@pytest.mark.covers("bad_inputs", "index_id_as_feature")
def test_ids_are_named_and_measures_are_not(rng, buys):
    assert kinds(buys, np.arange(3_000)) == ["id"]
    assert kinds(buys, 10_000 + rng.permutation(3_000)) == ["id"]
    assert kinds(buys, [f"C{number:05}" for number in range(3_000)]) == ["id"]
    assert kinds(buys, rng.permutation(10_000_000)[:3_000]) == []
    assert kinds(buys, rng.normal(size=3_000)) == []


@pytest.mark.covers("bad_inputs", "constant_column")
def test_a_constant_column_is_named(buys):
    assert kinds(buys, np.ones(3_000)) == ["constant"]
    assert kinds(buys, ["a"] * 3_000) == ["constant"]


@pytest.mark.covers("bad_inputs", "collinearity")
def test_collinear_columns_are_named(rng):
    first = rng.normal(size=200)
    frame = pd.DataFrame({"a": first, "b": 3 - 2 * first, "c": first + 0.1 * rng.normal(size=200), "d": 1.0})
    found = find_collinear([read_attribute(frame[name]) for name in frame])
    assert [finding.column for finding in found] == ["b"]
    assert "b repeats a" in found[0].text


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_pairs_that_repeat_are_those_of_pandas_correlation(rng, missing, monkeypatch):
    monkeypatch.setattr(leaks, "_BLOCK_COLUMNS", 7)
    values = rng.normal(size=(60, 20)) * 10.0 ** rng.integers(-6, 9, 20) + 1e6 * (rng.random(20) < 0.3)
    for copy, original in ((3, 1), (12, 3), (19, 0)):
        values[:, copy] = 5 - 300 * values[:, original]
    values[:, 15] = values[:, 2] + 0.05 * values[:, 2].std() * rng.normal(size=60)  # correlates by 0.998
    values[rng.random(values.shape) < missing] = np.nan
    frame = pd.DataFrame(values, columns=[f"c{place:02}" for place in range(20)])
    found = find_collinear([read_attribute(frame[name]) for name in frame])
    above = np.triu(frame.corr().abs().to_numpy() > 0.9999, k=1)
    assert [finding.column for finding in found] == [
        frame.columns[second] for _one, second in np.argwhere(above)
    ]
    assert len(found) == 4


def test_a_column_alone_is_scored_on_held_out_rows_only(rng, buys):
    split = draw_split(buys, 0.4, rng)
    levels = pd.Series(rng.integers(0, 900, 3_000).astype(str), name="x")
    assert 0.4 < score_alone(read_attribute(levels), buys, split).value < 0.6
