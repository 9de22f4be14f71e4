"""Tables of outputs: at most 200 rows on the page, all rows attached as CSV, ready to sort."""

import csv
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from io import StringIO

from markupsafe import Markup

from leadline.language import _, format_value, plural
from leadline.language.escaping import guard_cell
from leadline.report.tags import TAG, read_attributes, read_text

MAX_ROWS_SHOWN = 200
#: A cell that holds text alone (most do: taken at once, a large table is read in half the time), or any tag.
_CELL_OR_TAG = re.compile(
    r'<t[dh](?P<cell>[^>"]*(?:"[^"]*"[^>"]*)*)>(?P<text>[^<]*)</t[dh]>' + "|" + TAG.pattern,
)
_RAW_VALUE = re.compile(r'data-(?:value|column|upper)="([^"]*)"')


@dataclass
class Row:
    """One ``<tr>``: where it stands, and attributes and inner HTML of its cells."""

    start: int
    end: int = 0
    cells: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Table:
    """One outermost ``<table>`` of a piece of cleaned HTML."""

    start: int
    attributes: dict[str, str]
    end: int = 0
    caption: str = ""
    is_nested: bool = False
    head: list[Row] = field(default_factory=list)
    body: list[Row] = field(default_factory=list)


def present_tables(html: Markup, numbers: Iterator[int]) -> Markup:
    """Give each table of cleaned ``html`` its own scrolling box, its CSV file and the row limit.

    Parameters
    ----------
    html
        What `leadline.report.gate.clean_html` returned.
    numbers
        Source of the numbers of tables that have no name.
    """
    parts, position = [], 0
    for table in read_tables(html):
        parts += [html[position : table.start], _present(html, table, numbers)]
        position = table.end
    return Markup("").join([*parts, html[position:]])


def read_tables(html: str) -> list[Table]:
    """Find the outermost tables of cleaned HTML with their rows and cells."""
    reader = _TableReader(html)
    for token in _CELL_OR_TAG.finditer(html):
        if token["name"]:
            reader.read(token)
        else:
            reader.add_cell(token["cell"], token["text"])
    return reader.tables


class _TableReader:
    """Follows the tags of cleaned HTML; what stands inside a cell of an outermost table is left unread."""

    def __init__(self, html: str) -> None:
        self.tables: list[Table] = []
        self._html = html
        self._depth = 0
        self._section = ""
        self._attributes = ""
        self._inside = 0

    def read(self, tag: re.Match[str]) -> None:
        name = tag["name"]
        if name == "table":
            self._read_table(tag)
        elif self._depth != 1:
            return
        elif name in ("td", "th"):
            self._read_cell(tag)
        elif name == "tr":
            self._read_row(tag)
        elif name in ("thead", "tbody", "tfoot"):
            self._section = name
        elif name == "caption" and tag["slash"]:
            self.tables[-1].caption = read_text(self._html[self._inside : tag.start()])
        elif name == "caption":
            self._inside = tag.end()

    def add_cell(self, attributes: str, content: str) -> None:
        if self._depth == 1:
            self._rows()[-1].cells.append((attributes, content))

    def _read_table(self, tag: re.Match[str]) -> None:
        self._depth += -1 if tag["slash"] else 1
        if tag["slash"] and self._depth == 0:
            self.tables[-1].end = tag.end()
        elif not tag["slash"] and self._depth == 1:
            self.tables.append(Table(start=tag.start(), attributes=read_attributes(tag["attributes"])))
        else:
            self.tables[-1].is_nested = True

    def _rows(self) -> list[Row]:
        return self.tables[-1].head if self._section == "thead" else self.tables[-1].body

    def _read_row(self, tag: re.Match[str]) -> None:
        if tag["slash"]:
            self._rows()[-1].end = tag.end()
        else:
            self._rows().append(Row(start=tag.start()))

    def _read_cell(self, tag: re.Match[str]) -> None:
        if tag["slash"]:
            self.add_cell(self._attributes, self._html[self._inside : tag.start()])
        else:
            self._inside, self._attributes = tag.end(), tag["attributes"]


