"""Every bad input of the catalogue: refused with what is needed to mend it, warned of, or handled."""

import datetime as dt
import gzip
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from leadline.data import read_table
from leadline.errors import DataError

AS_OF = dt.date(2026, 6, 30)
Build = Callable[[Path], Path]


@dataclass(frozen=True)
class Case:
    """One bad input; ``wanted`` are words of the error, the warning or the note."""

    id: str
    build: Build
    wanted: tuple[str, ...]
    cells: dict[str, list[object]] = field(default_factory=dict)


def text_file(content: str | bytes, encoding: str = "utf-8", name: str = "t.csv") -> Build:
    def build(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return build


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> Build:
    def build(folder: Path) -> Path:
        book = openpyxl.Workbook()
        fill(book)
        path = folder / "t.xlsx"
        book.save(path)
        return path

    return build


def rows(*records: list[object]) -> Callable[[openpyxl.Workbook], None]:
    def fill(book: openpyxl.Workbook) -> None:
        for record in records:
            book.active.append(record)

    return fill


def hide_row(book: openpyxl.Workbook) -> None:
    rows(["x"], [1], [2], [3])(book)
    book.active.row_dimensions[3].hidden = True
    book.create_sheet("real data").append(["y"])
    book["real data"].append([1])


def merge_cells(book: openpyxl.Workbook) -> None:
    rows(["region", "x"], ["East", 1], ["", 2], ["", 3])(book)
    book.active.merge_cells("A2:A4")


def count_from_1904(book: openpyxl.Workbook) -> None:
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    rows(["day"], [dt.date(2024, 1, 1)], [dt.date(2024, 1, 2)])(book)


def truncated_parquet(folder: Path) -> Path:
    path = folder / "t.parquet"
    pd.DataFrame({"n": range(100)}).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-50])
    return path


def zip_bomb(folder: Path) -> Path:
    path = folder / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
    return path


def cut_gzip(folder: Path) -> Path:
    path = folder / "t.csv.gz"
    path.write_bytes(gzip.compress(b"id,x\n1,2\n2,3\n" * 100)[:-20])
    return path


GBK_LINE, UTF8_LINE = "1,张三\n".encode("gbk"), "2,李四\n".encode()

