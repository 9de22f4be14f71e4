"""Tables that cannot be read as they are."""

import gzip
import zipfile
from pathlib import Path

import pandas as pd

from tests.data.cases.files import Case, rows, text_file, workbook


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
