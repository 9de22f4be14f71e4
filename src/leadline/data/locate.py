"""What the word that names a data set means: a shipped table, a file, a folder, a table in a database."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from leadline.data.raw import suggest
from leadline.errors import DataError
from leadline.paths import SAMPLES

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
_SEPARATOR = "::"
_POSTGRES = "postgres:"


@dataclass(frozen=True)
class Location:
    """A data set found: the file or folder, what it is, and the part of it that is meant (may be empty)."""

    name: str
    path: Path
    kind: Kind
    part: str = ""


def locate(dataset: str | Path) -> Location:
    """Find the file or folder that ``dataset`` names.

    Raises
    ------
    DataError
        If nothing of that name is there (the nearest name is suggested) or its form is not readable.
    """
    name = str(dataset)
    if name.startswith(_POSTGRES):
        return _locate_postgres(name)
    text, _, part = name.partition(_SEPARATOR)
    path = Path(text)
    if not path.exists() and text in catalogue():
        return Location(name, catalogue()[text], "parquet", part)
    if not path.exists():
        raise _missing(text)
    if path.is_dir():
        return Location(name, path, "folder", part)
    return Location(name, path, find_kind(path), part)


def catalogue() -> dict[str, Path]:
    """Return the shipped tables: name → file."""
    return {path.stem: path for path in sorted(SAMPLES.glob("*.parquet"))}


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
            f"{path} is not a form that leadline reads",
            f"its name ends in {path.suffix or 'nothing'!r}. Save it as CSV, XLSX or Parquet "
            "(unpack a ZIP first); databases are DuckDB (.duckdb) and SQLite (.sqlite, .db).",
        )
    return kind


def known_kind(path: Path) -> Kind | None:
    """Tell a file's form from its name, None when leadline does not read it."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return _KINDS.get("".join(suffixes)) or (_KINDS.get(suffixes[-1]) if suffixes else None)


def _locate_postgres(name: str) -> Location:
    variable, _, part = name.removeprefix(_POSTGRES).partition(_SEPARATOR)
    if not variable.isidentifier() or not part:
        raise DataError.of(
            f"{name} does not name a PostgreSQL table",
            "write postgres:VARIABLE::schema.table, where the environment variable VARIABLE holds the "
            "connection (host=… dbname=… user=… password=…); the connection itself never goes here.",
        )
    return Location(name, Path(variable), "postgres", part)


def _missing(text: str) -> DataError:
    path = Path(text)
    if path.suffix or path.parent != Path():
        folder = path.parent
        beside = [file.name for file in folder.iterdir()] if folder.is_dir() else []
        where = f"{folder} holds no {path.name!r}" if folder.is_dir() else f"there is no folder {folder}"
        return DataError.of(f"{text} was not found", f"{where}.{suggest(path.name, beside)}")
    here = [file.name for file in Path().iterdir()]
    known = ", ".join(catalogue()) or "none"
    return DataError.of(
        f"{text} was not found",
        f"it is neither a file or folder here nor a shipped table (those are: {known})."
        f"{suggest(text, [*catalogue(), *here])}",
    )
