"""The top list: one order, nobody on it who must not be."""

from functools import partial

import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.features import top_customers
from tests.features.engine import run

SCORES = pd.DataFrame(
    {
        "customer_id": pd.array([5, 3, 9, 7, 1, None, 2], "Int64"),
        "points": pd.array([7, 9, 7, -2, 9, 99, None], "Int32"),
    }
)


def choose(scores: pd.DataFrame, *excluded: pd.DataFrame, most: int = 10) -> list[tuple[object, int]]:
    def build(scores, *out):
        return top_customers(scores, most=most, excluded=out[0] if out else None)

    found = run(build, scores, *excluded, key="rank")
    assert found["rank"].tolist() == list(range(1, len(found) + 1))
    return list(zip(found["customer_id"].tolist(), found["points"].tolist(), strict=True))


def test_most_points_first_then_the_lowest_id_and_nobody_without_either() -> None:
    assert choose(SCORES) == [(1, 9), (3, 9), (5, 7), (9, 7), (7, -2)]
    assert choose(SCORES, most=3) == [(1, 9), (3, 9), (5, 7)]
    shuffled = SCORES.sample(frac=1, random_state=1)
    assert choose(shuffled, most=3) == choose(SCORES, most=3)


@pytest.mark.parametrize(
    "out",
    [
        pd.DataFrame({"customer_id": [1, 1, 9, 88]}),
        pd.DataFrame({"customer_id": pd.array([1, None, 9], "Int32")}),
        pd.DataFrame({"customer_id": ["01", "9", None]}),
    ],
    ids=["repeated", "with gaps", "text"],
)
def test_who_opted_out_makes_room_for_the_next(out: pd.DataFrame) -> None:
    assert choose(SCORES, out, most=2) == [(3, 9), (5, 7)]


def test_ids_of_text_keep_their_zeros_and_their_order() -> None:
    scores = pd.DataFrame({"customer_id": ["b", "10", "9", "B", "010"], "points": [1, 1, 1, 1, 1]})
    assert [one for one, _points in choose(scores)] == ["010", "10", "9", "B", "b"]
    assert [one for one, _points in choose(scores, pd.DataFrame({"customer_id": [10]}))] == [
        "010",
        "9",
        "B",
        "b",
    ]


def test_what_would_not_order_alike_is_refused_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        choose(SCORES.assign(points=1.5), most=0)
    assert [text.split(",")[0] for text in caught.value.problems] == ["most == 0", "points holds float64"]
    with pytest.raises(DataError, match="customer_id: ids are float64, must be text or whole numbers"):
        choose(SCORES, pd.DataFrame({"customer_id": [1.5]}))


def test_other_columns_and_names_stay() -> None:
    scores = pd.DataFrame({"account": [2, 1], "score": [5, 5], "city": ["a", "b"]})
    found = run(partial(top_customers, most=1, points="score", customer="account"), scores, key="rank")
    assert found.to_dict("records") == [{"account": 1, "score": 5, "city": "b", "rank": 1}]
