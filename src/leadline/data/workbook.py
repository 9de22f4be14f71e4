"""A table as an Excel workbook: no formula, no link, no time stamp; the same table gives the same file."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import IO, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.writer.excel import ExcelWriter

from leadline.data.guarded import guard_column, guard_names
from leadline.data.raw import counted, find_file_rows, name_rows
from leadline.errors import DataError

MOST_ROWS, MOST_COLUMNS, MOST_CHARS = 1_048_576, 16_384, 32_767
_EXACT_LIMIT = 10**15  # Excel keeps 15 digits
_FIRST_SOUND_DAY = dt.datetime(1900, 3, 1)  # noqa: DTZ001 - before it Excel counts a day that never was
_IDENTIFIER = re.compile(r"(?:^|_)(?:id|phone|mobile)$", re.IGNORECASE)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: Excel would read _x003D_ as "=".
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_LINE_ENDS = {"\r": "&#13;"}  # XML would read it as a line feed
_WIDTH_ROWS, _WIDEST = 200, 60
_FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


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
        raise DataError("The table cannot be written as xlsx", problems)
    columns = [_write_column(str(name), values) for name, values in frame.items()]
    names = guard_names(frame)
    problems = [f"{name!a}: {problem} (its name)." for name in names if (problem := _find_fault(name))]
    for name, cells in zip(frame.columns, columns, strict=True):
        problems += _check_cells(str(name), cells, frame.index)
    if problems:
        raise DataError("The table cannot be written as xlsx", problems)
    _write_sheet([_escape(name) for name in names], columns, file)


def _check_size(frame: pd.DataFrame) -> list[str]:
    problems = []
    if len(frame) >= MOST_ROWS:
        problems.append(
            f"row {MOST_ROWS + 1:,}: with its heading the table has {len(frame) + 1:,} rows, and a sheet "
            f"holds {MOST_ROWS:,}. Write it as csv or parquet, or in parts."
        )
    if frame.shape[1] > MOST_COLUMNS:
        problems.append(
            f"column {str(frame.columns[MOST_COLUMNS])!r}: the table has {frame.shape[1]:,} columns, and a "
            f"sheet holds {MOST_COLUMNS:,}. Leave some out, or write it as csv or parquet."
        )
    return problems


def _check_cells(name: str, cells: Iterable[object], index: pd.Index) -> list[str]:
    faults = pd.Series(
        [_find_fault(cell) if isinstance(cell, str) else "" for cell in cells], index, dtype="str"
    )
    return [
        f"{name}: {counted(len(rows), 'text', 'texts')} {fault} ({name_rows(rows)})."
        for fault in dict.fromkeys(faults[faults != ""])
        if (rows := find_file_rows(faults == fault))
    ]


def _find_fault(text: str) -> str:
    """Say why no cell can hold a text, '' where one can."""
    if _NO_XML.search(text):
        return "with a control character, which no workbook can hold: take it out"
    if len(text) * 2 > MOST_CHARS and max(_count_utf16(text), len(_escape(text))) > MOST_CHARS:
        return f"over the {MOST_CHARS:,} characters that a cell holds: shorten, or write as csv or parquet"
    return ""


def _count_utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _write_column(name: str, values: pd.Series) -> list[object]:
    """Return a column's cells: texts (guarded, not yet escaped), numbers, flags, dates, None."""
    cells: list[Any] = guard_column(values)
    numbers: list[Any] = [cell for cell in cells if _is_number(cell)]
    is_identifier = _IDENTIFIER.search(name) or any(_is_long(number) for number in numbers)
    if is_identifier and all(number % 1 == 0 for number in numbers):
        cells = [str(int(cell)) if _is_number(cell) else cell for cell in cells]
    return [cell if isinstance(cell, str | None) else _write_value(cell) for cell in cells]


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


def _write_sheet(names: list[str], columns: list[list[object]], file: IO[bytes]) -> None:
    """Let openpyxl write the book and its headings, and put the rows in: six times as fast."""
    frame_of_book = BytesIO()
    styles = _write_frame(names, columns, frame_of_book)
    with ZipFile(frame_of_book) as empty, ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name in empty.namelist():
            entry = ZipInfo(name, _FIRST_ZIP_DAY)
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as target:
                head, end, tail = empty.read(name).partition(b"</sheetData>")
                target.write(head)
                for row in _write_rows(columns, styles) if end else ():
                    target.write(row.encode())
                target.write(end + tail)


def _write_frame(names: list[str], columns: list[list[object]], file: IO[bytes]) -> dict[str, int]:
    """Write a book with headings alone; return the numbers of the styles that rows may have."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("table")
    sheet.freeze_panes = "A2"
    for place, (name, cells) in enumerate(zip(names, columns, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _find_width(name, cells)
    styled = {form: WriteOnlyCell(sheet) for form in ("@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss")}
    for form, cell in styled.items():
        cell.number_format = form
    heads = [WriteOnlyCell(sheet, "") for _name in names]
    for head, name in zip(heads, names, strict=True):
        head.value = _escape(name)
        head.data_type = "s"  # openpyxl takes "#N/A" for an error
        head.font = Font(bold=True)
    sheet.append(heads)
    styles = {form: cell.style_id for form, cell in styled.items()}
    book.properties.creator = "leadline"
    book.properties.created = book.properties.modified = dt.datetime(*_FIRST_ZIP_DAY, tzinfo=dt.UTC)
    with ZipFile(file, "w") as archive:
        ExcelWriter(book, archive).save()
    return styles


def _write_rows(columns: list[list[object]], styles: dict[str, int]) -> Iterator[str]:
    letters = [get_column_letter(place) for place in range(1, len(columns) + 1)]
    for number, row in enumerate(zip(*columns, strict=True), start=2):
        cells = (
            _write_cell(cell, f"{letter}{number}", styles)
            for letter, cell in zip(letters, row, strict=True)
            if cell is not None
        )
        yield f'<row r="{number}">{"".join(cells)}</row>'


def _write_cell(cell: Any, place: str, styles: dict[str, int]) -> str:
    if isinstance(cell, str):
        text = escape(_escape(cell), _LINE_ENDS)
        opening = f'<c r="{place}" s="{styles["@"]}" t="inlineStr">'
        return f'{opening}<is><t xml:space="preserve">{text}</t></is></c>'
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{cell:d}</v></c>'
    if isinstance(cell, dt.date):
        form = "yyyy-mm-dd hh:mm:ss" if isinstance(cell, dt.datetime) else "yyyy-mm-dd"
        return f'<c r="{place}" s="{styles[form]}"><v>{to_excel(cell)}</v></c>'
    return f'<c r="{place}"><v>{cell}</v></c>'


def _escape(text: str) -> str:
    return _ESCAPE.sub("_x005F_", text)


def _find_width(name: str, cells: list[object]) -> int:
    shown = [name, *(str(cell) for cell in cells[:_WIDTH_ROWS] if cell is not None)]
    return min(max(map(_count_columns, shown)) + 2, _WIDEST)


def _count_columns(text: str) -> int:
    """Count the places that a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text[:_WIDEST])
