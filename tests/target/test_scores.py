"""Scored customers: who is listed, why, and how the cut is told."""

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.target.explanation import explain_customer
from leadline.target.points_file import parse_points
from leadline.target.scores import rank_ids, score_customers

POINTS = parse_points(
    {
        "name": "t",
        "base": 1,
        "attributes": [
            {
                "column": "trades",
                "label": "Orders",
                "rules": [{"under": 2, "points": 0}, {"at_least": 2, "points": 10}],
            },
            {
                "column": "staff",
                "label": "Is staff",
                "rules": [{"equals": "true", "points": -5}],
                "otherwise": 2,
            },
        ],
    }
)
FRAME = pd.DataFrame(
    {
        "customer_id": ["10", "9", "200", "30", "4"],
        "trades": [3, 3, 0, 5, np.nan],
        "staff": [False, False, False, True, False],
    }
)


def test_the_best_are_listed_and_a_tie_goes_to_the_smaller_id_whatever_the_order() -> None:
    for seed in range(5):
        shuffled = FRAME.sample(frac=1, random_state=seed)
        result = score_customers(shuffled, POINTS, list_size=1)
        assert result.scores["customer_id"].tolist() == ["9", "10", "30", "4", "200"]
        assert result.scores["score"].tolist() == [13, 13, 6, 3, 3]
        assert result.scores["is_listed"].tolist() == [True, False, False, False, False]
        assert (result.tied, result.tied_listed) == (2, 1)
    assert "1 customer more has 13 points" in result.warnings[0]
    assert score_customers(FRAME, POINTS, list_size=2).warnings == ()


def test_reasons_are_what_lies_above_the_average() -> None:
    result = score_customers(FRAME, POINTS, list_size=2)
    reasons = result.scores.set_index("customer_id")["reasons"]
    assert reasons["9"] == "Orders 10; Is staff 2"
    assert reasons["30"] == "Orders 10"
    table = result.reasons.set_index("column")
    assert table["points_listed"]["trades"] == 10
    assert table["points_all"]["trades"] == 6
    assert table["difference"]["trades"] == 4
    assert "Orders" in result.summary


def test_no_customer_is_named_where_many_read() -> None:
    result = score_customers(FRAME, POINTS, list_size=2)
    told = [result._repr_html_(), str(result.to_dict()), repr(result), result.summary]
    told.append(explain_customer(FRAME, POINTS, result, customer="200")._repr_html_())
    assert not any("200" in text for text in told)


def test_one_customer_is_explained_value_by_value() -> None:
    result = score_customers(FRAME, POINTS, list_size=2)
    first = explain_customer(FRAME, POINTS, result, customer=" 9.0")
    assert (first.rank, first.score, first.highest) == (1, 13, 13)
    staff = explain_customer(FRAME, POINTS, result, customer="30")
    assert staff.table["value"].tolist() == ["5", "yes"]
    assert staff.table["points"].sum() + staff.base == staff.score == 6
    assert "Most are missing at: Is staff (-5 of 2)" in staff.summary
    assert explain_customer(FRAME, POINTS, result, customer="4").table["value"].tolist() == ["no", "missing"]
    with pytest.raises(ParameterError, match="none of the 5 customers"):
        explain_customer(FRAME, POINTS, result, customer="77")


def test_groups_of_the_figure_begin_at_the_cut_and_count_everybody() -> None:
    rng = np.random.default_rng(0)
    many = pd.DataFrame(
        {"customer_id": np.arange(500), "trades": rng.integers(0, 5, 500), "staff": rng.random(500) < 0.5}
    )
    figure = score_customers(many, POINTS, list_size=100).figure()
    heights = [patch.get_height() for patch in figure.axes[0].patches]
    assert sum(heights) == 500
    assert sum(heights[len(heights) // 2 :]) == 100


def test_all_problems_come_at_once() -> None:
    wrong = FRAME.assign(customer_id=["1", "1", None, "2", "3"]).drop(columns="trades")
    with pytest.raises(DataError) as caught:
        score_customers(wrong, POINTS, list_size=9)
    assert len(caught.value.problems) == 4
    assert "1 ids occur a second time (rows 3)" in str(caught.value)
    with pytest.raises(DataError, match="Name the column that names a customer"):
        score_customers(FRAME, POINTS, list_size=2, id_column="id")


def test_tiers_stand_beside_the_scores() -> None:
    result = score_customers(FRAME, POINTS, list_size=2)
    tiers = pd.DataFrame({"customer_id": ["4", "9", "10", "30", "200"], "tier": list("CAABC")})
    joined = result.add_tiers(tiers)
    assert joined["customer_id"].tolist() == ["9", "10", "30", "4", "200"]
    assert joined["tier"].tolist() == list("AABCC")


def test_ids_rank_as_numbers_do() -> None:
    assert rank_ids(["10", "9", "100", "010"]).tolist() == [1, 0, 3, 2]


@pytest.mark.covers("bad_inputs", "unseen_category_at_scoring")
def test_values_that_the_points_do_not_name_are_counted() -> None:
    rules = [{"equals": city, "points": 5} for city in ("Shanghai", "Beijing")]
    attribute = {"column": "city", "label": "City", "rules": rules, "otherwise": 1}
    points = parse_points({"name": "Points", "attributes": [attribute]}, ["city"])
    frame = pd.DataFrame({"customer_id": range(100), "city": ["Lhasa"] * 10 + ["Shanghai"] * 90})
    (told,) = score_customers(frame, points, list_size=90).warnings
    assert told.startswith("City: 10 of 100 customers have a value that the points do not name ('Lhasa')")
    assert score_customers(frame[9:], points, list_size=90).warnings == (), "one customer is no new plan"
