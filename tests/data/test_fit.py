"""A table of an analyst's own, Chinese headers and all, is read as its contract knows it."""

from pathlib import Path

import pandas as pd
import pytest

from leadline.data import read_table
from leadline.data.tables import CONTACTS, CUSTOMERS, OUTCOMES
from leadline.errors import DataError

CUSTOMER_MAP = {
    "customer_id": "客户号",
    "phone": "手机号",
    "age_years": "年龄",
    "city": "城市",
    "tenure_months": "在网月数",
    "handset_supports": "终端支持",
    "data_service": "流量套餐",
    "broadband": "宽带",
    "key_account": "集团客户",
    "branch_distance_km": "距营业部公里",
    "consent": "同意营销",
    "do_not_contact": "勿扰",
}
CUSTOMER_ROWS = [
    "000001,13800138000,30,上海,12,是,none,0,N,1.5,是,否",
    "000002,13800138001,,北京,0,否,some,1,Y,,否,否",
    "000003,13800138002,45,上海,240,是,all,1,N,0,是,否",
]
CONTACT_MAP = {
    "campaign_id": "活动编号",
    "customer_id": "客户号",
    "channel": "渠道",
    "contacted_on": "联系日期",
    "is_reached": "接通",
    "cost_cny": "费用",
}
CONTACT_ROWS = [
    "C1,000001,none,2026年3月1日,,0",
    "C1,000002,sms,2026年3月2日,是,￥0.05",
    "C1,000003,call,2026年3月3日,否,￥3.00",
]


def write(folder: Path, mapping: dict[str, str], rows: list[str], encoding: str = "gb18030") -> Path:
    (folder / "map.yml").write_text(
        "".join(f"{ours}: {theirs}\n" for ours, theirs in mapping.items()), "utf-8"
    )
    path = folder / "表.csv"
    path.write_text("\n".join([",".join(mapping.values()), *rows]) + "\n", encoding)
    return path


def test_customers_come_out_typed(tmp_path: Path) -> None:
    path = write(tmp_path, CUSTOMER_MAP, CUSTOMER_ROWS)
    frame = read_table(path, mapping=tmp_path / "map.yml", contract=CUSTOMERS).frame
    assert frame["customer_id"].tolist() == ["000001", "000002", "000003"]
    assert frame["phone"].tolist()[0] == "13800138000"
    for name, expected in {
        "handset_supports": [True, False, True],
        "broadband": [False, True, True],
        "key_account": [False, True, False],
        "consent": [True, False, True],
        "do_not_contact": [False, False, False],
    }.items():
        assert frame[name].dtype == bool
        assert frame[name].tolist() == expected
    assert frame["data_service"].tolist() == ["none", "some", "all"], "none is a word here"
    assert pd.isna(frame["age_years"][1])


def test_contacts_come_out_typed(tmp_path: Path) -> None:
    path = write(tmp_path, CONTACT_MAP, CONTACT_ROWS)
    frame = read_table(path, mapping=tmp_path / "map.yml", contract=CONTACTS).frame
    assert frame["channel"].tolist() == ["none", "sms", "call"]
    assert frame["contacted_on"][0] == pd.Timestamp("2026-03-01")
    assert frame["is_reached"].isna().tolist() == [True, False, False]
    assert frame["is_reached"][1:].tolist() == [True, False]
    assert frame["cost_cny"].tolist() == [0, 0.05, 3]


def test_every_problem_comes_at_once_with_the_rows_of_the_file(tmp_path: Path) -> None:
    rows = [
        CONTACT_ROWS[0],
        ",,,,,",
        CONTACT_ROWS[1].replace("sms", "fax").replace("是", "不详"),
        CONTACT_ROWS[2],
        CONTACT_ROWS[2],
    ]
    with pytest.raises(DataError) as caught:
        read_table(write(tmp_path, CONTACT_MAP, rows), mapping=tmp_path / "map.yml", contract=CONTACTS)
    assert [problem.split(". ")[0] for problem in caught.value.problems] == [
        "is_reached: holds str, must be flag (row 4: '不详')",
        "channel: 1 value is not allowed (row 4: 'fax')",
        "campaign_id + customer_id: 1 row repeats an earlier one (row 6)",
    ]


def test_a_column_without_any_value_has_its_type(tmp_path: Path) -> None:
    rows = [row.replace("是", "").replace("否", "") for row in CONTACT_ROWS]
    path = write(tmp_path, CONTACT_MAP, rows)
    frame = read_table(path, mapping=tmp_path / "map.yml", contract=CONTACTS).frame
    assert frame["is_reached"].dtype == "boolean"
    outcomes = "campaign_id,customer_id,is_subscribed,subscribed_on,revenue_cny\nC1,1,N,,\nC1,2,N,,\n"
    (tmp_path / "o.csv").write_text(outcomes)
    assert (
        str(read_table(tmp_path / "o.csv", contract=OUTCOMES).frame["subscribed_on"].dtype)
        == "datetime64[us]"
    )
    with pytest.raises(DataError, match="cost_cny: 3 of 3 values are missing"):
        read_table(
            write(tmp_path, CONTACT_MAP, [row.rsplit(",", 1)[0] + "," for row in CONTACT_ROWS]),
            mapping=tmp_path / "map.yml",
            contract=CONTACTS,
        )


def test_flags_of_0_and_1_with_gaps_are_flags(tmp_path: Path) -> None:
    rows = [row.replace("是", "1").replace("否", "0") for row in CONTACT_ROWS]
    path = write(tmp_path, CONTACT_MAP, rows)
    frame = read_table(path, mapping=tmp_path / "map.yml", contract=CONTACTS).frame
    assert frame["is_reached"][1:].tolist() == [True, False]


def test_ids_that_lost_digits_are_refused_under_a_contract_too(tmp_path: Path) -> None:
    rows = [row.replace("00000", "1.5E+1") for row in CUSTOMER_ROWS]
    with pytest.raises(DataError, match="3 ids lost their digits"):
        read_table(write(tmp_path, CUSTOMER_MAP, rows), mapping=tmp_path / "map.yml", contract=CUSTOMERS)


def test_a_table_without_a_header_counts_its_rows_from_1(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("1,2.5\n2,-1\n3,4\n")
    assert read_table(path).frame.index.tolist() == [-1, 0, 1], "row 1 of the file is label -1"


def test_rows_of_two_files_are_labelled_in_their_order(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("x,y\n1,a\n\n2,b\n")
    assert read_table(tmp_path).frame.index.tolist() == [0, 1, 2, 3]


def test_a_number_between_is_no_flag(tmp_path: Path) -> None:
    rows = [row.replace("是", "0.5").replace("否", "0") for row in CONTACT_ROWS]
    path = write(tmp_path, CONTACT_MAP, rows)
    with pytest.raises(DataError, match="is_reached: holds float64, must be flag"):
        read_table(path, mapping=tmp_path / "map.yml", contract=CONTACTS)
