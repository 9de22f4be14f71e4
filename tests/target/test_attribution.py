"""The fair split of a gain: Shapley's own properties and a worked answer."""

import numpy as np
import pytest

from leadline.errors import DataError
from leadline.target.attribution import split_gain

#: The airport game's textbook values: runway costs 12, 28, 30 give Shapley parts 4, 12, 14.
AIRPORT = {
    frozenset(): np.array([0.0]),
    frozenset("a"): np.array([12.0]),
    frozenset("b"): np.array([28.0]),
    frozenset("c"): np.array([30.0]),
    frozenset("ab"): np.array([28.0]),
    frozenset("ac"): np.array([30.0]),
    frozenset("bc"): np.array([30.0]),
    frozenset("abc"): np.array([30.0]),
}


def test_the_airport_game_is_split_as_in_the_textbook() -> None:
    table = split_gain(AIRPORT, ["a", "b", "c"])
    assert table["part"].tolist() == pytest.approx([4, 12, 14])
    assert table["part_alone"].tolist() == [12, 28, 30]
    assert table["part_last"].tolist() == [0, 0, 2]


def test_parts_add_up_and_intervals_come_from_the_draws() -> None:
    rng = np.random.default_rng(0)
    draws = {key: np.r_[value, value + rng.normal(0, 1, 2000)] for key, value in AIRPORT.items()}
    table = split_gain(draws, ["c", "a", "b"])
    assert table["part"].sum() == pytest.approx(30)
    assert (table["part_ci_lower"] < table["part"]).all()
    assert (table["part"] < table["part_ci_upper"]).all()
    # each part is a weighted sum of 8 independent draws: variance 2 (1/9 + 1/36 + 1/36 + 1/9)
    width = (table["part_ci_upper"] - table["part_ci_lower"]).mean()
    assert width == pytest.approx(2 * 1.96 * np.sqrt(2 * (1 / 9 + 1 / 36 + 1 / 36 + 1 / 9)), rel=0.06)


def test_a_missing_set_is_named() -> None:
    draws = {key: value for key, value in AIRPORT.items() if key != frozenset("ab")}
    with pytest.raises(DataError, match=r"a \+ b"):
        split_gain(draws, ["a", "b", "c"])
