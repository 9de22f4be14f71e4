"""Types that a source declares: no digit of an id or a whole number is lost on the way."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leadline.data import read_table
from leadline.errors import DataError

LONG = 9007199254740993  # 2**53 + 1, which float64 cannot hold


def read(
    folder: Path, name: str, values: list[object], kind: pa.DataType, text_columns: Sequence[str] = ()
) -> pd.Series:
    pq.write_table(pa.table({name: pa.array(values, kind)}), folder / "t.parquet")
    return read_table(folder / "t.parquet", text_columns=text_columns).frame[name]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([LONG, None, 1], pa.int64()),
        ([LONG, None, 1], pa.uint64()),
        ([Decimal(LONG), None, Decimal(1)], pa.decimal128(20, 0)),
        ([Decimal(LONG), None, Decimal(1)], pa.decimal128(38, 10)),
    ],
    ids=str,
)
def test_long_whole_numbers_with_gaps_keep_their_digits(
    values: list[object], kind: pa.DataType, tmp_path: Path
) -> None:
    found = read(tmp_path, "volume", values, kind)
    assert found.dtype == "Int64"
    assert found.iloc[[0, 2]].tolist() == [LONG, 1]
    assert pd.isna(found[1])


def test_short_numbers_keep_the_types_of_text_files(tmp_path: Path) -> None:
    assert read(tmp_path, "n", [1, None], pa.int64()).dtype == "float64"
    assert read(tmp_path, "n", [1, 2], pa.uint64()).dtype == "int64"
    assert read(tmp_path, "n", [Decimal(100), Decimal(200)], pa.decimal128(10, 2)).dtype == "float64"
    assert read(tmp_path, "n", [Decimal("1.5"), None], pa.decimal128(10, 2)).tolist()[0] == 1.5


def test_numbers_beyond_int64_become_text(tmp_path: Path) -> None:
    assert read(tmp_path, "n", [2**64 - 1, 1], pa.uint64()).tolist() == ["18446744073709551615", "1"]
    found = read(tmp_path, "n", [Decimal(10**20 + 1), Decimal(1)], pa.decimal128(25, 2))
    assert found.tolist() == ["100000000000000000001", "1"]


@pytest.mark.parametrize(
    "kind", [pa.decimal128(20, 0), pa.decimal128(22, 2), pa.uint64(), pa.int64()], ids=str
)
def test_ids_of_any_number_type_are_text(kind: pa.DataType, tmp_path: Path) -> None:
    found = read(tmp_path, "card_no", [622202020011234567, 622202020011234568], kind)
    assert found.tolist() == ["622202020011234567", "622202020011234568"]


def test_ids_that_gaps_turned_into_floats_are_text(tmp_path: Path) -> None:
    assert read(tmp_path, "customer_id", [1001.0, None, 1002.0], pa.float64()).tolist()[::2] == [
        "1001",
        "1002",
    ]


def test_ids_that_floats_cut_short_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="card_no: 1 id of more than 15 digits .*row 3"):
        read(tmp_path, "card_no", [1.0, 6222020200112345678.0], pa.float64())


@pytest.mark.parametrize(
    ("values", "kind", "wanted"),
    [
        ([1001.0, 2.0], pa.float64(), ["1001", "2"]),
        ([1.5, 2.0], pa.float64(), ["1.5", "2"]),
        ([True, False], pa.bool_(), ["True", "False"]),
        ([dt.date(2026, 1, 31), dt.date(2026, 2, 1)], pa.date32(), ["2026-01-31", "2026-02-01"]),
    ],
    ids=str,
)
def test_text_that_is_asked_for_is_given(
    values: list[object], kind: pa.DataType, wanted: list[str], tmp_path: Path
) -> None:
    found = read(tmp_path, "x", values, kind, text_columns=["x"])
    assert found.dtype == "str"
    assert found.tolist() == wanted


def test_a_flag_is_no_id_though_its_name_ends_like_one(tmp_path: Path) -> None:
    assert read(tmp_path, "has_mobile", [0, 1, 1], pa.int8()).tolist() == [0, 1, 1]
