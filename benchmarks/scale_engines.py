"""The same list on DuckDB and on Spark (local, two threads): what Spark costs on one machine.

Both read the same Parquet files and run the same expressions (`leadline bulk list`), each in a process of
its own; the lists have to be the same, byte by byte. Seconds of Spark count its start. CPU and peak memory
are Python's and the Java machine's together. There is no other bar: on one machine Spark is slower by far,
and the bench says by how much.
"""

import argparse
import datetime as dt
import re
import tempfile
from pathlib import Path

import psutil
from bench_page.city import AS_OF, CUSTOMERS_A_LISTED, POINTS, make_city
from bench_page.measuring import Bars, print_growth, run_way, tell

from leadline.data.engine import Engine
from leadline.run.bulk import ListRequest, make_list

SIZES = (100_000, 1_000_000)
ENGINES = {
    "DuckDB": Engine(memory_gb=1.5),
    "Spark": Engine(kind="spark", spark_master="local[2]", memory_gb=3),
}


def work(folder: Path, way: str, out: Path) -> dict[str, dict[str, float]]:
    customers = int(folder.name)
    request = ListRequest(
        data=folder,
        as_of=dt.date.fromisoformat(AS_OF),
        points=folder / "points.yml",
        most=customers // CUSTOMERS_A_LISTED,
        out=out,
    )
    make_list(request, engine=ENGINES[way])
    children = psutil.Process().children(recursive=True)  # the Java machine
    states = [Path(f"/proc/{one.pid}/status").read_text() for one in children]
    peaks = [
        int(found[1]) for state in states if (found := re.search(r"VmHWM:\s+(\d+)", state))
    ]  # of the living
    times = [one.cpu_times() for one in children]
    took = {"peak_mb": sum(peaks) / 1e3, "cpu_s": sum(one.user + one.system for one in times)}
    return {"children": took}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, nargs="+", default=SIZES)
    asked.add_argument("--way", help=argparse.SUPPRESS)
    asked.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.way:
        tell(lambda: work(given.folder, given.way, given.out))
        return
    bars, found = Bars(), []
    for customers in given.customers:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / str(customers)
            make_city(folder, customers)
            (folder / "points.yml").write_text(POINTS, encoding="utf-8")
            places = {way: Path(name) / way for way in ENGINES}
            ran = {
                way: run_way(__file__, way, customers, "--folder", str(folder), "--out", str(out))
                for way, out in places.items()
            }
            one, other = ((out / "list.csv").read_bytes() for out in places.values())
        bars.holds(f"{customers:,} customers: both engines make the same list", is_kept=one == other)
        print(
            f"{customers:,} customers: "
            f"Spark takes {ran['Spark'].wall_s / ran['DuckDB'].wall_s:.1f} times as long"
        )
        found += ran.values()
    print_growth(found)
    bars.finish()


if __name__ == "__main__":
    main()