ERRORS = [
    Case(
        "mixed_gbk_utf8",
        text_file(b"id,n\n" + GBK_LINE + UTF8_LINE),
        ("two encodings", "row 2", "row 3", "UTF-8"),
    ),
    Case(
        "gbk_read_as_latin1",
        text_file("id,n\n1,张三\n2,李四\n".encode("gbk").decode("latin-1")),
        ("GBK text was once read as Latin-1", "rows 2 and 3", "张三", "Export"),
    ),
    Case(
        "utf8_decodes_as_gbk",
        text_file("id,n\n1,张三李四\n2,王五赵六\n".encode().decode("gbk")),
        ("UTF-8 text was once read as GBK", "rows 2 and 3", "张三李四", "Export"),
    ),
    Case("nul_bytes", text_file(b"id,n\n1,a\x00b\n2,c\n"), ("1 line", "NUL bytes", "row 2", "Export")),
    Case("decimal_comma", text_file("id;x\n1;2,50\n2;3,10\n"), ("x:", "2 values", "decimal comma", "'2,50'")),
    Case(
        "ragged_short", text_file("a,b,c\n1,2,3\n4,5\n6,7,8\n"), ("1 row", "fewer fields", "row 3", "'4,5'")
    ),
    Case(
        "ragged_long",
        text_file("a,b\n1,2\n3,4,5\n6,7\n"),
        ("1 row", "more fields", "row 3", "'3,4,5'", "quotation"),
    ),
    Case(
        "all_rows_one_extra_field",
        text_file("a,b\n1,2,3\n4,5,6\n"),
        ("all 2 rows have 3 fields", "row 2", "header"),
    ),
    Case(
        "unclosed_quote_swallows_rows",
        text_file('id,n\n1,"a\n2,b\n3,c"\n4,d\n'),
        ("n:", "swallowed 2 rows", "row 2", "Close it"),
    ),
    Case("unclosed_quote_at_end", text_file('id,n\n1,a\n2,b\n3,"c\n'), ("never closed", "Close it")),
    Case("duplicate_header", text_file("id,x,x\n1,2,3\n4,5,6\n"), ("x: 2 columns", "2, 3", "Rename")),
    Case(
        "title_rows_above_header",
        text_file("Report Q3,,\n,,\nid,x,y\n1,2,3\n"),
        ("row 3 looks like the header", "'Report Q3'", "Delete"),
    ),
    Case(
        "title_row_alone_in_its_line",
        text_file("Report Q3\n\nid,x,y\n1,2,3\n4,5,6\n7,8,9\n"),
        ("row 3 looks like the header", "'Report Q3'", "Delete"),
    ),
    Case("mixed_delimiters", text_file("a,b\n1,2\n3;4\n5,6\n"), ("row 3", "semicolon")),
    Case("empty_file", text_file(""), ("is empty", "Export")),
    Case("header_only", text_file("id,x\n"), ("a header but no rows", "Check")),
    Case("one_row", text_file("id,x\n1,2\n"), ("one row", "Check")),
    Case(
        "truncated_last_line",
        text_file("id,spend\n1,100\n2,200\n3,30"),
        ("spend:", "row 4", "'30'", "cut off", "line end"),
    ),
    Case("truncated_last_word", text_file("id,s\n1,open\n2,open\n3,op"), ("s:", "row 4", "'op'", "cut off")),
    Case("truncated_gzip", cut_gzip, ("cut off", "again")),
    Case(
        "excel_15_digits",
        workbook(rows(["id"], [6222020200112345678], [6222020200112345679])),
        ("id:", "2 numbers", "15 digits", "rows 2 and 3", "as text"),
    ),
    Case(
        "excel_scientific_id",
        text_file("id\n6.22202E+18\n6.22202E+18\n"),
        ("id: 2 ids", "scientific notation", "rows 2 and 3", "as text"),
    ),
    Case(
        "scientific_number_without_a_name",
        text_file("ref,x\n6.22202E+18,1\n6.22202E+18,2\n"),
        ("ref: 2 ids", "scientific notation"),
    ),
    Case(
        "mixed_type_column",
        text_file("x\n1\n2\nabc\n4\n"),
        ("x:", "1 of 4 values", "row 4", "'abc'", "text_columns"),
    ),
    Case(
        "mixed_currency", text_file("spend\n￥1200\n$15\n"), ("spend:", "CNY, USD", "rows 2 and 3", "Convert")
    ),
    Case(
        "percent_and_plain_numbers",
        text_file("rate\n12.5%\n3\n4%\n"),
        ("rate:", "per cents and plain numbers", "in one way"),
    ),
    Case(
        "dmy_mdy_ambiguous",
        text_file("d\n03/04/2026\n25/04/2026\n"),
        ("d: 1 of 2 dates", "day/month or month/day", "row 2", "2026-01-31"),
    ),
    Case("both_orders", text_file("d\n13/04/2026\n04/25/2026\n"), ("d:", "both orders", "row 2", "row 3")),
    Case(
        "impossible_date",
        text_file("d\n2026-02-30\n2026-02-28\n"),
        ("d: 1 date", "not exist", "row 2", "'2026-02-30'"),
    ),
    Case(
        "tz_mix",
        text_file("d\n2026-01-01T00:00:00+08:00\n2026-01-01T00:00:00Z\n2026-01-01 00:00:00\n"),
        ("d: 2 moments have a time zone, 1 ", "row 4", "UTC"),
    ),
    Case("parquet_truncated", truncated_parquet, ("cut off or damaged", "again")),
    Case(
        "xlsx_password_or_xls_renamed",
        text_file(b"\xd0\xcf\x11\xe0" + b"0" * 600, name="p.xlsx"),
        ("password", ".xls", "save it as .xlsx"),
    ),
    Case(
        "html_named_xls",
        text_file("<table><tr><td>1</td></tr></table>", name="h.xls"),
        ("web page", "save it as .xlsx"),
    ),
    Case("zip_bomb_xlsx", zip_bomb, ("63 MB", "not opened", "CSV")),
    Case(
        "formula_cells_no_cache",
        workbook(rows(["x"], ["=1+1"], ["=1+2"])),
        ("column A: 2 formulas", "rows 2 and 3", "save it"),
    ),
]

