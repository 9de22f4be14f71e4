"""The folder of the ledger's parts: immutable Parquet files, written aside, made durable, then renamed."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from leadline.data.loop.index import Part
from leadline.data.loop.tables import LOOP_TABLES
from leadline.data.sources import hash_file
from leadline.durable import sync_to_disk
from leadline.errors import DataError, RunError
from leadline.language import _

_WAIT_SECONDS = 600
_LOCK = ".lock"
_ORPHANED = "orphaned"
_UNFINISHED = re.compile(r"\.[0-9a-f]{32}")
_PART = re.compile(rf"({'|'.join(LOOP_TABLES)})-[0-9a-f]{{64}}\.parquet")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Rows written to disk but not yet published: nobody else sees them."""

    path: Path
    rows: int


class PartFolder:
    """``FOLDER/loop``: one writer at a time, any number of readers.

    Names of 32 hex digits behind a dot are unfinished: whoever writes next removes what a dead writer left of
    them. A part that the index does not list was whole when its writer died before it could publish, or an
    older index was put back: it is moved to ``orphaned/``. Whatever has another name is somebody else's and
    stays.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "loop"

    def make_ledger_folder(self) -> None:
        """Make the folder that holds the ledger, unless it is there."""
        with _tell(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer; the lock of a process that dies is free at once.

        Raises
        ------
        RunError
            If the folder cannot be written, the disk is full, or another writer does not come to its end.
        """
        with _tell(self.path):
            if not self.path.is_dir():
                self.path.mkdir(exist_ok=True)
                sync_to_disk(self.path.parent)
            with FileLock(self.path / _LOCK, timeout=_WAIT_SECONDS):
                try:
                    yield
                finally:
                    self._clear_unfinished()

    def sweep(self, listed: set[str]) -> list[str]:
        """Remove what dead writers left unfinished and set whole parts aside, whose names are returned."""
        self._clear_unfinished()
        orphans = [
            path for path in self.path.iterdir() if _PART.fullmatch(path.name) and path.name not in listed
        ]
        for path in orphans:
            aside = self.path / _ORPHANED
            aside.mkdir(exist_ok=True)
            path.replace(aside / path.name)
        return sorted(path.name for path in orphans)

    def scratch(self) -> Path:
        """Return a name for something unfinished."""
        return self.path / f".{uuid4().hex}"

    def draft(self, schema: pa.Schema, batches: Iterable[pa.Table | pa.RecordBatch]) -> Draft:
        """Write rows, durable but unpublished; memory holds one batch."""
        path, rows = self.scratch(), 0
        with path.open("wb") as file:
            with pq.ParquetWriter(file, schema, compression="zstd") as writer:
                for batch in batches:
                    writer.write(batch)
                    rows += batch.num_rows
            file.flush()
            os.fsync(file.fileno())
        return Draft(path=path, rows=rows)

    def settle(self, draft: Draft, kind: str) -> tuple[str, str]:
        """Give a draft its lasting name, made from its content; return name and SHA-256."""
        sha256 = hash_file(draft.path)
        name = f"{kind}-{sha256}.parquet"
        draft.path.replace(self.path / name)
        sync_to_disk(self.path)
        return name, sha256

    def places(self, parts: Iterable[Part]) -> list[Path]:
        """Return the paths of parts, unread."""
        return [self.path / part.file for part in parts]

    def check(self, parts: Iterable[Part]) -> list[Path]:
        """Return the paths of parts, once sure that they are as they were written.

        Raises
        ------
        DataError
            Naming every part that is missing or was changed.
        """
        paths, problems = [], []
        for part in parts:
            path = self.path / part.file
            paths.append(path)
            if not path.is_file():
                is_aside = (self.path / _ORPHANED / part.file).is_file()
                problems.append(
                    _(
                        "{file}: the file is missing. Put it back from the folder {folder} beside it.",
                        file=part.file,
                        folder=_ORPHANED,
                    )
                    if is_aside
                    else _("{file}: the file is missing. Put it back from a backup.", file=part.file)
                )
            elif hash_file(path) != part.sha256:
                problems.append(
                    _("{file}: the file was changed or damaged. Put it back from a backup.", file=part.file)
                )
        if problems:
            raise DataError(
                _("The ledger's rows in {path} are not what was written", path=self.path), problems
            )
        return paths

    def _clear_unfinished(self) -> None:
        for path in self.path.glob(".*"):
            if not _UNFINISHED.fullmatch(path.name):
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


@contextmanager
def _tell(folder: Path) -> Iterator[None]:
    """Turn what the disk answers into a message."""
    try:
        yield
    except Timeout:
        raise RunError(
            _(
                "{folder} has been written by another process for {wait_seconds} s. Try again when "
                "that import is done.",
                folder=folder,
                wait_seconds=_WAIT_SECONDS,
            )
        ) from None
    except OSError as error:
        raise RunError(
            _(
                "{folder} cannot be written: {value}. Nothing was added. Free some space, or use a "
                "folder that you may write.",
                folder=folder,
                value=error.strerror or error,
            )
        ) from None
