"""Precision over list sizes: the same figures as one list at a time, and weights that count."""

import json

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.intervals import wilson_interval
from leadline.results import Result
from leadline.target.list_curve import trace_precision
from leadline.target.metrics import choose_list


@pytest.fixture
def world(rng):
    chance = rng.beta(1, 8, 3_000)
    scores = {"weak": np.round(chance + rng.normal(0, 0.3, 3_000), 1), "strong": chance}
    return rng.random(3_000) < chance, scores, rng.permutation(3_000)


def test_each_size_is_the_list_of_that_size(world):
    buys, scores, ties = world
    result = trace_precision(buys, scores, ties, list_size=200, sizes=[50, 333])
    assert result.curve["list_size"].tolist() == [50, 100, 200, 333, 400] * 2
    for row in result.curve.to_dict("records"):
        listed = choose_list(scores[row["stage"]], row["list_size"], ties)
        found = wilson_interval(int(buys[listed].sum()), row["list_size"])
        told = (row["precision"], row["precision_ci_lower"], row["precision_ci_upper"])
        assert told == pytest.approx(tuple(found))
    assert isinstance(result, Result)


def test_weights_count_customers_and_widen_the_interval(world, rng):
    buys, scores, ties = world
    kept = rng.random(3_000) < 0.25
    weights = {"strong": np.where(kept, 4.0, 0.0)}
    plain = trace_precision(buys, scores, ties, list_size=400, sizes=[400])
    weighed = trace_precision(buys, scores, ties, list_size=400, sizes=[400], weights=weights)
    row = weighed.curve[(weighed.curve["stage"] == "strong") & (weighed.curve["list_size"] == 400)].iloc[0]
    counted = choose_list(scores["strong"], 400, ties) & kept
    found = wilson_interval(int(buys[counted].sum()), int(counted.sum()))
    assert row["effective_contacts"] == pytest.approx(counted.sum())
    assert tuple(row[["precision", "precision_ci_lower", "precision_ci_upper"]]) == pytest.approx(
        tuple(found)
    )
    weak = [one.curve[one.curve["stage"] == "weak"] for one in (plain, weighed)]
    pd.testing.assert_frame_equal(*weak)


def test_a_stage_may_have_outcomes_of_its_own(world):
    buys, scores, ties = world
    result = trace_precision({"weak": buys, "strong": ~buys}, scores, ties, list_size=300, sizes=[300])
    alone = trace_precision(~buys, scores, ties, list_size=300, sizes=[300])
    strong = [one.curve[one.curve["stage"] == "strong"]["precision"].tolist() for one in (result, alone)]
    assert strong[0] == strong[1]


def test_nobody_who_counts_is_missing_not_zero(world):
    buys, scores, ties = world
    result = trace_precision(buys, scores, ties, list_size=50, weights={"weak": np.zeros(3_000)})
    assert result.curve[result.curve["stage"] == "weak"]["precision"].isna().all()
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False))["list_curve"][0]["precision"] is None
    assert result.figure().get_label()


def test_the_reader_hears_of_half_and_double(world):
    buys, scores, ties = world
    result = trace_precision(buys, scores, ties, list_size=200)
    assert result.summary.startswith("Of the 200 that “strong” lists, ")
    assert "of the best 100, " in result.summary
    assert "of the best 400, " in result.summary
    assert len(result.table) == 6
    assert result.curve["list_size"].max() == 2_000
    assert "list_curve" in result._repr_html_()
    whole = trace_precision(buys, scores, ties, list_size=3_000)
    assert "of the best 1,500" in whole.summary
    assert "6,000" not in whole.summary


def test_what_does_not_fit_is_refused_at_once(world):
    buys, scores, ties = world
    with pytest.raises(DataError) as caught:
        trace_precision({"weak": buys}, scores | {"weak": np.ones(5)}, ties, list_size=9_999)
    text = str(caught.value)
    assert "stage 'strong' has no outcomes" in text
    assert "scores of stage 'weak' are of 5 customers" in text
    assert "must be 1 to 3,000" in text
