"""The ledger of runs, in ``leadline.db`` beside the run folders."""

import json
from pathlib import Path
from typing import Any

from leadline.store import STORE_FILE, open_store

LEDGER_FILE = STORE_FILE
_PLAIN = (
    *("run_id", "status", "started", "ended", "seconds", "answer"),
    *("title", "language", "attempts", "job", "batch"),
)
_JSON = ("parameters", "kpis", "sources")
_COLUMNS = ("notebook", "notebook_sha256", "version", "failure", *_PLAIN, *_JSON)
_ENDING = tuple(column for column in _COLUMNS if column not in ("run_id", "notebook", "started"))


class RunLedger:
    """Every run that began in a folder, and how it ended. Safe for many processes at once."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def begin(self, record: dict[str, Any]) -> None:
        """Enter a run that begins."""
        row = {"notebook": record["notebook"]["name"]} | {
            key: record.get(key) for key in ("run_id", "started", "title", "job", "batch")
        }
        with open_store(self._out, writing=True) as store:
            store.execute(
                "INSERT INTO runs (run_id, notebook, status, started, title, job, batch) "
                "VALUES (:run_id, :notebook, 'running', :started, :title, :job, :batch)",
                row,
            )

    def end(self, *records: dict[str, Any]) -> None:
        """Enter how runs ended, all at once; a run that never was entered is entered whole."""
        changes = ", ".join(f"{column} = excluded.{column}" for column in _ENDING)
        with open_store(self._out, writing=True) as store:
            store.executemany(
                f"INSERT INTO runs ({', '.join(_COLUMNS)}) "  # noqa: S608 (our own names)
                f"VALUES ({', '.join(f':{column}' for column in _COLUMNS)}) "
                f"ON CONFLICT (run_id) DO UPDATE SET {changes}",
                [_to_row(record) for record in records],
            )

    def remove(self, run_id: str, at: str) -> None:
        """Enter that a run's folder was removed at a time; what the ledger knows of it stays."""
        with open_store(self._out, writing=True) as store:
            store.execute("UPDATE runs SET removed = ? WHERE run_id = ?", (at, run_id))

    def runs(self) -> list[dict[str, Any]]:
        """Return all runs, oldest first; parameters, cards and sources as JSON text, or None."""
        with open_store(self._out) as store:
            return [dict(row) for row in store.execute("SELECT * FROM runs ORDER BY started, rowid")]


def _to_row(record: dict[str, Any]) -> dict[str, Any]:
    row = {key: record.get(key) for key in _PLAIN}
    # Sorted: a record read back from its file must give the same text as one fresh from its run.
    row |= {
        key: json.dumps(record.get(key), ensure_ascii=False, sort_keys=True, default=str) for key in _JSON
    }
    return row | {
        "notebook": record["notebook"]["name"],
        "notebook_sha256": record["notebook"].get("sha256"),
        "version": (record.get("versions") or {}).get("leadline"),
        "failure": (record.get("failure") or {}).get("message"),
    }
