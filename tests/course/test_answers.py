"""An answer is read however a student typed it, and nothing else is taken for one."""

import numpy as np
import pandas as pd
import pytest

from leadline.course.answers import is_missing, read_choice, read_ids, read_number


@pytest.mark.parametrize("answer", [..., None, "", [], {}, (), set(), pd.Series(dtype=float), pd.DataFrame()])
def test_nothing_is_missing(answer):
    assert is_missing(answer)


@pytest.mark.parametrize("answer", [0, 0.0, False, "0", [0], pd.Series([1]), np.array(3), np.nan])
def test_something_is_not(answer):
    assert not is_missing(answer)


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        (12, 12),
        (np.float32(0.5), 0.5),
        ("12.3 %", 12.3),
        (" 1,204 ", 1204),
        ("-1e3", -1000),
        ([7], 7),
        (pd.Series([7.5]), 7.5),
        (np.array([[2]]), 2),
        (np.array(2), 2),
        (["3%"], 3),
    ],
)
def test_numbers_are_read(answer, number):
    assert read_number(answer) == number


@pytest.mark.parametrize(
    "answer",
    [
        True,
        np.True_,
        "twelve",
        "1 2",
        np.nan,
        np.inf,
        10**400,
        [1, 2],
        {"a": 1},
        {"unreadable": "x"},
        1j,
        None,
    ],
)
def test_other_things_are_no_number(answer):
    assert read_number(answer) is None


def test_choices_are_read_without_blanks_and_case():
    assert read_choice("  Hold-Out ") == "hold-out"
    assert read_choice(1) is None


def test_ids_are_texts_in_order():
    frame = pd.DataFrame({"customer_id": [10000001.0, 3.0]})
    assert read_ids(frame) == ["10000001", "3"]
    assert read_ids([" a ", 7, 8.5]) == ["a", "7", "8.5"]
    for answer in (pd.DataFrame({"id": [1]}), "10000001", {"a": 1}, 5, None):
        assert read_ids(answer) is None
