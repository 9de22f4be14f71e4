"""What a student handed in: the notebook found and read, however it was packed, named or written."""

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import nbformat

from leadline.course.cells import Cell
from leadline.language import _

_MOST_BYTES = 50_000_000
_CHECKPOINTS = ".ipynb_checkpoints"
_FORMAT = 4
_CELL_TYPES = ("code", "markdown", "raw")


@dataclass(frozen=True)
class Submission:
    """The ``cells`` handed in; ``notes`` tell what was odd about the file, ``fault`` why it was not read."""

    cells: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()
    fault: str = ""


class _FaultError(Exception):
    """The message tells the student why nothing could be read."""


def read_submission(path: Path) -> Submission | None:
    """Read what lies where a notebook is handed in; None where nothing was.

    Parameters
    ----------
    path
        Of the notebook: ``submitted/<student>/<lab>/<lab>.ipynb``. Where it is not there, another notebook
        of that folder or of a ZIP archive in it is taken.
    """
    notes: list[str] = []
    try:
        raw = _find_notebook(path, notes)
        if raw is None:
            return None
        cells = _read_cells(raw, notes)
    except _FaultError as fault:
        return Submission(notes=tuple(notes), fault=str(fault))
    return Submission(tuple(cells), tuple(notes))


def _find_notebook(path: Path, notes: list[str]) -> bytes | None:
    files = sorted(_list_files(path.parent))
    if path in files:
        return _read_limited(path)
    notebooks = [file for file in files if file.suffix.lower() == ".ipynb"]
    if notebooks:
        found = next((file for file in notebooks if file.name == path.name), None)
        found = found or max(notebooks, key=lambda file: file.stat().st_mtime)
        name = found.relative_to(path.parent)
        notes.append(_("The notebook is called {name}, not {wanted}.", name=name, wanted=path.name))
        return _read_limited(found)
    for archive in (file for file in files if file.suffix.lower() == ".zip"):
        raw = _unpack(archive, path.name)
        if raw is not None:
            notes.append(_("The notebook was taken from the archive {name}.", name=archive.name))
            return raw
    others = [file.name for file in files if not {"data", "timestamp.txt"} & {file.name, *file.parts[-2:-1]}]
    if others:
        raise _FaultError(
            _(
                "There is no notebook in what was handed in (found: {names}). Hand in the file {wanted}.",
                names=_(", ").join(others[:3]),
                wanted=path.name,
            )
        )
    return None


def _list_files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder; links may lead anywhere, and are passed over."""
    for path in folder.rglob("*") if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink() and _CHECKPOINTS not in path.parts:
            yield path


def _read_limited(path: Path) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise _too_large(path.name)
    return path.read_bytes()


def _unpack(path: Path, wanted: str) -> bytes | None:
    try:
        with ZipFile(path) as archive:
            found = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".ipynb")]
            found = [entry for entry in found if _CHECKPOINTS not in entry.filename]
            if not found:
                return None
            entry = next((entry for entry in found if Path(entry.filename).name == wanted), found[0])
            with archive.open(entry) as file:  # what an archive says of its sizes need not be so
                raw = file.read(_MOST_BYTES + 1)
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise _FaultError(
            _(
                "The archive {name} cannot be opened ({reason}). Hand in the notebook itself.",
                name=path.name,
                reason=error,
            )
        ) from None
    if len(raw) > _MOST_BYTES:
        raise _too_large(entry.filename)
    return raw


def _too_large(name: str) -> _FaultError:
    return _FaultError(
        _(
            "{name} is larger than {most} MB, and was not read. Clear the outputs of all cells, save, and "
            "hand in again.",
            name=name,
            most=_MOST_BYTES // 1_000_000,
        )
    )


def _read_cells(raw: bytes, notes: list[str]) -> list[Cell]:
    tree = _read_json(raw, notes)
    version = tree.get("nbformat") if isinstance(tree, dict) else None
    if isinstance(version, int) and version < _FORMAT:
        tree = _convert(tree, version, notes)
    cells = tree.get("cells") if isinstance(tree, dict) else None
    if not isinstance(cells, list):
        raise _unreadable(_("it holds no cells"))
    whole = [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") in _CELL_TYPES]
    if len(whole) < len(cells):
        notes.append(_("Some cells were damaged and left out: {count}.", count=len(cells) - len(whole)))
    return whole


def _read_json(raw: bytes, notes: list[str]) -> Any:
    is_odd = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encodings = ["utf-16"] if is_odd else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            is_odd = True
            continue
        if is_odd:
            notes.append(_("The file is not written in UTF-8, but in {encoding}.", encoding=encoding))
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _unreadable(error) from None
    raise _unreadable(_("its text is in no known encoding"))


def _convert(tree: dict[str, Any], version: int, notes: list[str]) -> Any:
    try:
        converted = nbformat.convert(nbformat.from_dict(tree), _FORMAT)
    except Exception as error:  # noqa: BLE001 (its converters raise whatever a damaged tree leads to)
        raise _unreadable(error) from None
    notes.append(_("The notebook is of the old format {version}; it was converted.", version=version))
    return converted


def _unreadable(reason: object) -> _FaultError:
    return _FaultError(
        _(
            "The file cannot be read as a notebook ({reason}). Open it in JupyterLab, save it, and hand it "
            "in again.",
            reason=str(reason)[:200],
        )
    )
