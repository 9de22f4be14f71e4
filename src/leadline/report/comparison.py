"""The page that compares a batch's reports: what failed, what stands out, every number side by side."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from markupsafe import Markup

from leadline.language import _, format_value, plural, use_language
from leadline.language.formats import format_interval
from leadline.language.messages import current_locale
from leadline.report.comparison_numbers import Number, collect_numbers
from leadline.report.comparison_table import list_cells, write_numbers
from leadline.report.fonts import embed_fonts
from leadline.report.head import write_date
from leadline.report.templates import read_asset, render_template, write_policy


@dataclass(frozen=True, kw_only=True)
class ComparedReport:
    """One row of a plan and the report that stands for it.

    ``status`` is a run's, or ``waiting`` where there is none yet; ``link`` leads from the page to the
    report, empty where there is none. ``kpis`` are its record's cards. ``is_stale`` says that data or code
    have changed since it was made.
    """

    row: int
    name: str
    status: str
    link: str = ""
    message: str = ""
    kpis: Sequence[Mapping[str, Any]] = ()
    is_stale: bool = False


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What the page tells. ``made`` is an ISO time; ``facts`` are names and values for the page's foot."""

    title: str
    language: str
    made: str
    reports: Sequence[ComparedReport]
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One small chart: PNG as data address, alternative text."""

    address: str
    alt: str


def render_comparison(comparison: Comparison) -> str:
    """Render the page; the same comparison gives the same text.

    Raises
    ------
    ValueError
        If the language is unknown.
    """
    return copy_context().run(_render, comparison)


def _render(comparison: Comparison) -> str:
    use_language(comparison.language)
    reports = comparison.reports
    done = [report for report in reports if report.status == "done"]
    numbers = collect_numbers(done)
    rows = [(report, list_cells(report, numbers)) for report in reports]
    style, script = f"{read_asset('page.css')}\n{read_asset('comparison.css')}", read_asset("page.js")
    panels = [_draw(number) for number in numbers]
    texts = [comparison.title, *(f"{report.name} {report.message}" for report in reports)]
    fonts = embed_fonts(*texts, *(number.label for number in numbers))
    page = {
        "language": current_locale().replace("_", "-"),
        "policy": write_policy(styles=[style, fonts], script=script),
        "style": Markup(style),  # noqa: S704 - our own file
        "fonts": Markup(fonts),  # noqa: S704 - our own rules
        "script": Markup(script),  # noqa: S704 - our own file
        "title": comparison.title,
        "date": write_date(comparison.made),
        "answer": _tell(len(done), len(reports), numbers),
        "failed": [report for report in reports if report.status not in ("done", "waiting")],
        "waiting": [report for report in reports if report.status == "waiting"],
        "stale": [report for report in reports if report.is_stale],
        "outliers": list(_tell_outliers(numbers)),
        "panels": panels,
        "numbers": numbers,
        "rows": rows,
        "csv": b64encode(write_numbers(rows, numbers).encode("utf-8-sig")).decode(),
        "facts": comparison.facts,
    }
    return render_template("comparison.html.j2", page)


def _tell(done: int, total: int, numbers: Sequence[Number]) -> str:
    outliers = {point.report.row for number in numbers for point in number.points if point.stands_out}
    made = _(
        "{done} of {total} reports are done.",
        done=format_value(done, "count"),
        total=format_value(total, "count"),
    )
    if not any(number.is_judged for number in numbers):
        return made
    told = plural("{count} of them stands out.", "{count} of them stand out.", len(outliers))
    return f"{made} {told if outliers else _('None of them stands out.')}"


def _tell_outliers(numbers: Sequence[Number]) -> Any:
    for number in numbers:
        for point in number.points:
            if not point.stands_out:
                continue
            interval = format_interval(point.lower, point.upper, number.unit)
            values = {
                "label": number.label,
                "value": format_value(point.value, number.unit),
                "middle": format_value(number.middle, number.unit),
            }
            told = (
                _(
                    "{label}: {value} (95% CI {interval}); the median is {middle}.",
                    interval=interval,
                    **values,
                )
                if interval
                else _("{label}: {value}; the median is {middle}.", **values)
            )
            yield point.report, told, _("above") if point.value > number.middle else _("below")


def _draw(number: Number) -> Panel:
    import pandas as pd  # noqa: PLC0415 (a page without numbers needs no chart)

    from leadline.chart.panels import PanelWords, draw_panel  # noqa: PLC0415

    points = sorted(number.points, key=lambda point: point.value)
    frame = pd.DataFrame(
        {
            "label": [point.report.name for point in points],
            "value": [point.value for point in points],
            "lower": pd.Series([point.lower for point in points], dtype="float64"),
            "upper": pd.Series([point.upper for point in points], dtype="float64"),
            "stands_out": [point.stands_out for point in points],
        }
    )
    middle = format_value(number.middle, number.unit)
    outliers = [point.report.name for point in points if point.stands_out]
    alt = _(
        "{label} of {count} reports by size, from {low} to {high}; the median is {middle}.",
        label=number.label,
        count=format_value(len(points), "count"),
        low=format_value(points[0].value, number.unit),
        high=format_value(points[-1].value, number.unit),
        middle=middle,
    )
    if outliers:
        alt = f"{alt} {_('Standing out: {names}.', names=', '.join(outliers[:10]))}"
    words = PanelWords(
        title=number.label, alt=alt, middle=_("dashed: median of all, {middle}", middle=middle)
    )
    file = BytesIO()
    draw_panel(frame, middle=number.middle, unit=number.unit, words=words).savefig(
        file, format="png", metadata={"Software": None}
    )
    return Panel(address=f"data:image/png;base64,{b64encode(file.getvalue()).decode()}", alt=alt)
