"""Scoring 10,000,000 customers with a points table: as SQL in DuckDB, and in numpy batches.

Baseline in the same run: DuckDB reads the same columns from Parquet and writes one. Bars: SQL at most 2.5
times the baseline and 1 GB; numpy at most 5 s of CPU and 100 MB more than the process had, reading and the
points of all customers included. Each way runs in a process of its own, so that memory is its own; its peak
is what the whole process held, "more" what it held beyond what it had before.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from leadline.target.points import PointsTable
from leadline.target.points_file import parse_points
from leadline.target.points_sql import write_sql

BATCH = 100_000


def make_table() -> PointsTable:
    def bins(column: str, cuts: list[float]) -> dict:
        bounds = [None, *cuts, None]
        rules = []
        for place, (lower, upper) in enumerate(pairwise(bounds)):
            rule = {"points": place * 2}
            if lower is not None:
                rule["at_least"] = lower
            if upper is not None:
                rule["under"] = upper
            rules.append(rule)
        return {"column": column, "rules": rules}

    numbers = [bins(f"amount_{place}", [0.5, 1, 2, 4]) for place in range(6)]
    plan = {"column": "plan", "rules": [{"equals": "all", "points": 5}, {"equals": "some", "points": 2}]}
    flag = {"column": "broadband", "rules": [{"equals": "true", "points": -4}]}
    return parse_points({"attributes": [*numbers, plan | {"otherwise": 0}, flag | {"otherwise": 0}]})


def make_file(path: Path, customers: int) -> None:
    rng = np.random.default_rng(0)
    writer = None
    for start in range(0, customers, 1_000_000):
        size = min(1_000_000, customers - start)
        columns = {f"amount_{place}": rng.lognormal(size=size).astype(np.float32) for place in range(6)}
        columns["plan"] = pa.array(["none", "some", "all"]).take(pa.array(rng.integers(0, 3, size)))
        columns["broadband"] = rng.integers(0, 3, size) == 0
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=1)
        writer.write_table(table, row_group_size=200_000)
    writer.close()


def run_sql(source: Path, out: Path, expression: str) -> None:
    with duckdb.connect(config={"memory_limit": "700MB"}) as connection:
        connection.execute("SET preserve_insertion_order = false")
        scored = f"SELECT {expression} AS points FROM '{source}'"
        connection.execute(f"COPY ({scored}) TO '{out}' (COMPRESSION zstd, COMPRESSION_LEVEL 1)")


def run_numpy(source: Path) -> None:
    pa.set_memory_pool(pa.system_memory_pool())  # the others keep what they once had
    table = make_table()
    file = pq.ParquetFile(source, buffer_size=1 << 16, pre_buffer=False, read_dictionary=["plan"])
    points, start = np.empty(file.metadata.num_rows, dtype=np.int16), 0
    for batch in file.iter_batches(BATCH, columns=list(table.columns), use_threads=False):
        end = start + len(batch)
        table.score_into(batch.to_pandas(), points[start:end])
        start = end


def measure(way: str, source: Path) -> tuple[float, ...]:
    code = subprocess.run(
        [sys.executable, __file__, "--way", way, "--source", str(source)],
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(map(float, code.stdout.split()))


def run_way(way: str, source: Path) -> None:
    before = read_peak_mb()
    started, used = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "points.parquet"
        table = make_table()
        if way == "numpy":
            run_numpy(source)
        elif way == "sql":
            run_sql(source, out, write_sql(table))
        else:
            numbers = " + ".join(name for name in table.columns if name.startswith("amount"))
            run_sql(source, out, f"CAST({numbers} + length(plan) + CAST(broadband AS INTEGER) AS INTEGER)")
    peak = read_peak_mb()
    print(time.perf_counter() - started, time.process_time() - used, peak, peak - before)


def read_peak_mb() -> float:
    """Peak of this program alone; getrusage would count what its parent held when it was started."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1e3


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=10_000_000)
    asked.add_argument("--way")
    asked.add_argument("--source", type=Path)
    given = asked.parse_args()
    if given.way:
        run_way(given.way, given.source)
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "customers.parquet"
        make_file(source, given.customers)
        found = {way: measure(way, source) for way in ("read and write", "sql", "numpy")}
    base = found["read and write"][0]
    for way, (wall, cpu, peak, extra) in found.items():
        print(
            f"{way:15} {wall:6.2f} s ({wall / base:.2f} of reading and writing), {cpu:5.2f} s of CPU, "
            f"peak {peak:4.0f} MB, {extra:4.0f} MB more than before"
        )
    print(f"sql: {found['sql'][0] / base:.2f} times (bar: 2.5), peak {found['sql'][2]:.0f} MB (bar: 1,000)")
    print(f"numpy: {found['numpy'][1]:.2f} s of CPU (bar: 5), {found['numpy'][3]:.0f} MB more (bar: 100)")


if __name__ == "__main__":
    main()
