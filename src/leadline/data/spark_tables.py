"""Parquet tables on Spark, as Ibis tables that give the types DuckDB gives."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.pyspark import Backend
from ibis.formats.pandas import PandasData
from ibis.formats.pyarrow import PyArrowData
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from leadline.data.engine import Engine
from leadline.data.spark_errors import say, translate_errors
from leadline.data.spark_session import get_session
from leadline.errors import DataError
from leadline.language import _

_UTC = dt.Timestamp(timezone="UTC", scale=6)
Backend.register_options()  # as `ibis.pyspark` does for its own


class _ArrowBackend(Backend):  # type: ignore[misc] # Ibis has no types
    """Ibis on Spark, with rows by way of Arrow: by way of pandas whole numbers beside gaps turn to floats."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.views: list[str] = []

    def name(self, frame: Any, view: str) -> None:
        """Give rows of Spark a name in the session, until `SparkTables.close`."""
        frame.createOrReplaceTempView(view)
        self.views.append(view)

    def to_pyarrow(self, expr: ir.Expr, /, **options: Any) -> Any:
        """Execute an expression."""
        table = expr.as_table()
        self._run_pre_execute_hooks(table)
        rows = self._session.sql(self.compile(table, **options)).toArrow()
        return expr.__pyarrow_result__(PyArrowData.convert_table(rows, table.schema()))

    def execute(self, expr: ir.Expr, /, **options: Any) -> Any:
        """Execute an expression, into pandas."""
        table = expr.as_table()
        frame = self.to_pyarrow(table, **options).to_pandas()
        return expr.__pandas_result__(PandasData.convert_table(frame, table.schema()))

    def get_schema(self, table_name: str, **place: Any) -> Any:
        """Return a table's schema; a moment of Spark without "ntz" is one of UTC, which Ibis leaves out."""
        moments = {
            column.name: _UTC
            for column in self._session.table(table_name).schema
            if column.dataType.typeName() == "timestamp"
        }
        return ibis.schema({**super().get_schema(table_name, **place), **moments})

    def _register_in_memory_table(self, op: Any) -> None:
        self.name(self._session.createDataFrame(op.data.to_pyarrow(op.schema)), op.name)


class SparkTables:
    """Files as Ibis tables of one session."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._backend = _ArrowBackend()
        self._backend.do_connect(session)

    def read(self, files: list[str]) -> ir.Table:
        """Return the table that some files make.

        Raises
        ------
        ValueError
            If they are damaged, with Spark's words.
        """
        try:
            return self._name(self._session.read.parquet(*map(_escape, files)))
        except (PySparkException, Py4JError) as error:
            raise ValueError(say(error)) from None

    def lend(self, rows: pa.Table) -> ir.Table:
        """Return a few rows as a table of this engine."""
        return self._name(self._session.createDataFrame(rows))

    def find_tables(self, data: str) -> dict[str, list[str]]:
        """Return name → files of ``<data>/<name>.parquet`` and ``<data>/<name>/*.parquet``.

        The cluster lists them itself, for it may see what this machine does not.

        Raises
        ------
        DataError
            If there is no such place.
        """
        listing = self._session.read.format("binaryFile").options(
            pathGlobFilter="*.parquet", recursiveFileLookup="true"
        )
        try:
            paths = listing.load(_escape(data)).select("path").toArrow()["path"].to_pylist()
        except PySparkException as error:
            if error.getCondition() != "PATH_NOT_FOUND":
                raise
            raise DataError.of(
                _("{folder} was not found by Spark", folder=data),
                _("correct data under [engine] in leadline.toml: a folder or address that the cluster sees."),
            ) from None
        tables: dict[str, list[str]] = {}
        for path in sorted(paths):
            name, *rest = urlsplit(path).path.removeprefix(urlsplit(data).path).strip("/").split("/")
            if len(rest) <= 1:
                tables.setdefault(name if rest else name.removesuffix(".parquet"), []).append(path)
        return tables

    def close(self) -> None:
        """Forget the tables; the session stays."""
        for view in self._backend.views:
            self._session.catalog.dropTempView(view)

    def _name(self, frame: Any) -> ir.Table:
        view = ibis.util.gen_name("leadline")
        self._backend.name(frame, view)
        return self._backend.table(view)


def _escape(place: str) -> str:
    """Write a path so that Spark takes it as it stands: on this machine, and no pattern of names."""
    literal = re.sub(r"([\\\[\]{}*?])", r"\\\1", place)
    return f"file://{literal}" if place.startswith("/") else literal


@contextmanager
def open_spark(engine: Engine, place: str) -> Iterator[SparkTables]:
    """Open Spark for tables in bulk.

    Parameters
    ----------
    engine
        Where Spark is.
    place
        Folder or address of the tables, for messages.

    Raises
    ------
    DataError, RunError
        As `leadline.data.spark_session.get_session`, and while it is open as `translate_errors`.
    """
    with translate_errors(engine, place):
        tables = SparkTables(get_session(engine))
        try:
            yield tables
        finally:
            tables.close()
