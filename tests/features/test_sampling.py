"""Chance by hash: even, without pattern in sequential ids, independent between salts, the same for ever."""

from collections.abc import Callable
from functools import partial

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.errors import ParameterError
from leadline.features import bucket_number, sample_customers, split_arms, stratified_sample
from leadline.features.sampling import hash_ids
from tests.features.engine import run

#: A fixed sample of chance: a p-value below this means a pattern.
IMPROBABLE = 1e-4
IDS = {
    "sequential": np.arange(60_000),
    "every 64th": np.arange(60_000) * 64,
    "negative and large": np.arange(60_000) * 2**33 - 2**48,
}


def number(column: Callable[[ir.Table], ir.Value], ids: np.ndarray) -> np.ndarray:
    frame = pd.DataFrame({"customer_id": ids})
    found = run(lambda rows: rows.select("customer_id", found=column(rows)), frame)
    return found["found"].to_numpy()


def p_of_evenness(numbers: np.ndarray, classes: int) -> float:
    return float(stats.chisquare(np.bincount(numbers, minlength=classes)).pvalue)


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
@pytest.mark.parametrize("kind", ["int64", "string"])
@pytest.mark.parametrize("buckets", [7, 64])
def test_buckets_are_even_and_neighbours_apart(ids: np.ndarray, kind: str, buckets: int) -> None:
    found = number(lambda rows: bucket_number(rows.customer_id.cast(kind), buckets), ids)
    assert p_of_evenness(found, buckets) > IMPROBABLE
    assert p_of_evenness((found[1:] - found[:-1]) % buckets, buckets) > IMPROBABLE


def test_hashes_are_uniform_and_salts_independent() -> None:
    one, other = (
        number(lambda rows, salt=salt: hash_ids(rows.customer_id, salt), IDS["sequential"]) for salt in "ab"
    )
    first, second = (np.array([int(text[:2], 16) for text in texts]) // 8 for texts in (one, other))
    assert p_of_evenness(first, 32) > IMPROBABLE
    assert p_of_evenness(first * 32 + second, 1024) > IMPROBABLE
    assert p_of_evenness(first[:-1] * 32 + first[1:], 1024) > IMPROBABLE


def test_a_sample_depends_on_id_and_salt_alone() -> None:
    frame = pd.DataFrame({"customer_id": range(20_000)})
    kept = set(run(partial(sample_customers, share=0.25, salt="a"), frame)["customer_id"])
    again = run(partial(sample_customers, share=0.25, salt="a"), frame.iloc[::-2])["customer_id"]
    assert set(again) == kept & set(frame["customer_id"].iloc[::-2])
    assert stats.binomtest(len(kept), 20_000, 0.25).pvalue > IMPROBABLE
    larger = set(run(partial(sample_customers, share=0.5, salt="a"), frame)["customer_id"])
    assert kept < larger
    assert len(run(partial(sample_customers, share=1.0, salt="a"), frame)) == len(frame)
    other = set(run(partial(sample_customers, share=0.25, salt="b"), frame)["customer_id"])
    assert stats.binomtest(len(kept & other), 20_000, 0.0625).pvalue > IMPROBABLE


def test_strata_have_their_rows_and_weights_add_up() -> None:
    frame = pd.DataFrame({"customer_id": range(5_000), "city": ["a"] * 4_000 + ["b"] * 990 + [None] * 10})
    frame["spend"] = 1.0
    found = run(partial(stratified_sample, by=["city"], rows_each=200, salt="s"), frame)
    counts = found["city"].fillna("none").value_counts().to_dict()
    assert counts == {"a": 200, "b": 200, "none": 10}
    totals = found.groupby(found["city"].fillna("none"))["sampling_weight"].sum().round(6).to_dict()
    assert totals == {"a": 4000, "b": 990, "none": 10}
    other = run(partial(stratified_sample, by=["city"], rows_each=200, salt="t"), frame)
    assert found["customer_id"].tolist() != other["customer_id"].tolist()
    shuffled = run(partial(stratified_sample, by=["city"], rows_each=200, salt="s"), frame.sample(frac=1))
    pd.testing.assert_frame_equal(found, shuffled)
    mean = found.loc[found["city"] == "a", "customer_id"].mean()
    assert abs(mean - 2000) < 4 * 4000 / np.sqrt(12 * 200)


def test_an_arm_that_takes_all_leaves_none_to_the_rest() -> None:
    shares = {"call": 1.0, "control": 1e-12}
    assert set(number(lambda rows: split_arms(rows.customer_id, shares, "s"), np.arange(1000))) == {"call"}
    assert set(number(lambda rows: split_arms(rows.customer_id, {"x": 1.0}, "s"), np.arange(9))) == {"x"}


@pytest.mark.parametrize(
    ("draw", "problem"),
    [
        (lambda rows: sample_customers(rows, share=0, salt="s"), "share == 0, must be above 0"),
        (lambda rows: sample_customers(rows, share=1.1, salt="s"), "share == 1.1, must be above 0"),
        (lambda rows: stratified_sample(rows, by=[], rows_each=0, salt="s"), "rows_each == 0, must be 1"),
        (lambda rows: bucket_number(rows.customer_id, 0), "buckets == 0, must be from 1"),
        (
            lambda rows: split_arms(rows.customer_id, {"a": 0.5, "b": 0.6}, "s"),
            r"the shares \(a 0.5, b 0.6\)",
        ),
        (lambda rows: split_arms(rows.customer_id, {"a": 1.5, "b": -0.5}, "s"), "the shares"),
    ],
)
def test_shares_and_numbers_out_of_range_are_refused(draw: Callable, problem: str) -> None:
    with pytest.raises(ParameterError, match=problem):
        draw(ibis.table({"customer_id": "int64"}))
