"""``game.db``: everything that was ever done in a game, in order; the only truth of its state."""

import datetime as dt
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from leadline.errors import DataError, ParameterError
from leadline.language import _
from leadline.store import open_database

GAME_FILE = "game.db"
Kind = Literal["new", "team", "submission", "advance"]
_EVENTS = (
    """
    CREATE TABLE events (
        event INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('new', 'team', 'submission', 'advance')),
        quarter INTEGER,
        team TEXT,
        body BLOB NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX one_start ON events (kind) WHERE kind = 'new'",
    "CREATE UNIQUE INDEX one_team ON events (team) WHERE kind = 'team'",
    "CREATE UNIQUE INDEX one_advance ON events (quarter) WHERE kind = 'advance'",
    *(
        f"CREATE TRIGGER events_keep_{act.lower()} BEFORE {act} ON events "
        "BEGIN SELECT RAISE(ABORT, 'an event of the log is never changed'); END"
        for act in ("UPDATE", "DELETE")
    ),
)
_MIGRATIONS = (_EVENTS,)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of the log: a game was made, a team joined, handed in a list, or a quarter was closed."""

    number: int
    at: str
    kind: Kind
    quarter: int | None
    team: str | None
    body: dict[str, Any]


def make_log(folder: Path) -> None:
    """Make an empty log, which nobody but its owner can read: the market's seed will stand in it."""
    os.close(os.open(folder / GAME_FILE, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


@contextmanager
def open_log(folder: Path, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the log for one transaction (`leadline.store.open_database`).

    Raises
    ------
    ParameterError
        If the folder holds no game.
    RunError
        If the log cannot be used.
    """
    path = folder / GAME_FILE
    if not path.is_file():
        raise ParameterError(
            _(
                "There is no game in {folder}. Make one with: leadline course game new {folder}",
                folder=folder,
            )
        )
    with open_database(path, _MIGRATIONS, writing=writing) as connection:
        yield connection


def read_events(log: sqlite3.Connection) -> list[Event]:
    """Read the whole log, oldest first.

    Raises
    ------
    DataError
        If an entry is damaged.
    """
    rows = log.execute("SELECT event, at, kind, quarter, team, body FROM events ORDER BY event")
    return [
        Event(
            number=row["event"],
            at=row["at"],
            kind=row["kind"],
            quarter=row["quarter"],
            team=row["team"],
            body=_unpack(row["body"], row["event"]),
        )
        for row in rows
    ]


def append_event(
    log: sqlite3.Connection,
    kind: Kind,
    body: dict[str, Any],
    *,
    quarter: int | None = None,
    team: str | None = None,
) -> str:
    """Add an entry and return its time; it is on the disk when the log's transaction ends."""
    packed = zlib.compress(json.dumps(body, ensure_ascii=False).encode())
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    log.execute(
        "INSERT INTO events (at, kind, quarter, team, body) VALUES (?, ?, ?, ?, ?)",
        (now, kind, quarter, team, packed),
    )
    return now


def count_closed(log: sqlite3.Connection) -> int:
    """Count the quarters that are closed."""
    return int(log.execute("SELECT count(*) FROM events WHERE kind = 'advance'").fetchone()[0])


def count_events(log: sqlite3.Connection) -> int:
    """Count the entries; the last one has this number, since none is ever taken out."""
    return int(log.execute("SELECT count(*) FROM events").fetchone()[0])


def _unpack(packed: bytes, number: int) -> dict[str, Any]:
    try:
        body = json.loads(zlib.decompress(packed))
    except (zlib.error, ValueError):
        body = None
    if not isinstance(body, dict):
        raise DataError.of(
            _("The game's log cannot be read"),
            _("entry {number} is damaged. Put back a copy of {file}.", number=number, file=GAME_FILE),
        )
    return body
