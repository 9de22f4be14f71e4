"""DuckDB over the ledger's parts, one table a kind, for what is asked of several kinds at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.dataset as ds

from leadline.data.loop.tables import KEY, LOOP_TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ON_KEY = f"USING ({', '.join(KEY)})"


@contextmanager
def open_parts(parts: dict[str, list[Path]]) -> Iterator["DuckDBPyConnection"]:
    """Open DuckDB with one table a kind; it can open no other file."""
    import duckdb  # noqa: PLC0415 - costs a tenth of a second that a refused call need not pay

    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false; SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        for kind, paths in parts.items():
            schema = LOOP_TABLES[kind].schema
            connection.register(kind, ds.dataset(paths, schema) if paths else schema.empty_table())
        yield connection
