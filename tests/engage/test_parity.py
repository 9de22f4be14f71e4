import numpy as np
import pandas as pd
import pytest

from leadline.engage import compare_parity
from leadline.engage.parity import band_ages
from leadline.errors import DataError


def test_a_group_that_is_passed_over_is_named(rng) -> None:
    people = pd.DataFrame(
        {"customer_id": range(4_000), "age_years": rng.integers(18, 80, 4_000), "sex": ["f", "m"] * 2_000}
    )
    chance = np.where(people["sex"] == "f", 0.05, 0.10)
    result = compare_parity(people, people.loc[rng.random(4_000) < chance, "customer_id"])
    sex = result.groups[result.groups["attribute"] == "sex"].set_index("group")
    row = sex.loc["female"]
    assert row["ratio"] == pytest.approx((row["listed"] / 2_000) / (sex.loc["male", "listed"] / 2_000))
    assert row["ratio_ci_lower"] < 0.5 < row["ratio_ci_upper"] < 0.8
    assert "(sex) is listed" in result.summary
    assert any("less than four fifths" in text for text in result.warnings)
    assert result.groups.groupby("attribute")["permitted"].sum().tolist() == [4_000, 4_000]


def test_free_text_and_groups_of_a_few_are_never_shown(rng) -> None:
    sex = pd.Series(["F", "女", " Male", "男"] * 100)
    sex[:9] = "intersex, see file 88213"
    age = pd.Series([25, 35, 45, 55] * 100)
    age[:3] = 17
    people = pd.DataFrame({"customer_id": range(400), "age_years": age, "sex": sex})
    result = compare_parity(people, people["customer_id"][:80])
    assert "88213" not in f"{result.to_dict()}{result._repr_html_()}{result.summary}{result.warnings}"
    assert result.groups["permitted"].min() >= 10
    assert result.groups.groupby("attribute")["permitted"].sum().tolist() == [400, 400]
    groups = result.groups.groupby("attribute")["group"].apply(list)
    assert groups["sex"] == ["female + other", "male"]
    assert groups["age"] == ["18-29 + under 18", "30-39", "40-49", "50-59"]
    joined = "Groups of fewer than 10 permitted customers are joined with the next smallest."
    assert joined in result.warnings
    assert joined not in compare_parity(people[9:], people["customer_id"][20:80]).warnings


def test_an_even_list_is_called_even_and_a_group_never_listed_has_an_interval() -> None:
    people = pd.DataFrame({"customer_id": range(400), "age_years": [25] * 380 + [None] * 20})
    result = compare_parity(people, people["customer_id"][:40])
    unknown = result.groups.set_index("group").loc["unknown"]
    assert unknown["ratio"] == 0
    assert unknown["ratio_ci_lower"] == 0
    assert unknown["ratio_ci_upper"] > 1
    assert result.summary.startswith("No group is listed clearly")
    assert "<table" in result._repr_html_()
    assert "age: unknown 0.0×" in result.figure().get_label()


def test_bands_begin_at_their_first_year() -> None:
    ages = pd.Series([17, 18, 29, 30, 59.9, 60, 119, None, -1])
    wanted = ["under 18", "18-29", "18-29", "30-39", "50-59", "60+", "60+", pd.NA, pd.NA]
    assert list(band_ages(ages).fillna("?")) == ["?" if band is pd.NA else band for band in wanted]


def test_a_list_beyond_the_permitted_is_refused() -> None:
    people = pd.DataFrame({"customer_id": [1, 2], "age_years": [20, 30]})
    with pytest.raises(DataError, match=r"1 customers on the list are not permitted \(first: 3\)"):
        compare_parity(people, pd.Series([1, 3]))


def test_what_the_table_does_not_tell_is_said() -> None:
    people = pd.DataFrame({"customer_id": range(40), "age_years": [25, 65] * 20})
    result = compare_parity(people, people["customer_id"][:10])
    assert "The table does not tell sex: the list is not compared by it." in result.warnings
    coded = compare_parity(people.assign(sex=[1, 2] * 20), people["customer_id"][:10])
    assert "The table does not tell sex: the list is not compared by it." in coded.warnings
    bare = compare_parity(people[["customer_id"]], people["customer_id"][:10])
    assert bare.summary.startswith("The table tells neither age nor sex")
    assert bare.figure().get_label() == "No group can be compared with the others."
    assert bare.to_dict() == {"parity": []}
    assert "<table" in bare._repr_html_()
