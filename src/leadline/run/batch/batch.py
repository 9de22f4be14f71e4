"""A batch from first row to last: what is unchanged is kept, the rest is made, all of it is entered."""

import datetime as dt
import re
import secrets
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from leadline.run.batch.crew import Crew, Ended
from leadline.run.batch.fingerprint import Fingerprints
from leadline.run.batch.journal import Journal
from leadline.run.batch.ledger import FINISHED, BatchLedger, RowState
from leadline.run.batch.locks import hearing_signals, lock_batch
from leadline.run.batch.plan import BatchPlan
from leadline.run.batch.rows import PlannedReport, Shard
from leadline.run.runner import sweep
from leadline.run.warm import warm_server

_TICK_SECONDS = 0.2
_INTERRUPTED = 130


class Listener(Protocol):
    """Who wants to know how far a batch is. Called from several threads, one at a time."""

    def begin(self, total: int, unchanged: int) -> None:
        """Hear how many rows there are, and how many need no run."""

    def settled(self, state: RowState) -> None:
        """Hear that a row needs no further attempt."""


@dataclass(frozen=True, kw_only=True)
class BatchOutcome:
    """How a batch ended: its rows in the plan's order, and the signal that stopped it, if one did."""

    batch_id: str
    states: tuple[RowState, ...]
    stopped_by: str | None

    @property
    def exit_code(self) -> int:
        """0: every report stands; 130: Ctrl-C; 1: anything else."""
        if self.stopped_by == "SIGINT":
            return _INTERRUPTED
        return 0 if not self.stopped_by and all(state.status in FINISHED for state in self.states) else 1


def plan_states(
    reports: Sequence[PlannedReport],
    *,
    out: Path,
    prints: Fingerprints,
    force: bool = False,
    earlier: Sequence[RowState] = (),
) -> list[RowState]:
    """Say for each row whether it is to be made (``waiting``) or stands already.

    Parameters
    ----------
    reports
        As `check_rows` returns them.
    out
        Folder of the reports.
    prints
        Takes the reports' fingerprints.
    force
        Whether to make reports anew whose inputs have not changed.
    earlier
        Rows of the batch that goes on: what was done in it stays done, also with ``force``.
    """
    ledger = BatchLedger(out)
    made = {} if force else ledger.made()
    kept = {state.parameters: state for state in earlier if state.status in FINISHED}
    states = []
    for report in reports:
        mark = prints.of(report.request)
        state = RowState(row=report.row, name=report.name, parameters=report.parameters, fingerprint=mark)
        before = kept.get(report.parameters)
        if before and before.fingerprint == mark and ledger.is_whole(before.run_id):
            state = replace(before, row=report.row, name=report.name)
        elif mark in made:
            state = replace(state, status="unchanged", run_id=made[mark])
        states.append(state)
    return states


def run_batch(
    plan: BatchPlan,
    reports: Sequence[PlannedReport],
    *,
    out: Path,
    workers: int,
    retries: int,
    listener: Listener,
    today: dt.date,
    shard: Shard | None = None,
    resume: bool = False,
    force: bool = False,
) -> BatchOutcome:
    """Make every report of ``reports`` that does not stand yet.

    Parameters
    ----------
    plan, reports, out, force
        As in `plan_states`; ``reports`` are those of the ``shard`` alone.
    today
        The day, for notebooks whose date is left empty.
    workers
        Reports at once.
    retries
        How often a report that failed is tried again; refused input is not.
    listener
        Hears how far the batch is.
    shard
        The part of the plan that is made; None for all of it.
    resume
        Whether to go on with the plan's last batch (the shard's) in place of a new one.

    Raises
    ------
    RunError
        If the ledger cannot be used, or the batch to resume is still running.
    """
    ledger, prints = BatchLedger(out), Fingerprints(today)
    part, notebook = str(shard) if shard else "", reports[0].request.notebook.name
    batch_id = (ledger.newest(plan.name, part, notebook) if resume else None) or _make_id(plan.name, part)
    with lock_batch(out, batch_id):
        sweep(out)
        earlier = [_settle(ledger, batch_id, state) for state in ledger.states(batch_id)]
        states = plan_states(reports, out=out, prints=prints, force=force, earlier=earlier)
        ledger.begin(batch_id, plan.name, part, notebook, states)
        listener.begin(len(states), sum(state.status in FINISHED for state in states))
        journal = Journal(ledger, batch_id, states, mark=prints.of, settled=listener.settled)
        waiting = [report for report in reports if journal.states[report.row].status not in FINISHED]
        stopped_by = _make_all(waiting, journal, ledger, batch_id, workers=workers, retries=retries, out=out)
        journal.flush()
        if not stopped_by:
            ledger.end(batch_id)
    return BatchOutcome(batch_id=batch_id, states=tuple(journal.states.values()), stopped_by=stopped_by)


def _make_all(
    reports: list[PlannedReport],
    journal: Journal,
    ledger: BatchLedger,
    batch_id: str,
    *,
    workers: int,
    retries: int,
    out: Path,
) -> str | None:
    """Have the reports made; return the name of the signal that ended this early."""

    def find_lost(lost: Ended) -> Ended:
        """Complete what the worker left: it may have died before its run began, in it, or just after."""
        sweep(out)
        run_id, status = ledger.find_run(batch_id, lost.report) or (None, "")
        return replace(lost, run_id=run_id, status="done" if status == "done" else "lost")

    with hearing_signals() as heard, warm_server() if reports else nullcontext() as server:
        crew = Crew(
            min(workers, len(reports)),
            batch_id=batch_id,
            retries=retries,
            server=server,
            began=journal.began,
            ended=journal.ended,
            find_lost=find_lost,
        )
        crew.start(reports)
        try:
            while crew.is_working(_TICK_SECONDS):
                if heard.name:
                    crew.stop()  # every time: a worker may only just have begun
        finally:
            crew.end()
    return heard.name


def _settle(ledger: BatchLedger, batch_id: str, state: RowState) -> RowState:
    """Find a report that was published, but whose batch was killed before it heard of it: it is done."""
    if state.status in FINISHED:
        return state
    run_id, status = ledger.find_run(batch_id, state) or (None, "")
    return replace(state, status="done", run_id=run_id, message=None) if status == "done" else state


def _make_id(plan: str, part: str) -> str:
    moment = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    name = re.sub(r"[^\w-]", "_", f"{plan}-{part}" if part else plan)[:60]
    return f"{moment}-{name}-{secrets.token_hex(3)}"
