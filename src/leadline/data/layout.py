"""What surrounds the records: a header or none, titles above it, a total below, names that repeat."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from leadline.data.raw import Findings, RawTable, shorten, unreadable
from leadline.errors import DataError
from leadline.language import _, plural

ROWS_LOOKED_AT = 50
_NARROWEST = 2
_DATA_CELL = re.compile(
    r"[+-]?\d[\d,]*(\.\d+)?%?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
)
_YEAR = re.compile(r"(19|20)\d\d")
_NUMBER = re.compile(r"\(?[+-]?[¥￥$€£]?[\d,]*\.?\d+%?\)?")
_TOTAL = re.compile(r"(grand |sub)?totals?|sum|合计|总计|小计|汇总|总和", re.IGNORECASE)


def clean_name(name: str) -> str:
    """Return a column's name as it is meant: full-width letters narrowed, spaces and line ends folded."""
    return " ".join(unicodedata.normalize("NFKC", name).replace("\ufeff", "").split())


def find_titles(head: Sequence[Sequence[str]]) -> str:
    """Return the problem of title rows above the header, empty when the first record is a full one."""
    widths = [sum(bool(cell.strip()) for cell in record) for record in head]
    usual = Counter(len(record) for record in head if record).most_common(1)[0][0]
    if usual < _NARROWEST or widths[0] > usual / 2:
        return ""
    titles = next((row for row, width in enumerate(widths) if width > usual / 2), 0)
    if not titles:
        return ""
    words = next((cell for cell in head[0] if cell.strip()), "")
    return plural(
        "row {titles} looks like the header, below {count} title row (row 1: {words}). "
        "Delete the rows above the header.",
        "row {titles} looks like the header, below {count} title rows (row 1: {words}). "
        "Delete the rows above the header.",
        titles,
        titles=f"{titles + 1:,}",
        words=shorten(words),
    )


def lay_out(cells: pa.Table, rows: NDArray[np.int64], findings: Findings, name: str) -> RawTable:
    """Tell header, records and surroundings apart.

    Parameters
    ----------
    cells
        All records as text, the header among them.
    rows
        Row of the file of each record. Shape: (records,).
    findings
        Takes what was met; problems that are in it already are raised with those found here.
    name
        What the table is called in messages.

    Raises
    ------
    DataError
        If there is no header or no row, or the columns' names are missing or repeat.
    """
    cells, rows = _drop_empty(cells, rows, findings)
    if not cells.num_rows:
        raise DataError.of(
            _("{name} is empty", name=name), _("it holds no header and no rows. Export it again.")
        )
    head = [list(record.values()) for record in cells.slice(0, ROWS_LOOKED_AT).to_pylist()]
    if titles := find_titles(head):
        raise unreadable(name, [*findings.problems, titles])
    has_header = not _is_data(head)
    names = _name_columns(head[0], findings) if has_header else _number_columns(head[0], findings)
    cells, rows = cells.slice(int(has_header)), rows[int(has_header) :]
    last = cells.slice(max(cells.num_rows - 1, 0)).to_pylist()
    if last and _is_total(list(last[0].values())):
        findings.warnings.append(
            _("The last row (row {row}) is a total, not a record; it was left out.", row=int(rows[-1]))
        )
        cells, rows = cells.slice(0, cells.num_rows - 1), rows[:-1]
    if not cells.num_rows and not findings.problems:
        findings.problems.append(_("it has a header but no rows. Check the export's filter and period."))
    findings.stop_at_problems(name)
    return RawTable(cells=cells.rename_columns(list(names)), rows=rows)


