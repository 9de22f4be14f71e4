import datetime as dt
from functools import partial

import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.features import circle_features
from tests.features import reference
from tests.features.engine import kinds_in_file, records, run
from tests.features.samples import AS_OF, make_calls

FEATURES = partial(circle_features, as_of=AS_OF)
MEMBERS = pd.DataFrame({"customer_id": [2], "kind": ["account_holder"]})


def calls_of(*rows: tuple[int, int, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["caller_id", "callee_id", "called_on"])
    return frame.assign(called_on=pd.to_datetime(frame["called_on"]), duration_s=1)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("days", [1, 30, 90])
def test_equals_the_reference(seed: int, days: int) -> None:
    calls, members = make_calls(seed)
    found = run(partial(FEATURES, window_days=days), calls, members)
    assert records(found) == reference.circle(calls, members, AS_OF, days)


def test_whole_numbers_stay_whole_in_a_file() -> None:
    assert set(kinds_in_file(FEATURES, *make_calls(1)).values()) == {"int64", "bool"}


def test_both_directions_and_no_call_to_oneself() -> None:
    found = run(FEATURES, calls_of((1, 2, "2025-06-01"), (2, 3, "2025-06-02"), (2, 2, "2025-06-03")), MEMBERS)
    assert found["customer_id"].tolist() == [1, 3]
    assert found["called_holder"].tolist() == [True, False]
    assert found["called_by_holder"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("day", "days_ago"),
    [("2025-07-02", None), ("2025-07-01", 0), ("2025-04-03", 89), ("2025-04-02", None)],
)
def test_the_window_is_ninety_days_that_end_with_the_day(day: str, days_ago: int | None) -> None:
    found = run(FEATURES, calls_of((1, 2, day)), MEMBERS)
    assert found["days_since_holder_call"].tolist() == ([] if days_ago is None else [days_ago])


def test_a_call_late_in_the_day_is_of_that_day() -> None:
    found = run(FEATURES, calls_of((1, 2, "2025-07-01 23:59:59"), (3, 2, "2025-07-02 00:00:00")), MEMBERS)
    assert records(found[["customer_id", "days_since_holder_call"]]) == [
        {"customer_id": 1, "days_since_holder_call": 0}
    ]
    late = partial(circle_features, as_of=dt.datetime(2025, 7, 1, 8, tzinfo=dt.UTC))
    assert records(run(late, calls_of((1, 2, "2025-07-01 23:59:59")), MEMBERS)) == records(found)


def test_who_is_both_holder_and_staff_is_one_contact() -> None:
    members = pd.DataFrame({"customer_id": [2, 2], "kind": ["account_holder", "staff"]})
    found = run(FEATURES, calls_of((1, 2, "2025-06-01")), members)
    assert found.loc[0, ["holder_contacts", "staff_contacts", "member_contacts"]].tolist() == [1, 1, 1]
    assert found.loc[0, ["holder_calls", "staff_calls", "member_calls"]].tolist() == [1, 1, 1]


def test_nothing_after_the_day_is_seen() -> None:
    calls, members = make_calls(2)
    known = calls[calls["called_on"] <= pd.Timestamp(AS_OF)]
    assert len(known) < len(calls)
    assert records(run(FEATURES, calls, members)) == records(run(FEATURES, known, members))


def test_neither_order_nor_threads_change_a_digit() -> None:
    calls, members = make_calls(3, calls=200_000, customers=2_000)
    found = records(run(FEATURES, calls, members, threads=1))
    mixed = calls.sample(frac=1, random_state=9, ignore_index=True)
    assert records(run(FEATURES, mixed, members.sample(frac=1, random_state=1), threads=4)) == found


def test_missing_ids_belong_to_nobody() -> None:
    calls = calls_of((1, 2, "2025-06-01"), (2, 3, "2025-06-01")).astype({"caller_id": "Int64"})
    calls.loc[0, "caller_id"] = None
    members = pd.DataFrame({"customer_id": pd.array([2, None], "Int64"), "kind": "account_holder"})
    assert run(FEATURES, calls, members)["customer_id"].tolist() == [3]


def test_ids_read_as_text_are_compared_as_numbers() -> None:
    calls, members = make_calls(1)
    as_text = members.astype({"customer_id": "str"})
    assert records(run(FEATURES, calls, as_text)) == records(run(FEATURES, calls, members))


def test_ids_of_two_types_are_named() -> None:
    calls = make_calls(1)[0].astype({"caller_id": "str", "callee_id": "str"})
    with pytest.raises(DataError, match=r"caller_id is string.*customer_id is int64.*text in both tables"):
        run(FEATURES, calls, MEMBERS)
    with pytest.raises(DataError, match=r"caller_id is string, calls.callee_id is int64"):
        run(FEATURES, calls.astype({"callee_id": "int64"}), MEMBERS.astype({"customer_id": "str"}))


def test_a_window_has_a_day_at_least() -> None:
    with pytest.raises(ValueError, match=r"days == 0, must be >= 1"):
        run(partial(FEATURES, window_days=0), *make_calls(1))
