"""Another table read by the columns, levels and scales of the first."""

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.target.segments import read_again, read_bases

COLUMNS = ["age", "spend_cny", "city", "likes_risk"]


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(6)
    return pd.DataFrame(
        {
            "age": rng.integers(20, 70, 400),
            "spend_cny": rng.exponential(100, 400),
            "city": rng.choice(["上海", "北京", "成都"], 400),
            "likes_risk": rng.choice([True, False], 400),
            "w": rng.uniform(1, 9, 400),
        }
    )


@pytest.mark.parametrize("weight", [None, "w"])
def test_the_same_table_reads_the_same(table: pd.DataFrame, weight: str | None) -> None:
    bases = read_bases(table, COLUMNS, kinds={"spend_cny": "logged"}, weight=weight)
    again = read_again(bases, table, weight=weight)
    np.testing.assert_array_equal(again.matrix, bases.matrix)
    np.testing.assert_array_equal(again.weights, bases.weights)
    assert again.columns == bases.columns
    assert not again.warnings


def test_scales_are_those_of_then(table: pd.DataFrame) -> None:
    """One customer, ten years older: the ruler must not move with him."""
    bases = read_bases(table, COLUMNS)
    older = read_again(bases, table.head(1).assign(age=table["age"].iloc[0] + 10))
    assert older.matrix[0, 0] - bases.matrix[0, 0] == pytest.approx(10 / table["age"].std(ddof=0))
    np.testing.assert_array_equal(older.matrix[0, 1:], bases.matrix[0, 1:])


def test_a_value_of_no_level_counts_as_missing_and_is_told(table: pd.DataFrame) -> None:
    bases = read_bases(table, COLUMNS)
    moved = table.head(20).copy()
    moved.loc[:2, "city"] = "广州"
    moved.loc[5, "city"] = None
    again = read_again(bases, moved)
    assert again.warnings == (
        (
            "city: fewer than 10 customers have a value that was not there when the segments were made; "
            "it counts as missing."
        ),
    )
    np.testing.assert_array_equal(again.matrix[:3, 2:5], 0)
    np.testing.assert_array_equal(again.matrix[5, 2:5], 0)


def test_every_problem_is_named_at_once(table: pd.DataFrame) -> None:
    bases = read_bases(table, COLUMNS, kinds={"spend_cny": "logged"})
    later = table.drop(columns="city").assign(age="old", w=0.0)
    later.loc[3, "spend_cny"] = -1.0
    with pytest.raises(DataError) as caught:
        read_again(bases, later, weight="w")
    told = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 4
    for name in (
        "city: the table has no such column",
        "age: holds",
        "spend_cny: 1 value is below 0",
        "w: 400",
    ):
        assert name in told
    with pytest.raises(DataError, match="no rows"):
        read_again(bases, table.head(0))
    with pytest.raises(DataError, match="1 value is infinite"):
        read_again(bases, table.assign(spend_cny=table["spend_cny"].where(table.index != 7, np.inf)))


def test_new_values_are_named_where_ten_customers_have_one(table: pd.DataFrame) -> None:
    bases = read_bases(table, COLUMNS)
    moved = table.copy()
    moved.loc[:20, "city"] = [*["广州"] * 10, *["Zhang Wei 13800138000"] * 9, "a", "b"]
    assert read_again(bases, moved).warnings == (
        (
            "city: 21 customers have a value that was not there when the segments were made ('广州'); it "
            "counts as missing."
        ),
    )
    moved.loc[:20, "city"] = [f"Zhang Wei {place}" for place in range(21)]
    assert (
        "city: 21 customers have a value that was not there when the segments were made; it"
        in (read_again(bases, moved).warnings[0])
    )
