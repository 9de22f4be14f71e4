"""What stands first and last on the page: the cards at its head, the run record at its foot."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leadline.language import _, format_value, plural
from leadline.language.formats import MISSING, format_interval
from leadline.language.times import write_time
from leadline.report.intake import cut_text

Facts = tuple[tuple[str, str], ...]
#: Kind of failure of a report that was done, and refused because its data are too old.
OLD_DATA = "old_data"


@dataclass(frozen=True, kw_only=True)
class Card:
    """One number at the head of the page; ``sign`` and ``note`` say in shape and words what colour says.

    ``help`` defines the number; empty where its label says all.
    """

    label: str
    value: str
    interval: str
    sign: str
    note: str
    verdict: str
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class Sign:
    """A check at the head of the page; ``sign`` and ``note`` say in shape and words what colour says."""

    label: str
    sign: str
    note: str
    verdict: str
    help: str


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why there is no finished report; ``is_partial`` where what was done until then is shown."""

    headline: str
    message: str
    log: str
    is_partial: bool


@dataclass(frozen=True, kw_only=True)
class Foot:
    """The run record in words."""

    parameters: tuple[tuple[str, str, str], ...]
    sources: tuple[Mapping[str, Any], ...]
    facts: Facts
    versions: Facts
    tables: tuple[str, ...]


def make_cards(kpis: Sequence[Mapping[str, Any]]) -> tuple[Card, ...]:
    """Write the record's key figures as cards."""
    return tuple(_make_card(kpi) for kpi in kpis)


def make_signs(marks: Sequence[Mapping[str, Any]]) -> tuple[Sign, ...]:
    """Write the record's checks, the worst first."""
    words = {
        "failed": ("bad", "✗", _("failed")),
        "warning": ("unsure", "◆", _("doubtful")),
        "good": ("good", "✓", _("good")),
        "not asked": ("neutral", "–", _("not asked")),
    }
    ordered = sorted(marks, key=lambda mark: list(words).index(mark["verdict"]))
    signs = []
    for mark in ordered:
        verdict, sign, note = words[mark["verdict"]]
        told = mark.get("help") or ""
        signs.append(
            Sign(label=_(mark["label"]), sign=sign, note=note, verdict=verdict, help=_(told) if told else "")
        )
    return tuple(signs)


def _make_card(kpi: Mapping[str, Any]) -> Card:
    unit, lower, upper = kpi["unit"], kpi.get("ci_lower"), kpi.get("ci_upper")
    direction, bar, told = kpi.get("direction", "neutral"), kpi.get("bar"), kpi.get("help")
    verdict, sign, note = (
        _judge(direction, unit, lower, upper)
        if bar is None
        else _compare(direction, lower, upper, bar, format_value(bar, unit))
    )
    interval = format_interval(lower, upper, unit)
    return Card(
        label=_(kpi["label"]),
        value=format_value(kpi["value"], unit),
        interval=_("95% CI {interval}", interval=interval) if interval else "",
        sign=sign,
        note=note,
        verdict=verdict,
        help=_(told) if told else "",
    )


def _compare(
    direction: str, lower: float | None, upper: float | None, bar: float, told: str
) -> tuple[str, str, str]:
    """Say whether the value wanted is reached: surely, surely not, or not to be told."""
    is_up = direction != "down"
    wanted = _("at least {bar} wanted", bar=told) if is_up else _("at most {bar} wanted", bar=told)
    holds = fails = False
    if lower is not None and upper is not None:
        holds, fails = (lower >= bar, upper < bar) if is_up else (upper <= bar, lower > bar)
    if holds:
        return "good", "✓", _("holds: {wanted}", wanted=wanted)
    if fails:
        return "bad", "✗", _("does not hold: {wanted}", wanted=wanted)
    return "unsure", "◆", _("open: {wanted}", wanted=wanted)


def _judge(direction: str, unit: str, lower: float | None, upper: float | None) -> tuple[str, str, str]:
    """Only a difference (in points) can be good or bad by itself; of others say which way is good."""
    if direction == "neutral":
        return "neutral", "", ""
    if unit != "points" or lower is None or upper is None:
        up = direction == "up"
        return "neutral", "▲" if up else "▼", _("higher is better") if up else _("lower is better")
    if lower <= 0 <= upper:
        return "unsure", "◆", _("may be no difference")
    is_good = (lower > 0) == (direction == "up")
    return ("good", "✓", _("better")) if is_good else ("bad", "✗", _("worse"))