WARNINGS = [
    Case("no_header", text_file("1,100\n2,200\n"), ("no header", "column_1"), {"column_2": [100, 200]}),
    Case(
        "no_header_with_codes",
        text_file("C001,100\nC002,200\nC003,300\n"),
        ("no header",),
        {"column_2": [100, 200, 300]},
    ),
    Case(
        "total_row_at_end",
        text_file("id,spend\n1,10\n2,20\nTotal,30\n"),
        ("row 4", "total", "left out"),
        {"spend": [10, 20]},
    ),
    Case(
        "one_bad_cell_coerce",
        text_file("x\n1\n2\nO\n4\n"),
        ("x:", "1 of 4", "row 4", "'O'", "missing"),
        {"x": [1, 2, None, 4]},
    ),
    Case(
        "sentinel_missing_-999_9999",
        text_file("age,tenure\n30,12\n40,9999\n-999,20\n"),
        ("age:", "-999", "missing"),
        {"age": [30, 40, -999]},
    ),
    Case(
        "excel_1900_1904",
        workbook(count_from_1904),
        ("1904",),
        {"day": [pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 1, 2)]},
    ),
    Case(
        "two_digit_year",
        text_file("d\n31/12/68\n30/11/99\n"),
        ("d:", "two-digit year", "1968", "1999", "rows 2 and 3"),
    ),
    Case(
        "excel_serial_date",
        text_file("d\n45292\n45293.5\n"),
        ("d:", "serial", "rows 2 and 3"),
        {"d": [pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 1, 2, 12)]},
    ),
    Case("future_dates", text_file("d\n2199-01-01\n2026-01-01\n"), ("d:", "after 2026-06-30", "2199-01-01")),
    Case("zero_date_mysql", text_file("d\n0000-00-00\n2026-01-01\n"), ("d:", "zero", "missing", "row 2")),
    Case("xlsx_hidden_rows_multi_sheet", workbook(hide_row), ("hidden row", "row 3"), {"x": [1, 2, 3]}),
    Case("xlsx_several_sheets", workbook(hide_row), ("real data",)),
    Case(
        "merged_cells_xlsx", workbook(merge_cells), ("merged area", "A2:A4"), {"region": ["East", None, None]}
    ),
]

