"""Excel workbooks: what they hide, merge, or never calculated is said, not passed on."""

import datetime as dt
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.data.layout import lay_out
from leadline.data.raw import Findings, RawTable, name_rows, suggest, unreadable
from leadline.data.unpacking import unpacked_limit
from leadline.errors import DataError
from leadline.language import N_, _, plural

_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK"
_UNPACKED_LIMIT_BYTES = 1 << 30
#: More merged or linked cells than a person makes.
_MARKED_LIMIT = 1_000_000
#: A table of a million rows and a hundred columns; beyond it lies a stray cell.
_EXTENT_LIMIT = 100_000_000
_EXACT_LIMIT = 10**15
_DAMAGED = N_("the workbook is cut off or damaged. Copy or export it again.")
_DATE_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - a workbook's dates know no time zone


def read_excel(path: Path, sheet: str, findings: Findings) -> RawTable:
    """Read one sheet of a workbook, cells as text.

    Parameters
    ----------
    path
        An .xlsx file.
    sheet
        Name of the sheet; empty for the first visible one.
    findings
        Takes notes and warnings: hidden rows and sheets, merged cells, dates counted from 1904.

    Raises
    ------
    DataError
        If the file is no workbook, has a password, unpacks to too much; if formulas have no values or numbers
        have more digits than Excel keeps; and for all that a table of text may have.
    """
    name = f"{path}::{sheet}" if sheet else str(path)
    _check_file(path)
    try:
        book = _load(path, values=True)
    except Exception:  # noqa: BLE001 - of damaged XML openpyxl raises whatever it stumbles on
        raise unreadable(
            name, [_("it is no sound Excel workbook. Open it in Excel and save it again.")]
        ) from None
    page = _choose_sheet(book, sheet, name, findings)
    _check_extent(page, name)
    records = [list(record) for record in page.iter_rows(values_only=True)]
    findings.problems.extend(_find_uncalculated(path, page))
    findings.problems.extend(_find_long_numbers(records))
    _warn_of_looks(page, book, findings)
    if not records:
        raise DataError.of(
            _("{name} is empty", name=name),
            _("the sheet holds no cells. Choose another sheet, or export it again."),
        )
    columns = [
        pa.array([_write(cell) for cell in column], pa.string()) for column in zip(*records, strict=True)
    ]
    cells = pa.table(columns, names=[f"f{position}" for position in range(len(columns))])
    return lay_out(cells, np.arange(1, len(records) + 1), findings, name)


def _check_file(path: Path) -> None:
    """Refuse what is no workbook, or would unpack to more than memory bears, before it is opened."""
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(_OLE):
        problem = _(
            "it has a password or is in the old .xls form. Open it in Excel and save it as .xlsx without one."
        )
    elif start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        problem = _("it is a web page (HTML) named like a workbook. Open it in Excel and save it as .xlsx.")
    elif not start.startswith(_ZIP):
        problem = _(
            "it is no Excel workbook. Open it in Excel and save it as .xlsx, or name it .csv if it is text."
        )
    else:
        problem = _check_size(path)
    if problem:
        raise unreadable(str(path), [problem])


