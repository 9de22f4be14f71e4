"""Locks whose files go with them: nothing hidden is left in a folder that people look into."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout


def drop_lock(lock: FileLock) -> None:
    """Let a lock go, and remove its file.

    Removed while it is held: who had opened the file before then holds the lock of no file, which filelock
    sees, and asks again. Removed after it was let go, it could be another's by then.
    """
    with suppress(PermissionError):  # Windows removes no open file: there it stays
        Path(lock.lock_file).unlink(missing_ok=True)
    lock.release()


@contextmanager
def passing_lock(path: Path, *, wait_seconds: float = -1) -> Iterator[None]:
    """Hold a lock that leaves no file behind; by default wait as long as it takes.

    Raises
    ------
    Timeout
        If another process holds it, and goes on to.
    OSError
        If the folder cannot be written.
    """
    lock = FileLock(path)
    lock.acquire(timeout=wait_seconds)
    try:
        yield
    finally:
        drop_lock(lock)


def clear_locks(folder: Path) -> None:
    """Remove the hidden lock files in a folder that nobody holds: their processes were killed."""
    for path in folder.glob(".*.lock"):
        with suppress(Timeout, OSError):
            lock = FileLock(path)
            lock.acquire(timeout=0)
            drop_lock(lock)
