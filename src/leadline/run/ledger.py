"""The ledger of runs: one SQLite file in WAL mode beside the run folders (``leadline.db``)."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from leadline.errors import RunError

LEDGER_FILE = "leadline.db"
_SCHEMA_VERSION = 1
_BUSY_SECONDS = 30
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    run_id TEXT PRIMARY KEY,
    notebook TEXT NOT NULL,
    status TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    seconds REAL,
    answer TEXT
) STRICT
"""


class RunLedger:
    """Every run that began in a folder, and how it ended. Safe for many processes at once."""

    def __init__(self, out: Path) -> None:
        self._path = out / LEDGER_FILE

    def begin(self, run_id: str, notebook: str, started: str) -> None:
        """Enter a run that begins."""
        with self._connect() as connection:
            connection.execute(
                "INSERT INTO runs (run_id, notebook, status, started) VALUES (?, ?, 'running', ?)",
                (run_id, notebook, started),
            )

    def end(self, record: dict[str, Any]) -> None:
        """Enter how a run ended; a run that never was entered is entered whole."""
        row = {key: record[key] for key in ("run_id", "status", "started", "ended", "seconds", "answer")}
        with self._connect() as connection:
            connection.execute(
                "INSERT INTO runs VALUES (:run_id, :notebook, :status, :started, :ended, :seconds, :answer) "
                "ON CONFLICT (run_id) DO UPDATE SET status = excluded.status, ended = excluded.ended, "
                "seconds = excluded.seconds, answer = excluded.answer",
                row | {"notebook": record["notebook"]["name"]},
            )

    def runs(self) -> list[dict[str, Any]]:
        """Return all runs, oldest first."""
        with self._connect() as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute("SELECT * FROM runs ORDER BY started, run_id")]

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
            try:
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if version > _SCHEMA_VERSION:
                    raise RunError(
                        f"{self._path} was written by a newer leadline. Update leadline to use it."
                    )
                if version < _SCHEMA_VERSION:
                    _create(connection)
                with connection:
                    yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise RunError(f"{self._path} cannot be used: {error}.") from None


def _create(connection: sqlite3.Connection) -> None:
    """Make the tables; several first runs may try at once, and changing to WAL waits for nobody by itself."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            threading.Event().wait(0.02)
    connection.execute(_SCHEMA)
    connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