def _check_size(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile:
        return _(_DAMAGED)
    size = path.stat().st_size
    if unpacked > unpacked_limit(size, _UNPACKED_LIMIT_BYTES):
        return _(
            "it would unpack to {unpacked} MB, {ratio} times its size, and was not opened. If it "
            "is sound, save the table as CSV or Parquet.",
            unpacked=f"{unpacked / 1000000.0:,.0f}",
            ratio=f"{unpacked / size:,.0f}",
        )
    return _check_marks(path)


def _check_marks(path: Path) -> str:
    from leadline.data.extents import count_marked_cells  # noqa: PLC0415 - it needs openpyxl

    try:
        marked = count_marked_cells(path)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return _(_DAMAGED)
    if marked <= _MARKED_LIMIT:
        return ""
    return _(
        "{count} of its cells are merged or linked, more than can be opened. Undo this in Excel, or save the "
        "table as CSV.",
        count=f"{marked:,}",
    )


def _check_extent(page: Any, name: str) -> None:
    """Refuse a sheet with a stray cell far out: all the empty cells before it would be read."""
    if page.max_row * page.max_column > _EXTENT_LIMIT:
        raise unreadable(
            name,
            [
                _(
                    "its cells reach to row {row} and column {column}, more than can be read. Delete the "
                    "stray cells below and beside the table, or save the table as CSV.",
                    row=f"{page.max_row:,}",
                    column=f"{page.max_column:,}",
                )
            ],
        )


def _load(path: Path, *, values: bool) -> Any:
    import openpyxl  # noqa: PLC0415 - costs a quarter of a second that other forms need not pay

    return openpyxl.load_workbook(path, data_only=values)


def _choose_sheet(book: Any, sheet: str, name: str, findings: Findings) -> Any:
    pages = {page.title: page for page in book.worksheets}
    if sheet and sheet not in pages:
        raise DataError.of(
            _("{name} was not found", name=name),
            _("the sheets are {pages}.{hint}", pages=_(", ").join(pages), hint=suggest(sheet, pages)),
        )
    visible = [page for page in pages.values() if page.sheet_state == "visible"]
    chosen = pages[sheet] if sheet else (visible or list(pages.values()))[0]
    others = [page for page in pages.values() if page is not chosen and page.max_row > 1]
    if not sheet and others:
        findings.warnings.append(
            _(
                "Sheet {sheet} was read; {others} also hold data{hidden}.",
                sheet=chosen.title,
                others=_(", ").join(page.title for page in others),
                hidden=_(" (some are hidden)")
                if any(page.sheet_state != "visible" for page in others)
                else "",
            )
        )
    return chosen


def _find_uncalculated(path: Path, page: Any) -> list[str]:
    """Find formulas whose value was never stored: the file was written by a program, not by Excel."""
    with zipfile.ZipFile(path) as archive:
        sheets = [item for item in archive.namelist() if item.startswith("xl/worksheets/")]
        if not any(b"<f" in archive.read(item) for item in sheets if item.endswith(".xml")):
            return []
    formulas = _load(path, values=False)[page.title]
    places: dict[str, list[int]] = {}
    for row in formulas.iter_rows():
        for cell in row:
            if cell.data_type == "f" and page[cell.coordinate].value is None:
                places.setdefault(cell.column_letter, []).append(cell.row)
    return [
        plural(
            "column {letter}: {count} formula has no stored value ({rows}). Open the workbook in "
            "Excel and save it, so that they are calculated.",
            "column {letter}: {count} formulas have no stored value ({rows}). Open the workbook "
            "in Excel and save it, so that they are calculated.",
            len(rows),
            letter=letter,
            rows=name_rows(rows),
        )
        for letter, rows in places.items()
    ]


def _find_long_numbers(records: list[list[Any]]) -> list[str]:
    """Find whole numbers beyond the 15 digits that Excel keeps: their last digits are lost."""
    places: dict[int, list[int]] = {}
    for row, record in enumerate(records, start=1):
        for position, cell in enumerate(record):
            if isinstance(cell, int | float) and abs(cell) >= _EXACT_LIMIT:
                places.setdefault(position, []).append(row)
    return [
        plural(
            "{records}: {count} number has more than 15 digits, of which Excel keeps 15 ({rows}: "
            "{records_2}). Export again with the column formatted as text.",
            "{records}: {count} numbers have more than 15 digits, of which Excel keeps 15 "
            "({rows}: {records_2}). Export again with the column formatted as text.",
            len(rows),
            records=records[0][position],
            rows=name_rows(rows),
            records_2=f"{records[rows[0] - 1][position]:.0f}",
        )
        for position, rows in places.items()
    ]


def _warn_of_looks(page: Any, book: Any, findings: Findings) -> None:
    hidden = [row for row, style in page.row_dimensions.items() if style.hidden and row <= page.max_row]
    if hidden:
        findings.warnings.append(
            plural(
                "{count} hidden row was read with the others ({rows}).",
                "{count} hidden rows were read with the others ({rows}).",
                len(hidden),
                rows=name_rows(hidden),
            )
        )
    if page.merged_cells.ranges:
        ranges = sorted(str(area) for area in page.merged_cells.ranges)
        findings.warnings.append(
            plural(
                "{count} merged area ({first}): only its first cell has a value, the others are missing.",
                "{count} merged areas (first: {first}): only the first cell of each has a value, the "
                "others are missing.",
                len(ranges),
                first=ranges[0],
            )
        )
    if book.epoch == _DATE_1904:
        findings.warnings.append(
            _(
                "The workbook counts dates from 1904, not 1900; they were read so. Check one date "
                "against the workbook."
            )
        )


def _write(cell: object) -> str:
    """Write a cell as a text file would hold it."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < _EXACT_LIMIT:
            return str(int(cell))
        case dt.datetime() if cell.time() == dt.time():
            return cell.date().isoformat()
        case dt.datetime() | dt.date() | dt.time():
            return cell.isoformat()
        case _:
            return str(cell)
