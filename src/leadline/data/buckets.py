"""Tables in buckets: each bucket is a folder of tables of its own, small enough for one machine's memory."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from leadline.durable import replace_file
from leadline.errors import DataError
from leadline.language import _

#: The column by which rows are parted; it is not kept.
BUCKET = "bucket"
_FILE = "buckets.json"
_FOLDER = "buckets"
#: Where the rows of one table wait until all are parted.
_PENDING = ".pending"
#: Rows that wait for a row group; with many buckets this is what the memory goes into.
_LEAST_GROUP, _MOST_GROUP = 20_000, 250_000
_MOST_OPEN = 1024


def is_bucketed(folder: Path) -> bool:
    """Tell whether a folder holds tables in buckets."""
    return (folder / _FILE).is_file()


def list_buckets(folder: Path) -> list[Path]:
    """Return the folders of the buckets, in their order; each opens with `leadline.data.open_tables`.

    Raises
    ------
    DataError
        If one is missing, or ``buckets.json`` is damaged.
    """
    try:
        count = json.loads((folder / _FILE).read_text("utf-8"))["buckets"]
        places = [folder / _FOLDER / str(number) for number in range(count)]
    except (OSError, ValueError, KeyError, TypeError):
        raise DataError.of(
            _("{folder} cannot be read in buckets", folder=folder),
            _("{file} is damaged. Write the buckets again.", file=_FILE),
        ) from None
    if missing := [place for place in places if not place.is_dir()]:
        raise DataError.of(
            _("{folder} cannot be read in buckets", folder=folder),
            _(
                "{count} of {all} buckets are missing ({first} is the first). Write the buckets again.",
                count=len(missing),
                all=len(places),
                first=missing[0],
            ),
        )
    return places


def write_bucketed(rows: pa.RecordBatchReader, folder: Path, table: str, buckets: int) -> int:
    """Write a table to ``folder``, each row into the bucket that its column ``BUCKET`` numbers; returns rows.

    A bucket without rows gets the table all the same, empty.
    """
    written = 0

    def count(batches: pa.RecordBatchReader) -> Any:
        nonlocal written
        for batch in batches:
            written += batch.num_rows
            yield batch

    ds.write_dataset(
        count(rows),
        folder / _FOLDER / _PENDING,
        schema=rows.schema,
        format="parquet",
        partitioning=ds.partitioning(pa.schema([rows.schema.field(BUCKET)])),
        basename_template="part-{i}.parquet",
        file_options=ds.ParquetFileFormat().make_write_options(compression="zstd", compression_level=1),
        min_rows_per_group=_LEAST_GROUP,
        max_rows_per_group=_MOST_GROUP,
        max_open_files=_MOST_OPEN,
    )
    empty = rows.schema.remove(rows.schema.get_field_index(BUCKET)).empty_table()
    for number in range(buckets):
        place = folder / _FOLDER / str(number) / table
        place.parent.mkdir(exist_ok=True)
        pending = folder / _FOLDER / _PENDING / str(number)
        if pending.is_dir():
            pending.rename(place)
        else:
            place.mkdir()
            pq.write_table(empty, place / "part-0.parquet")
    (folder / _FOLDER / _PENDING).rmdir()
    return written


def describe_buckets(folder: Path, buckets: int, rows: Mapping[str, int]) -> None:
    """Write what the folder holds; only then it is one of buckets."""
    told = {"schema_version": 1, "buckets": buckets, "rows": dict(rows)}
    replace_file(folder / _FILE, json.dumps(told, indent=2).encode())
