"""A table as an Excel workbook, and the cells that a workbook may hold."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import IO, Any

import numpy as np
import pandas as pd

from leadline.data.guarded import guard_column, guard_names
from leadline.data.raw import find_file_rows, name_rows
from leadline.data.sheets import Sheet, escape_text, write_book
from leadline.errors import DataError
from leadline.language import _, plural

MOST_ROWS, MOST_COLUMNS, MOST_CHARS = 1_048_576, 16_384, 32_767
_EXACT_LIMIT = 10**15  # Excel keeps 15 digits
_FIRST_SOUND_DAY = dt.datetime(1900, 3, 1)  # noqa: DTZ001 - before it Excel counts a day that never was
_IDENTIFIER = re.compile(r"(?:^|_)(?:id|phone|mobile)$", re.IGNORECASE)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_workbook(frame: pd.DataFrame, file: IO[bytes]) -> None:
    """Write a table as the one sheet of a workbook.

    Texts are text cells, as are ids, telephone numbers and whole numbers beyond the 15 digits that Excel
    keeps; days are dates. A moment with a time zone, and one before March 1900, is text.

    Raises
    ------
    DataError
        If a sheet cannot hold the table, with every reason.
    """
    if problems := _check_size(frame):
        raise DataError(_("The table cannot be written as xlsx"), problems)
    columns = [write_column(str(name), values) for name, values in frame.items()]
    names = [drop_controls(name) for name in guard_names(frame)]
    problems = [
        _("{name}: {fault} (its name).", name=ascii(name), fault=problem)
        for name in names
        if (problem := _find_fault(name))
    ]
    for name, cells in zip(frame.columns, columns, strict=True):
        problems += _check_cells(str(name), cells, frame.index)
    if problems:
        raise DataError(_("The table cannot be written as xlsx"), problems)
    write_book([Sheet(name="table", heads=names, columns=columns)], file)


def _check_size(frame: pd.DataFrame) -> list[str]:
    problems = []
    if len(frame) >= MOST_ROWS:
        problems.append(
            _(
                "row {row}: with its heading the table has {count} rows, and a sheet holds "
                "{most}. Write it as csv or parquet, or in parts.",
                row=f"{MOST_ROWS + 1:,}",
                count=f"{len(frame) + 1:,}",
                most=f"{MOST_ROWS:,}",
            )
        )
    if frame.shape[1] > MOST_COLUMNS:
        problems.append(
            _(
                "column {column}: the table has {count} columns, and a sheet holds {most_columns}. "
                "Leave some out, or write it as csv or parquet.",
                column=repr(str(frame.columns[MOST_COLUMNS])),
                count=f"{frame.shape[1]:,}",
                most_columns=f"{MOST_COLUMNS:,}",
            )
        )
    return problems


def _check_cells(name: str, cells: Iterable[object], index: pd.Index) -> list[str]:
    faults = pd.Series(
        [_find_fault(cell) if isinstance(cell, str) else "" for cell in cells], index, dtype="str"
    )
    return [
        plural(
            "{name}: {count} text {fault} ({rows}).",
            "{name}: {count} texts {fault} ({rows}).",
            len(rows),
            name=name,
            fault=fault,
            rows=name_rows(rows),
        )
        for fault in dict.fromkeys(faults[faults != ""])
        if (rows := find_file_rows(faults == fault))
    ]


def _find_fault(text: str) -> str:
    """Say why no cell can hold a text, '' where one can."""
    if len(text) * 2 > MOST_CHARS and max(_count_utf16(text), len(escape_text(text))) > MOST_CHARS:
        return _(
            "over the {most} characters that a cell holds: shorten, or write as csv or parquet",
            most=f"{MOST_CHARS:,}",
        )
    return ""


def _count_utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def write_column(name: str, values: pd.Series) -> list[object]:
    """Return the cells of a column: texts (guarded, `drop_controls`), numbers, flags, dates, None.

    Ids, telephone numbers, numbers that Excel would round, moments with a time zone and days before March
    1900 are texts.
    """
    cells: list[Any] = guard_column(values)
    numbers: list[Any] = [cell for cell in cells if _is_number(cell)]
    is_identifier = _IDENTIFIER.search(name) or any(_is_long(number) for number in numbers)
    if is_identifier and all(number % 1 == 0 for number in numbers):
        cells = [str(int(cell)) if _is_number(cell) else cell for cell in cells]
    return [
        drop_controls(cell) if isinstance(cell, str) else cell if cell is None else _write_value(cell)
        for cell in cells
    ]


def drop_controls(text: str) -> str:
    """Return a text with a sign of replacement for each control character, which no workbook can hold."""
    return _NO_XML.sub("\ufffd", text)


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float | np.number) and not isinstance(cell, bool)


def _is_long(number: Any) -> bool:
    return isinstance(number, int | np.integer) and abs(int(number)) >= _EXACT_LIMIT


def _write_value(cell: Any) -> object:
    if isinstance(cell, dt.datetime):
        moment = cell.to_pydatetime(warn=False) if isinstance(cell, pd.Timestamp) else cell
        if moment.tzinfo is not None or moment < _FIRST_SOUND_DAY:
            return moment.isoformat(sep=" ")
        return moment.date() if moment.time() == dt.time() else moment
    if isinstance(cell, dt.date):
        return cell if cell >= _FIRST_SOUND_DAY.date() else cell.isoformat()
    if isinstance(cell, bool | np.bool_):
        return bool(cell)
    is_sound = _is_number(cell) and not _is_long(cell) and abs(cell) < float("inf")
    return cell if is_sound else str(cell)
