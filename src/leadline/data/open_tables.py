"""The door for tables in bulk: a folder of Parquet opened with Ibis, on DuckDB or where the engine says."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import ibis.expr.types as ir
import pyarrow as pa

from leadline.data.contract import KIND_WORDS, Contract, Kind
from leadline.data.duckdb_tables import open_duckdb
from leadline.data.engine import Engine, read_engine
from leadline.data.folder import refuse_links_out
from leadline.data.raw import suggest, unreadable
from leadline.data.tables import MARKET_TABLES, OWN_CUSTOMERS
from leadline.errors import DataError, RunError
from leadline.language import _

_CONTRACTS = {contract.name: contract for contract in (*MARKET_TABLES, OWN_CUSTOMERS)}
_IS_KIND: dict[Kind, Any] = {
    "id": lambda kind: kind.is_integer() or kind.is_string(),
    "text": lambda kind: kind.is_string(),
    "number": lambda kind: kind.is_numeric() and not kind.is_boolean(),
    "whole_number": lambda kind: kind.is_integer(),
    "date": lambda kind: kind.is_date() or kind.is_timestamp(),
    "flag": lambda kind: kind.is_boolean(),
}


class _Reader(Protocol):
    """An engine that is open: files in, Ibis tables out."""

    def read(self, files: list[str]) -> ir.Table: ...

    def lend(self, rows: pa.Table) -> ir.Table: ...


class OpenTables(Mapping[str, ir.Table]):
    """Tables of a folder by name; each is an Ibis table that reads its file only when it is executed."""

    def __init__(self, reader: _Reader, files: Mapping[str, list[str]], place: str) -> None:
        self._reader = reader
        self._files = files
        self._place = place
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
            known = _(", ").join(self._files) or _("none")
            raise DataError.of(
                _("{folder} holds no table {name}", folder=self._place, name=repr(name)),
                _("it holds {known}.{hint}", known=known, hint=suggest(name, self._files)),
            )
        try:
            table = self._reader.read(self._files[name])
        except ValueError as error:
            problem = _(
                "the Parquet file is cut off or damaged ({line}). Copy or export it again.", line=error
            )
            raise unreadable(f"{self._place}::{name}", [problem]) from None
        if name in _CONTRACTS:
            _check_columns(table.schema(), _CONTRACTS[name], f"{self._place}::{name}")
        return table

    def lend(self, rows: pa.Table) -> ir.Table:
        """Return a few rows as a table of the same engine, to be joined with the others."""
        return self._reader.lend(rows)

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
    engine: Engine | None = None,
    memory_gb: float | None = None,
    threads: int | None = None,
    temp: str | Path | None = None,
    may_be_empty: bool = False,
    may_write: Iterable[Path] = (),
) -> Iterator[OpenTables]:
    """Open the Parquet tables of a folder for expressions such as those of `leadline.features`.

    DuckDB can read these files and nothing else: no other file, no network, no change of settings. What
    does not fit into memory goes to a temporary folder, which is removed in the end. On Spark the rights
    are those of the cluster, and `Engine.data`, where it is set, stands for ``folder``.

    Parameters
    ----------
    folder
        Holds ``<table>.parquet``, or for a table in parts a folder ``<table>/`` of Parquet files.
    engine
        Where the work is done; by default what the settings say (`read_engine`).
    memory_gb
        Most memory that the engine takes for its work, GB, by default the engine's, and 1 GB where it
        names none.
    threads
        Threads of the engine, by default one a core.
    temp
        Where the temporary folder is made, by default where the system keeps such files.
    may_be_empty
        Whether a folder without such a table opens, with none.
    may_write
        New Parquet files that DuckDB may write itself.

    Raises
    ------
    DataError
        If the folder holds no such table or, while it is open, memory or disk does not suffice, or a value
        cannot be converted (text among ids that are numbers).
    ParameterError
        If the settings are not valid.
    RunError
        If Spark is not there, or does not answer.

    Examples
    --------
    >>> with open_tables("market") as tables:  # doctest: +SKIP
    ...     usage_features(tables["monthly_usage"], as_of=date(2025, 7, 1)).to_pandas()
    """
    engine = engine or read_engine()
    engine = replace(
        engine,
        memory_gb=engine.memory_gb if memory_gb is None else memory_gb,
        threads=threads or engine.threads,
        temp=engine.temp if temp is None else Path(temp),
    )
    if engine.memory_gb is not None and not engine.memory_gb > 0:
        raise DataError(_("memory_gb == {memory_gb}, must be above 0.", memory_gb=f"{engine.memory_gb:g}"))
    is_here = engine.kind == "duckdb" or engine.data is None
    files = _find_tables(Path(folder), may_be_empty=may_be_empty) if is_here else {}
    place = str(folder if is_here else engine.data)
    if engine.kind == "duckdb":
        known = [file for parts in files.values() for file in parts]
        with open_duckdb(engine, known, place, may_write=may_write) as duckdb:
            yield OpenTables(duckdb, files, place)
        return
    with _load_spark().open_spark(engine, place) as spark:
        if not is_here and not (files := spark.find_tables(place)) and not may_be_empty:
            raise _nothing(place)
        yield OpenTables(spark, files, place)


def _load_spark() -> Any:
    """Import Spark only where it is asked for: it is large, and an extra."""
    # Said at each use; all that leadline takes from Spark comes by way of Arrow.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        return import_module("leadline.data.spark_tables")
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("leadline"):
            raise
        raise RunError(
            _(
                "The engine is to be Spark, but {module} is not installed. "
                "Install it with pip install 'leadline[spark]' (in a clone: make spark), "
                'or work on this machine: kind = "duckdb" under [engine] in leadline.toml.',
                module=error.name,
            )
        ) from None


def _nothing(place: object) -> DataError:
    return DataError.of(_("{folder} holds no table", folder=place), _("put <table>.parquet files into it."))


def _find_tables(folder: Path, *, may_be_empty: bool) -> dict[str, list[str]]:
    """Return name → files; a link that leads out of the folder is refused."""
    if not folder.is_dir():
        raise DataError.of(
            _("{folder} was not found", folder=folder), _("name a folder that holds <table>.parquet files.")
        )
    found = {path.stem: [path] for path in folder.glob("*.parquet") if path.is_file()}
    for part in folder.iterdir():
        if part.is_dir() and (parts := sorted(part.glob("*.parquet"))):
            found.setdefault(part.name, parts)
    if not found and not may_be_empty:
        raise _nothing(folder)
    refuse_links_out(folder, [file for parts in found.values() for file in parts])
    return {name: [str(part.resolve()) for part in found[name]] for name in sorted(found)}


def _check_columns(schema: Any, contract: Contract, name: str) -> None:
    problems = []
    unknown = set(schema.names) - {rule.name for rule in contract.columns}
    for rule in contract.columns:
        if rule.name not in schema:
            if rule.required:
                hint = suggest(rule.name, unknown)
                problems.append(
                    _(
                        "{name}: the column is absent ({meaning}).{hint}",
                        name=rule.name,
                        meaning=rule.meaning,
                        hint=hint,
                    )
                )
        elif not _IS_KIND[rule.kind](schema[rule.name]):
            problems.append(
                _(
                    "{name}: holds {schema}, must be {kind}. Correct the column where it is made.",
                    name=rule.name,
                    schema=schema[rule.name],
                    kind=_(KIND_WORDS[rule.kind]),
                )
            )
    if problems:
        raise DataError(_("{name} is not a valid {name_2} table", name=name, name_2=contract.name), problems)
