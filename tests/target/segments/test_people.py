"""Customers under their ids, and described from another table."""

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.target.segments.people import (
    check_request,
    describe_from,
    index_customers,
    label_customers,
    rank_values,
)

PEOPLE = pd.DataFrame({"customer_id": [7, 8, 9], "spend": [1.0, 2.0, 3.0]})


def test_customers_stand_under_their_ids_as_text() -> None:
    assert index_customers(PEOPLE, "customer_id").index.tolist() == ["7", "8", "9"]
    assert index_customers(PEOPLE, None).index.tolist() == [1, 2, 3]
    assert PEOPLE.index.tolist() == [0, 1, 2]
    many = pd.DataFrame({"customer_id": [f"c{number}" for number in range(500)]})
    assert len(index_customers(many, "customer_id")) == 500


def test_ids_that_repeat_or_are_not_there_are_refused() -> None:
    with pytest.raises(DataError, match="occur more than once"):
        index_customers(PEOPLE.assign(customer_id=[7, 7, 8]), "customer_id")
    with pytest.raises(DataError, match="customer"):
        index_customers(PEOPLE, "client")


def test_a_table_beside_is_found_by_id_not_by_order() -> None:
    beside = pd.DataFrame({"customer_id": ["9", "7"], "age": [39.0, 37.0]})
    joined = describe_from(index_customers(PEOPLE, "customer_id"), beside, "customer_id")
    assert joined["age"].tolist()[::2] == [37.0, 39.0]
    assert pd.isna(joined["age"].iloc[1])
    assert joined.index.tolist() == ["7", "8", "9"]


def test_rows_are_counted_off_only_where_there_is_no_id() -> None:
    people = index_customers(PEOPLE.drop(columns="customer_id"), None)
    joined = describe_from(people, pd.DataFrame({"age": [1, 2, 3]}), None)
    assert joined["age"].tolist() == [1, 2, 3]
    with pytest.raises(DataError, match="2 rows for 3 customers"):
        describe_from(people, pd.DataFrame({"age": [1, 2]}), None)


def test_a_column_of_both_tables_and_strangers_are_refused() -> None:
    people = index_customers(PEOPLE, "customer_id")
    with pytest.raises(DataError, match="spend: is in both tables"):
        describe_from(people, pd.DataFrame({"customer_id": [7], "spend": [1]}), "customer_id")
    with pytest.raises(DataError, match="none of its customers"):
        describe_from(people, pd.DataFrame({"customer_id": [1], "age": [1]}), "customer_id")


def test_ordered_values_become_ranks_however_they_are_written() -> None:
    frame = pd.DataFrame({"visits": ["often", "never", None], "grade": [1.0, np.nan, 3.0]})
    ranked = rank_values(frame, {"visits": ["never", "often"], "grade": ["1", "2", "3"]})
    assert ranked["visits"].tolist()[:2] == [2, 1]
    assert ranked["grade"].tolist()[::2] == [1, 3]
    assert ranked.isna().sum().tolist() == [1, 1]


def test_values_outside_their_order_are_told_of_every_column() -> None:
    frame = pd.DataFrame({"visits": ["often", "?"], "grade": [1.0, 9.0]})
    with pytest.raises(DataError) as caught:
        rank_values(frame, {"visits": ["never", "often"], "grade": ["1", "2"]})
    assert len(caught.value.problems) == 2
    assert "1 values are not in its order ('?')" in caught.value.problems[0]


def test_a_table_that_has_a_column_row_is_counted_all_the_same() -> None:
    counted = index_customers(pd.DataFrame({"row": [5, 6]}), None)
    assert counted.reset_index().columns.tolist() == ["row_1", "row"]


def test_what_cannot_be_done_is_refused_before_anything_is_computed() -> None:
    with pytest.raises(ParameterError) as caught:
        check_request(segment_count=1, id_column=None, earlier="before.csv")
    assert len(caught.value.problems) == 2
    check_request(segment_count=None, id_column=None, earlier=None)
    check_request(segment_count=2, id_column="customer_id", earlier="before.csv")


def test_segments_keep_the_order_of_their_names() -> None:
    people = index_customers(PEOPLE, "customer_id")
    segment = label_customers(np.array([1, 0, 1]), ["Savers", "Spenders", "Absent"], people)
    assert segment.tolist() == ["Spenders", "Savers", "Spenders"]
    assert list(segment.cat.categories) == ["Savers", "Spenders", "Absent"]
    assert segment.index.tolist() == ["7", "8", "9"]
