"""Scoring up to 10,000,000 customers with a points table: as SQL in DuckDB, and in numpy batches.

Baseline in the same run: DuckDB reads the same columns from Parquet and writes one. Bars: SQL at most 2.5
times the baseline and 1 GB; numpy at most 5 s of CPU and 100 MB more than the process had, reading and the
points of all customers included; all at the largest size. Each way runs in a process of its own, so that
memory is its own; its peak is what the whole process held, "more" what it held beyond what it had before.
"""

import argparse
import tempfile
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from bench_page.measuring import SIZES, Bars, print_growth, read_peak_mb, run_way, tell

from leadline.target.points import PointsTable
from leadline.target.points_file import parse_points
from leadline.target.points_sql import write_sql

BATCH = 100_000
WAYS = ("read and write", "sql", "numpy")


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


def run(way: str, source: Path) -> dict[str, float]:
    before = read_peak_mb()
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
    return {"more_mb": read_peak_mb() - before}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, nargs="+", default=SIZES)
    asked.add_argument("--way", help=argparse.SUPPRESS)
    asked.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.way:
        tell(lambda: run(given.way, given.source))
        return
    bars, found = Bars(), []
    for customers in given.customers:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "customers.parquet"
            make_file(source, customers)
            base, sql, numpy = (run_way(__file__, way, customers, "--source", str(source)) for way in WAYS)
        found += [base, sql, numpy]
        print(
            f"over reading and writing, wall: SQL {sql.wall_s / base.wall_s:.2f}, "
            f"numpy {numpy.wall_s / base.wall_s:.2f}"
        )
    bars.at_most("largest size, SQL over reading and writing, wall", sql.wall_s / base.wall_s, 2.5)
    bars.at_most("largest size, SQL, peak in GB", sql.peak_mb / 1e3, 1)
    bars.at_most("largest size, numpy, CPU seconds", numpy.cpu_s, 5)
    bars.at_most("largest size, numpy, MB more than before", numpy.answer["more_mb"], 100)
    print_growth(found)
    bars.finish()


if __name__ == "__main__":
    main()
