"""Customers out of an engine into a Parquet file."""

import errno
import os
from pathlib import Path

import duckdb
import ibis.expr.types as ir
import pyarrow.parquet as pq

from leadline.data.engine_errors import first_line
from leadline.data.streams import stream_rows
from leadline.features.profile import ID
from leadline.features.sampling import bucket_number

#: Rows asked for at a time where an engine, as Spark, hands over only whole answers.
_MOST_ROWS = 5_000_000
_COMPRESSION = {"compression": "zstd", "compression_level": 1}


def write_rows(table: ir.Table, path: Path, *, answer_rows: int = 0) -> None:
    """Write a table's rows to a new Parquet file, in no order.

    Parameters
    ----------
    table
        One row a customer. DuckDB writes them itself, on all its threads.
    path
        The file; opened tables of DuckDB have to name it in ``may_write``.
    answer_rows
        Rows of ``table`` where its engine hands over only whole answers: it is asked in parts then, and
        should be cached.

    Raises
    ------
    OSError
        If the disk cannot take it.
    """
    backend = table.get_backend()
    if backend.name == "duckdb":
        try:
            backend.to_parquet(table, path, **_COMPRESSION)
        except duckdb.IOException as error:
            if path.name in str(error):  # otherwise it is a file that was read, which its opener tells of
                raise _as_os_error(error) from None
            raise
        return
    parts = max(1, -(-answer_rows // _MOST_ROWS))
    file = None
    try:
        for part in range(parts):
            some = table if parts == 1 else table.filter(bucket_number(table[ID], parts) == part)
            rows = stream_rows(some)
            file = file or pq.ParquetWriter(path, rows.schema, **_COMPRESSION)
            for batch in rows:
                file.write_batch(batch)
    finally:
        if file:
            file.close()


def _as_os_error(error: duckdb.IOException) -> OSError:
    """Return the error of the system that DuckDB's words hold, to be told as any other."""
    for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO):
        if os.strerror(code) in str(error):
            return OSError(code, os.strerror(code))
    return OSError(first_line(error))
