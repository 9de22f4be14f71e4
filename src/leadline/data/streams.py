"""Rows out of an engine as a stream: never all in memory where the engine can do it."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa


def stream_rows(table: ir.Table, *, batch_rows: int = 250_000) -> pa.RecordBatchReader:
    """Execute an expression, its rows to be read in batches, with the types that Ibis gives them.

    DuckDB works as the stream is read. Spark hands over a whole answer: ask it for parts of a table.

    Parameters
    ----------
    table
        What to read, from `leadline.data.open_tables`.
    batch_rows
        Most rows of a batch.
    """
    kinds = pa.schema([(field.name, field.type) for field in table.schema().to_pyarrow()])
    backend = table.get_backend()
    if backend.name != "duckdb":
        return table.to_pyarrow().cast(kinds).to_reader(max_chunksize=batch_rows)
    # Ibis 12's own stream asks DuckDB for what its version 2 has no more.
    return backend.con.sql(str(ibis.to_sql(table))).to_arrow_reader(batch_rows).cast(kinds)
