"""How much do the best customers bring: the question asked of tables that are not as they should be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from tests.data.cases.files import Build
from tests.data.cases.refused import ERRORS
from tests.data.cases.runs import ANSWER, CLIENTS, SPEND, RunCase, clients, concentration, csv
from tests.scorecard.catalogue import read_catalogue

DAYS = pd.date_range("2024-01-01", periods=CLIENTS)
HALF = CLIENTS // 2


def note(case: str, build: Build, *wanted: str, answer: str = ANSWER, **given: Any) -> RunCase:
    """Handled: the answer is that of the sound table, and a note on the source says what was met."""
    return RunCase(case, "concentration", concentration(build, **given), "handled", wanted, answer)


def warn(case: str, build: Build, *wanted: str, answer: str = ANSWER, **given: Any) -> RunCase:
    """Warned of: so it stands among the report's warnings."""
    return RunCase(case, "concentration", concentration(build, **given), "warning", wanted, answer)


def workbook(frame: pd.DataFrame, change: Callable[[openpyxl.Workbook], None]) -> Build:
    """Write a table as a workbook that somebody has worked on."""

    def build(folder: Path) -> Path:
        book = openpyxl.Workbook()
        for row in [list(frame), *frame.to_numpy(dtype=object).tolist()]:
            book.active.append(row)
        change(book)
        book.save(folder / "clients.xlsx")
        return folder / "clients.xlsx"

    return build


def hide_row(book: openpyxl.Workbook) -> None:
    book.active.row_dimensions[3].hidden = True
    book.create_sheet("more").append(["y"])
    book["more"].append([1])


def count_from_1904(book: openpyxl.Workbook) -> None:
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904


def merge_cities(book: openpyxl.Workbook) -> None:
    book.active.merge_cells("B2:B4")


def replace(old: str, new: str, count: int = -1) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, count)


#: Refused by the reader, whatever the question.
REFUSED = [
    RunCase(case.id, "concentration", concentration(case.build), "refused", case.wanted)
    for case in ERRORS
    if case.id in read_catalogue()["bad_inputs"].cases
]

_COMMAS = [f"{1_000 * amount:,}.00" for amount in SPEND]
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_LOSSES = [f"({amount})" if amount < 30 else str(amount) for amount in SPEND]
_IDS = ["9007199254740993"] * HALF + [""] * HALF
NOTED = [
    note("gbk", csv(clients().replace("Zürich", "广州"), encoding="gbk"), "GBK"),
    note("bom8", csv(clients(), encoding="utf-8-sig"), "byte-order mark"),
    note("utf16", csv(clients(), encoding="utf-16"), "UTF-16"),
    note("gb18030_rare_char", csv(clients(city=["𠮷野", "北京"] * HALF), encoding="gb18030"), "GB18030"),
    note("semicolon_sep", csv(clients(), replace(",", ";"))),
    note("embedded_newline", csv(clients(city=["上\n海", "北京"] * HALF))),
    note("header_spaces_fullwidth", csv(clients(), replace("spend", "ｓｐｅｎｄ ", 1)), "column names"),
    note("phone_leading_zero", csv(clients(fax=["013800138000"] * CLIENTS)), "fax:", "begin with 0"),
    note("id_float_after_missing", csv(clients(ref=_IDS)), "ref:", "15 digits"),
    note("int64_overflow_id", csv(clients(ref=["123456789012345678901234"] * CLIENTS)), "ref:", "15 digits"),
    note("thousands", csv(clients(spend=_COMMAS)), "spend:", "thousands"),
    note("percent_string", csv(clients(spend=[f"{amount}%" for amount in SPEND])), "spend:", "percent"),
    note("currency_symbols", csv(clients(spend=[f"￥{amount}" for amount in SPEND])), "spend:", "currency"),
    note(
        "fullwidth_digits",
        csv(clients(spend=[str(amount).translate(_FULL_WIDTH) for amount in SPEND])),
        "spend:",
        "full-width",
    ),
    note(
        "accounting_negative",
        csv(clients(spend=_LOSSES)),
        "spend:",
        "parentheses",
        answer="The top 20% of customers bring 30.5% of all spend",
    ),
    note("name_NA_null", csv(clients(surname=["Null", "NA", "None"] * 20)), "surname:", by="surname"),
    note("country_NA_Namibia", csv(clients(country=["NA", "ZA"] * HALF)), "NA kept as text", by="country"),
    note(
        "bool_variants",
        csv(clients(b=["Y", "N", "是", "否", "TRUE", "0"] * 10)),
        "b:",
        "true or false",
        among="b",
        answer="The top 50% of customers bring",
    ),
    note(
        "excel_serial_date",
        csv(clients(joined_on=range(45_292, 45_292 + CLIENTS))),
        "joined_on:",
        "serial",
    ),
    note("unicode_nfc_nfd_keys", csv(clients(city=["José", "Jose\u0301"] * HALF)), "city:", by="city"),
    note(
        "trailing_space_case_email",
        csv(clients(mail=["A@x.com ", "a@x.com", "a@x.com\u200b"] * 20)),
        "mail:",
        "lower case",
        by="mail",
    ),
]

_MERGED = ["East", "", "", *["West"] * (CLIENTS - 3)]
WARNED = [
    warn(
        "no_header",
        csv(clients(), lambda text: text.partition("\n")[2]),
        "no header",
        value="column_3",
        answer="The top 20%",
    ),
    warn(
        "total_row_at_end", csv(clients(), lambda text: f"{text}Total,,{sum(SPEND)}\n"), "total", "left out"
    ),
    warn("one_bad_cell_coerce", csv(clients(visits=[1, "O"] + [4] * 58)), "visits:", "1 of 60", "row 3"),
    warn("sentinel_missing_-999_9999", csv(clients(age=[-999, *range(20, 79)])), "age:", "-999", "missing"),
    warn(
        "excel_1900_1904",
        workbook(clients(day=DAYS.to_pydatetime()), count_from_1904),
        "1904",
    ),
    warn("two_digit_year", csv(clients(born=["31/12/68"] * CLIENTS)), "born:", "two-digit year", "1968"),
    warn("future_dates", csv(clients(day=["2199-01-01"] + ["2026-01-01"] * 59)), "day:", "after 2026-06-30"),
    warn("zero_date_mysql", csv(clients(day=["0000-00-00"] + ["2026-01-01"] * 59)), "day:", "zero", "row 2"),
    warn("xlsx_hidden_rows_multi_sheet", workbook(clients(), hide_row), "hidden row", "row 3"),
    warn("merged_cells_xlsx", workbook(clients(city=_MERGED), merge_cities), "merged area", "B2:B4"),
    warn(
        "negative_money",
        csv(clients(spend=[-500, *SPEND[1:]])),
        "below zero",
        answer="The top 20% of customers bring",
    ),
    warn(
        "extreme_outlier",
        csv(clients(spend=[10**9, *SPEND[1:]])),
        "giant",
        answer="The top 20% of customers bring",
    ),
    warn(
        "columns_1e4",
        csv(clients(**{f"x{number}": 1 for number in range(10_000)})),
        "10,003 columns",
    ),
    warn(
        "refund_double_count",
        csv(clients(type=["purchase", "refund", "purchase"] * 20)),
        "type:",
        "refund",
    ),
]


TABLE_RUNS = [*REFUSED, *NOTED, *WARNED]
