"""Running an expression on DuckDB, and what two runs must agree on."""

import tempfile
from collections.abc import Callable

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow.parquet as pq

Build = Callable[..., ir.Table]


def run(build: Build, *frames: pd.DataFrame, threads: int = 2, key: str = "customer_id") -> pd.DataFrame:
    """Build an expression on tables that hold the frames; rows come back in order of the key."""
    connection = ibis.duckdb.connect(threads=threads)
    try:
        tables = [connection.create_table(f"t{place}", frame) for place, frame in enumerate(frames)]
        return connection.execute(build(*tables)).sort_values(key).reset_index(drop=True)
    finally:
        connection.disconnect()


def kinds_in_file(build: Build, *frames: pd.DataFrame) -> dict[str, str]:
    """Types of the columns once the engine itself has written them to Parquet."""
    connection = ibis.duckdb.connect()
    try:
        tables = [connection.create_table(f"t{place}", frame) for place, frame in enumerate(frames)]
        with tempfile.TemporaryDirectory() as folder:
            build(*tables).to_parquet(f"{folder}/out.parquet")
            schema = pq.read_schema(f"{folder}/out.parquet")
    finally:
        connection.disconnect()
    return {field.name: str(field.type) for field in schema}


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Rows as plain values, so that equal means equal to the last digit; missing is None."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [
        {name: value.item() if hasattr(value, "item") else value for name, value in row.items()}
        for row in plain.to_dict("records")
    ]
