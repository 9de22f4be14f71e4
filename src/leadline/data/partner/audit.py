"""The audit trail of what crossed between partners: one JSON line an event, only ever added to."""

import datetime as dt
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import Timeout

from leadline.errors import DataError
from leadline.language import _
from leadline.locks import passing_lock

_WAIT_SECONDS = 30


def append_audit(path: str | Path, event: str, entry: Mapping[str, Any]) -> None:
    """Add ``event``, the time and ``entry`` to the trail as one line, on the disk before this returns.

    One writer at a time adds, in a single appending write. A line that a full disk cuts short is taken back;
    one that lost power left torn keeps its place, and the next begins on a line of its own.

    Raises
    ------
    DataError
        If the line cannot be written whole: what it tells of must then not happen.
    """
    file = Path(path)
    headline = _("{path}: the audit line cannot be written", path=path)
    if not file.parent.is_dir():
        raise DataError.of(headline, _("there is no folder {parent}. Make it first.", parent=file.parent))
    stamp = {"event": event, "time": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}
    line = json.dumps(stamp | dict(entry), ensure_ascii=False, allow_nan=False).encode() + b"\n"
    try:
        with passing_lock(file.with_name(f".{file.name}.lock"), wait_seconds=_WAIT_SECONDS):
            _add(file, line)
    except OSError as error:  # a lock not had in time is one, too
        reason = _("another process keeps it locked") if isinstance(error, Timeout) else error.strerror
        raise DataError.of(headline, f"{reason}.") from None


def _add(file: Path, line: bytes) -> None:
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        os.lseek(descriptor, max(size - 1, 0), os.SEEK_SET)
        data = line if os.read(descriptor, 1) in (b"", b"\n") else b"\n" + line
        written = os.write(descriptor, data)
        if written < len(data):
            os.ftruncate(descriptor, size)
            raise OSError(0, _("the disk is full"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
