"""Files that appear whole and outlive a power cut; what a killed writer left goes with the next."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from filelock import FileLock, Timeout, lock_descriptor

_IS_WINDOWS = os.name == "nt"
_PARTS = f".*.{'[0-9a-f]' * 32}.part"
_LONGEST_NAME = 60
_LOCK = ".lock"


def sync_to_disk(path: Path) -> None:
    """Put a file, or a folder's entries, onto the disk (where folders cannot be opened, not those)."""
    if _IS_WINDOWS and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if _IS_WINDOWS else os.O_RDONLY)  # Windows syncs no read-only handle
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def replacing(path: Path, *, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """Write a file whole and durable: a reader sees what was there or the new content, never a part.

    Any number of writers may do so at once; the last to end wins. What is written stands beside ``path``,
    locked as long as its writer lives; whoever writes next into the folder removes what a dead one left.

    Parameters
    ----------
    path
        The file; its folder is there.
    mode
        Rights of the new file, before the process's mask.

    Raises
    ------
    OSError
        If the disk cannot take it; then ``path`` is as it was.
    """
    _clear_parts(path.parent)
    part, file = _open_part(path, mode)
    try:
        with file:
            yield file
            file.flush()
            sync_to_disk(part)
            if not _IS_WINDOWS:  # while it is still locked; Windows renames no open file, and removes none
                part.replace(path)
        if _IS_WINDOWS:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync_to_disk(path.parent)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file as `replacing` does, all its content at once."""
    with replacing(path) as file:
        file.write(content)


@contextmanager
def scratch_folder(prefix: str, parent: Path | None = None) -> Iterator[Path]:
    """Yield a folder for what is unfinished, and remove it; first those that killed processes left.

    Parameters
    ----------
    prefix
        How its name begins: one for each purpose.
    parent
        Where it is made; the system's temporary folder when not given.
    """
    home = Path(tempfile.gettempdir()) if parent is None else parent
    for left in home.glob(f"{prefix}*/{_LOCK}"):
        with suppress(Timeout, OSError), FileLock(left, timeout=0):
            shutil.rmtree(left.parent, ignore_errors=True)
    folder, lock = _make_scratch(prefix, home)
    try:
        yield folder
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def _make_scratch(prefix: str, home: Path) -> tuple[Path, FileLock]:
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=home))
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except (Timeout, FileNotFoundError):  # taken for a dead one's before it was locked
        return _make_scratch(prefix, home)
    return folder, lock


def _open_part(path: Path, mode: int) -> tuple[Path, IO[bytes]]:
    part = path.with_name(f".{path.name[:_LONGEST_NAME]}.{uuid4().hex}.part")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(part, flags, mode), "wb")
    with suppress(OSError):  # a disk without locks: such parts are never cleared
        lock_descriptor(file.fileno())
    if part.exists():
        return part, file
    file.close()  # taken for a dead one's before it was locked
    return _open_part(path, mode)


def _clear_parts(folder: Path) -> None:
    """Remove the parts of dead writers; a living one's is locked."""
    for part in folder.glob(_PARTS):
        with suppress(OSError), part.open("r+b") as file:
            if lock_descriptor(file.fileno(), blocking=False):
                part.unlink()
