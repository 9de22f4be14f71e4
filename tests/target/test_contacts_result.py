"""Tiers and channels of a list: buyers of a few customers are not told."""

import json

import pandas as pd

from leadline.intervals import Estimate
from leadline.target.contacts_result import ContactsResult
from leadline.target.describe import hide_few_counted


def make_result(*counted: int) -> ContactsResult:
    frame = pd.DataFrame({"stage": "last", "tier": "A", "channel": ["call", "sms", "branch"]})
    frame = frame.assign(customers=40, contacts_counted=counted, buyers=3, precision=0.25)
    frame = frame.assign(precision_ci_lower=0.1, precision_ci_upper=0.5)
    contacts = hide_few_counted(frame)
    base = Estimate(0.01, 0.0, 0.1)
    return ContactsResult(contacts=contacts, last="last", list_size=120, base=base)


def test_buyers_among_a_few_are_hidden_and_cannot_be_found_by_subtraction() -> None:
    result = make_result(8, 30, 40)
    assert result.contacts["buyers"].isna().tolist() == [True, True, False]
    assert result.contacts["precision"].isna().tolist() == [True, True, False]
    assert result.contacts["customers"].tolist() == [40, 40, 40]
    rows = json.loads(json.dumps(result.to_dict(), allow_nan=False))["contacts"]
    assert [row["buyers"] for row in rows] == [None, None, 3]
    assert any(text.startswith("The buyers of 2 groups are not shown") for text in result.sentences)
    assert result._repr_html_().count("25.0%") == 1
    drawn = [label.get_text() for label in result.figure().axes[0].get_yticklabels()]
    assert drawn == ["A · branch visit"]


def test_large_groups_are_all_shown() -> None:
    result = make_result(10, 30, 40)
    assert not result.contacts.isna().to_numpy().any()
    assert not any("not shown" in text for text in result.sentences)
    assert make_result(1, 2, 3).figure().get_label() == make_result(1, 2, 3).summary
