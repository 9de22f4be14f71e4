"""The scorecard from principal components: points that rank as the index does, and clear refusals."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from leadline.errors import DataError
from leadline.target.scorecard import PcaScorecard


def make_customers(number: int = 4_000, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    mobile = rng.standard_normal(number)
    return pd.DataFrame(
        {
            "traffic_mb": np.exp(3 + mobile + 0.6 * rng.standard_normal(number)),
            "sessions": rng.poisson(np.exp(2 + 0.6 * mobile)),
            "spend_cny": 80 + 20 * mobile + 20 * rng.standard_normal(number),
            "calls": rng.poisson(2, number),
        }
    )


CUSTOMERS = make_customers()


def test_points_rank_customers_as_the_hidden_trait_does() -> None:
    card = PcaScorecard().fit(CUSTOMERS)
    points = card.score_customers(CUSTOMERS)
    assert points.dtype == "int32"
    assert 0 <= points.min() <= points.max() <= 101
    rng = np.random.default_rng(1)
    assert np.corrcoef(points, rng.standard_normal(len(CUSTOMERS)))[0, 1] > 0.8
    assert card.transform(CUSTOMERS).sum(axis=1).tolist() == points.tolist()
    weights = card.weights_.set_index("column")["weight"]
    assert weights["traffic_mb"] > 5 * abs(weights["calls"])
    assert card.kept_ == 1


def test_intervals_hold_the_weights_and_the_rules_are_shown_side_by_side() -> None:
    card = PcaScorecard(components="kaiser").fit(CUSTOMERS)
    assert (card.weights_["weight_ci_lower"] <= card.weights_["weight"]).all()
    assert (card.weights_["weight"] <= card.weights_["weight_ci_upper"]).all()
    assert set(card.kept_by_) == {"parallel", "kaiser"}
    assert len(card.draws_.kept_kaiser) == 200
    assert card.kept_ == card.kept_by_["kaiser"]


def test_a_scorecard_is_reproducible_clonable_and_leaves_its_input_alone() -> None:
    before = CUSTOMERS.copy(deep=True)
    card = PcaScorecard(draws=20)
    first = card.fit(CUSTOMERS).weights_
    pd.testing.assert_frame_equal(CUSTOMERS, before)
    shuffled = clone(card).fit(CUSTOMERS)
    pd.testing.assert_frame_equal(first, shuffled.weights_)


def test_missing_values_get_middling_points() -> None:
    card = PcaScorecard(draws=5).fit(CUSTOMERS)
    rule = card.points_table_.attributes[0]
    assert min(rule.points) < rule.missing < max(rule.points)


def test_every_unusable_column_is_named_at_once() -> None:
    frame = CUSTOMERS.assign(
        same=3.0, none=np.nan, word="x", endless=np.r_[np.inf, np.zeros(len(CUSTOMERS) - 1)]
    )
    with pytest.raises(DataError) as caught:
        PcaScorecard().fit(frame)
    assert [text.split(":")[0] for text in caught.value.problems] == ["same", "none", "word", "endless"]


@pytest.mark.parametrize(
    ("frame", "components", "words"),
    [
        (CUSTOMERS.head(4), "parallel", "too few"),
        (CUSTOMERS[["calls"]], "parallel", "at least two"),
        (CUSTOMERS, 9, "must be from 1 to 4"),
    ],
)
def test_impossible_requests_are_refused(frame: pd.DataFrame, components: object, words: str) -> None:
    with pytest.raises(DataError, match=words):
        PcaScorecard(components=components).fit(frame)  # type: ignore[arg-type]


def test_perfectly_collinear_columns_are_named_with_all_other_problems() -> None:
    frame = CUSTOMERS.assign(
        again=2 * CUSTOMERS["spend_cny"] + 1,
        both=CUSTOMERS["sessions"] + CUSTOMERS["calls"],
        same=3.0,
    )
    with pytest.raises(DataError) as caught:
        PcaScorecard().fit(frame)
    assert [text.split(":")[0] for text in caught.value.problems] == [
        "same",
        "again",
        "sessions, calls, both",
    ]


def test_nearly_collinear_columns_share_one_weight() -> None:
    nearly = CUSTOMERS["spend_cny"] + 0.01 * np.random.default_rng(1).standard_normal(len(CUSTOMERS))
    weights = (
        PcaScorecard(draws=5).fit(CUSTOMERS.assign(nearly=nearly)).weights_.set_index("column")["weight"]
    )
    assert weights["nearly"] == pytest.approx(weights["spend_cny"], rel=0.01)
