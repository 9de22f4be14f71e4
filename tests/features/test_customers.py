"""Customers brought together from a folder: who is matched, what they did, and nothing of tomorrow."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.features import read_customers, read_earlier

DAY = dt.date(2025, 6, 30)


def _customers(**changes: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "customer_id": [3, 1, 2],
            "phone": ["13800000003", "13800000001", "13800000002"],
            "age_years": [40, 30, 50],
            "city": "City",
            "tenure_months": 12,
            "handset_supports": True,
            "data_service": "some",
            "broadband": False,
            "key_account": False,
            "branch_distance_km": 1.5,
            "consent": True,
            "do_not_contact": False,
        }
    )
    return frame.assign(**changes)


def _accounts(**changes: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "account_id": [91, 92, 93],
            "phone": ["+86 138 0000 0001", "13800000002", "13911111111"],
            "is_staff": [False, True, False],
            "key_account": False,
            "opened_on": pd.to_datetime(["2020-01-01", "2021-01-01", "2022-01-01"]),
            "trades_3m": [7, 0, 2],
            "assets_cny": [1e5, 2e4, 3e4],
            "pc_share": 0.5,
            "work_hours_share": 0.5,
            "phone_orders": [True, False, True],
            "hall_orders": False,
            "age_years": 33,
            "risk_level": [3, 2, 1],
        }
    )
    return frame.assign(**changes)


def _usage() -> pd.DataFrame:
    counts = ("sessions", "bank_calls", "broker_calls", "fund_calls", "branch_days")
    measures = dict.fromkeys((*counts, "pushes_received", "pushes_answered"), 1)
    rows = {"customer_id": [1, 1], "month": pd.to_datetime(["2025-06-01", "2025-07-01"])}
    frame = pd.DataFrame(rows | measures).assign(traffic_mb=[5.0, 500.0], spend_cny=40.0)
    return frame.assign(month=frame["month"].dt.date)


def _calls() -> pd.DataFrame:
    days = [dt.date(2025, 6, 1), dt.date(2025, 6, 2), dt.date(2025, 7, 2)]
    return pd.DataFrame(
        {"caller_id": [3, 3, 3], "callee_id": [1, 2, 1], "called_on": days, "duration_s": [60, 60, 60]}
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tables = {
        "customers": _customers(),
        "partner_accounts": _accounts(),
        "monthly_usage": _usage(),
        "calls": _calls(),
    }
    for name, frame in tables.items():
        frame.to_parquet(tmp_path / f"{name}.parquet")
    return tmp_path


def test_one_row_a_customer_by_id_with_what_the_partner_knows(folder: Path) -> None:
    frame = read_customers(folder, as_of=DAY).frame.set_index("customer_id")
    assert list(frame.index) == ["1", "2", "3"]
    assert frame["is_matched"].tolist() == [True, True, False]
    assert frame.loc["1", "trades_3m"] == 7
    assert frame["is_staff"].tolist()[:2] == [False, True]
    assert pd.isna(frame.loc["3", "trades_3m"])
    assert "phone" not in frame


def test_behaviour_counts_up_to_the_day_and_nothing_is_zero(folder: Path) -> None:
    frame = read_customers(folder, as_of=DAY).frame.set_index("customer_id")
    assert frame["traffic_mb_mean"].tolist() == [5.0, 0.0, 0.0]
    assert frame["use_level"].tolist() == [1, 0, 0]
    assert frame.loc["3", "holder_calls"] == 2
    assert frame.loc["3", "staff_calls"] == 1
    assert frame.loc["1", "holder_calls"] == 0


def test_an_account_opened_later_is_not_known_yet(folder: Path) -> None:
    later = pd.to_datetime(["2025-07-01", "2021-01-01", "2022-01-01"])
    _accounts(opened_on=later).to_parquet(folder / "partner_accounts.parquet")
    frame = read_customers(folder, as_of=DAY).frame.set_index("customer_id")
    assert frame["is_matched"].tolist() == [False, True, False]


def test_a_folder_without_partner_says_so_and_adds_no_column_of_theirs(folder: Path) -> None:
    (folder / "partner_accounts.parquet").unlink()
    table = read_customers(folder, as_of=DAY)
    assert "is_matched" not in table.frame
    assert any("partner" in note for note in table.source.notes)


def test_a_single_table_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("kunde,score\n1,0.5\n2,0.7\n", encoding="utf-8")
    assert list(read_customers(tmp_path / "own.csv").frame) == ["kunde", "score"]


def test_a_folder_needs_a_day(folder: Path) -> None:
    with pytest.raises(DataError, match="as_of"):
        read_customers(folder)


def test_a_folder_without_calls_or_usage_says_so(folder: Path) -> None:
    for name in ("calls", "monthly_usage"):
        (folder / f"{name}.parquet").unlink()
    table = read_customers(folder, as_of=DAY)
    assert "holder_calls" not in table.frame
    assert any("calls" in note and "monthly_usage" in note for note in table.source.notes)


def test_a_firms_own_customers_need_an_id_alone_and_one_mapping_serves_all_tables(folder: Path) -> None:
    own = _customers()[["customer_id", "phone", "age_years"]]
    own.rename(columns={"age_years": "年龄"}).to_parquet(folder / "customers.parquet")
    mapping = folder.parent / "names.yml"
    mapping.write_text("age_years: 年龄\nspend_cny: 消费\n", encoding="utf-8")
    frame = read_customers(folder, mapping=mapping, as_of=DAY).frame
    assert frame["age_years"].tolist() == [30, 50, 40]


def _write_orders(folder: Path, **changes: object) -> None:
    rows = {
        "account_id": [91, 91, 91, 92, 93],
        "traded_on": [dt.date(2025, 6, 30), dt.date(2025, 4, 1), dt.date(2025, 7, 1)]
        + [dt.date(2025, 5, 5)] * 2,
        "channel": ["pc", "hall", "pc", "mobile", "phone"],
        "amount_cny": [10.1, 20.2, 500.0, 0.1, 7.0],
    }
    pd.DataFrame(rows | changes).to_parquet(folder / "transactions.parquet")


def test_orders_of_three_months_stand_beside_the_partners_facts(folder: Path) -> None:
    _write_orders(folder)
    frame = read_customers(folder, as_of=DAY).frame.set_index("customer_id")
    assert frame.loc["1", "order_value_3m_cny"] == 30.3
    places = ["orders_hall_3m", "orders_phone_3m", "orders_pc_3m", "orders_mobile_3m"]
    assert frame.loc["1", places].tolist() == [1, 0, 1, 0]
    assert frame.loc["2", places].tolist() == [0, 0, 0, 1]
    assert frame.loc["3", ["order_value_3m_cny", *places]].isna().all()
    _write_orders(folder, account_id=93)
    assert read_customers(folder, as_of=DAY).frame["order_value_3m_cny"].tolist()[:2] == [0, 0]


def test_two_accounts_of_one_number_order_together_and_do_not_contradict(folder: Path) -> None:
    twice = _accounts(phone=["13800000001", "138-0000-0001", "13911111111"], is_staff=False, trades_3m=2)
    twice.assign(assets_cny=5.0, phone_orders=True, risk_level=1).to_parquet(
        folder / "partner_accounts.parquet"
    )
    _write_orders(folder)
    frame = read_customers(folder, as_of=DAY).frame.set_index("customer_id")
    assert frame["is_matched"].tolist() == [True, False, False]
    assert frame.loc["1", "order_value_3m_cny"] == 30.4


def test_products_held_are_counted_and_none_is_zero(folder: Path) -> None:
    days = {"since": [dt.date(2025, 1, 1)] * 2, "until": [None, dt.date(2025, 3, 1)]}
    pd.DataFrame({"customer_id": [3, 1], "product_id": 1} | days).astype(
        {"until": "datetime64[us]"}
    ).to_parquet(folder / "holdings.parquet")
    assert read_customers(folder, as_of=DAY).frame["products_held"].tolist() == [0, 0, 1]


def test_without_orders_and_holdings_no_column_is_added(folder: Path) -> None:
    columns = set(read_customers(folder, as_of=DAY).frame)
    assert not columns & {"order_value_3m_cny", "orders_pc_3m", "products_held"}


def test_a_folder_of_csv_is_read_and_a_bulk_table_of_csv_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id,spend\n1,5\n2,6\n3,7\n")
    assert read_customers(tmp_path, as_of=DAY).frame["spend"].tolist() == [5, 6, 7]
    (tmp_path / "monthly_usage.csv").write_text("customer_id,month\n1,2025-01-01\n")
    with pytest.raises(DataError, match=r"monthly_usage.csv: write it as monthly_usage.parquet"):
        read_customers(tmp_path, as_of=DAY)


def test_the_period_before_is_another_table_or_the_folder_on_its_day(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "now.csv").write_text("customer_id,spend\n1,5\n2,6\n3,7\n")
    (tmp_path / "before.csv").write_text("customer_id,spend\n1,4\n2,4\n3,4\n")
    given = read_earlier(tmp_path / "now.csv", given=tmp_path / "before.csv", as_of=DAY)
    assert given is not None
    assert given.frame["spend"].tolist() == [4, 4, 4]
    assert read_earlier(tmp_path / "now.csv", as_of=DAY) is None
    assert read_earlier(folder) is None
    day = DAY - dt.timedelta(days=31)
    now, then = read_customers(folder, as_of=DAY), read_earlier(folder, as_of=day)
    assert then is not None
    assert then.frame["used_months_12m"].tolist() != now.frame["used_months_12m"].tolist()
