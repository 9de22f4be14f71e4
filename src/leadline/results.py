"""What every analysis returns: the few things that a notebook, a record and a report need of it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from leadline.language.formats import MISSING, Unit, format_interval, format_value

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

#: The MIME type of the output by which a notebook hands its results to the run; never shown to a reader.
RESULT_MIME = "application/vnd.leadline.result+json"

Direction = Literal["up", "down", "neutral"]


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """One card at the head of a report.

    ``ci_lower`` and ``ci_upper`` are the ends of the 95% interval. ``direction`` says which way is good:
    ``up``, ``down`` or ``neutral``. ``bar`` is the value wanted, if one was named: the card then says whether
    it is reached. ``help`` defines the figure for who does not know it.
    """

    label: str
    value: float
    unit: Unit
    ci_lower: float | None = None
    ci_upper: float | None = None
    direction: Direction = "neutral"
    bar: float | None = None
    help: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the card as plain JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A check's verdict at the head of a report: a few words, how it ended, and in a sentence what was found.

    A result may offer them as ``marks``; most have none.
    """

    label: str
    verdict: Literal["good", "warning", "failed", "not asked"]
    help: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the mark as plain JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Column:
    """How a reader sees one column of a result's table: its heading and what it measures.

    ``upper`` names a second column: the first is then the lower end of an interval, that one its upper end.
    """

    label: str
    unit: Unit = "text"
    upper: str = ""


class Told(Protocol):
    """What can be told of any outcome, also of one that has no figure (`leadline.data.partner.result`)."""

    @property
    def summary(self) -> str:
        """One sentence a marketer can repeat: effect, interval, caveat."""

    @property
    def warnings(self) -> Sequence[str]:
        """What a reader must know before believing the summary; often empty."""


@runtime_checkable
class Result(Told, Protocol):
    """The members that every result of an analysis offers; there is no base class."""

    @property
    def table(self) -> "pd.DataFrame":
        """Tidy frame of what a reader sees, unformatted, columns with units."""

    @property
    def kpis(self) -> Sequence[Kpi]:
        """The report's cards, most important first."""

    def figure(self) -> "Figure":
        """Return a fresh figure; its label (``get_label``) is its alternative text."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""

    def _repr_html_(self) -> str:
        """Summary, table and what the reader must know, every value escaped."""


def table_html(frame: "pd.DataFrame", columns: Mapping[str, Column], *, name: str, caption: str = "") -> str:
    """Write the ``columns`` of ``frame`` as an HTML table, in that order, formatted and escaped.

    Each cell carries its unformatted value in ``data-value`` (an interval's upper end in ``data-upper``),
    which the report sorts by and exports; each heading has its column and what that measures.

    Parameters
    ----------
    frame
        One row for each row of the table.
    columns
        Column of ``frame`` → how a reader sees it; columns not named here are left out.
    name
        Identifier of the table, used as the name of its CSV file.
    caption
        What the table shows, read out by a screen reader.
    """
    head = "".join(
        f'<th scope="col" data-column="{escape(key)}"{_upper(column.upper)}{_number_class(column)}'
        f' data-unit="{column.unit}">'
        f"{escape(column.label)}</th>"
        for key, column in columns.items()
    )
    body = "".join(f"<tr>{_cells(row, columns)}</tr>" for row in frame.to_dict("records"))
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<table class="leadline" data-name="{escape(name)}">{title}'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def result_html(result: Told, table: str) -> str:
    """Write a result as a notebook shows it: the sentence, its warnings, the ``table`` (HTML)."""
    notes = "".join(f'<p class="warning">{escape(text)}</p>' for text in result.warnings)
    return f'<div class="result"><p class="summary">{escape(result.summary)}</p>{notes}{table}</div>'


def _number_class(column: Column) -> str:
    return "" if column.unit in ("text", "date") else ' class="number"'


def _cells(row: Mapping[Hashable, Any], columns: Mapping[str, Column]) -> str:
    cells = []
    for key, column in columns.items():
        value, upper = row[key], row[column.upper] if column.upper else None
        shown = (
            format_interval(value, upper, column.unit) or MISSING
            if column.upper
            else format_value(value, column.unit)
        )
        raw = f'data-value="{_raw(value)}"{_upper(_raw(upper) if column.upper else "")}'
        cells.append(f"<td{_number_class(column)} {raw}>{escape(shown)}</td>")
    return "".join(cells)


def _raw(value: object) -> str:
    missing = value is None or value != value  # noqa: PLR0124 (NaN)
    return escape("" if missing else str(value))


def _upper(text: str) -> str:
    return f' data-upper="{escape(text)}"' if text else ""