CLEAN_NAMES = {"n": ["张三", "李四"]}
HANDLED = [
    Case(
        "gbk",
        text_file("id,姓名\n1,张三\n2,李四\n", "gbk"),
        ("GBK",),
        {"姓名": ["张三", "李四"], "id": ["1", "2"]},
    ),
    Case("bom8", text_file("\ufeffid,x\n1,2\n2,3\n"), ("byte-order mark",), {"id": ["1", "2"]}),
    Case("utf16", text_file("id,n\n1,张三\n2,李四\n", "utf-16"), ("UTF-16",), CLEAN_NAMES),
    Case(
        "gb18030_rare_char",
        text_file("id,n\n1,𠮷野\n2,李四\n", "gb18030"),
        ("GB18030",),
        {"n": ["𠮷野", "李四"]},
    ),
    Case("semicolon_sep", text_file("id;x\n1;2\n2;3\n"), (), {"x": [2, 3]}),
    Case("tab_sep", text_file("id\tx\n1\t2\n2\t3\n", name="t.tsv"), (), {"x": [2, 3]}),
    Case("bar_sep", text_file("id|x,y\n1|2\n2|3\n"), (), {"x,y": [2, 3]}),
    Case("embedded_newline", text_file('id,n\n1,"a\nb"\n2,c\n'), (), {"n": ["a\nb", "c"]}),
    Case(
        "header_spaces_fullwidth",
        text_file("ｉｄ, x \n1,2\n2,3\n"),
        ("column names",),
        {"id": ["1", "2"], "x": [2, 3]},
    ),
    Case(
        "phone_leading_zero",
        text_file("fax\n013800138000\n02112345678\n"),
        ("fax:", "begin with 0"),
        {"fax": ["013800138000", "02112345678"]},
    ),
    Case(
        "phone",
        text_file("联系\n13800138000\n13900139000\n"),
        ("联系:", "phone"),
        {"联系": ["13800138000", "13900139000"]},
    ),
    Case(
        "id_float_after_missing",
        text_file("x,ref\n1,9007199254740993\n2,\n"),
        ("ref:", "15 digits"),
        {"ref": ["9007199254740993", None]},
    ),
    Case(
        "int64_overflow_id",
        text_file("ref\n123456789012345678901234\n12345678901234567890\n"),
        ("ref:", "15 digits"),
        {"ref": ["123456789012345678901234", "12345678901234567890"]},
    ),
    Case(
        "thousands",
        text_file('spend\n"1,234.50"\n"12"\n'),
        ("spend:", "thousands"),
        {"spend": [1234.5, 12.0]},
    ),
    Case("percent_string", text_file("rate\n12.5%\n3%\n"), ("rate:", "percent"), {"rate": [0.125, 0.03]}),
    Case(
        "currency_symbols",
        text_file("spend\n￥1200\n¥15\n20元\n"),
        ("spend:", "currency"),
        {"spend": [1200, 15, 20]},
    ),
    Case("fullwidth_digits", text_file("x\n１２３\n45\n"), ("x:", "full-width"), {"x": [123, 45]}),
    Case("accounting_negative", text_file("x\n(100)\n200\n"), ("x:", "parentheses"), {"x": [-100, 200]}),
    Case(
        "name_NA_null",
        text_file("id,surname\n1,Null\n2,NA\n3,nan\n4,None\n"),
        ("surname:", "kept as text"),
        {"surname": ["Null", "NA", "nan", "None"]},
    ),
    Case("country_NA_Namibia", text_file("c\nNA\nZA\n"), ("c:", "NA kept as text"), {"c": ["NA", "ZA"]}),
    Case("NA_among_numbers", text_file("x\nNA\n1\n2\n"), ("x:", "NA", "missing"), {"x": [None, 1, 2]}),
    Case(
        "bool_variants",
        text_file("b\nY\nN\n是\n否\nTRUE\n0\n"),
        ("b:", "true or false"),
        {"b": [True, False, True, False, True, False]},
    ),
    Case(
        "day_first_decided_by_many",
        text_file("d\n03/04/2026\n" + "".join(f"{day}/04/2026\n" for day in range(13, 29))),
        (),
        {"d": [pd.Timestamp(2026, 4, 3), *(pd.Timestamp(2026, 4, day) for day in range(13, 29))]},
    ),
    Case(
        "unicode_nfc_nfd_keys",
        text_file("n\nJosé\nJose\u0301\n"),
        ("n:", "decomposed"),
        {"n": ["José", "José"]},
    ),
    Case(
        "trailing_space_case_email",
        text_file("mail\nA@x.com \na@x.com\na@x.com\u200b\n"),
        ("mail:", "lower case"),
        {"mail": ["a@x.com"] * 3},
    ),
    Case(
        "classes_with_a_plus",
        text_file("children\n0\n1\n2\n3+\n"),
        ("children:", "classes"),
        {"children": ["0", "1", "2", "3+"]},
    ),
]


def ids(cases: list[Case]) -> list[str]:
    return [case.id for case in cases]


def same(found: list[object], wanted: list[object]) -> bool:
    return all(pd.isna(a) if b is None else a == b for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("case", ERRORS, ids=ids(ERRORS))
def test_error_names_column_rows_and_remedy(case: Case, tmp_path: Path) -> None:
    path = case.build(tmp_path)
    with pytest.raises(DataError) as caught:
        read_table(path, as_of=AS_OF)
    message = str(caught.value)
    assert str(path) in caught.value.headline
    assert [word for word in case.wanted if word not in message] == [], message


@pytest.mark.parametrize("case", WARNINGS, ids=ids(WARNINGS))
def test_warning_reaches_the_report(case: Case, tmp_path: Path) -> None:
    table = read_table(case.build(tmp_path), as_of=AS_OF)
    fitting = [text for text in table.source.warnings if all(word in text for word in case.wanted)]
    assert len(fitting) == 1, table.source.warnings
    for name, values in case.cells.items():
        assert same(table.frame[name].tolist(), values), table.frame


@pytest.mark.parametrize("case", HANDLED, ids=ids(HANDLED))
def test_handled_in_silence_and_noted(case: Case, tmp_path: Path) -> None:
    table = read_table(case.build(tmp_path), as_of=AS_OF)
    assert table.source.warnings == ()
    assert not case.wanted or any(all(word in note for word in case.wanted) for note in table.source.notes), (
        table.source.notes
    )
    for name, values in case.cells.items():
        assert same(table.frame[name].tolist(), values), table.frame


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    path = text_file("d,x,spend\n2026-02-30,1,￥1\n2026-01-01,2,$2\n2026-01-02,abc,￥3\n2026-01-03,3,￥3\n")(
        tmp_path
    )
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["d", "x", "spend"]
