"""Amounts that a sum would mix without a word, and tables of more columns than anybody looks at."""

import pandas as pd
import pytest

from leadline.data.mixtures import MANY_COLUMNS, warn_of_mixtures
from leadline.data.raw import Findings


def warnings(frame: pd.DataFrame) -> list[str]:
    findings = Findings()
    warn_of_mixtures(frame, findings)
    return findings.warnings


@pytest.mark.covers("bad_inputs", "refund_double_count")
@pytest.mark.parametrize("word", ["refund", "Refunded ", "退款"])
def test_refunds_without_a_sign_are_warned_of(word: str) -> None:
    frame = pd.DataFrame(
        {"kind": ["sale", word, "sale"], "amount_cny": [10.0, 10.0, 5.0], "age": [30, 40, 50]}
    )
    (told,) = warnings(frame)
    assert told.startswith("kind: 1 row is a refund (row 3), and amount_cny is not negative there")
    assert warnings(frame.assign(amount_cny=[10.0, -10.0, 5.0])) == []
    assert warnings(frame.drop(columns="amount_cny")) == []
    assert warnings(frame.assign(kind="sale")) == []


def test_currencies_in_a_column_of_their_own_are_warned_of() -> None:
    frame = pd.DataFrame({"currency": ["CNY", "USD", "cny"], "amount": [10, 10, 5]})
    (told,) = warnings(frame)
    assert "several currencies (CNY, USD); a sum of amount" in told
    assert warnings(frame.assign(currency=["CNY", "cny", "CNY"])) == []
    assert warnings(frame.rename(columns={"currency": "city"})) == []


@pytest.mark.covers("bad_inputs", "columns_1e4")
def test_very_many_columns_are_warned_of() -> None:
    frame = pd.DataFrame([[1] * (MANY_COLUMNS + 1)])
    assert "1,001 columns" in warnings(frame)[0]
    assert warnings(frame.iloc[:, :-1]) == []
