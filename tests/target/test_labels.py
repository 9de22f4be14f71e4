"""The worth of a stage in labels: learned where there is something to learn, and never where there is not."""

import json

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.results import Result
from leadline.target.labels import match_labels
from leadline.target.metrics import choose_list
from leadline.target.models import fit_model


@pytest.fixture(scope="module")
def world():
    """6,000 customers: columns 0 to 2 tell something, 3 to 11 nothing, 12 nearly all."""
    rng = np.random.default_rng(4)
    matrix = rng.normal(size=(6_000, 13))
    log_odds = matrix[:, :3] @ [0.9, 0.6, 0.4] + 1.5 * matrix[:, 12] - 3
    buys = rng.random(6_000) < 1 / (1 + np.exp(-log_odds))
    order = rng.permutation(6_000)
    return {
        "matrix": matrix,
        "buys": buys,
        "train": np.sort(order[:4_000]),
        "test": np.sort(order[4_000:]),
        "tie_order": rng.permutation(2_000),
        "list_size": 200,
    }


def known(*columns):
    return np.isin(np.arange(13), columns)


def goals(**precision):
    return pd.DataFrame({"name": list(precision), "precision": list(precision.values())})


def match(world, before, stages, **given):
    return match_labels(**world, before=before, stages=stages, rng=np.random.default_rng(5), **given)


def test_the_curve_ends_with_the_model_of_all_labels(world):
    result = match(world, {"step": known(*range(12))}, goals(first=0.1, step=0.2), draws=3)
    train, test = world["train"], world["test"]
    model = fit_model("logistic", world["matrix"][train, :12], world["buys"][train])
    listed = choose_list(model.score(world["matrix"][test, :12]), 200, world["tie_order"])
    assert result.curve["labels"].iloc[-1] == 4_000
    assert result.curve["precision"].iloc[-1] == pytest.approx(world["buys"][test][listed].mean())
    assert isinstance(result, Result)


def test_a_gain_that_labels_buy_is_priced_where_the_curve_crosses_it(world):
    result = match(world, {"step": known(*range(12))}, goals(step=0.27))
    row = result.matches.iloc[0]
    curve = result.curve.set_index("labels")["precision"]
    assert row["fewest_labels"] < row["labels_needed"] < 4_000
    assert curve[curve.index <= row["labels_needed"]].iloc[0] < 0.27 <= curve.iloc[-1]
    assert row["labels_needed_lowest"] <= row["labels_needed"] <= row["labels_needed_highest"]
    assert row["buyers_needed"] == pytest.approx(row["labels_needed"] * world["buys"][world["train"]].mean())
    assert "labels (with" in result.summary
    assert result.kpis[0].value == row["labels_needed"]


def test_a_gain_that_no_labels_buy_is_told_so(world):
    result = match(world, {"step": known(3, 4, 5)}, goals(step=0.5), draws=2)
    assert np.isinf(result.matches["labels_needed"][0])
    assert "Without “step” no number of labels at hand buys its 50.0%: all 4,000" in result.summary
    assert "∞" not in result.summary
    assert result.kpis == ()
    json.dumps(result.to_dict(), allow_nan=False)


def test_a_gain_below_what_few_labels_bring_is_no_more_than_those(world):
    result = match(world, {"step": known(12)}, goals(step=0.05), sizes=[300, 4_000], draws=2)
    assert result.matches["labels_needed"][0] == 300
    assert "300 labels or fewer" in result.summary


def test_labels_of_one_kind_teach_nothing(world):
    blind = world | {"buys": world["buys"] & np.isin(np.arange(6_000), world["test"])}
    result = match(blind, {"step": known(0, 1, 2)}, goals(step=0.3), sizes=[100, 1_000], draws=2)
    listed = choose_list(np.zeros(2_000), 200, world["tie_order"])
    assert result.curve["precision"].tolist() == [world["buys"][world["test"]][listed].mean()] * 2


def test_the_same_seed_gives_the_same_price(world):
    one, other = (match(world, {"step": known(0, 1)}, goals(step=0.2), draws=2) for _ in range(2))
    pd.testing.assert_frame_equal(one.curve, other.curve)


def test_each_step_has_a_curve_and_a_goal(world):
    before = {"second": known(0, 1, 2), "third": known(0, 1, 2, 12)}
    stages = goals(first=0.1, second=0.25, third=0.4)
    result = match(world, before, stages, draws=2)
    assert result.matches["stage"].tolist() == ["second", "third"]
    texts = {text.get_text() for text in result.figure().axes[0].texts}
    assert {"second", "third", "without “second”", "without “third”"} <= texts
    assert "labels" in result._repr_html_()


def test_what_cannot_be_asked_is_refused_at_once(world):
    with pytest.raises(DataError) as caught:
        match(world | {"list_size": 0}, {"fourth": known()}, goals(step=0.2), sizes=[1, 9_000], draws=0)
    assert len(caught.value.problems) == 6
