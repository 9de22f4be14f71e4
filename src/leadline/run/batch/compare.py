"""Writes the page that compares a batch's reports, from what the ledgers know of every row of the plan."""

import datetime as dt
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from leadline import __version__
from leadline.data.export import write_text
from leadline.data.sources import hash_file
from leadline.language import LANGUAGES, _, use_language
from leadline.report.comparison import ComparedReport, Comparison, render_comparison
from leadline.run.batch.fingerprint import Fingerprints
from leadline.run.batch.ledger import FINISHED, BatchLedger, RowState
from leadline.run.batch.plan import BatchPlan
from leadline.run.batch.rows import PlannedReport
from leadline.run.ledger import RunLedger


def write_comparison(
    plan: BatchPlan,
    reports: Sequence[PlannedReport],
    *,
    out: Path,
    others: Sequence[Path] = (),
    now: dt.datetime,
) -> Path:
    """Write ``OUT/batch_<plan>.html`` over all rows of the plan, whichever batch or part made them.

    Parameters
    ----------
    plan, reports
        The plan and all its rows.
    out
        Folder of the page and of reports.
    others
        Further folders of reports, each with its ledger.
    now
        When the page is made.

    Raises
    ------
    RunError
        If a ledger cannot be read or the page cannot be written.
    """
    page = out / f"batch_{plan.name}.html"
    folders, notebook = (out, *others), reports[0].request.notebook.name
    seen = None
    while (known := [_read_folder(folder, plan.name, notebook) for folder in folders]) != seen:
        # Another part of the batch may have ended, and written the page, since the ledger was read.
        seen = known
        write_text(render_comparison(_compare(plan, reports, known, out, now)), page)
    return page


@dataclass(frozen=True)
class _Known:
    """What a folder's ledger knows of a plan: how each row ended last, and the runs they name."""

    folder: Path
    states: dict[str, RowState]
    runs: dict[str, dict[str, Any]]


def _read_folder(folder: Path, plan: str, notebook: str) -> _Known:
    states = {state.parameters: state for state in BatchLedger(folder).history(plan, notebook)}
    wanted = {state.run_id for state in states.values()}
    runs = {row["run_id"]: row for row in RunLedger(folder).runs() if row["run_id"] in wanted}
    return _Known(folder, states, runs)


def _compare(
    plan: BatchPlan,
    reports: Sequence[PlannedReport],
    known: Sequence[_Known],
    out: Path,
    now: dt.datetime,
) -> Comparison:
    prints = Fingerprints(now.astimezone().date())
    first = reports[0].request
    language = str(first.checked.get("language"))
    use_language(language if language in LANGUAGES else "en")
    title = plan.title or _(first.notebook.question)
    return Comparison(
        title=_("{title}: {count} reports compared", title=title, count=len(reports)),
        language=language if language in LANGUAGES else "en",
        made=now.isoformat(timespec="seconds"),
        reports=[_find_report(report, known, out, prints) for report in reports],
        facts=[
            (_("Plan"), plan.path.name),
            (_("Plan's SHA-256"), hash_file(plan.path)),
            (_("Notebook"), first.notebook.name),
            (_("Notebook's SHA-256"), hash_file(first.notebook.path)),
            (_("Versions"), f"leadline {__version__}"),
        ],
    )


def _find_report(
    report: PlannedReport, known: Sequence[_Known], out: Path, prints: Fingerprints
) -> ComparedReport:
    """Find how a row ended last; of several folders one where it was done goes first."""
    found = [
        (folder, folder.states[report.parameters]) for folder in known if report.parameters in folder.states
    ]
    if not found:
        return ComparedReport(row=report.row, name=report.name, status="waiting")
    folder, state = next((pair for pair in found if pair[1].status in FINISHED), found[0])
    is_done = state.status in FINISHED
    run = folder.runs.get(state.run_id or "", {})
    mark = prints.of(report.request)
    return ComparedReport(
        row=report.row,
        name=report.name,
        status="done" if is_done else state.status,
        link=_link(folder.folder, state.run_id, out),
        message=state.message or "",
        kpis=json.loads(run.get("kpis") or "[]") or () if is_done else (),
        is_stale=is_done and bool(mark) and state.fingerprint != mark,
    )


def _link(folder: Path, run_id: str | None, out: Path) -> str:
    """Address of a report from the page; empty where its folder is gone."""
    page = folder / (run_id or "") / "report.html"
    if not run_id or not page.is_file():
        return ""
    return quote(Path(os.path.relpath(page, out)).as_posix())
