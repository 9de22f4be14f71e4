"""Runs packed tightly: one table for all runs of one shape, a column at a time, deflated, as base64."""

import hashlib
import json
import math
import zlib
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from leadline.language import _
from leadline.run.portal.gather import Run

_LONGEST = {"title": 200, "answer": 400, "failure": 300, "label": 120, "value": 200, "name": 200}
_MOST_FIGURES = 12
_MOST_SOURCES = 8
_HASH_DIGITS = 12
#: Decimals that a page shows of each unit (`leadline.language.formats`).
_DECIMALS = {"share": 3, "points": 3, "count": 0, "ratio": 1, "index": 3, "p_value": 3} | {
    "money_cny": 0,
    "price_cny": 2,
}
_FOUR_DIGITS = 4
_MORE_DECIMALS = 2
#: Names of the columns that every table of runs begins with; the page's script reads them by name.
FIELDS = (
    *("id", "title", "answer", "status", "reason", "started", "seconds", "job", "batch"),
    *("language", "attempts", "hash", "version", "place"),
)

Shape = tuple[str, bool, tuple[str, ...], tuple[tuple[str, str, str], ...], tuple[str, ...]]


def pack(runs: Sequence[Run], texts: dict[str, str], *, budget: int) -> str:
    """Return ``runs`` (newest first) and ``texts`` as base64 of at most ``budget`` characters.

    Where they do not fit, the oldest runs go without their details (parameters, figures, data, answer); where
    even that is too much, the oldest are left out. ``counts`` in what is packed says how many are whole and
    how many there are.
    """
    whole = told = len(runs)
    while True:
        counts = {"all": len(runs), "told": told, "whole": whole}
        tables = _make_tables([(run, place < whole) for place, run in enumerate(runs[:told])])
        packed = _deflate({"texts": texts, "fields": FIELDS, "counts": counts, "tables": tables})
        if len(packed) <= budget or not told:
            return packed
        smaller = 0.95 * budget / len(packed)
        if whole > told // 10:
            whole = int(whole * smaller)
        else:
            told = int(told * smaller)
            whole = min(whole, told)


def _deflate(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return b64encode(zlib.compress(text.encode("utf-8", "replace"), 6)).decode()


def _make_tables(runs: list[tuple[Run, bool]]) -> list[dict[str, Any]]:
    """Return one table a shape: what its runs have in common, and their columns."""
    groups: dict[Shape, list[list[Any]]] = {}
    for run, is_whole in runs:
        shape, values = _flatten(run, is_whole=is_whole)
        groups.setdefault(shape, []).append(values)
    return [
        {
            "notebook": notebook,
            "whole": is_whole,
            "parameters": parameters,
            "kpis": kpis,
            "sources": sources,
            "rows": len(rows),
            "columns": [_pack_column(column) for column in zip(*rows, strict=True)],
        }
        for (notebook, is_whole, parameters, kpis, sources), rows in groups.items()
    ]


def _pack_column(values: Sequence[Any]) -> Any:
    """Return a list as it is, or, where values repeat, those there are and the place of each among them."""
    try:
        distinct = list(dict.fromkeys(values))
    except TypeError:
        return list(values)
    if len(distinct) > len(values) / 2 and len(values) > 1:
        return list(values)
    if len(distinct) == 1:
        return {"all": distinct[0]}
    places = {value: place for place, value in enumerate(distinct)}
    return {"of": distinct, "at": [places[value] for value in values]}


def _flatten(run: Run, *, is_whole: bool) -> tuple[Shape, list[Any]]:
    """Return what a run shares with others of its shape, and its own values in the columns' order."""
    row = run.row
    values = [
        row["run_id"],
        _cut(row["title"] or row["notebook"], "title"),
        _cut(row["answer"], "answer") if is_whole else None,
        run.status,
        _cut(row["failure"], "failure"),
        run.started,
        None if row["seconds"] is None else round(row["seconds"], 1),
        _cut(row["job"], "name"),
        _cut(row["batch"], "name"),
        row["language"],
        row["attempts"] or 1,
        (row["notebook_sha256"] or "")[:_HASH_DIGITS] if is_whole else "",
        row["version"] or "",
        run.place,
    ]
    notebook = _cut(row["notebook"], "name") or ""
    if not is_whole:
        return (notebook, False, (), (), ()), values
    kpis = run.kpis[:_MOST_FIGURES]
    sources = run.sources[:_MOST_SOURCES]
    values += [_write_value(value) for value in run.parameters.values()]
    for kpi in kpis:
        unit = str(kpi.get("unit"))
        values += [_shorten(kpi.get(key), unit) for key in ("value", "ci_lower", "ci_upper")]
    for source in sources:
        rows = source.get("rows")
        values += [
            str(source.get("sha256") or "")[:_HASH_DIGITS],
            rows if isinstance(rows, int) else None,
            _cut(str(source.get("last_date") or ""), "name"),
        ]
    shape = (
        notebook,
        True,
        tuple(str(name)[: _LONGEST["name"]] for name in run.parameters),
        tuple(_describe_figure(kpi) for kpi in kpis),
        tuple(str(source.get("name"))[: _LONGEST["name"]] for source in sources),
    )
    return shape, values


def _describe_figure(kpi: dict[str, Any]) -> tuple[str, str, str]:
    label = kpi.get("label")
    told = _(label) if isinstance(label, str) else ""
    return _cut(told, "label") or "", str(kpi.get("unit")), str(kpi.get("direction"))


def _write_value(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return _cut(value, "value")
    if type(value) is int:
        return str(value)
    return _cut(json.dumps(value, ensure_ascii=False, default=str), "value")


def _cut(text: str | None, kind: str) -> str | None:
    """Cut a long text; two that differ only behind the cut still differ, by their hash."""
    longest = _LONGEST[kind]
    if text is None or len(text) <= longest:
        return text
    if kind in ("value", "name"):
        return f"{text[:longest]}… {hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"
    return f"{text[:longest]}…"


def _shorten(value: Any, unit: str) -> float | None:
    """Drop digits that no page shows; two more stay to compare by, and rounding comes out the same."""
    if type(value) not in (int, float) or not math.isfinite(value):
        return None
    if abs(value) >= 2**53:
        return float(value)
    shown = _DECIMALS.get(unit)
    if shown is None:
        shown = max(0, min(6, _FOUR_DIGITS - 1 - math.floor(math.log10(abs(value))))) if value else 0
    short = round(float(value), shown + _MORE_DECIMALS)
    is_tie = round(short * 10 ** (shown + _MORE_DECIMALS)) % 100 == 50  # noqa: PLR2004 (half of the last digit)
    if is_tie:
        short = float(value)
    return int(short) if short.is_integer() else short
