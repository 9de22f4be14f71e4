"""The table of a comparison: a row a report, a column a number; the same as CSV with raw values."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from leadline.language import _, format_value
from leadline.language.escaping import guard_cell
from leadline.language.formats import MISSING, format_interval
from leadline.report.comparison_numbers import Number

if TYPE_CHECKING:
    from leadline.report.comparison import ComparedReport


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One number of one report as a reader sees it; ``raw`` is what it is sorted by."""

    shown: str
    interval: str
    raw: str
    stands_out: bool


def list_cells(report: "ComparedReport", numbers: Sequence[Number]) -> list[Cell]:
    """Write a report's numbers."""
    cells = []
    for number in numbers:
        point = number.of(report.row)
        if point is None:
            cells.append(Cell(shown=MISSING, interval="", raw="", stands_out=False))
            continue
        cells.append(
            Cell(
                shown=format_value(point.value, number.unit),
                interval=format_interval(point.lower, point.upper, number.unit),
                raw=str(point.value),
                stands_out=point.stands_out,
            )
        )
    return cells


def write_numbers(rows: Sequence[tuple["ComparedReport", Sequence[Cell]]], numbers: Sequence[Number]) -> str:
    """Write all numbers as CSV: value and both ends of the interval; no text of it runs in a spreadsheet."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    head = [_("Row"), _("Report"), _("Status"), _("Link")]
    for number in numbers:
        head += [
            number.label,
            _("{label}, lower", label=number.label),
            _("{label}, upper", label=number.label),
        ]
    writer.writerow(map(guard_cell, head))
    for report, _cells in rows:
        line: list[object] = [report.row, guard_cell(report.name), report.status, guard_cell(report.link)]
        for number in numbers:
            point = number.of(report.row)
            line += [point.value, point.lower, point.upper] if point else [None, None, None]
        writer.writerow(line)
    return out.getvalue()
