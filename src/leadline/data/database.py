"""Tables and queries of databases, opened for reading only and confined to the one file."""

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from leadline.data.columnar import number_rows
from leadline.data.raw import RawTable, shorten, suggest, unreadable
from leadline.errors import DataError
from leadline.language import _

_QUERY = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_ATTACHED = "source"
#: Views of DuckDB's own, and functions that yield rows without reading anything.
_CATALOGUE = re.compile(r"(duckdb|pragma)_", re.IGNORECASE)
_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
_PASSWORD = re.compile(r"(?:password\s*=\s*'?|://[^:/@]*:)([^\s'@]+)", re.IGNORECASE)
_LOAD_POSTGRES = "INSTALL postgres; LOAD postgres"
_POSTGRES_OPTIONS = "TYPE postgres, READ_ONLY"


def read_duckdb(path: Path, part: str) -> RawTable:
    """Read a table (``schema.table``), view or SELECT of a DuckDB file, with its types.

    The connection can read this file and nothing else: no other file, no network, no change of settings.

    Raises
    ------
    DataError
        If the file is no DuckDB database, or the table or query is unknown to it.
    """
    with duckdb.connect() as connection:
        return _fetch(connection, attach_duckdb(connection, path, part), f"{path}::{part}")


def attach_duckdb(connection: Any, path: Path, part: str) -> str:
    """Confine a connection to a DuckDB file, read only; return the one SELECT that reads the part.

    Raises
    ------
    DataError
        As `read_duckdb`.
    """
    try:
        connection.execute(f"ATTACH {_quote_text(str(path))} AS {_ATTACHED} (READ_ONLY)")
    except duckdb.Error as error:
        raise unreadable(
            str(path), [_("it is no sound DuckDB file ({line}).", line=_first_line(error))]
        ) from None
    return _confine_to_source(connection, part, f"{path}::{part}")


def read_postgres(variable: str, part: str) -> RawTable:
    """Read a table or SELECT of a PostgreSQL database through DuckDB's extension.

    ``variable`` names the environment variable that holds the connection string; it shows up nowhere.
    Once attached, the connection can open no file of this machine and change no setting.

    Raises
    ------
    DataError
        If the variable is not set, the database cannot be reached, the table is unknown to it, or a query
        asks for more than its tables.
    """
    name = f"postgres:{variable}::{part}"
    secret = os.environ.get(variable)
    if not secret:
        raise DataError.of(
            _("{name} cannot be read", name=name),
            _("the environment variable {variable} is not set.", variable=variable),
        )
    with duckdb.connect() as connection:
        try:
            connection.execute(_LOAD_POSTGRES)
            connection.execute(f"ATTACH {_quote_text(secret)} AS {_ATTACHED} ({_POSTGRES_OPTIONS})")
        except duckdb.Error:  # its text may hold the connection string
            raise DataError.of(
                _("{name} cannot be read", name=name),
                _("no connection; check {variable} and the network.", variable=variable),
            ) from None
        query = _confine_to_source(connection, part, name)
        _refuse_catalogue(connection, query, name)
        try:
            return _fetch(connection, query, name)
        except DataError as error:
            if any(word in str(error) for word in (secret, *_PASSWORD.findall(secret))):
                raise DataError.of(
                    _("{name} cannot be read", name=name),
                    _("the connection was lost; check {variable} and the network.", variable=variable),
                ) from None
            raise


def read_sqlite(path: Path, part: str) -> RawTable:
    """Read a table, view or SELECT of a SQLite file; cells as text, for SQLite keeps types by cell.

    Raises
    ------
    DataError
        If the file is no SQLite database, or the table or query is unknown to it.
    """
    name = f"{path}::{part}"
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        tables = {
            row[0]: _quote_name(row[0])
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        }
        query = _choose(part, tables, name)
        cursor = connection.execute(query)
        columns = [column[0] for column in cursor.description]
        records = cursor.fetchall()
    except sqlite3.Error as error:
        raise unreadable(name, [_("SQLite answers: {line}.", line=_first_line(error))]) from None
    finally:
        connection.close()
    cells = zip(*records, strict=True) if records else [()] * len(columns)
    arrays = [pa.array([_write(cell) for cell in column], pa.string()) for column in cells]
    return number_rows(pa.table(arrays, names=columns), name, typed=False)


def _confine_to_source(connection: Any, part: str, name: str) -> str:
    """Confine the connection to what is attached; return the SELECT for the part, before which none comes."""
    for setting in (
        "enable_progress_bar = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    connection.execute(f"USE {_ATTACHED}")
    rows = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?", [_ATTACHED]
    )
    found = rows.fetchall()
    rows = connection.execute(
        "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = ? AND NOT internal",
        [_ATTACHED],
    )
    found += rows.fetchall()
    tables = {
        table if schema in ("main", "public") else f"{schema}.{table}": (
            f"{_quote_name(schema)}.{_quote_name(table)}"
        )
        for schema, table in found
    }
    query = _choose(part, tables, name)
    try:
        statements = connection.extract_statements(query)
    except duckdb.Error as error:
        raise unreadable(name, [_("DuckDB answers: {line}.", line=_first_line(error))]) from None
    if len(statements) != 1:
        raise DataError.of(_("{name} cannot be read", name=name), _("a query must be one SELECT."))
    return query


def _refuse_catalogue(connection: Any, query: str, name: str) -> None:
    """Refuse a query of DuckDB's own catalogue, which holds the connection string, or of any function."""
    ((text,),) = connection.execute("SELECT json_serialize_sql(?)", [query]).fetchall()
    tree = json.loads(text)
    if tree["error"]:
        raise DataError.of(_("{name} cannot be read", name=name), _("a query must be one SELECT."))
    wrong = sorted(set(_find_catalogue(tree)))
    if wrong:
        problem = _(
            "{wrong} cannot be asked; a query may use the database's own tables and views.",
            wrong=_(", ").join(wrong),
        )
        raise DataError.of(_("{name} cannot be read", name=name), problem)


def _find_catalogue(node: Any) -> Iterator[str]:
    match node:
        case {"type": "TABLE_FUNCTION", "function": {"function_name": function}}:
            if function not in _FUNCTIONS:
                yield function
        case {"type": "BASE_TABLE", "table_name": table} if _CATALOGUE.match(table):
            yield table
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _find_catalogue(inner)


def _fetch(connection: Any, query: str, name: str) -> RawTable:
    try:
        return number_rows(connection.sql(query).to_arrow_table(), name)
    except duckdb.Error as error:
        raise unreadable(name, [_("DuckDB answers: {line}.", line=_first_line(error))]) from None


def _choose(part: str, tables: dict[str, str], name: str) -> str:
    """Return the query: one for the table that the part names (name → how SQL writes it), or the part."""
    if part in tables:
        return f"SELECT * FROM {tables[part]}"  # noqa: S608 - known names, quoted
    if _QUERY.match(part):
        return part
    listed = ", ".join([*tables][:10]) or _("none")
    if not part:
        raise DataError.of(
            _("{name} names no table", name=name),
            _("write FILE::TABLE; the tables are: {listed}.", listed=listed),
        )
    raise DataError.of(
        _("{name} was not found", name=name),
        _("the tables are: {listed}.{hint}", listed=listed, hint=suggest(part, tables)),
    )


def _write(cell: object) -> str:
    return "" if cell is None else cell.hex() if isinstance(cell, bytes) else str(cell)


def _quote_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quote_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return shorten(str(error).splitlines()[0], 160)