def explain_failure(record: Mapping[str, Any]) -> Failure | None:
    """Say in plain words how the run ended, or None when it was done."""
    if record["status"] == "done":
        return None
    failure = record.get("failure") or {}
    step = failure.get("step") or ""
    at_step = {
        "refused": _("The run stopped at the step “{step}”: its input cannot be used as it is.", step=step),
        "failed": _("The run stopped at the step “{step}”.", step=step),
        "killed": _("The run was ended from outside during the step “{step}”.", step=step),
        "timed_out": _("The run reached its time limit during the step “{step}”.", step=step),
    }
    without_step = {
        "failed": _("The run stopped before its end."),
        "killed": _("The run was ended from outside."),
        "timed_out": _("The run reached its time limit."),
        "refused": _("The run was refused before it started."),
    }
    headlines = {**without_step, **(at_step if step else {})}
    is_old = failure.get("kind") == OLD_DATA
    old = _("The report was refused: its data are too old.")
    return Failure(
        headline=old if is_old else headlines[record["status"]],
        message=cut_text(failure.get("message") or ""),
        log=cut_text(failure.get("log") or ""),
        is_partial=not is_old,
    )


def make_foot(record: Mapping[str, Any]) -> Foot:
    """Write the run record as lists of names and values."""
    help_texts = record.get("parameter_help", {})
    parameters = (
        (name, _write_parameter(value), _(help_texts.get(name, "")))
        for name, value in record.get("parameters", {}).items()
    )
    return Foot(
        parameters=tuple(parameters),
        sources=tuple(_describe_source(source) for source in record.get("sources", [])),
        facts=_list_facts(record),
        versions=tuple((name, str(version)) for name, version in record.get("versions", {}).items()),
        tables=tuple(table["name"] for table in record.get("tables", [])),
    )


def _write_parameter(value: Any) -> str:
    if value is None:
        return MISSING
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _describe_source(source: Mapping[str, Any]) -> dict[str, Any]:
    first, last = source.get("first_date"), source.get("last_date")
    return {
        "name": source["name"],
        "path": source.get("path") or "",
        "size": _(
            "{rows} rows × {columns} columns",
            rows=format_value(source.get("rows"), "count"),
            columns=format_value(source.get("columns"), "count"),
        ),
        "period": _("{first} to {last}", first=first, last=last) if first and last else "",
        "sha256": source.get("sha256") or "",
        "notes": tuple(source.get("notes", [])),
    }


def _list_facts(record: Mapping[str, Any]) -> Facts:
    notebook = record.get("notebook", {})
    seconds, memory = record.get("seconds"), record.get("peak_memory_mb")
    attempts = record.get("attempts") or 1
    facts = (
        (_("Run"), record.get("run_id")),
        (_("How it was made"), record.get("made")),
        (_("Notebook"), notebook.get("path") or notebook.get("name")),
        (_("Notebook's SHA-256"), notebook.get("sha256")),
        (_("Seed"), record.get("seed")),
        (_("Started"), write_time(record.get("started"))),
        (_("Ended"), write_time(record.get("ended"))),
        (_("Duration"), None if seconds is None else _write_seconds(seconds)),
        (_("Processor time"), _write_seconds(record["cpu_seconds"]) if record.get("cpu_seconds") else None),
        (
            _("Peak memory"),
            _("{megabytes} MB", megabytes=format_value(round(memory), "count")) if memory else None,
        ),
        (_("Attempts"), attempts if attempts > 1 else None),
    )
    return tuple((name, str(value)) for name, value in facts if value not in (None, ""))


def _write_seconds(seconds: float) -> str:
    return plural(
        "{seconds} second",
        "{seconds} seconds",
        round(seconds),
        seconds=format_value(round(seconds, 1), "number"),
    )


def write_date(time: str | None) -> str:
    """Write the day of an ISO time in the language in use."""
    return format_value(dt.datetime.fromisoformat(time).date()) if time else ""
