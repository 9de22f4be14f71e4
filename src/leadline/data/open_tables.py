"""The door for tables in bulk: a folder of Parquet opened with Ibis on DuckDB, confined to its files."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from leadline.data.contract import Contract, Kind
from leadline.data.raw import shorten, suggest, unreadable
from leadline.data.tables import MARKET_TABLES
from leadline.errors import DataError

_CONTRACTS = {contract.name: contract for contract in MARKET_TABLES}
_IS_KIND: dict[Kind, Any] = {
    "id": lambda kind: kind.is_integer() or kind.is_string(),
    "text": lambda kind: kind.is_string(),
    "number": lambda kind: kind.is_numeric() and not kind.is_boolean(),
    "whole_number": lambda kind: kind.is_integer(),
    "date": lambda kind: kind.is_date() or kind.is_timestamp(),
    "flag": lambda kind: kind.is_boolean(),
}


class OpenTables(Mapping[str, ir.Table]):
    """Tables of a folder by name; each is an Ibis table that reads its file only when it is executed."""

    def __init__(self, connection: Any, files: Mapping[str, list[Path]], folder: Path) -> None:
        self._connection = connection
        self._files = files
        self._folder = folder
        self._opened: dict[str, ir.Table] = {}

    def __getitem__(self, name: str) -> ir.Table:
        """Open a table, the same one each time; what the workbench knows by name must keep its contract.

        Raises
        ------
        DataError
            If it is not there, is damaged, or has not the columns of its contract, of the right kind.
        """
        if name not in self._opened:
            self._opened[name] = self._open(name)
        return self._opened[name]

    def _open(self, name: str) -> ir.Table:
        if name not in self._files:
            known = ", ".join(self._files) or "none"
            raise DataError.of(
                f"{self._folder} holds no table {name!r}", f"it holds {known}.{suggest(name, self._files)}"
            )
        files = [str(file) for file in self._files[name]]
        try:
            table = self._connection.read_parquet(files if len(files) > 1 else files[0])
        except duckdb.Error as error:
            raise unreadable(
                f"{self._folder}::{name}",
                [f"the Parquet file is cut off or damaged ({_first_line(error)}). Copy or export it again."],
            ) from None
        if name in _CONTRACTS:
            _check_columns(table.schema(), _CONTRACTS[name], f"{self._folder}::{name}")
        return table

    def lend(self, rows: pa.Table) -> ir.Table:
        """Return a few rows as a table of the same engine, to be joined with the others."""
        return self._connection.create_table(ibis.util.gen_name("lent"), rows, temp=True)

    def __contains__(self, name: object) -> bool:
        """Tell whether the folder holds a table of this name, without opening it."""
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


@contextmanager
def open_tables(
    folder: str | Path,
    *,
    memory_gb: float = 1.0,
    threads: int | None = None,
    temp: str | Path | None = None,
    may_be_empty: bool = False,
) -> Iterator[OpenTables]:
    """Open the Parquet tables of a folder for expressions such as those of `leadline.features`.

    The engine can read these files and nothing else: no other file, no network, no change of settings. What
    does not fit into memory goes to a temporary folder, which is removed in the end.

    Parameters
    ----------
    folder
        Holds ``<table>.parquet``, or for a table in parts a folder ``<table>/`` of Parquet files.
    memory_gb
        Most memory that the engine takes for its work, GB.
    threads
        Threads of the engine, by default one a core.
    temp
        Where the temporary folder is made, by default where the system keeps such files.
    may_be_empty
        Whether a folder without such a table opens, with none.

    Raises
    ------
    DataError
        If the folder holds no such table or, while it is open, memory or disk does not suffice, or a value
        cannot be converted (text among ids that are numbers).

    Examples
    --------
    >>> with open_tables("market") as tables:  # doctest: +SKIP
    ...     usage_features(tables["monthly_usage"], as_of=date(2025, 7, 1)).to_pandas()
    """
    if not memory_gb > 0:
        raise DataError(f"memory_gb == {memory_gb:g}, must be above 0.")
    place = Path(folder)
    files = _find_tables(place, may_be_empty=may_be_empty)
    with tempfile.TemporaryDirectory(prefix="leadline-", dir=temp) as scratch:
        connection = ibis.duckdb.connect(
            memory_limit=f"{round(memory_gb * 1000)}MB",
            temp_directory=scratch,
            **({} if threads is None else {"threads": threads}),
        )
        try:
            confine(connection.con, [file for parts in files.values() for file in parts])
            yield OpenTables(connection, files, place)
        except duckdb.OutOfMemoryException as error:
            raise DataError.of(
                f"{place}: {memory_gb:g} GB of memory, with the temporary folder, were not enough",
                f"{_first_line(error)}. Allow more memory_gb, or fewer threads.",
            ) from None
        except duckdb.ConversionException as error:
            raise DataError.of(
                f"{place}: a value does not fit its column's use",
                f"{_first_line(error)}. Correct it where the table is made.",
            ) from None
        except duckdb.Error as error:
            raise unreadable(
                str(place), [f"a table is damaged ({_first_line(error)}). Copy or export it again."]
            ) from None
        finally:
            connection.disconnect()


def _find_tables(folder: Path, *, may_be_empty: bool) -> dict[str, list[Path]]:
    """Return name → files; a link that leads out of the folder is refused."""
    if not folder.is_dir():
        raise DataError.of(f"{folder} was not found", "name a folder that holds <table>.parquet files.")
    found = {path.stem: [path] for path in folder.glob("*.parquet") if path.is_file()}
    for part in folder.iterdir():
        if part.is_dir() and (parts := sorted(part.glob("*.parquet"))):
            found.setdefault(part.name, parts)
    if not found and not may_be_empty:
        raise DataError.of(f"{folder} holds no table", "put <table>.parquet files into it.")
    home = folder.resolve()
    outside = [file for parts in found.values() for file in parts if not file.resolve().is_relative_to(home)]
    if outside:
        raise DataError.of(
            f"{folder} cannot be opened",
            *(
                f"{file.name} is a link that leads out of the folder. Copy the file itself."
                for file in outside
            ),
        )
    return {name: [part.resolve() for part in found[name]] for name in sorted(found)}


def confine(connection: Any, files: list[Path]) -> None:
    """Allow the files alone; a lazy read needs their paths allowed while all others are shut."""
    connection.execute(f"SET allowed_paths = [{', '.join(_quote(os.fspath(file)) for file in files)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET enable_progress_bar = false")  # a bar is a widget, which no report can show
    connection.execute("SET lock_configuration = true")


def _check_columns(schema: Any, contract: Contract, name: str) -> None:
    problems = []
    unknown = set(schema.names) - {rule.name for rule in contract.columns}
    for rule in contract.columns:
        if rule.name not in schema:
            if rule.required:
                hint = suggest(rule.name, unknown)
                problems.append(f"{rule.name}: the column is absent ({rule.meaning}).{hint}")
        elif not _IS_KIND[rule.kind](schema[rule.name]):
            problems.append(
                f"{rule.name}: holds {schema[rule.name]}, must be {rule.kind.replace('_', ' ')}. "
                "Correct the column where it is made."
            )
    if problems:
        raise DataError(f"{name} is not a valid {contract.name} table", problems)


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return shorten(str(error).splitlines()[0], 160)
