"""``leadline.db``: one SQLite file of runs, batches, jobs and rounds of the loop. Safe for many processes."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from leadline.errors import RunError
from leadline.language import _

STORE_FILE = "leadline.db"
Migrations = Sequence[Sequence[str]]
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
#: What an index of runs shows without opening their folders; ``parameters``, ``kpis``, ``sources`` are JSON.
_RUN_DETAILS = tuple(
    f"ALTER TABLE runs ADD COLUMN {column}"
    for column in (
        "title TEXT",
        "language TEXT",
        "attempts INTEGER",
        "job TEXT",
        "batch TEXT",
        "parameters TEXT",
        "kpis TEXT",
        "sources TEXT",
        "notebook_sha256 TEXT",
        "version TEXT",
        "failure TEXT",
        "removed TEXT",
    )
)
_BATCHES = (
    """
    CREATE TABLE batches (
        batch_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        shard TEXT NOT NULL,
        notebook TEXT NOT NULL,
        rows INTEGER NOT NULL,
        started TEXT NOT NULL,
        ended TEXT
    ) STRICT
    """,
    """
    CREATE TABLE batch_rows (
        batch_id TEXT NOT NULL REFERENCES batches,
        row INTEGER NOT NULL,
        name TEXT NOT NULL,
        parameters TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        status TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        run_id TEXT,
        message TEXT,
        ended TEXT,
        PRIMARY KEY (batch_id, row)
    ) STRICT
    """,
    "CREATE INDEX batch_rows_by_fingerprint ON batch_rows (fingerprint)",
    "CREATE INDEX runs_by_batch ON runs (batch)",
)
#: ``looked``: up to when a job's planned times (``times``: cron and zone) were entered in ``job_runs``.
_JOBS = (
    """
    CREATE TABLE jobs (
        job TEXT PRIMARY KEY,
        times TEXT NOT NULL,
        looked TEXT NOT NULL,
        attended TEXT NOT NULL,
        schedule TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE job_runs (
        job TEXT NOT NULL,
        planned TEXT NOT NULL,
        status TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        run_id TEXT,
        started TEXT,
        ended TEXT,
        message TEXT,
        PRIMARY KEY (job, planned)
    ) STRICT
    """,
)
#: Entry n brings a file of version n to version n + 1; an entry that was released never changes.
_MIGRATIONS = (_RUNS, _LOOP, (*_RUN_DETAILS, *_BATCHES, *_JOBS))


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
    with open_database(folder / STORE_FILE, _MIGRATIONS, writing=writing) as connection:
        yield connection


@contextmanager
def open_database(
    path: Path, migrations: Migrations, *, writing: bool = False
) -> Iterator[sqlite3.Connection]:
    """Open an SQLite file of ours for one transaction, as `open_store` does with its own.

    Parameters
    ----------
    path
        The file; its folder must exist.
    migrations
        Entry n holds the statements that bring a file of version n to version n + 1.
    writing
        As in `open_store`.

    Raises
    ------
    RunError
        If the file cannot be used, or was written by a newer leadline.
    """
    try:
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(
                "PRAGMA synchronous = FULL"
            )  # committed is on the disk, whatever the build's default
            _bring_up_to_date(connection, path, migrations)
            connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise RunError(
            _(
                "{path} cannot be used: {error}. {remedy}", path=path, error=error, remedy=_find_remedy(error)
            ).rstrip()
        ) from None


def _bring_up_to_date(connection: sqlite3.Connection, path: Path, migrations: Migrations) -> None:
    """Apply the migrations that the file lacks; several processes may try at once."""
    if _read_version(connection, path, migrations) == len(migrations):
        return
    _switch_to_wal(connection)
    connection.execute("BEGIN IMMEDIATE")
    version = _read_version(connection, path, migrations)  # another process may have been first
    for statements in migrations[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(migrations)}")
    connection.execute("COMMIT")


def _read_version(connection: sqlite3.Connection, path: Path, migrations: Migrations) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(migrations):
        raise RunError(_("{path} was written by a newer leadline. Update leadline to use it.", path=path))
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
            return _("Free some space and try again.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN:
            return _("Even reading needs a folder that you may write: check its rights, or copy it.")
        case sqlite3.SQLITE_BUSY:
            return _("Another process is writing; try again when it is done.")
        case _:
            return ""