_BOX = Markup(
    '<div class="table{kind}"><div class="scroll" tabindex="0" role="region" aria-label="{label}">'
    "{shown}</div>{foot}</div>"
)
_FOOT = Markup(
    '<p class="table-foot">{rows} '
    '<a class="csv" download="{name}.csv" href="data:text/csv;base64,{data}">{link}</a></p>'
)


def _present(html: Markup, table: Table, numbers: Iterator[int]) -> Markup:
    label = table.caption or _("Table")
    if table.is_nested or not table.head or not table.body:
        return _BOX.format(kind="", label=label, shown=html[table.start : table.end], foot="")
    kind = " sortable" if _is_sortable(table) else ""
    return _BOX.format(kind=kind, label=label, shown=_cut_rows(html, table), foot=_attach(table, numbers))


def _cut_rows(html: Markup, table: Table) -> Markup:
    if len(table.body) <= MAX_ROWS_SHOWN:
        return html[table.start : table.end]
    return html[table.start : table.body[MAX_ROWS_SHOWN].start] + html[table.body[-1].end : table.end]


def _attach(table: Table, numbers: Iterator[int]) -> Markup:
    number = next(numbers)
    name = re.sub(r"[^\w-]", "", table.attributes.get("data-name", "")) or f"table-{number}"
    return _FOOT.format(
        rows=_count_rows(len(table.body)),
        name=name,
        data=b64encode(write_csv(table).encode("utf-8-sig")).decode(),
        link=_("Download {name}.csv", name=name),
    )


def _count_rows(rows: int) -> str:
    if rows <= MAX_ROWS_SHOWN:
        return plural("{count} row.", "{count} rows.", rows)
    shown, count = format_value(MAX_ROWS_SHOWN, "count"), format_value(rows, "count")
    return _("first {shown} of {count} rows; the file has them all.", shown=shown, count=count)


def _is_sortable(table: Table) -> bool:
    """Rows that share a cell (``rowspan``) belong together and must not be torn apart."""
    return len(table.body) > 1 and not any(
        "rowspan" in attributes for row in table.body for attributes, _content in row.cells
    )


def write_csv(table: Table) -> str:
    """Write all rows as CSV; text that a spreadsheet would run is quoted."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for rows in (table.head, table.body):
        for values in read_rows(rows):
            writer.writerow([guard_cell(value) for value in values])
    return out.getvalue()


def read_rows(rows: list[Row]) -> Iterator[list[str]]:
    """Yield the values of a table's head or body: raw where cells carry them, an interval as its two ends.

    Cells that span rows or columns are repeated, so that every line has every column.
    """
    carried: dict[int, tuple[int, str]] = {}
    for row in rows:
        yield _read_row(row, carried)


def _read_row(row: Row, carried: dict[int, tuple[int, str]]) -> list[str]:
    """Values of one row; ``carried`` holds, by column, how many rows more a value above goes on."""
    if not carried and not any("span" in attributes for attributes, _content in row.cells):
        return [value for cell in row.cells for value in _read_values(*cell)]
    values: list[str] = []

    def take_carried() -> None:
        while len(values) in carried:
            left, value = carried.pop(len(values))
            if left > 1:
                carried[len(values)] = (left - 1, value)
            values.append(value)

    for attributes, content in row.cells:
        take_carried()
        read = _read_values(attributes, content)
        if "span" not in attributes:
            values += read
            continue
        value = read[0]
        spans = read_attributes(attributes)
        for _column in range(_read_span(spans.get("colspan"))):
            if (rows := _read_span(spans.get("rowspan"))) > 1:
                carried[len(values)] = (rows - 1, value)
            values.append(value)
    take_carried()
    return values


def _read_values(attributes: str, content: str) -> list[str]:
    """Values of one cell: an interval has two."""
    raw = _RAW_VALUE.findall(attributes) if "data-" in attributes else []
    return [unescape(value) for value in raw] or [read_text(content)]


def _read_span(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isascii() and text.isdigit() and int(text) else 1
