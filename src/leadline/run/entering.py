"""Published runs that the ledger lacks are entered from their records."""

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from leadline.run.ledger import RunLedger

#: Fields of a record that the ledger keeps as they are, and the type that each must have there.
_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("status", "started"), (str,)),
    **dict.fromkeys(("ended", "answer", "title", "language", "job", "batch"), (str, type(None))),
    "seconds": (int, float, type(None)),
    "attempts": (int, type(None)),
}


def find_published(out: Path, names: Iterable[str]) -> list[str]:
    """Return those of the entries of ``out`` that are published runs; a link to elsewhere is none."""
    return [
        name
        for name in sorted(names)
        if (out / name / "record.json").is_file() and not (out / name).is_symlink()
    ]


def enter_published(out: Path, runs: Iterable[str]) -> list[str]:
    """Enter published runs from their records, all at once; return those whose record cannot be read.

    Raises
    ------
    RunError
        If the ledger cannot be used.
    """
    records = {name: _read_record(out / name) for name in runs}
    if readable := [record for record in records.values() if record]:
        RunLedger(out).end(*readable)
    return [name for name, record in records.items() if not record]


def _read_record(folder: Path) -> dict[str, Any] | None:
    try:
        record = json.loads((folder / "record.json").read_bytes())
        json.dumps(record, ensure_ascii=False).encode()  # half a character cannot be entered
        fits = (
            record["run_id"] == folder.name
            and isinstance(record["notebook"]["name"], str)
            and all(isinstance(record.get(key), types) for key, types in _TYPES.items())
            and read_time(record["started"]) is not None
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return record if fits else None


def read_time(text: str) -> int | None:
    """Return an ISO time as seconds since 1970; one without a zone is meant in UTC."""
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((time if time.tzinfo else time.replace(tzinfo=dt.UTC)).timestamp())
