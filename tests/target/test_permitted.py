"""Who may not be contacted is judged on no list."""

import datetime as dt

import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.target.permitted import find_holders, leave_out_barred


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": ["1", "2", "3", "4", "5", "6"],
            "consent": ["yes", "no", None, "Yes", "yes", "yes"],
            "do_not_contact": [False, True, False, False, None, False],
        }
    )


def test_refusals_and_unknown_answers_are_left_out_and_counted_once(frame) -> None:
    found = leave_out_barred(frame, holders=["4", "2"])
    assert found.frame["customer_id"].tolist() == ["1", "6"]
    assert found.left_out.to_dict("records") == [
        {"reason": "opted out", "customers": 2},
        {"reason": "no consent", "customers": 1},
        {"reason": "hold the product already", "customers": 1},
    ]
    assert found.unasked["customer_id"].tolist() == ["3", "5"]
    assert "2 customers may be contacted" in found.summary
    assert "no consent: 1" in found._repr_html_()


def test_a_table_that_does_not_tell_is_said_so(frame) -> None:
    found = leave_out_barred(frame[["customer_id"]])
    assert len(found.frame) == 6
    assert "does not say who may not be contacted" in found.summary


def test_nobody_left_is_refused(frame) -> None:
    with pytest.raises(DataError, match="nobody to list"):
        leave_out_barred(frame.assign(consent="no"))


def test_holders_need_ids(frame) -> None:
    with pytest.raises(DataError, match="no such column"):
        leave_out_barred(frame.drop(columns="customer_id"), holders=["1"])


HOLDINGS = pd.DataFrame(
    {
        "customer_id": ["1", "2", "3", "4"],
        "product_id": ["p", "p", "p", "q"],
        "since": pd.to_datetime(["2025-01-01", "2025-08-01", "2024-01-01", "2024-01-01"]),
        "until": pd.to_datetime([None, None, "2025-06-30", None]),
    }
)


def test_holders_are_those_of_the_day() -> None:
    assert find_holders(None, as_of=None) is None
    day = dt.date(2025, 6, 30)
    assert find_holders(HOLDINGS, as_of=day, product_id="p") == ["1"]
    assert find_holders(HOLDINGS, as_of=day, product_id="q") == ["4"]
    assert find_holders(HOLDINGS[:3], as_of=None) == ["1", "2", "3"]


@pytest.mark.parametrize("product", [None, "x"])
def test_the_product_must_be_known(product) -> None:
    with pytest.raises(DataError, match="must be one of the products held: p, q"):
        find_holders(HOLDINGS, as_of=None, product_id=product)
