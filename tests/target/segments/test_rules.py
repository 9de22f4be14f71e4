"""Rules in words: whoever applies them places the customers as the tree did."""

import re

import numpy as np
import pandas as pd
import pytest

from leadline.errors import ParameterError
from leadline.target.segments import fit_segments, read_bases, tell_rules
from leadline.target.segments.rules import Question, Tree, tell_tree

BANDS = ["1000-1999", "2000-2999", "3000-3999", "4000-4999"]


def make_frame(seed: int, rows: int = 400, *, missing: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 5, rows)
    frame = pd.DataFrame(
        {
            "months": rng.integers(0, 9, rows) + 6 * (group == 1),
            "spend": np.round(rng.lognormal(3 + (group == 2), 0.8, rows), 2),
            "rate": rng.normal(0.031, 0.0004, rows) + 0.002 * (group == 3),
            "band": rng.choice(BANDS, rows),
            "city": np.where(group == 4, "上海", rng.choice(["北京", "成都"], rows)),
            "app": np.where(rng.random(rows) < 0.2 + 0.6 * (group == 1), "Yes", "No"),
        }
    )
    return frame.mask(rng.random(frame.shape) < missing)


def holds(condition: str, row: dict[str, object]) -> bool:
    """Apply words as a person would: by the numbers and levels that stand there."""
    or_unknown = condition.endswith(" (or unknown)")
    condition = condition.removesuffix(" (or unknown)")
    column = re.split(r"[ :]", condition, maxsplit=1)[0]
    value = row[column]
    if pd.isna(value):
        return or_unknown
    rest = condition[len(column) :].replace(",", "")
    if numbers := re.fullmatch(r"(?: above (?P<low>\S+))?(?: up to (?P<high>\S+))?", rest):
        low, high = (float(text) if text else None for text in numbers.group("low", "high"))
        return (low is None or value > low) and (high is None or value <= high)
    rest = rest.removeprefix(": ")
    if rest.startswith("not "):
        return value not in rest.removeprefix("not ").split(" or ")
    if column == "band":
        first, last = 0, len(BANDS) - 1
        if rest.startswith("up to "):
            last = BANDS.index(rest.removeprefix("up to "))
        elif rest.endswith(" or above"):
            first = BANDS.index(rest.removesuffix(" or above"))
        else:
            first, last = BANDS.index(rest.split(" to ")[0]), BANDS.index(rest.split(" to ")[-1])
        return first <= BANDS.index(str(value)) <= last
    return str(value).casefold() == rest.casefold()


@pytest.mark.parametrize("seed", range(12))
def test_the_words_place_each_customer_as_the_tree_does(seed: int) -> None:
    frame = make_frame(seed, missing=0.08 if seed % 2 else 0.0)
    bases = read_bases(frame, list(frame), kinds={"spend": "logged"})
    fit = fit_segments(bases, "tree", 6, np.random.default_rng(seed))
    rules = tell_rules(bases, fit)
    rows = frame.to_dict("records")
    for place, rule in enumerate(rules["rule"]):
        told = [all(holds(one, row) for one in rule.split(" and ")) for row in rows]
        np.testing.assert_array_equal(told, fit.labels == place, err_msg=rule)
    assert rules["customers"].tolist() == np.bincount(fit.labels).tolist()
    assert rules["share"].sum() == pytest.approx(1)


def test_cuts_have_few_digits_and_stand_on_the_scale_of_the_table() -> None:
    """Two groups of spenders, around 20 and 3,000: a round cut between them, no logarithm."""
    rng = np.random.default_rng(2)
    spend = np.concatenate([rng.uniform(15, 25, 200), rng.uniform(2_500, 3_500, 100)])
    months = np.concatenate([rng.integers(0, 13, 200), rng.integers(0, 13, 100)])
    frame = pd.DataFrame({"spend": spend, "months": months})
    bases = read_bases(frame, ["spend", "months"], kinds={"spend": "logged"})
    fit = fit_segments(bases, "tree", 4, rng)
    rules = tell_rules(
        bases, fit, labels={"spend": "Traffic a month", "months": "Months of use"}, names="abcd"
    )
    assert set(rules["segment"]) == set("abcd")
    assert all(
        re.fullmatch(r"Traffic a month (up to|above) 1,000 and Months of use (up to|above) \d+", rule)
        for rule in rules["rule"]
    )


def test_one_segment_is_everybody_and_other_methods_have_no_rules() -> None:
    frame = make_frame(0)
    bases = read_bases(frame, ["months", "rate"])
    everybody = tell_rules(bases, fit_segments(bases, "tree", 1, np.random.default_rng(0)))
    assert everybody[["segment", "rule", "customers"]].to_numpy().tolist() == [
        ["Segment 1", "Everybody", 400]
    ]
    with pytest.raises(ParameterError, match="only a tree"):
        tell_rules(bases, fit_segments(bases, "kmeans", 2, np.random.default_rng(0)))


def test_many_cuts_of_one_column_narrow_to_the_nearest() -> None:
    rng = np.random.default_rng(5)
    months = pd.Series(rng.permutation(np.repeat([1.0, 11, 21, 31, 41, 51], 60)) + rng.integers(0, 3, 360))
    frame = pd.DataFrame({"months": months.mask(rng.random(360) < 0.1), "rate": rng.normal(0, 1, 360)})
    bases = read_bases(frame, ["months"])
    fit = fit_segments(bases, "tree", 6, rng)
    rules = tell_rules(bases, fit)["rule"]
    for place, rule in enumerate(rules):
        told = [holds(rule, row) for row in frame.to_dict("records")]
        np.testing.assert_array_equal(told, fit.labels == place, err_msg=rule)
    assert rules.str.endswith("(or unknown)").sum() == 1


@pytest.mark.parametrize("is_left", [True, False])
def test_the_unknown_go_where_the_tree_sends_them(is_left: bool) -> None:
    ages = np.array([20.0, 30, 60, 70, np.nan])
    tree = Tree(
        features=np.array([0, -2, -2]),
        cuts=np.array([45.0, -2, -2]),
        left=np.array([1, -1, -1]),
        right=np.array([2, -1, -1]),
        unknown_left=np.array([is_left, False, False]),
        answers=np.array([0, 0, 1]),
    )
    asked = Question(column="age", label="Age", kind="number", readings=ages, encoded=ages)
    young, old = tell_tree(tree, [asked])
    assert (young.rule, old.rule) == (
        ("Age up to 40 (or unknown)", "Age above 40")
        if is_left
        else ("Age up to 40", "Age above 40 (or unknown)")
    )
    assert young.rows.tolist() == [True, True, False, False, is_left]
