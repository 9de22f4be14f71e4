"""Tables that are read, with a word of warning to who reads the report."""

import datetime as dt

import openpyxl
import pandas as pd

from tests.data.cases.files import Case, rows, text_file, workbook


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
    Case("future_dates", text_file("d\n2199-01-01\n2026-01-01\n"), ("d:", "after 2026-06-30", "2199-01-01")),
    Case("zero_date_mysql", text_file("d\n0000-00-00\n2026-01-01\n"), ("d:", "zero", "missing", "row 2")),
    Case("xlsx_hidden_rows_multi_sheet", workbook(hide_row), ("hidden row", "row 3"), {"x": [1, 2, 3]}),
    Case("xlsx_several_sheets", workbook(hide_row), ("real data",)),
    Case(
        "merged_cells_xlsx", workbook(merge_cells), ("merged area", "A2:A4"), {"region": ["East", None, None]}
    ),
]
