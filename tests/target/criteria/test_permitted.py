"""Whom channels may reach."""

import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.target.criteria.permitted import read_permitted

FRAME = pd.DataFrame(
    {"consent": [True, True, False, None], "opted_out": ["no", "yes", "no", "no"], "phone": [1, 1, 1, 1]},
    index=["a", "b", "c", "d"],
)


def test_all_conditions_must_hold_and_what_is_missing_permits_nothing() -> None:
    found = read_permitted(FRAME, {"call": ["consent", "not opted_out"], "visit": ["phone"]})
    assert found["call"].tolist() == [True, False, False, False]
    assert found["visit"].tolist() == [True] * 4
    assert found.index.tolist() == ["a", "b", "c", "d"]


def test_a_missing_opt_out_is_no_permission() -> None:
    frame = pd.DataFrame({"opted_out": pd.array([True, False, None], dtype="boolean")})
    assert read_permitted(frame, {"sms": ["not opted_out"]})["sms"].tolist() == [False, True, False]


def test_absent_and_unreadable_columns_are_told_together() -> None:
    with pytest.raises(DataError) as caught:
        read_permitted(FRAME.assign(phone="maybe"), {"call": ["consnt"], "sms": ["not phone"]})
    assert "consnt" in str(caught.value)
    assert "phone: 4 values are neither yes nor no" in str(caught.value)
