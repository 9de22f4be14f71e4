"""Quotation marks that are never closed: they swallow the rows that follow into one cell."""

import csv
import io
import re

import pyarrow as pa
import pyarrow.compute as pc

from leadline.data.raw import name_rows, shorten
from leadline.language import N_, _, plural

_REMEDY = N_("Close it, or double a quotation mark that belongs to the text.")


def find_open_quotes(utf8: bytes, cells: pa.Table, separator: str) -> list[str]:
    """Return the problems of quotation marks: one never closed, or one whose text holds whole records.

    A text of several lines in quotation marks is fine. It is a problem when each of its further lines has as
    many fields as the table and begins like the table's first column does.
    """
    if b'"' not in utf8:
        return []
    if utf8.count(b'"') % 2 and _is_open_at_end(utf8, separator):
        return [
            _(
                "a quotation mark is never closed and takes in the rest of the file. {remedy}",
                remedy=_(_REMEDY),
            )
        ]
    beginning = _usual_shape(cells.column(0))
    problems = []
    for name, column in zip(cells.slice(0, 1).to_pylist()[0].values(), cells.columns, strict=True):
        places = pc.indices_nonzero(pc.match_substring(column, "\n")).to_pylist()
        swallowing = [
            (place + 1, lines)
            for place in places
            if (lines := _swallowed(column[place].as_py(), cells.num_columns, separator, beginning))
        ]
        if swallowing:
            count = sum(lines for _row, lines in swallowing)
            rows = [row for row, _lines in swallowing]
            problems.append(
                plural(
                    "{name}: {count} quotation mark left open swallowed {swallowed} "
                    "({rows}: {first}). {remedy}",
                    "{name}: {count} quotation marks left open swallowed {swallowed} "
                    "({rows}: {first}). {remedy}",
                    len(rows),
                    name=name,
                    swallowed=plural("{count} row", "{count} rows", count),
                    rows=name_rows(rows),
                    first=shorten(column[rows[0] - 1].as_py()),
                    remedy=_(_REMEDY),
                )
            )
    return problems


def _is_open_at_end(utf8: bytes, separator: str) -> bool:
    reader = csv.reader(io.StringIO(utf8.decode(), newline=""), delimiter=separator, strict=True)
    try:
        for _record in reader:
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _swallowed(text: str, width: int, separator: str, beginning: str) -> int:
    """Count the records inside a cell, 0 unless every further line looks like one."""
    lines = [line for line in text.splitlines()[1:] if line]
    whole = [
        line.count(separator) == width - 1 and _shape(line.split(separator)[0]) == beginning for line in lines
    ]
    return len(lines) if lines and all(whole) else 0


def _usual_shape(column: pa.ChunkedArray) -> str:
    shapes = [_shape(cell) for cell in column.slice(1, 200).to_pylist()]
    return max(set(shapes), key=shapes.count) if shapes else ""


def _shape(cell: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", cell.strip().strip('"')))
