"""What the ledger keeps of batches: which rows each had, and how each ended."""

import datetime as dt
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from leadline.run.batch.rows import PlannedReport
from leadline.store import open_store

#: Ends of a row that need no further run.
FINISHED = frozenset({"done", "unchanged"})
#: Rows that have not ended.
OPEN = frozenset({"waiting", "running"})


@dataclass(frozen=True, kw_only=True)
class RowState:
    """How a row stands: ``waiting``, ``unchanged`` or a run's status; ``message`` says why it failed."""

    row: int
    name: str
    parameters: str
    fingerprint: str
    status: str = "waiting"
    attempts: int = 0
    run_id: str | None = None
    message: str | None = None
    ended: str | None = field(default=None, compare=False)  # entered by the ledger


class BatchLedger:
    """The batches of a folder, safe for many processes at once. Where it cannot, RunError is raised."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def begin(self, batch_id: str, plan: str, shard: str, notebook: str, states: Sequence[RowState]) -> None:
        """Enter a batch, or that an earlier one goes on, and all its rows."""
        with open_store(self._out, writing=True) as store:
            store.execute(
                "INSERT INTO batches (batch_id, name, shard, notebook, rows, started) "
                "VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (batch_id) DO UPDATE SET rows = excluded.rows, ended = NULL",
                (batch_id, plan, shard, notebook, len(states), _now()),
            )
            store.execute("DELETE FROM batch_rows WHERE batch_id = ?", (batch_id,))
            _write(store, batch_id, states)

    def enter(self, batch_id: str, states: Iterable[RowState]) -> None:
        """Enter how rows stand now."""
        with open_store(self._out, writing=True) as store:
            _write(store, batch_id, states)

    def end(self, batch_id: str) -> None:
        """Enter that a batch is over."""
        with open_store(self._out, writing=True) as store:
            store.execute("UPDATE batches SET ended = ? WHERE batch_id = ?", (_now(), batch_id))

    def newest(self, plan: str, shard: str, notebook: str) -> str | None:
        """Return the batch of a plan over a notebook, or of a part of it, that began last."""
        with open_store(self._out) as store:
            row = store.execute(
                "SELECT batch_id FROM batches WHERE name = ? AND shard = ? AND notebook = ? "
                "ORDER BY rowid DESC",
                (plan, shard, notebook),
            ).fetchone()
        return row["batch_id"] if row else None

    def states(self, batch_id: str) -> list[RowState]:
        """Return how a batch's rows stand, in the plan's order."""
        with open_store(self._out) as store:
            query = "SELECT * FROM batch_rows WHERE batch_id = ? ORDER BY row"
            return [_read(row) for row in store.execute(query, (batch_id,))]

    def history(self, plan: str, notebook: str) -> list[RowState]:
        """Return how rows ended in all batches of a plan over a notebook, by the time of their end."""
        with open_store(self._out) as store:
            query = (
                "SELECT batch_rows.* FROM batch_rows JOIN batches USING (batch_id) "
                "WHERE batches.name = ? AND batches.notebook = ? AND batch_rows.ended IS NOT NULL "
                "ORDER BY batch_rows.ended, batches.rowid, row"
            )
            return [_read(row) for row in store.execute(query, (plan, notebook))]

    def made(self) -> dict[str, str]:
        """Return fingerprint → run of every report that was finished and whose folder still stands."""
        with open_store(self._out) as store:
            query = (
                "SELECT fingerprint, run_id FROM batch_rows JOIN runs USING (run_id) "
                "WHERE runs.status = 'done' AND runs.removed IS NULL AND fingerprint != '' "
                "ORDER BY runs.rowid"
            )
            found = {row["fingerprint"]: row["run_id"] for row in store.execute(query)}
        return {print_: run_id for print_, run_id in found.items() if self.is_whole(run_id)}

    def find_run(self, batch_id: str, report: PlannedReport | RowState) -> tuple[str, str] | None:
        """Return the last run that a batch began with a row's parameters, and its status."""
        with open_store(self._out) as store:
            row = store.execute(
                "SELECT run_id, status FROM runs WHERE batch = ? AND parameters = ? ORDER BY rowid DESC",
                (batch_id, report.parameters),
            ).fetchone()
        return (row["run_id"], row["status"]) if row else None

    def is_whole(self, run_id: str | None) -> bool:
        """Tell whether a run's folder is published and not removed since."""
        return run_id is not None and (self._out / run_id / "record.json").is_file()


def _write(store: sqlite3.Connection, batch_id: str, states: Iterable[RowState]) -> None:
    store.executemany(
        "INSERT OR REPLACE INTO batch_rows (batch_id, row, name, parameters, fingerprint, status, attempts, "
        "run_id, message, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                batch_id,
                state.row,
                state.name,
                state.parameters,
                state.fingerprint,
                state.status,
                state.attempts,
                state.run_id,
                state.message,
                None if state.status in OPEN else state.ended or _now(),
            )
            for state in states
        ),
    )


def _read(row: sqlite3.Row) -> RowState:
    return RowState(**{key: row[key] for key in row.keys() if key != "batch_id"})  # noqa: SIM118 (a Row has keys)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
