"""Customers out of an engine into a Parquet file, a part at a time."""

from pathlib import Path

import ibis.expr.types as ir
import pyarrow.parquet as pq

from leadline.data.streams import stream_rows
from leadline.features.profile import ID
from leadline.features.sampling import bucket_number

#: Rows asked for at a time where an engine, as Spark, hands over only whole answers.
_MOST_ROWS = 5_000_000


def write_rows(table: ir.Table, path: Path, *, answer_rows: int = 0) -> None:
    """Write a table's rows to a new Parquet file, in no order.

    Parameters
    ----------
    table
        One row a customer.
    path
        The file.
    answer_rows
        Rows of ``table`` where its engine hands over only whole answers: it is asked in parts then, and
        should be cached. 0 where it streams.
    """
    parts = max(1, -(-answer_rows // _MOST_ROWS))
    file = None
    try:
        for part in range(parts):
            some = table if parts == 1 else table.filter(bucket_number(table[ID], parts) == part)
            rows = stream_rows(some)
            file = file or pq.ParquetWriter(path, rows.schema, compression="zstd", compression_level=1)
            for batch in rows:
                file.write_batch(batch)
    finally:
        if file:
            file.close()
