"""What an analysis refuses of the columns that it uses."""

import numpy as np
import pandas as pd
import pytest

from leadline.data import check_columns

FRAME = pd.DataFrame(
    {
        "spend_cny": [1.0, np.inf, -np.inf, np.nan],
        "empty": [np.nan] * 4,
        "sound": [1, 2, 3, 4],
        "word": pd.Series(["a", "b", None, "a"], dtype="str"),
        "flag": pd.Series([True, None, False, True], dtype="boolean"),
    }
)


@pytest.mark.covers("bad_inputs", "all_missing_column", "inf_in_feature")
def test_every_problem_is_listed() -> None:
    found = check_columns(FRAME, ["spend_cny", "empty", "sound", "word", "flag", "spend_cn"], "t.csv")
    assert len(found) == 3
    assert "spend_cny: 2 values are infinite (rows 3 and 4)" in found[0]
    assert "empty: all 4 values are missing" in found[1]
    assert "spend_cn: t.csv has no such column. Did you mean 'spend_cny'?" in found[2]


def test_rows_stay_those_of_the_file_when_others_are_taken_out() -> None:
    (found,) = check_columns(FRAME[FRAME["sound"] > 2], ["spend_cny"], "t.csv")
    assert "1 value is infinite (row 4)" in found


def test_columns_not_in_use_do_not_matter() -> None:
    assert check_columns(FRAME, ["sound", "word", "flag"], "t.csv") == []


@pytest.mark.covers("bad_inputs", "category_1e5")
def test_a_hundred_thousand_classes_are_an_id() -> None:
    codes = pd.DataFrame({"code": [f"c{i}" for i in range(100_000)], "number": np.arange(100_000)})
    found = check_columns(codes, ["code", "number"], "t.csv")
    assert len(found) == 1
    assert "code: 100,000 different texts" in found[0]
    assert check_columns(codes[:-1], ["code"], "t.csv") == []
