"""Parquet tables on DuckDB, in this process and confined to its files."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from leadline.data.engine import Engine
from leadline.data.engine_errors import damaged, first_line, misfit, out_of_memory
from leadline.durable import scratch_folder


class DuckDBTables:
    """Files as Ibis tables of one connection."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def read(self, files: list[str]) -> ir.Table:
        """Return the table that some files make.

        Raises
        ------
        ValueError
            If they are damaged, with the engine's words.
        """
        try:
            return self._connection.read_parquet(files if len(files) > 1 else files[0])
        except duckdb.Error as error:
            raise ValueError(first_line(error)) from None

    def lend(self, rows: pa.Table) -> ir.Table:
        """Return a few rows as a table of this engine."""
        return self._connection.create_table(ibis.util.gen_name("lent"), rows, temp=True)


@contextmanager
def open_duckdb(
    engine: Engine, files: Iterable[str], place: str, *, may_write: Iterable[Path] = ()
) -> Iterator[DuckDBTables]:
    """Open an engine in this process that can read ``files``, write ``may_write``, and nothing else.

    Raises
    ------
    DataError
        While it is open: if memory or disk does not suffice, a value cannot be converted, a file is damaged.
    """
    memory_gb = engine.memory_gb or 1.0
    with scratch_folder("leadline-engine-", engine.temp) as scratch:
        connection = ibis.duckdb.connect(
            memory_limit=f"{round(memory_gb * 1000)}MB",
            temp_directory=str(scratch),
            **({} if engine.threads is None else {"threads": engine.threads}),
        )
        try:
            confine(connection.con, [*files, *may_write])
            yield DuckDBTables(connection)
        except duckdb.OutOfMemoryException as error:
            raise out_of_memory(place, memory_gb, first_line(error)) from None
        except duckdb.ConversionException as error:
            raise misfit(place, first_line(error)) from None
        except duckdb.Error as error:
            raise damaged(place, first_line(error)) from None
        finally:
            connection.disconnect()


def confine(connection: Any, files: Iterable[str | Path]) -> None:
    """Allow the files alone; a lazy read needs their paths allowed while all others are shut."""
    connection.execute(f"SET allowed_paths = [{', '.join(_quote(os.fspath(file)) for file in files)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET enable_progress_bar = false")  # a bar is a widget, which no report can show
    connection.execute("SET lock_configuration = true")


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
