import pandas as pd
import pytest

from leadline.target.outcome import name_others, read_outcome


def read(values, positive=None, target="buys"):
    problems = []
    return read_outcome(pd.DataFrame({"buys": values}), target, positive, problems), problems


@pytest.mark.parametrize(
    "values", [["yes", "no"], ["Yes", "No"], [1, 0], [1.0, 0.0], [True, False], ["是", "否"], ["1", "0"]]
)
def test_plain_yes_and_no_need_no_hint(values):
    assert read(values)[0].tolist() == [True, False]


@pytest.mark.parametrize(("values", "positive"), [([1, 2], "2"), ([1.0, 2.0], 2), (["1", "2"], 2.0)])
def test_numbers_are_matched_however_they_are_written(values, positive):
    assert read(values, positive)[0].tolist() == [False, True]


def test_other_values_do_not_buy():
    assert read(["gold", "none", "silver"], "gold")[0].tolist() == [True, False, False]


def test_target_missing_suggests_the_nearest():
    assert "Did you mean 'buys'?" in read([1, 0], target="buy")[1][0]


@pytest.mark.covers("bad_inputs", "single_class", "single_class_tree")
def test_constant_target():
    assert "all 2 values are 'no'" in read(["no", "no"])[1][0]


def test_three_values_without_positive():
    assert "it has 3 values (a, b, c)" in read(["a", "b", "c"])[1][0]


def test_positive_absent_suggests_the_nearest():
    assert "Did you mean 'Yes'?" in read(["Yes", "No"], "yes")[1][0]


def test_missing_outcomes_are_counted_by_the_rows_of_the_file():
    buys, problems = read(["yes", None, "no"], "yes")
    assert buys is None
    assert "1 of 3 values are missing (first: row 3)" in problems[0]


def test_values_that_are_not_the_buyers_are_named_with_their_counts():
    values = pd.Series(["是", "否", "否", "未知"], name="是否购买")
    assert name_others(values, "是") == "是否购买: 2 values count as not buying: “否” (2), “未知” (1)."
    assert name_others(values[:3], "是") == ""
    assert name_others(values[:3], None) == ""
