"""The ledger of runs, in ``leadline.db`` beside the run folders."""

from pathlib import Path
from typing import Any

from leadline.store import STORE_FILE, open_store

LEDGER_FILE = STORE_FILE


class RunLedger:
    """Every run that began in a folder, and how it ended. Safe for many processes at once."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def begin(self, run_id: str, notebook: str, started: str) -> None:
        """Enter a run that begins."""
        with open_store(self._out, writing=True) as store:
            store.execute(
                "INSERT INTO runs (run_id, notebook, status, started) VALUES (?, ?, 'running', ?)",
                (run_id, notebook, started),
            )

    def end(self, record: dict[str, Any]) -> None:
        """Enter how a run ended; a run that never was entered is entered whole."""
        row = {key: record[key] for key in ("run_id", "status", "started", "ended", "seconds", "answer")}
        with open_store(self._out, writing=True) as store:
            store.execute(
                "INSERT INTO runs VALUES (:run_id, :notebook, :status, :started, :ended, :seconds, :answer) "
                "ON CONFLICT (run_id) DO UPDATE SET status = excluded.status, ended = excluded.ended, "
                "seconds = excluded.seconds, answer = excluded.answer",
                row | {"notebook": record["notebook"]["name"]},
            )

    def runs(self) -> list[dict[str, Any]]:
        """Return all runs, oldest first."""
        with open_store(self._out) as store:
            return [dict(row) for row in store.execute("SELECT * FROM runs ORDER BY started, run_id")]
