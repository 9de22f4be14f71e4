"""What the word that names a data set means: a known table, a file, a folder, a table in a database."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from leadline.data.raw import suggest
from leadline.datasets import (
    PART,
    POSTGRES,
    find_checksum,
    find_named,
    hide_connection,
    known_names,
    read_postgres_name,
)
from leadline.errors import DataError
from leadline.language import _

Kind = Literal["delimited", "excel", "parquet", "duckdb", "sqlite", "postgres", "folder"]

_KINDS: dict[str, Kind] = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".txt": "delimited",
    ".csv.gz": "delimited",
    ".tsv.gz": "delimited",
    ".txt.gz": "delimited",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xls": "excel",
    ".parquet": "parquet",
    ".duckdb": "duckdb",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}


@dataclass(frozen=True)
class Location:
    """A data set found: the file or folder, what it is, and the part of it that is meant (may be empty).

    ``sha256`` is what the file of a public table must have, empty where nothing is known.
    """

    name: str
    path: Path
    kind: Kind
    part: str = ""
    sha256: str = ""


def locate(dataset: str | Path) -> Location:
    """Find the file or folder that ``dataset`` names.

    Raises
    ------
    DataError
        If nothing of that name is there (the nearest name is suggested) or its form is not readable.
    """
    name = str(dataset)
    if name.startswith(POSTGRES):
        return _locate_postgres(name)
    text, _mark, part = name.partition(PART)
    path = Path(text)
    if not path.exists():
        return _locate_named(name, text, part)
    if path.is_dir():
        return Location(name, path, "folder", part)
    if not path.is_file():
        raise DataError.of(
            _("{name} cannot be read", name=name),
            _("it is neither a file nor a folder (a device or a pipe is not read)."),
        )
    return Location(name, path, find_kind(path), part)


def find_kind(path: Path) -> Kind:
    """Tell a file's form from its name.

    Raises
    ------
    DataError
        If the form is not one that leadline reads.
    """
    kind = known_kind(path)
    if kind is None:
        raise DataError.of(
            _("{path} is not a form that leadline reads", path=path),
            _(
                "its name ends in {value}. Save it as CSV, XLSX or Parquet (unpack a ZIP first); "
                "databases are DuckDB (.duckdb) and SQLite (.sqlite, .db).",
                value=repr(path.suffix or "nothing"),
            ),
        )
    return kind


def known_kind(path: Path) -> Kind | None:
    """Tell a file's form from its name, None when leadline does not read it."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return _KINDS.get("".join(suffixes)) or (_KINDS.get(suffixes[-1]) if suffixes else None)


def _locate_postgres(name: str) -> Location:
    try:
        variable, part = read_postgres_name(name)
    except ValueError as error:
        raise DataError(_("{name} {problem}", name=hide_connection(name), problem=error)) from None
    return Location(name, Path(variable), "postgres", part)


def _locate_named(name: str, text: str, part: str) -> Location:
    try:
        file = find_named(text, part)
    except ValueError as error:
        raise DataError(_("{name} {problem}", name=text, problem=error)) from None
    if file is None:
        raise _missing(text)
    return Location(name, file, find_kind(file), sha256=find_checksum(text, part))


def _missing(text: str) -> DataError:
    if (shown := hide_connection(text)) != text:
        problem = _("is an address on a network; only local files are read")
        return DataError(_("{name} {problem}", name=shown, problem=problem))
    path = Path(text)
    if path.suffix or path.parent != Path():
        folder = path.parent
        beside = [file.name for file in folder.iterdir()] if folder.is_dir() else []
        hint = suggest(path.name, beside)
        where = (
            _("{folder} holds no {name}.{hint}", folder=folder, name=repr(path.name), hint=hint)
            if folder.is_dir()
            else _("there is no folder {folder}.", folder=folder)
        )
        return DataError.of(_("{text} was not found", text=text), where)
    here = [file.name for file in Path().iterdir()]
    return DataError.of(
        _("{text} was not found", text=text),
        _(
            "it is neither a file or folder here nor a known table (those are: {names}).{hint}",
            names=_(", ").join(known_names()),
            hint=suggest(text, [*known_names(), *here]),
        ),
    )
