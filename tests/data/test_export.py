"""Tables that open in a spreadsheet as what they are, whatever form they are written in."""

import datetime as dt
import hashlib
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from leadline.data import read_table, workbook, write_table
from leadline.errors import DataError, ParameterError, RunError

FORMULAS = [
    "=1+1",
    "@x",
    "\t=1",
    "\r=1",
    "\n=1",
    "+1x",
    "-2+3",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "\u3000=1",
    "+86 138",
]
FORMS = ["csv", "csv-gb18030", "xlsx"]


def write(frame: pd.DataFrame, folder: Path, form: str = "csv") -> Path:
    path = folder / f"t.{form.partition('-')[0]}"
    write_table(frame, path, form=form)
    return path


def read_cells(path: Path) -> list[list[object]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path).worksheets[0].iter_rows()]


@pytest.mark.covers("exports", "formula_csv", "formula_xlsx")
@pytest.mark.covers("bad_inputs", "formula_injection_export", "xlsx_formula_export")
def test_no_text_cell_or_name_starts_a_formula(tmp_path: Path) -> None:
    size = len(FORMULAS)
    kinds = pd.Categorical(["=1"] * size)
    frame = pd.DataFrame(
        {"=name": FORMULAS, "kind": kinds, "loss_cny": [-1.5] * size, "odd": [Path("=1")] * size}
    )
    before = frame.copy(deep=True)
    back = pd.read_csv(write(frame, tmp_path), dtype=str, encoding="utf-8-sig", lineterminator=None)
    cells = read_cells(write(frame, tmp_path, "xlsx"))
    for names, rows in ((list(back), back.to_numpy().tolist()), (cells[0], cells[1:])):
        assert names == ["'=name", "kind", "loss_cny", "odd"]
        assert [row[0].replace("\r", "\n") for row in rows] == [
            f"'{text}".replace("\r", "\n") for text in FORMULAS
        ]
        assert [(row[1], float(row[2]), row[3]) for row in rows] == [("'=1", -1.5, "'=1")] * size
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.covers("exports", "formula_xlsx")
def test_a_workbook_holds_no_formula_no_link_no_error(tmp_path: Path) -> None:
    frame = pd.DataFrame({"#N/A": ["#REF!", "http://x.cn", "_x003D_1", "<f>1</f>", "a\rb"], "n": [-5] * 5})
    path = write(frame, tmp_path, "xlsx")
    page = openpyxl.load_workbook(path).worksheets[0]
    assert [cell.data_type for cell in page["A"]] == ["s"] * 6
    assert page["B2"].data_type == "n"
    assert [cell.value for cell in page["A"]][1:] == [
        "#REF!",
        "http://x.cn",
        "_x005F_x003D_1",
        "<f>1</f>",
        "a\rb",
    ]
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
        assert not [name for name in archive.namelist() if "rels" in name and "sheet" in name]
    assert b"<f" not in sheet.replace(b"&lt;f", b"")
    assert b"hyperlink" not in sheet


def test_phones_and_ids_are_text_and_dates_dates(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "customer_id": [7, 8],
            "phone": pd.array([13800138000, None], dtype="Int64"),
            "card": [6222020000000000123, 1],
            "mobile": ["013800138000", "1"],
            "day": pd.to_datetime(["2025-07-01", None]),
            "at": pd.to_datetime(["2025-07-01 09:30:00", "2025-07-01 00:00:00"]),
            "born": [dt.date(1880, 5, 1), dt.date(1990, 5, 1)],
            "zoned": pd.to_datetime(["2025-07-01 09:00+08:00"] * 2),
            "is_vip": [True, False],
            "score": [0.1, np.inf],
            "loss_cny": [-3, 4],
        }
    )
    rows = read_cells(write(frame, tmp_path, "xlsx"))
    day = dt.datetime(2025, 7, 1)  # noqa: DTZ001 (a sheet's dates know no zone)
    assert rows[1] == [
        "7", "13800138000", "6222020000000000123", "013800138000", day, day.replace(hour=9, minute=30),
        "1880-05-01", "2025-07-01 09:00:00+08:00", True, 0.1, -3,
    ]  # fmt: skip
    assert rows[2][1] is None
    assert rows[2][9] == "inf"
    page = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    assert (page["A2"].number_format, page["E2"].number_format) == ("@", "yyyy-mm-dd")


@pytest.mark.parametrize("form", [*FORMS, "parquet"])
def test_our_own_reader_reads_it_back(tmp_path: Path, form: str) -> None:
    size = 40
    frame = pd.DataFrame(
        {
            "customer_id": [f"{number:05d}" for number in range(size)],
            "phone": [f"0138{number:08d}" for number in range(size)],
            "name": ["张三，北京市朝阳区", '李,四\n"五"𠮷', "王小二的客户名单", "赵六"] * 10,
            "since": pd.date_range("2025-01-01", periods=size, unit="us"),
            "score": np.linspace(-1, 1, size),
            "contacts": range(size),
        }
    )
    back = read_table(write(frame, tmp_path, form)).frame
    assert list(back) == list(frame)
    for name in ("customer_id", "phone", "name"):
        assert list(back[name]) == list(frame[name]), name
    assert list(back["since"]) == list(frame["since"])
    np.testing.assert_array_equal(back[["score", "contacts"]], frame[["score", "contacts"]])


@pytest.mark.covers("bad_inputs", "parquet_mixed_object")
def test_parquet_keeps_types_and_values(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "a": pd.array([1, None], dtype="Int64"),
            "t": ["=1", "-"],
            "c": pd.Categorical(["x", "y"]),
            "b": [True, False],
        }
    )
    pd.testing.assert_frame_equal(pd.read_parquet(write(frame, tmp_path, "parquet")), frame)
    with pytest.raises(DataError, match="Give every column a name of its own"):
        write(pd.DataFrame([[1, 2]], columns=["a", "a"]), tmp_path, "parquet")
    with pytest.raises(DataError, match="values of one kind"):
        write(pd.DataFrame({"a": [1, "x"]}, dtype=object), tmp_path, "parquet")


