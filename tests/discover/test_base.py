"""Whose value is looked at: chosen by yes and no, grouped in words, every problem at once."""

import numpy as np
import pandas as pd
import pytest

from leadline.discover import choose_base, name_group, name_value
from leadline.errors import DataError


def make_customers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [str(number) for number in range(40)],
            "assets_cny": np.arange(40.0),
            "is_matched": pd.array([True, None] * 20, "boolean"),
            "own": pd.array([True, None] * 20, "boolean"),
            "active": ["是", "否"] * 20,
            "risk_level": pd.array([1, 2, 3, None] * 10, "Float64"),
            "broadband": [True, False] * 20,
            "city": pd.Series(["Aba", None] * 20, dtype="str"),
            "share": np.linspace(0, 1, 40),
        }
    )


def test_who_says_yes_counts_and_missing_is_no() -> None:
    base = choose_base(make_customers(), value="assets_cny", among="is_matched")
    assert base["assets_cny"].tolist() == list(range(0, 40, 2))
    assert list(base) == ["assets_cny"]
    assert len(choose_base(make_customers(), value="assets_cny", among="active")) == 20
    assert len(choose_base(make_customers(), value="assets_cny")) == 40


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("risk_level", ["Risk level: 1", "Risk level: 2", "Risk level: 3", "Risk level: not known"]),
        ("broadband", ["Has broadband at home: no", "Has broadband at home: yes"]),
        ("city", ["Aba", "not known"]),
        ("own", ["own: not known", "own: yes"]),
    ],
)
def test_groups_are_named_for_a_reader(by: str, names: list[str]) -> None:
    base = choose_base(make_customers(), value="assets_cny", by=by)
    assert sorted(base[by].unique()) == names


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(DataError) as caught:
        choose_base(make_customers(), value="asset_cny", among="city", by="customer_id", weight="copies")
    assert [text.split(":")[0] for text in caught.value.problems] == [
        "asset_cny",
        "copies",
        "city",
        "customer_id",
    ]
    assert "Did you mean 'assets_cny'?" in caught.value.problems[0]
    with pytest.raises(DataError, match="share: holds amounts, not groups"):
        choose_base(make_customers(), value="assets_cny", by="share")
    nobody = make_customers().assign(active="no")
    with pytest.raises(DataError, match="active: is yes for nobody"):
        choose_base(nobody, value="assets_cny", among="active")


def test_values_have_words() -> None:
    assert name_value("order_value_3m_cny") == "order value in three months"
    assert name_value("order_value_3m_cny", "profit") == "profit"
    assert name_value("own") == name_group("own") == "own"
    assert name_group("risk_level") == "Risk level"
