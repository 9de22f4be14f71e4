"""All tables of a report in one workbook: numbers as numbers, each with the format of what it measures."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from leadline.data.sheets import Sheet, write_book
from leadline.data.workbook import MOST_COLUMNS, MOST_ROWS
from leadline.language import _, format_value, speaking
from leadline.language.escaping import guard_cell
from leadline.report.forms.cells import fit_text, format_columns
from leadline.report.forms.contents import ShownTable, read_contents
from leadline.report.forms.facts import list_facts
from leadline.report.forms.table_files import list_table_files, read_table_file
from leadline.report.tables import read_rows
from leadline.report.tags import read_attributes, read_text

_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]")
_LONGEST_NAME = 31
_RESERVED = frozenset({"", "history"})


def write_tables(notebook: NotebookNode, record: Mapping[str, Any], tables: Path) -> bytes:
    """Write the workbook ``tables.xlsx``: what the report says on its first sheet, then one sheet a table.

    The tables are those that the page shows, with the values behind what it shows, and the files of
    ``tables``. What a sheet cannot hold is left out and told on the first sheet.

    Parameters
    ----------
    notebook
        Executed notebook of a finished run.
    record
        Its run record; its language is the language of the workbook.
    tables
        The folder ``tables`` of the run.
    """
    with speaking(record["language"]):
        contents = read_contents(notebook, record)
        first = _("Report")
        book = _Book(names={first.casefold()})
        for shown in contents.tables:
            book.add_shown(shown)
        for file in list_table_files(record, tables):
            book.add_file(file)
        facts = list_facts(contents.title, record, book.told, book.left_out)
        out = BytesIO()
        write_book([_write_first(first, facts), *book.sheets], out)
        return out.getvalue()


def _write_first(name: str, facts: list[tuple[object, ...]]) -> Sheet:
    heads = (_("Part"), _("Name"), _("Value"), _("From"), _("To"), _("Note"))
    columns = [[fit_text(cell) for cell in column] for column in zip(*facts, strict=True)]
    return Sheet(name=name, heads=heads, columns=columns, wraps=True)


@dataclass(kw_only=True)
class _Book:
    """The sheets so far, what the first one tells of them, and what found no room."""

    names: set[str]
    sheets: list[Sheet] = field(default_factory=list)
    told: list[tuple[str, str, int]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    _units: dict[str, str] = field(default_factory=dict)

    def add_shown(self, shown: ShownTable) -> None:
        """Add a table of the page; its numbers' units serve files with columns of the same names too."""
        rows = list(read_rows(shown.table.body))
        heads = list(_read_heads(shown.table.head[-1].cells)) if len(shown.table.head) == 1 else []
        width = max(map(len, rows))
        if len(heads) != width:  # headings over several rows, or with gaps
            lines = list(read_rows(shown.table.head))
            texts = [[line[place] for line in lines if place < len(line)] for place in range(width)]
            heads = [(" / ".join(dict.fromkeys(filter(None, parts))), "", "") for parts in texts]
        self._units |= {column: unit for _label, column, unit in heads if column and unit}
        columns = [[row[place] if place < len(row) else "" for row in rows] for place in range(width)]
        title = shown.table.caption or shown.section
        name = shown.table.attributes.get("data-name") or shown.section
        self._add(name, title, [label for label, _c, _u in heads], columns, [unit for _l, _c, unit in heads])

    def add_file(self, file: Path) -> None:
        """Add a file of the run's tables."""
        try:
            heads, columns = read_table_file(file)
        except (OSError, ValueError) as error:
            self.left_out.append(_("{file} could not be read: {reason}", file=file.name, reason=error))
            return
        units = [self._units.get(head) or _guess_unit(head) for head in heads]
        self._add(file.name, f"tables/{file.name}", heads, columns, units)

    def _add(
        self, name: str, title: str, heads: list[str], columns: list[list[Any]], units: list[str]
    ) -> None:
        name = self._find_name(name)
        rows = len(columns[0]) if columns else 0
        if rows >= MOST_ROWS or len(columns) > MOST_COLUMNS:
            self.left_out.append(
                _(
                    "The sheet {sheet} holds the first {rows} rows and {columns} columns, as many as Excel "
                    "takes; the whole table has {all_rows} rows and {all_columns} columns.",
                    sheet=name,
                    rows=format_value(min(rows, MOST_ROWS - 1), "count"),
                    columns=format_value(min(len(columns), MOST_COLUMNS), "count"),
                    all_rows=format_value(rows, "count"),
                    all_columns=format_value(len(columns), "count"),
                )
            )
        kept = [cells[: MOST_ROWS - 1] for cells in columns[:MOST_COLUMNS]]
        shown = [str(fit_text(guard_cell(head))) for head in heads[:MOST_COLUMNS]]
        self.sheets.append(Sheet(name=name, heads=shown, columns=format_columns(heads, kept, units)))
        self.told.append((name, title, rows))

    def _find_name(self, wanted: str) -> str:
        """Return a name that Excel takes and no other sheet has; it tells no large letters from small."""
        plain = _NOT_IN_A_NAME.sub(" ", wanted).strip(" '")
        plain = _("Table") if plain.casefold() in _RESERVED else plain
        for number in range(1, len(self.names) + 2):
            end = f" ({number})" if number > 1 else ""
            name = plain[: _LONGEST_NAME - len(end)].rstrip(" '") + end
            if name.casefold() not in self.names:
                break
        self.names.add(name.casefold())
        return name


def _read_heads(cells: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Label, name and unit of each column; an interval is two."""
    for attributes, content in cells:
        given, label = read_attributes(attributes), read_text(content)
        column, upper, unit = (
            given.get("data-column", ""),
            given.get("data-upper", ""),
            given.get("data-unit", ""),
        )
        if upper:
            yield _("{column}, from", column=label), column, unit
            yield _("{column}, to", column=label), upper, unit
        else:
            yield label, column, unit


def _guess_unit(column: str) -> str:
    """Return the unit that a column of the workbench's own has at its end."""
    return "money_cny" if column.endswith("_cny") else "share" if column.endswith("_share") else ""
