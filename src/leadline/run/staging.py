"""A run's folder while it is made: hidden beside its place, published by one rename, never half there."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from leadline.durable import sync_to_disk
from leadline.errors import RunError
from leadline.language import _
from leadline.locks import clear_locks, drop_lock

_SUFFIX = ".run"
_LOCK_SUFFIX = ".lock"
#: For a sweep that takes the new lock for a dead one's, and lets it go at once.
_PATIENCE_SECONDS = 10


class Staging:
    """The folder ``OUT/.<run_id>.run``, locked as long as its run lives.

    ``work`` inside it is for the run's own needs and is never published; into ``tables`` its notebook writes.
    """

    def __init__(self, out: Path, run_id: str, lock: FileLock) -> None:
        self.out = out
        self.run_id = run_id
        self.folder = out / f".{run_id}{_SUFFIX}"
        self.work = self.folder / "work"
        self.tables = self.folder / "tables"
        self._lock = lock

    @classmethod
    def create(cls, out: Path, run_id: str) -> Self:
        """Make and lock the folder.

        Raises
        ------
        RunError
            If ``out`` cannot be written.
        """
        try:
            out.mkdir(parents=True, exist_ok=True)
            staging = cls(out, run_id, _lock(out, run_id))
            staging._lock.acquire(timeout=_PATIENCE_SECONDS)
            staging.folder.mkdir()
            staging.work.mkdir()
        except OSError as error:
            raise RunError(
                _(
                    "{out} cannot be written: {strerror}. Choose another --out folder.",
                    out=out,
                    strerror=error.strerror,
                )
            ) from None
        return staging

    @classmethod
    def abandoned(cls, out: Path) -> Iterator[Self]:
        """Yield, locked, the folders whose run died; at the end remove the locks that hold nothing."""
        for folder in sorted(out.glob(f".*{_SUFFIX}")):
            run_id = folder.name[1 : -len(_SUFFIX)]
            lock = _lock(out, run_id)
            with suppress(Timeout, OSError):
                lock.acquire(timeout=0)
                staging = cls(out, run_id, lock)
                if folder.is_dir():
                    yield staging
                else:  # published in the meantime
                    staging.discard()
        clear_locks(out)

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole: a reader sees the old content or the new, never a part."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        beside = path.with_name(f"{path.name}.part")
        beside.write_bytes(content)
        beside.replace(path)

    def remove(self, names: Iterable[str]) -> None:
        """Remove files that may be there, finished or half-written."""
        for name in names:
            for path in (self.folder / name, self.folder / f"{name}.part"):
                path.unlink(missing_ok=True)

    def keep_tables(self, names: set[str]) -> None:
        """Remove what lies among the tables under other names: unfinished, or never recorded."""
        for path in self.tables.iterdir() if self.tables.is_dir() else ():
            if path.name not in names:
                path.unlink()
        if not names:
            shutil.rmtree(self.tables, ignore_errors=True)

    def clear(self) -> None:
        """Remove everything written so far."""
        self._remove_folder()
        self.folder.mkdir()

    def publish(self) -> Path:
        """Move the folder to its place ``OUT/<run_id>``, durable before it is seen, and return that."""
        shutil.rmtree(self.work, ignore_errors=True)
        for path in (*self.folder.rglob("*"), self.folder):
            sync_to_disk(path)
        place = self.out / self.run_id
        self.folder.rename(place)
        sync_to_disk(self.out)
        self.unlock()
        return place

    def discard(self) -> None:
        """Remove the folder; nothing is published."""
        with suppress(OSError):
            self._remove_folder()
        self.unlock()

    def _remove_folder(self) -> None:
        """Remove the folder; first its record, by which a sweep would publish what a kill left of it."""
        (self.folder / "record.json").unlink(missing_ok=True)
        shutil.rmtree(self.folder)

    def unlock(self) -> None:
        """Give the folder up."""
        drop_lock(self._lock)


def _lock(out: Path, run_id: str) -> FileLock:
    return FileLock(out / f".{run_id}{_LOCK_SUFFIX}")
