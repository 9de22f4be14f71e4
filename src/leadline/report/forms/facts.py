"""The first sheet of a report's workbook: what it answers, with what certainty, from which settings."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from leadline.language import _, plural
from leadline.language.escaping import guard_cell
from leadline.language.times import write_time
from leadline.report.forms.cells import format_number
from leadline.report.head import make_cards, make_signs

Fact = tuple[object, ...]


def list_facts(
    title: str, record: Mapping[str, Any], sheets: Sequence[tuple[str, str, int]], left_out: Sequence[str]
) -> list[Fact]:
    """List, one a row: part, name, value, lower and upper end of the 95% interval, note."""
    told = (
        *_tell_report(title, record),
        *_tell_numbers(record),
        *(
            (_("Check"), sign.label, sign.note, None, None, sign.help)
            for sign in make_signs(record.get("marks", []))
        ),
        *(
            (_("Before you rely on this"), None, text, None, None, None)
            for text in record.get("warnings", [])
        ),
        *((_("Not in this workbook"), None, text, None, None, None) for text in left_out),
        *(
            (_("Sheet"), name, what, None, None, plural("{count} row.", "{count} rows.", rows))
            for name, what, rows in sheets
        ),
        *_tell_parameters(record),
    )
    return [tuple(guard_cell(cell) if isinstance(cell, str) else cell for cell in fact) for fact in told]


def _tell_report(title: str, record: Mapping[str, Any]) -> Iterator[Fact]:
    yield _("Report"), _("Title"), title, None, None, None
    if answer := record.get("answer"):
        yield _("Report"), _("Answer"), answer, None, None, None
    yield _("Report"), _("Run"), record["run_id"], None, None, None
    yield _("Report"), _("Ended"), write_time(record.get("ended")), None, None, None


def _tell_numbers(record: Mapping[str, Any]) -> Iterator[Fact]:
    kpis = record.get("kpis", [])
    for kpi, card in zip(kpis, make_cards(kpis), strict=True):
        unit = kpi["unit"]
        numbers = (format_number(kpi.get(end), unit) for end in ("value", "ci_lower", "ci_upper"))
        note = (
            _("{note} {help}", note=card.note, help=card.help)
            if card.note and card.help
            else card.note or card.help
        )
        yield _("Key figure"), card.label, *numbers, note or None


def _tell_parameters(record: Mapping[str, Any]) -> Iterator[Fact]:
    helps = record.get("parameter_help", {})
    for name, value in record.get("parameters", {}).items():
        is_plain = value is None or isinstance(value, str | int | float)
        cell = value if is_plain else json.dumps(value, ensure_ascii=False, default=str)
        yield _("Parameter"), name, cell, None, None, _(helps.get(name, "")) or None
