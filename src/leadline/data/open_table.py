"""The door for one table of any form: Parquet and DuckDB are read as they are scanned, others at once."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from leadline.data.database import attach_duckdb
from leadline.data.duckdb_tables import confine
from leadline.data.engine import Engine, read_engine
from leadline.data.engine_errors import first_line
from leadline.data.folder import find_parts
from leadline.data.layout import clean_name
from leadline.data.locate import Location, find_kind, locate
from leadline.data.mapping import check_mapping, read_mapping
from leadline.data.raw import unreadable
from leadline.data.readers import read_table
from leadline.data.sources import Source, hash_file, hash_parts
from leadline.datasets import name_place
from leadline.durable import scratch_folder
from leadline.errors import DataError
from leadline.language import _

#: Numbers the parts of a Parquet file that are each read by one thread, in order.
CHUNK = "chunk of file"
_MOST_CHUNKS = 256


class OpenTable(NamedTuple):
    """An Ibis table that is read when it is executed, and where it comes from.

    ``table`` has beside its own columns perhaps ``CHUNK``: sums of fractions that were made by chunk, and put
    together in the order of chunks, are the same in every run. Without it one thread does the work.
    """

    table: ir.Table
    source: Source


@contextmanager
def open_table(
    dataset: str | Path,
    *,
    mapping: str | Path | None = None,
    memory_gb: float | None = None,
    in_order: bool = False,
    is_mapping_shared: bool = False,
) -> Iterator[OpenTable]:
    """Open a table of any form that `leadline.data.read_table` knows, for expressions of the engine.

    Parquet and DuckDB are never loaded: only the columns asked for are read, while they are scanned. The
    engine can read this table and nothing else, and spills to a temporary folder that is removed in the end.

    Parameters
    ----------
    dataset, mapping, is_mapping_shared
        As `leadline.data.read_table`.
    memory_gb
        Most memory that the engine takes for its work, GB, by default as the settings say (`read_engine`),
        or 1.5. The engine is DuckDB in this process, also where tables in bulk go to Spark.
    in_order
        Whether one thread is to read all of it, in its order.

    Raises
    ------
    DataError
        As `leadline.data.read_table`; and while it is open, if memory does not suffice.
    """
    location = locate(dataset)
    settings = read_engine()
    here = settings if settings.kind == "duckdb" else Engine()
    memory_gb = memory_gb or here.memory_gb or 1.5
    files = _list_files(location)
    sizes = _list_chunks(files) if files and not in_order else None
    with scratch_folder("leadline-engine-") as scratch:
        connection = ibis.duckdb.connect(
            memory_limit=f"{round(memory_gb * 1000)}MB",
            temp_directory=str(scratch),
            **_limit_threads(here.threads if sizes else 1),
        )
        try:
            if files:
                table = _scan_files(connection, files, sizes)
            elif location.kind == "duckdb":
                query = attach_duckdb(connection.con, location.path, location.part)
                connection.con.execute(f"CREATE TEMP VIEW opened AS {query}")
                table = connection.table("opened", database=("temp", "main"))
            else:
                read = read_table(dataset, mapping=mapping, is_mapping_shared=is_mapping_shared)
                confine(connection.con, [])
                lent = connection.create_table("lent", pa.Table.from_pandas(read.frame, preserve_index=False))
                yield OpenTable(lent, read.source)
                return
            table = _name_columns(table, location, mapping, is_shared=is_mapping_shared)
            yield OpenTable(table, _describe(table, location, files))
        except duckdb.OutOfMemoryException as error:
            raise DataError.of(
                _(
                    "{name}: {memory_gb} GB of memory, with the temporary folder, were not enough",
                    name=location.name,
                    memory_gb=f"{memory_gb:g}",
                ),
                _("{line}. Allow more memory_gb, or leave columns out.", line=first_line(error)),
            ) from None
        except duckdb.Error as error:
            raise unreadable(
                location.name, [_("the engine answers: {line}.", line=first_line(error))]
            ) from None
        finally:
            connection.disconnect()


def _limit_threads(threads: int | None) -> dict[str, int]:
    return {} if threads is None else {"threads": threads}


def _list_files(location: Location) -> list[Path]:
    """Return the Parquet files that make the table, none if it has another form."""
    if location.kind == "parquet":
        if location.sha256 and hash_file(location.path) != location.sha256:
            remedy = _("Delete it, then: leadline data get {name}", name=location.name)
            raise DataError.of(
                _("{name} was changed since it was fetched", name=location.name),
                _("{path} is not the published file. {remedy}", path=location.path, remedy=remedy),
            )
        return [location.path.resolve()]
    if location.kind != "folder":
        return []
    parts = find_parts(location.path, location.part)
    return [part.resolve() for part in parts] if all(find_kind(part) == "parquet" for part in parts) else []


def _list_chunks(files: list[Path]) -> int | None:
    """Rows of a row group, where a single file has groups of one size and few of them."""
    if len(files) != 1:
        return None
    with pq.ParquetFile(_sound(files[0])) as file:
        metadata = file.metadata
        sizes = [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)]
    is_even = bool(sizes) and len(set(sizes[:-1])) <= 1 and sizes[-1] <= sizes[0]
    return sizes[0] if is_even and len(sizes) <= _MOST_CHUNKS else None


def _scan_files(connection: Any, files: list[Path], size: int | None) -> ir.Table:
    for file in files:
        _sound(file)
    confine(connection.con, files)
    names = [str(file) for file in files]
    if size is None:
        return connection.read_parquet(names)
    table = connection.read_parquet(names[0], file_row_number=True)
    rows = table.file_row_number
    # Whole numbers alone: a quotient would be made by way of fractions, which costs a tenth of a scan.
    return table.mutate(**{CHUNK: rows - rows % size}).drop("file_row_number")


def _sound(file: Path) -> Path:
    try:
        pq.read_metadata(file)
    except (pa.ArrowException, OSError, UnicodeError):
        raise unreadable(
            str(file), [_("the Parquet file is cut off or damaged. Copy or export it again.")]
        ) from None
    return file


def _name_columns(
    table: ir.Table, location: Location, mapping: str | Path | None, *, is_shared: bool
) -> ir.Table:
    """Name columns as `read_table` does: cleaned, and ours for theirs."""
    clean = {clean_name(name): name for name in table.columns}
    if len(clean) < len(table.columns):
        raise unreadable(location.name, [_("several columns have the same name. Rename them.")])
    names = read_mapping(mapping) if mapping is not None else {}
    if is_shared:
        names = {ours: theirs for ours, theirs in names.items() if theirs in clean}
    check_mapping(names, list(clean), mapping_name=str(mapping), source_name=location.name)
    ours = {theirs: own for own, theirs in names.items()}
    return table.select(**{ours.get(name, name): table[theirs] for name, theirs in clean.items()})


def _describe(table: ir.Table, location: Location, files: list[Path]) -> Source:
    dates = [
        name for name in table.columns if table[name].type().is_date() or table[name].type().is_timestamp()
    ]
    today = dt.datetime.now().astimezone().date()
    days = {name: table[name].cast("date") for name in dates}
    ends = {
        f"{what} {name}": getattr(day, what)(where=day <= today)  # a day to come tells no age
        for name, day in days.items()
        for what in ("min", "max")
    }
    row = table.aggregate(rows=table.count(), **ends).to_pyarrow().to_pylist()[0]
    if not row["rows"]:
        raise unreadable(location.name, [_("it has no rows of data. Check the export's filter and period.")])
    first, last = ([row[f"{what} {name}"] for name in dates] for what in ("min", "max"))
    digest = hash_parts(files) if location.kind == "folder" else hash_file(location.path)
    place = name_place(location.path)
    return Source(
        name=location.name.replace(str(location.path), place),
        path=place,
        sha256=digest,
        rows=row["rows"],
        columns=len(set(table.columns) - {CHUNK}),
        first_date=min(filter(None, first), default=None),
        last_date=max(filter(None, last), default=None),
    )
