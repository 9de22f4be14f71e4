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


def test_outcomes_known_of_some_are_compared_among_these_alone() -> None:
    buys = pd.Series([True, None, False, True, None, None, None, True], index=IDS, dtype="boolean")
    lists = compare_lists(BEFORE, AFTER, list_size=3, tie_order=ORDER, buys=buys).lists
    assert lists["known"].tolist() == [2, 2]
    assert lists["precision"].tolist() == [0.5, 1.0]


def test_shares_of_those_known_are_tested_by_fisher() -> None:
    """3 of 3 who enter and 1 of 4 who leave: C(4,3)·C(3,0) / C(7,3) = 4/35 from the one side, 1/35 more."""
    before = pd.Series(np.r_[np.full(10, 2), np.full(10, 1)])
    buys = pd.array([True, False, False, False, *[None] * 6, True, True, True, *[None] * 7], dtype="boolean")
    result = compare_lists(before, 3 - before, list_size=10, tie_order=np.arange(20), buys=pd.Series(buys))
    assert result.p_value == pytest.approx(5 / 35)


def test_nobody_s_outcome_known_is_no_precision() -> None:
    result = compare_lists(
        BEFORE, AFTER, list_size=3, tie_order=ORDER, buys=pd.Series([None] * 8, index=IDS, dtype="boolean")
    )
    assert result.p_value is None
    assert "precision" not in result.lists


def test_a_tie_at_the_cut_is_said() -> None:
    result = compare_lists(
        BEFORE, pd.Series([9, 5, 5, 5, 4, 3, 2, 1], index=IDS), list_size=3, tie_order=ORDER
    )
    assert result.lists["tied"].tolist() == [0, 1]
    assert "Same points, left out by id" in result._repr_html_()