def _drop_empty(
    cells: pa.Table, rows: NDArray[np.int64], findings: Findings
) -> tuple[pa.Table, NDArray[np.int64]]:
    """Leave out rows without any value, and columns without a name and any value."""
    first = pc.equal(pc.utf8_trim_whitespace(cells.column(0)), "").to_numpy()
    if first.any():
        empty = first
        for column in cells.columns[1:]:
            empty = empty & pc.equal(pc.utf8_trim_whitespace(column), "").to_numpy()
        if cells.num_columns == 1:  # an empty line may be a missing value, save at the end
            empty = empty & (np.arange(len(empty)) > (np.flatnonzero(~empty).max(initial=-1)))
        inside = int(empty[: len(empty) - 1].sum())
        if inside:
            findings.notes.append(
                plural("{count} empty row was left out.", "{count} empty rows were left out.", inside)
            )
        cells, rows = cells.filter(pa.array(~empty)), rows[~empty]
    hollow = [
        position
        for position, column in enumerate(cells.columns)
        if cells.num_rows and not column[0].as_py().strip() and not pc.any(pc.not_equal(column, "")).as_py()
    ]
    if hollow:
        findings.notes.append(
            plural("{count} empty column was left out.", "{count} empty columns were left out.", len(hollow))
        )
    return cells.select([position for position in range(cells.num_columns) if position not in hollow]), rows


def _number_columns(first: Sequence[str], findings: Findings) -> tuple[str, ...]:
    names = tuple(f"column_{position}" for position, _cell in enumerate(first, start=1))
    findings.warnings.append(
        _(
            "The table has no header: its first row holds data. The columns are named {first} to {last}.",
            first=names[0],
            last=names[-1],
        )
    )
    return names


def _is_total(record: Sequence[str]) -> bool:
    """Say whether a record is a total: a first word such as "Total" or "合计" and otherwise numbers."""
    filled = [cell.strip() for cell in record if cell.strip()]
    if len(filled) < _NARROWEST or not _TOTAL.fullmatch(filled[0].rstrip(":：")):
        return False
    return all(_NUMBER.fullmatch(cell) for cell in filled[1:])


def _is_data(head: Sequence[Sequence[str]]) -> bool:
    """Say whether the first record is data: all numbers and dates, or in each column of the others' shape."""
    first = [clean_name(cell) for cell in head[0]]
    others = head[1:]
    if not all(first):
        return False
    if all(_DATA_CELL.fullmatch(cell) for cell in first):
        return len(first) == 1 or not all(_YEAR.fullmatch(cell) for cell in first)
    plain = [cell for cell in first if _DATA_CELL.fullmatch(cell) and not _YEAR.fullmatch(cell)]
    return bool(plain and others) and all(
        _shape(cell) == _usual_shape(others, position) for position, cell in enumerate(first)
    )


def _shape(cell: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", cell.strip()))


def _usual_shape(records: Sequence[Sequence[str]], position: int) -> str:
    shapes = Counter(_shape(record[position]) for record in records if position < len(record))
    return shapes.most_common(1)[0][0] if shapes else ""


def _name_columns(cells: Sequence[str], findings: Findings) -> tuple[str, ...]:
    names = [clean_name(cell) for cell in cells]
    if any(name != cell for name, cell in zip(names, cells, strict=True)):
        findings.notes.append(_("Spaces and full-width letters in column names were normalised."))
    if names and not names[0] and all(names[1:]):
        names[0] = "row_name"
        findings.notes.append(_("The first column has no name; it is called row_name."))
    nameless = [str(position) for position, name in enumerate(names, start=1) if not name]
    if nameless:
        findings.problems.append(
            plural(
                "{count} column has no name (number {nameless} in row 1). Give each column a name, "
                "or delete it.",
                "{count} columns have no name (number {nameless} in row 1). Give each column a name, "
                "or delete it.",
                len(nameless),
                nameless=_(", ").join(nameless[:5]),
            )
        )
    places: dict[str, list[str]] = {}
    for position, name in enumerate(names, start=1):
        places.setdefault(name, []).append(str(position))
    findings.problems.extend(
        _(
            "{name}: {count} columns have this name (numbers {at} in row 1). Rename them so that "
            "each is unique.",
            name=name,
            count=len(at),
            at=_(", ").join(at),
        )
        for name, at in places.items()
        if name and len(at) > 1
    )
    return tuple(names)
