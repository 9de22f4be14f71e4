"""What a folder of runs holds: its ledger's rows, and folders that the ledger does not know."""

import json
import os
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leadline.errors import RunError
from leadline.language import _
from leadline.run.entering import enter_published, find_published, read_time
from leadline.run.ledger import RunLedger
from leadline.store import open_store


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run as the portal tells it.

    ``place`` is empty where the report stands, ``removed`` where retention took it, ``gone`` where its folder
    is missing. ``started`` is in seconds since 1970 (UTC).
    """

    row: dict[str, Any]
    status: str
    place: str
    started: int | None
    parameters: dict[str, Any] = field(default_factory=dict)
    kpis: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Found:
    """Everything that the portal tells of a folder; runs newest first.

    ``pages`` are names of the folder's HTML files, ``unread`` those of run folders without a readable record.
    """

    runs: list[Run]
    job_runs: list[dict[str, Any]]
    batches: list[dict[str, Any]]
    batch_rows: dict[str, Counter[str]]
    pages: set[str]
    unread: list[str]


def gather(out: Path) -> Found:
    """Read the ledger of ``out``; a published folder that it lacks is entered from its record.

    Raises
    ------
    RunError
        If there is no such folder, or its ledger cannot be used.
    """
    if not out.is_dir():
        raise RunError(_("There is no folder {folder}. Name the folder of your runs with --out.", folder=out))
    rows = RunLedger(out).runs()  # before the folders: what is published in between is told as published
    folders, hidden, pages = _list_entries(out)
    known = {row["run_id"] for row in rows if row["parameters"] is not None}
    unread = []
    if unknown := find_published(out, folders - known):
        unread = enter_published(out, unknown)
        rows = RunLedger(out).runs()
    runs = [_read_run(row, folders, hidden) for row in rows]
    runs.sort(key=lambda run: (run.started or 0, run.row["run_id"]), reverse=True)
    with open_store(out) as store:
        job_runs = [dict(row) for row in store.execute("SELECT * FROM job_runs ORDER BY planned DESC, job")]
        batches = [dict(row) for row in store.execute("SELECT * FROM batches ORDER BY started DESC")]
        counted = store.execute("SELECT batch_id, status, count(*) FROM batch_rows GROUP BY 1, 2").fetchall()
    batch_rows: dict[str, Counter[str]] = defaultdict(Counter)
    for batch_id, status, count in counted:
        batch_rows[batch_id][status] += count
    return Found(
        runs=runs,
        job_runs=job_runs,
        batches=batches,
        batch_rows=batch_rows,
        pages=pages,
        unread=unread,
    )


def _list_entries(out: Path) -> tuple[set[str], set[str], set[str]]:
    """Return names of folders, of hidden ones, and of HTML files; a link to elsewhere is none of them."""
    with os.scandir(out) as entries:
        names = {entry.name: entry.is_dir() for entry in entries if not entry.is_symlink()}
    folders = {name for name, is_folder in names.items() if is_folder and not name.startswith(".")}
    hidden = {name for name, is_folder in names.items() if is_folder} - folders
    return folders, hidden, {name for name in names.keys() - folders - hidden if name.endswith(".html")}


def _read_run(row: dict[str, Any], folders: set[str], hidden: set[str]) -> Run:
    run_id, status = row["run_id"], row["status"]
    place = "" if run_id in folders else "removed" if row["removed"] else "gone"
    if status == "running":
        # Its hidden folder stands before its row does: without one nothing runs any more.
        status, place = ("running", "") if f".{run_id}.run" in hidden else ("killed", place)
    parameters = _read_json(row["parameters"])
    return Run(
        row=row,
        status=status,
        place="unfinished" if status == "running" else place,
        started=read_time(row["started"]),
        parameters=parameters if isinstance(parameters, dict) else {},
        kpis=_read_items(row["kpis"]),
        sources=_read_items(row["sources"]),
    )


def _read_items(text: str | None) -> list[dict[str, Any]]:
    items = _read_json(text)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _read_json(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