@pytest.mark.parametrize("form", ["csv", "csv-gb18030", "xlsx", "parquet"])
def test_the_same_table_gives_the_same_file(tmp_path: Path, form: str) -> None:
    frame = pd.DataFrame({"姓名": ["张三", None], "x": [1.0, None]})
    first, second = (hashlib.sha256(write(frame, tmp_path, form).read_bytes()).digest() for _ in range(2))
    assert first == second


def test_a_spreadsheet_sees_utf8_and_phones_as_written(tmp_path: Path) -> None:
    frame = pd.DataFrame({"phone": ["013800138000", None], "姓名": ["张三", "李,四"], "x": [1.0, None]})
    text = 'phone,姓名,x\r\n013800138000,张三,1.0\r\n,"李,四",\r\n'
    assert write(frame, tmp_path).read_bytes() == f"\ufeff{text}".encode()
    assert write(frame, tmp_path, "csv-gb18030").read_bytes() == text.encode("gb18030")


def test_numbers_in_a_column_of_text_stay_plain(tmp_path: Path) -> None:
    path = write(pd.DataFrame({"x": ["-5", "+3.5%", "=5"]}), tmp_path)
    assert path.read_text("utf-8-sig").split() == ["x", "-5", "+3.5%", "'=5"]


@pytest.mark.covers("exports", "lone_surrogate")
@pytest.mark.covers("bad_inputs", "lone_surrogate")
@pytest.mark.parametrize("form", [*FORMS, "parquet"])
def test_half_a_character_is_named(tmp_path: Path, form: str) -> None:
    frame = pd.DataFrame({"n": ["a", "\ud800"], "m": ["\udfff", None]}, dtype=object)
    with pytest.raises(
        DataError, match=r"n: 1 text holds half a character \(row 3\)[\s\S]*m: 1 .* \(row 2\)"
    ):
        write(frame, tmp_path, form)
    with pytest.raises(DataError, match="the column's name holds half"):
        write(pd.DataFrame([[1]], columns=pd.Index(["\ud800"], dtype=object)), tmp_path, form)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.covers("exports", "text_too_long", "too_many_rows")
@pytest.mark.covers("bad_inputs", "very_long_string", "xlsx_row_limit")
def test_what_no_sheet_holds_is_named_by_row_and_column(tmp_path: Path, monkeypatch) -> None:
    frame = pd.DataFrame(
        {"a": ["x" * 32_767, "x" * 32_768, "=" * 32_767], "b": ["𠮷" * 16_384, "\x00a", "\n"]}
    )
    with pytest.raises(DataError) as caught:
        write(frame, tmp_path, "xlsx")
    assert str(caught.value) == (
        "The table cannot be written as xlsx (2 problems):\n"
        "  - a: 2 texts over the 32,767 characters that a cell holds: shorten, or write as csv or parquet "
        "(rows 3 and 4).\n"
        "  - b: 1 text over the 32,767 characters that a cell holds: shorten, or write as csv or parquet "
        "(row 2)."
    )
    with pytest.raises(DataError, match="row 1,048,577: with its heading the table has 1,048,577 rows"):
        write(pd.DataFrame({"a": np.zeros(1_048_576, np.int8)}), tmp_path, "xlsx")
    with pytest.raises(DataError, match="column '16384': the table has 16,385 columns"):
        write(pd.DataFrame(np.zeros((1, 16_385))), tmp_path, "xlsx")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    assert len(read_cells(write(pd.DataFrame({"a": [1, 2, 3]}), tmp_path, "xlsx"))) == 4


@pytest.mark.covers("exports", "control_characters")
@pytest.mark.covers("bad_inputs", "control_chars_xlsx")
def test_a_control_character_is_seen_as_replaced(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a\x00": ["a\x07b", "\x00=1", "a\tb"]})
    assert read_cells(write(frame, tmp_path, "xlsx")) == [["a\ufffd"], ["a\ufffdb"], ["'\ufffd=1"], ["a\tb"]]


@pytest.mark.covers("exports", "whole_or_not")
@pytest.mark.parametrize("form", [*FORMS, "parquet"])
def test_what_was_there_stays_until_the_new_file_is_whole(tmp_path: Path, form: str) -> None:
    path = write(pd.DataFrame({"a": ["old"]}), tmp_path, form)
    before = path.read_bytes()
    with pytest.raises(DataError):
        write(pd.DataFrame({"a": ["\ud800"]}, dtype=object), tmp_path, form)
    assert path.read_bytes() == before
    with path.open("rb") as reader:
        write(pd.DataFrame({"a": ["new"]}), tmp_path, form)
        assert reader.read() == before, "who reads the old file reads it to its end"
    path.unlink()
    path.mkdir()
    with pytest.raises(RunError, match="cannot be written: Is a directory"):
        write(pd.DataFrame({"a": ["new"]}), tmp_path, form)
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_without_rows_has_its_headings(tmp_path: Path) -> None:
    empty = pd.DataFrame({"a": [], "b": []})
    assert read_cells(write(empty, tmp_path, "xlsx")) == [["a", "b"]]
    assert write(empty, tmp_path).read_text("utf-8-sig") == "a,b\n"


def test_an_unknown_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="'xls' is none of csv, .*Did you mean 'xlsx'"):
        write(pd.DataFrame({"a": [1]}), tmp_path, "xls")
