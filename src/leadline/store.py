"""``leadline.db``: the one SQLite file that runs and rounds of the loop share, safe for many processes."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leadline.errors import RunError

STORE_FILE = "leadline.db"
_BUSY_SECONDS = 30
_RETRY_SECONDS = 0.02

_RUNS = (
    """
    CREATE TABLE IF NOT EXISTS runs (
        run_id TEXT PRIMARY KEY,
        notebook TEXT NOT NULL,
        status TEXT NOT NULL,
        started TEXT NOT NULL,
        ended TEXT,
        seconds REAL,
        answer TEXT
    ) STRICT
    """,
)
_LOOP = (
    """
    CREATE TABLE rounds (
        round_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        product_id TEXT NOT NULL,
        model TEXT NOT NULL,
        run_id TEXT,
        as_of TEXT NOT NULL,
        opened TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE campaigns (
        campaign_id TEXT PRIMARY KEY,
        round_id TEXT NOT NULL REFERENCES rounds
    ) STRICT
    """,
    """
    CREATE TABLE parts (
        part_id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        round_id TEXT NOT NULL REFERENCES rounds,
        file TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        rows INTEGER NOT NULL,
        first_date TEXT,
        last_date TEXT,
        added TEXT NOT NULL,
        source TEXT NOT NULL,
        source_sha256 TEXT,
        superseded_by INTEGER REFERENCES parts
    ) STRICT
    """,
    """
    CREATE TABLE list_audit (
        part_id INTEGER PRIMARY KEY REFERENCES parts,
        made_by TEXT NOT NULL,
        made_at TEXT NOT NULL,
        round_id TEXT NOT NULL REFERENCES rounds,
        campaign_id TEXT NOT NULL REFERENCES campaigns,
        model TEXT NOT NULL,
        run_id TEXT,
        list_sha256 TEXT NOT NULL,
        permission_sha256 TEXT NOT NULL,
        rows INTEGER NOT NULL
    ) STRICT
    """,
    *(
        f"CREATE TRIGGER list_audit_keeps_{act.lower()} BEFORE {act} ON list_audit "
        "BEGIN SELECT RAISE(ABORT, 'a line of the audit is never changed'); END"
        for act in ("UPDATE", "DELETE")
    ),
)
#: Entry n brings a file of version n to version n + 1; an entry that was released never changes.
_MIGRATIONS = (_RUNS, _LOOP)


@contextmanager
def open_store(folder: Path, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
    """Open a folder's ``leadline.db`` for one transaction; it is made, or brought up to date, when needed.

    What is done inside is kept whole when the block ends, and not at all when it raises or the process dies.

    Parameters
    ----------
    folder
        Where the file lies; the folder must exist.
    writing
        Whether rows will change: such transactions come one after the other, others see one state throughout.

    Raises
    ------
    RunError
        If the file cannot be used, is no ledger, or was written by a newer leadline.
    """
    path = folder / STORE_FILE
    try:
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            _bring_up_to_date(connection, path)
            connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise RunError(f"{path} cannot be used: {error}. {_find_remedy(error)}".rstrip()) from None


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """Apply the migrations that the file lacks; several processes may try at once."""
    if _read_version(connection, path) == len(_MIGRATIONS):
        return
    _switch_to_wal(connection)
    connection.execute("BEGIN IMMEDIATE")
    version = _read_version(connection, path)  # another process may have been first
    for statements in _MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
    connection.execute("COMMIT")


def _read_version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(_MIGRATIONS):
        raise RunError(f"{path} was written by a newer leadline. Update leadline to use it.")
    return version


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Change the journal's mode, which does not wait for other processes by itself."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not is_busy or time.monotonic() > deadline:
                raise
            threading.Event().wait(_RETRY_SECONDS)
        else:
            return


def _find_remedy(error: sqlite3.Error) -> str:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return "Free some space and try again."
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN:
            return "Even reading needs a folder that you may write: check its rights, or copy it."
        case sqlite3.SQLITE_BUSY:
            return "Another process is writing; try again when it is done."
        case _:
            return ""
