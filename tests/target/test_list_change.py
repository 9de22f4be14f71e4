"""What a change of points does to the list."""

import numpy as np
import pandas as pd
import pytest

from leadline.target.list_change import compare_lists

IDS = [f"c{number}" for number in range(8)]
BEFORE = pd.Series([9, 8, 7, 6, 5, 4, 3, 2], index=IDS)
AFTER = pd.Series([9, 1, 1, 8, 7, 4, 3, 2], index=IDS)
ORDER = np.arange(8)


def test_who_enters_and_who_leaves() -> None:
    result = compare_lists(BEFORE, AFTER, list_size=3, tie_order=ORDER)
    assert list(result.entering) == ["c3", "c4"]
    assert list(result.leaving) == ["c1", "c2"]
    assert result.lists["lowest_points"].tolist() == [7, 7]
    assert result.summary == "2 of 3 customers on the list change; whether they buy is not known here."
    assert "c3" not in str(result.to_dict())


def test_precision_before_and_after_with_the_exact_test() -> None:
    buys = np.array([True, False, False, True, True, False, False, False])
    result = compare_lists(BEFORE, AFTER, list_size=3, tie_order=ORDER, buys=buys)
    assert result.lists["precision"].tolist() == pytest.approx([1 / 3, 1])
    assert result.p_value == pytest.approx(0.5)  # two enter, none leaves: 2 of the 4 outcomes of two coins
    assert "chance alone" in result.summary


def test_a_large_change_is_called_proven_and_in_its_direction() -> None:
    size = 40
    before = pd.Series(np.r_[np.full(size, 2), np.full(size, 1)])
    after = pd.Series(np.r_[np.full(size, 1), np.full(size, 2)])
    buys = np.r_[np.zeros(size, bool), np.ones(size, bool)]
    order = np.arange(2 * size)
    assert (
        "rises from 0.0% to 100.0%"
        in compare_lists(before, after, list_size=size, tie_order=order, buys=buys).summary
    )
    assert "falls" in compare_lists(after, before, list_size=size, tie_order=order, buys=buys).summary


def test_ties_at_the_cut_are_broken_the_same_way_for_both() -> None:
    same = pd.Series(np.ones(8), index=IDS)
    result = compare_lists(same, same, list_size=3, tie_order=ORDER)
    assert len(result.entering) == 0
    assert result.figure() is not None
