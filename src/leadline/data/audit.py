"""The audit trail of what crossed between partners: one JSON line an event, only ever added to."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leadline.errors import DataError


def append_audit(path: str | Path, entry: Mapping[str, Any]) -> None:
    """Add ``entry`` to the trail as one line, on the disk before this returns.

    The line goes out in a single appending write, which a killed process does and other processes do not
    tear. A line that a full disk cut short stays behind as it is; the next begins on a line of its own.

    Raises
    ------
    DataError
        If the line cannot be written whole: what it tells of must then not happen.
    """
    line = json.dumps(dict(entry), ensure_ascii=False, allow_nan=False).encode() + b"\n"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            data = line if _ends_well(descriptor) else b"\n" + line
            written = os.write(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise DataError.of(f"{path}: the audit line cannot be written", f"{error.strerror}.") from None
    if written < len(data):
        raise DataError.of(f"{path}: the audit line cannot be written", "the disk is full.")


def _ends_well(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
