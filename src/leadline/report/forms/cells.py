"""Cells of a workbook: typed, formatted by what they measure, and within what a cell holds."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
from babel.numbers import get_currency_symbol

from leadline.data.sheets import Formatted
from leadline.data.workbook import MOST_CHARS, write_column
from leadline.language import _
from leadline.language.messages import current_locale

_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FLAGS = {"True": True, "False": False}
#: A cell that stands for no value, as pages and files write it.
_MISSING = frozenset({"", "–", "NaN", "nan", "NaT", "None", "<NA>"})
#: Excel keeps 15 digits; what has more is an id and stays text.
_MOST_DIGITS = 15
_EXCEL_FORMS = {
    "share": "0.0%",
    "count": "#,##0",
    "ratio": '#,##0.0"×"',
    "index": "0.000",
    "p_value": "0.000",
}


def form_of(unit: str) -> str:
    """Return the number format of a unit (`leadline.language.formats.Unit`) in the language in use."""
    if unit == "points":
        points = _("% points").partition("%")[2]
        return f'+0.0%"{points}";-0.0%"{points}";0.0%"{points}"'
    if unit in ("money_cny", "price_cny"):
        symbol = get_currency_symbol("CNY", locale=current_locale())
        decimals = ".00" if unit == "price_cny" else ""
        return f'"{symbol}"#,##0{decimals};-"{symbol}"#,##0{decimals}'
    return _EXCEL_FORMS.get(unit, "")


def format_number(value: float | None, unit: str) -> object:
    """Return one number as a cell with its unit's format."""
    form = form_of(unit)
    return Formatted(value, form) if form and value is not None else value


def format_columns(
    names: Sequence[str], columns: Sequence[Sequence[Any]], units: Sequence[str]
) -> list[list[object]]:
    """Return each column's cells: typed as a whole, texts guarded, numbers with the format of their unit."""
    return [_format_column(*column) for column in zip(names, columns, units, strict=True)]


def _format_column(name: str, cells: Sequence[Any], unit: str) -> list[object]:
    typed = _type_texts(cells) if all(isinstance(cell, str) for cell in cells) else list(cells)
    form = form_of(unit)
    written = write_column(name, pd.Series(typed, dtype=object))
    return [
        Formatted(cell, form) if form and _is_number(cell) else fit_text(cell)  # type: ignore[arg-type] # a number
        for cell in written
    ]


def _type_texts(texts: Sequence[str]) -> list[object]:
    """Return a column of texts as what all of them are: numbers, days, times, flags; or texts still.

    A number with a leading zero or with more digits than Excel keeps is an id, and so is its whole column.
    """
    there = [text for text in texts if text not in _MISSING]
    for is_one, read in (
        (_is_exact, _read_number),
        (_DAY.fullmatch, dt.date.fromisoformat),
        (_MOMENT.fullmatch, dt.datetime.fromisoformat),
        (_FLAGS.__contains__, _FLAGS.__getitem__),
    ):
        if there and all(is_one(text) for text in there):
            try:
                return [None if text in _MISSING else read(text) for text in texts]
            except ValueError:  # 2026-02-30
                break
    return [None if text == "" else text for text in texts]


def _is_exact(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and (
        "." in text or "e" in text.lower() or len(text.lstrip("+-")) <= _MOST_DIGITS
    )


def _read_number(text: str) -> float:
    return float(text) if set(text.lower()) & set(".e") else int(text)


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def fit_text(cell: object) -> object:
    """Return a text as a cell can hold it, without control characters and cut; any other cell as it is."""
    if not isinstance(cell, str):
        return cell
    text = _NO_XML.sub("\ufffd", cell)
    if len(text) * 2 <= MOST_CHARS or len(text.encode("utf-16-le")) // 2 <= MOST_CHARS:
        return text
    note = _("… [cut: a cell holds {most} characters]", most=f"{MOST_CHARS:,}")
    return _cut_utf16(text, MOST_CHARS - len(note.encode("utf-16-le")) // 2) + note


def _cut_utf16(text: str, most: int) -> str:
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")
