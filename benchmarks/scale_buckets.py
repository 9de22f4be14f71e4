"""A hundred million customers on one machine, in buckets: run by hand, not by `make bench`.

The tables (265 M rows of usage, 500 M calls) are made and put into buckets as they are made, which is not
timed against a bar; then `leadline bulk list` works them bucket by bucket, in a process of its own. All is
deleted in the end, unless it is to be kept. Needs some 20 GB of disk. Bars: at most 300 s and 4.5 GB after
ingest.
"""

import argparse
import datetime as dt
import json
import tempfile
import time
from pathlib import Path

import ibis
from bench_page.city import AS_OF, CUSTOMERS_A_LISTED, POINTS, list_tables
from bench_page.measuring import Bars, run_way, tell

from leadline.data.buckets import describe_buckets, write_bucketed
from leadline.data.engine import Engine
from leadline.data.streams import stream_rows
from leadline.run.bulk import ListRequest, make_list
from leadline.run.bulk.bucket import part_tables

BARS_FROM = 100_000_000
CUSTOMERS_A_BUCKET = 2_000_000
MEMORY_GB = 3


def ingest(folder: Path, customers: int) -> None:
    """Make the tables and write them in buckets, never whole."""
    buckets = max(1, customers // CUSTOMERS_A_BUCKET)
    with tempfile.TemporaryDirectory(dir=folder.parent) as spill:
        connection = ibis.duckdb.connect(
            memory_limit=f"{MEMORY_GB}GB", temp_directory=spill, preserve_insertion_order=False
        )
        connection.raw_sql("SET enable_progress_bar = false")
        names = [name for name in list_tables(customers) if name != "trial"]
        for name in names:
            connection.raw_sql(f"CREATE VIEW {name} AS {list_tables(customers)[name]}")
        parted = part_tables({name: connection.table(name) for name in names}, buckets)
        folder.mkdir()
        rows = {
            name: write_bucketed(stream_rows(table), folder, name, buckets) for name, table in parted.items()
        }
        describe_buckets(folder, buckets, rows)
        connection.disconnect()
    (folder / "points.yml").write_text(POINTS, encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.rglob("*.parquet")) / 1e9
    print(f"{buckets} buckets, {size:.1f} GB: {json.dumps(rows)}", flush=True)


def work(folder: Path, customers: int, memory_gb: float) -> dict[str, object]:
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        request = ListRequest(
            data=folder,
            as_of=dt.date.fromisoformat(AS_OF),
            points=folder / "points.yml",
            most=max(1, min(1_000_000, customers // CUSTOMERS_A_LISTED)),
            out=Path(place) / "list",
        )
        return {"rows": make_list(request, engine=Engine(memory_gb=memory_gb))["rows"]}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=BARS_FROM)
    asked.add_argument("--memory-gb", type=float, default=2.0, help="of the engine")
    asked.add_argument("--disk", type=Path, help="folder on the disk that is to hold the data")
    asked.add_argument("--keep", type=Path, help="folder for the data, used again where they are there")
    asked.add_argument("--way", help=argparse.SUPPRESS)
    asked.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.way:
        tell(lambda: work(given.folder, given.customers, given.memory_gb))
        return
    bars = Bars()
    with tempfile.TemporaryDirectory(dir=given.disk) as name:
        folder, started = (given.keep or Path(name)) / "city", time.monotonic()
        if not (folder / "points.yml").exists():
            ingest(folder, given.customers)
            print(f"ingest: {time.monotonic() - started:.0f} s", flush=True)
        passed_on = ["--customers", str(given.customers), "--memory-gb", str(given.memory_gb)]
        found = run_way(__file__, "buckets", given.customers, "--folder", str(folder), *passed_on)
    print(json.dumps(found.answer))
    if given.customers >= BARS_FROM:
        bars.at_most("wall seconds after ingest", found.wall_s, 300)
        bars.at_most("peak, GB", found.peak_mb / 1e3, 4.5)
    bars.finish()


if __name__ == "__main__":
    main()
