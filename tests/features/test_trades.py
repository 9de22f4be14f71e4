"""What clients order and customers hold: three whole months up to the day, and what is held when it ends."""

import datetime as dt
from functools import partial

import ibis
import pandas as pd
import pytest

from leadline.features import holding_features, trade_features
from leadline.features.window import within_months
from tests.features.engine import kinds_in_file, records, run
from tests.features.samples import AS_OF, make_transactions

DAY = dt.date(2025, 6, 30)
TRADES = partial(trade_features, as_of=AS_OF)


def make_orders(seed: int = 1, rows: int = 3_000) -> pd.DataFrame:
    frame = make_transactions(seed, rows=rows)
    places = pd.Series(["hall", "phone", "pc", "mobile"] * (rows // 4))
    return frame.assign(channel=places.sample(frac=1, random_state=seed).to_numpy())


def test_equals_a_count_in_plain_python() -> None:
    orders = make_orders()
    expected: dict[int, dict[str, float]] = {}
    for row in orders.to_dict("records"):
        if dt.date(2025, 4, 2) <= row["traded_on"].date() <= AS_OF:  # AS_OF is the first of July
            facts = expected.setdefault(
                row["account_id"], dict.fromkeys(("hall", "phone", "pc", "mobile", "fen"), 0)
            )
            facts[row["channel"]] += 1
            facts["fen"] += round(row["amount_cny"] * 100)
    found = run(TRADES, orders, key="account_id")
    assert len(found) == len(expected) > 100
    for row in found.to_dict("records"):
        facts = expected[row["account_id"]]
        assert row["order_value_3m_cny"] == facts["fen"] / 100
        assert [row[f"orders_{place}_3m"] for place in ("hall", "phone", "pc", "mobile")] == list(
            facts.values()
        )[:4]


def test_neither_order_nor_threads_change_a_digit_and_nothing_later_is_seen() -> None:
    orders = make_orders(2, 100_000)
    found = records(run(TRADES, orders, threads=1, key="account_id"))
    assert (
        records(run(TRADES, orders.iloc[::-1].reset_index(drop=True), threads=4, key="account_id")) == found
    )
    known = orders[orders["traded_on"] <= pd.Timestamp(AS_OF)]
    assert records(run(TRADES, known, key="account_id")) == found


def test_counts_are_whole_in_a_file() -> None:
    kinds = kinds_in_file(TRADES, make_orders())
    assert {name for name, kind in kinds.items() if kind != "int64"} == {"order_value_3m_cny"}


@pytest.mark.parametrize(
    ("as_of", "first", "last"),
    [
        (DAY, "2025-04-01", "2025-06-30"),
        (dt.date(2025, 7, 14), "2025-04-15", "2025-07-14"),
        (dt.date(2025, 5, 30), "2025-02-28", "2025-05-30"),  # there is no 31st of February
        (dt.date(2025, 2, 28), "2024-12-01", "2025-02-28"),
        (dt.datetime(2025, 6, 30, 9, 0), "2025-04-01", "2025-06-30"),  # noqa: DTZ001 (a day's time)
    ],
)
def test_three_months_end_with_the_day(as_of: dt.date, first: str, last: str) -> None:
    days = pd.date_range("2024-11-01", "2025-08-31")
    table = ibis.memtable(pd.DataFrame({"day": days}))
    seen = table.filter(within_months(table.day, as_of=as_of, months=3)).execute()["day"]
    assert (str(seen.min().date()), str(seen.max().date())) == (first, last)


def test_less_than_a_month_is_refused() -> None:
    with pytest.raises(ValueError, match="months == 0"):
        within_months(ibis.table({"day": "date"}).day, as_of=DAY, months=0)


def test_a_product_is_held_from_its_first_day_until_the_day_it_is_given_up() -> None:
    rows = [
        (1, 1, "2025-06-30", None),  # since today
        (2, 1, "2025-07-01", None),  # from tomorrow
        (3, 1, "2024-01-01", "2025-06-30"),  # given up today
        (4, 1, "2024-01-01", "2025-07-01"),  # given up tomorrow
        (5, 1, "2024-01-01", "2025-01-01"),  # held, given up, held again: one product
        (5, 1, "2025-02-01", None),
        (5, 1, "2025-03-01", None),
        (5, 2, "2025-02-01", None),
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "product_id", "since", "until"])
    frame = frame.assign(since=pd.to_datetime(frame["since"]), until=pd.to_datetime(frame["until"]))
    found = run(partial(holding_features, as_of=DAY), frame)
    assert found.set_index("customer_id")["products_held"].to_dict() == {1: 1, 4: 1, 5: 2}
