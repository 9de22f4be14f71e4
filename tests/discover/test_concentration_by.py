"""Concentration of groups: as of each by itself, tested by permutation, small groups hidden."""

import json

import numpy as np
import pandas as pd
import pytest

from leadline.discover import ConcentrationByResult, compare_concentration, measure_concentration
from leadline.errors import DataError


def make_groups(rng: np.random.Generator, sizes: dict[str, int], spread: dict[str, float]) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"group": name, "value": rng.lognormal(0, spread.get(name, 1.0), size)})
        for name, size in sizes.items()
    ]
    return pd.concat(parts, ignore_index=True)


def compare(frame: pd.DataFrame, **more: object) -> ConcentrationByResult:
    names = {"value": "value", "by": "group", "label": "profit", "by_label": "Region"}
    return compare_concentration(frame, **(names | {"permutations": 99} | more))


def test_a_group_is_measured_as_if_by_itself(rng: np.random.Generator) -> None:
    frame = make_groups(rng, {"a": 300, "b": 200}, {})
    frame["weight"] = rng.integers(1, 4, len(frame))
    result = compare(frame, weight="weight")
    assert result.groups["group"].tolist() == ["a", "b"]
    for row in result.groups.to_dict("records"):
        own = frame[frame["group"] == row["group"]]
        alone = measure_concentration(own, value="value", label="profit", weight="weight", tops=(0.2,))
        assert (row["gini"], row["gini_ci_lower"], row["gini_ci_upper"]) == alone.gini
        assert row["value_share"] == alone.shares["value_share"][0]
        assert row["customers"] == own["weight"].sum()


def test_groups_that_differ_are_told_apart(rng: np.random.Generator) -> None:
    frame = make_groups(rng, {"east": 400, "north": 400, "south": 400}, {"north": 1.7, "south": 0.6})
    result = compare(frame)
    assert result.p_value == 0.01
    assert "most concentrated in “north”" in result.summary
    assert "least in “south”" in result.summary
    assert result.summary.endswith("the groups differ by more than chance (p = 0.010).")
    assert result.to_dict() == compare(frame).to_dict()
    assert json.dumps(result.to_dict(), allow_nan=False)
    assert result.figure().get_label().startswith("What the top 20% bring: All customers ")
    assert 'data-name="concentration_by"' in result._repr_html_()


def test_giants_and_other_means_are_no_difference(rng: np.random.Generator) -> None:
    called, runs = 0, 60
    for seed in range(runs):
        frame = make_groups(rng, {"a": 120, "b": 240}, {"a": 1.5, "b": 1.5})
        frame["value"] *= frame["group"].map({"a": 10.0, "b": 1.0})
        called += compare(frame, permutations=39, seed=seed).p_value <= 0.05
    assert called / runs < 0.15  # 5% and three standard errors


def test_small_groups_are_hidden_and_losing_ones_not_told(rng: np.random.Generator) -> None:
    frame = make_groups(rng, {"a": 300, "b": 200, "c": 30, "d": 60}, {})
    frame.loc[frame["group"] == "d", "value"] *= -0.01
    result = compare(frame)
    groups = result.groups.set_index("group")
    assert groups["is_hidden"].tolist() == [False, False, True, True]  # c alone would be known by subtraction
    assert groups.loc[["c", "d"], ["customers", "gini"]].isna().all(axis=None)
    assert result.warnings[0].startswith(
        "2 groups by Region are not shown: they hold fewer than 50 customers"
    )
    losing = compare(frame[frame["group"] != "c"])
    assert "In d the profit does not sum to more than 0" in losing.warnings[0]
    assert "“d”" not in losing.summary


def test_one_group_has_nothing_to_compare_with(rng: np.random.Generator) -> None:
    result = compare(make_groups(rng, {"a": 100}, {}))
    assert result.summary == "There are too few groups of Region to compare."
    assert result.to_dict()["concentration_by"]["p_value"] is None
    few = compare(make_groups(rng, {"a": 30, "b": 30}, {}))
    assert few.figure().get_label() == few.summary


def test_equal_values_differ_in_nothing() -> None:
    frame = pd.DataFrame({"group": ["a", "b"] * 100, "value": 5.0})
    assert compare(frame).p_value == 1


def test_all_problems_are_named_at_once(rng: np.random.Generator) -> None:
    frame = make_groups(rng, {"a": 60}, {}).assign(value="x")
    with pytest.raises(DataError) as caught:
        compare(frame, top=1)
    assert len(caught.value.problems) == 2
