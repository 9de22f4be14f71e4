"""Value and potential: who is which type, who could be another, and what is kept from sight."""

import json

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.intervals import Estimate
from leadline.target.views import Measure, type_customers

VALUE = Measure(column="profit_cny", threshold=100, label="profit")
POTENTIAL = Measure(column="later_cny", threshold=50)


def make_customers(values: list[float], later: list[float]) -> pd.DataFrame:
    ids = [f"C{number}" for number in range(len(values))]
    return pd.DataFrame({"customer_id": ids, "profit_cny": values, "later_cny": later})


def test_each_quarter_has_its_name_and_the_threshold_belongs_above() -> None:
    customers = make_customers([100, 100, 99.9, 99.9], [50, 49.9, 50, 49.9])
    result = type_customers(customers, value=VALUE, potential=POTENTIAL, minimum=1)
    assert result.assignments["type"].tolist() == ["invest", "absorb", "rebuild", "abandon"]
    assert result.types["type"].tolist() == ["invest", "absorb", "rebuild", "abandon"]
    assert not result.assignments["is_unsure"].any()
    assert "taken as exact" in result.warnings[0]


def test_a_range_of_the_threshold_makes_those_inside_it_unsure() -> None:
    customers = make_customers([80, 89.9, 90, 100, 109.9, 110, 200], [80.0] * 7)
    measure = Measure(column="profit_cny", threshold=Estimate(100, 90, 110))
    result = type_customers(customers, value=measure, potential=POTENTIAL, minimum=1)
    assert result.assignments["is_unsure"].tolist() == [False, False, True, True, True, False, False]
    assert result.unsure.value == pytest.approx(3 / 7)
    border = result.border.set_index(["type", "possible_type"])["customers"]
    assert border["invest", "rebuild"] == 2
    assert border["rebuild", "invest"] == 1
    assert border.sum() == 3


def test_an_interval_of_a_prediction_reaches_over_both_borders() -> None:
    customers = make_customers([150, 150, 150], [60, 60, 60]).assign(
        later_low=[40, 55, 50], later_high=[90, 90, 60]
    )
    potential = Measure(column="later_cny", threshold=50, lower="later_low", upper="later_high")
    value = Measure(column="profit_cny", threshold=Estimate(149, 140, 160))
    result = type_customers(customers, value=value, potential=potential, minimum=1)
    border = result.border[result.border["type"] == "invest"].set_index("possible_type")["customers"]
    assert border.to_dict() == {"absorb": 1, "rebuild": 3, "abandon": 1}


def test_the_unsure_share_is_that_which_wrong_predictions_move(rng: np.random.Generator) -> None:
    """With predictions off by half their own interval, at most the unsure change, and many of them do."""
    truth = rng.normal(50, 20, 5_000)
    seen = truth + rng.uniform(-5, 5, 5_000)
    customers = make_customers([200.0] * 5_000, list(seen)).assign(low=seen - 5, high=seen + 5)
    potential = Measure(column="later_cny", threshold=50, lower="low", upper="high")
    result = type_customers(customers, value=VALUE, potential=potential)
    moved = (result.assignments["type"] == "invest") != (truth >= 50)
    assert not (moved & ~result.assignments["is_unsure"]).any()
    assert 0.15 < moved.sum() / result.assignments["is_unsure"].sum() < 0.35


def test_shares_and_means_by_hand() -> None:
    customers = make_customers([100] * 30 + [300] * 30 + [0] * 40, [60] * 60 + [0] * 40)
    result = type_customers(customers, value=VALUE, potential=POTENTIAL)
    first, last = result.types.iloc[0], result.types.iloc[3]
    assert first["share"] == 0.6
    assert first["value"] == 200
    assert first["value_share"] == 1
    assert last["value"] == 0
    assert result.types["customers"].fillna(0).tolist() == [60, 0, 0, 40]


def test_few_are_hidden_and_cannot_be_found_by_subtraction() -> None:
    customers = make_customers(
        [200] * 50 + [200] * 3 + [0] * 20 + [0] * 40, [60] * 50 + [0] * 3 + [60] * 20 + [0] * 40
    )
    result = type_customers(customers, value=VALUE, potential=POTENTIAL)
    assert result.types["is_hidden"].tolist() == [False, True, True, False]  # 3, and 20 to cover them
    assert result.types.loc[1:2].drop(columns=["type", "is_hidden"]).isna().all(axis=None)
    assert "fewer than 10" in result.warnings[-1]
    assert "absorb" in result._repr_html_()
    assert json.dumps(result.to_dict(), allow_nan=False)


def test_every_problem_is_named_at_once() -> None:
    customers = make_customers([1.0, np.nan, np.inf], [1, 2, 3]).assign(
        customer_id=["a", "a", None], low=5.0, high=9.0
    )
    broken = Measure(column="later_cny", threshold=1, lower="low", upper="high")
    with pytest.raises(DataError) as caught:
        type_customers(customers, value=VALUE, potential=broken, minimum=0)
    assert len(caught.value.problems) == 5
    assert "1 ids occur more than once" in str(caught.value)
    assert "3 values lie outside their own interval" in str(caught.value)
    with pytest.raises(DataError, match="in order"):
        type_customers(
            customers.assign(customer_id=[1, 2, 3], profit_cny=1.0),
            value=Measure(column="profit_cny", threshold=Estimate(1, 2, 3)),
            potential=POTENTIAL,
        )


def test_a_reader_gets_words_and_a_figure() -> None:
    customers = make_customers([100] * 30 + [300] * 30 + [0] * 40, [60] * 60 + [0] * 40)
    result = type_customers(customers, value=VALUE, potential=POTENTIAL)
    assert result.summary.startswith("60.0% of customers (50.2% to 69.1%) are worth investing in")
    assert "worth investing in (profit: CN¥100 or more; later_cny: CN¥50 or more)" in result.summary
    told = result.figure().get_label()
    assert "invest (60.0% of customers) 100.0%" in told
    assert "abandon (40.0% of customers) 0.0%" in told
    assert result.border_figure().get_label() == "Who could be of another type: invest 0.0%; abandon 0.0%."
    assert result.kpis[-1].label == "Type could be another"
