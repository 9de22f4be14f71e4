"""From tables to the list and the test's moments, at 100,000, 1 M and 10 M customers; baseline: pandas.

Ten million customers have 26.5 M rows of usage and 50 M calls. Each way runs in a process of its own:
features, cuts, points, the top list of one in a hundred, and the moments of a test. ``leadline`` is what
`leadline bulk list` does (Ibis on DuckDB, 1.5 GB for the engine), ``leadline, 1 GB`` the same with 0.55 GB
for the engine, ``leadline, buckets`` over tables in buckets (written before, not timed), ``pandas`` the same
by hand, ``floor`` DuckDB reading every column that is needed, each added up. Seconds count the work
beyond imports, memory the whole process. Whole numbers have to be the same in every way.

Bars at 10 M customers on an idle machine of two cores: 20 s wall and 3 GB; half of pandas' wall; 18 times
the floor's; with 1 GB it ends, below that; CPU from 1 M to 10 M customers grows at most 11 times. Hoped for
with buckets: 12 s and 2 GB.
"""

import argparse
import datetime as dt
import json
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
from bench_page import city_in_pandas
from bench_page.city import AS_OF, CUSTOMERS_A_LISTED, FLOOR, POINTS, make_city
from bench_page.measuring import SIZES, Bars, Figures, print_growth, run_way, tell

from leadline.data.engine import Engine
from leadline.data.open_tables import open_tables
from leadline.features.experiment.moments import whole_moments
from leadline.run.bulk import ListRequest, bucket_tables, make_list

WAYS = ("leadline", "leadline, 1 GB", "leadline, buckets", "pandas", "floor")
BARS_FROM = 10_000_000
MEMORY_GB = {"leadline": 1.5, "leadline, 1 GB": 0.55, "leadline, buckets": 1.0}
BUCKETED = "bucketed"


def by_leadline(folder: Path, way: str) -> dict[str, Any]:
    engine = Engine(memory_gb=MEMORY_GB[way])
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "list"
        request = ListRequest(
            data=folder / BUCKETED if "buckets" in way else folder,
            as_of=dt.date.fromisoformat(AS_OF),
            points=folder / "points.yml",
            most=read_customers(folder) // CUSTOMERS_A_LISTED,
            out=out,
        )
        record = make_list(request, engine=engine)
        with open_tables(folder, engine=engine) as tables:
            sets = [["is_sold"], ["spend_cny", "earlier_cny"]]
            arms = whole_moments(tables["trial"], by=["arm"], sets=sets).to_pyarrow().to_pylist()
        listed = pd.read_csv(out / "list.csv")
        total = pc.sum(pq.read_table(out / "scores.parquet", columns=["points"])["points"]).as_py()
    return {
        "ids": listed["customer_id"].tolist(),
        "points": listed["points"].tolist(),
        "total": total,
        "cuts": record["cuts"],
        "moments": {
            row["arm"]: [
                row["rows"],
                row["is_sold_mean"],
                row["spend_cny_mean"],
                row["spend_cny__spend_cny_cov"],
                row["spend_cny__earlier_cny_cov"],
                row["earlier_cny__earlier_cny_cov"],
            ]
            for row in arms
        },
    }


def by_pandas(folder: Path) -> dict[str, Any]:
    return city_in_pandas.make_list(folder, read_customers(folder) // CUSTOMERS_A_LISTED)


def read_floor(folder: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        for table, columns in FLOOR.items():
            connection.execute(f"SELECT {', '.join(columns)} FROM '{folder / table}.parquet'").fetchall()


def run(way: str, folder: Path, answer: Path) -> None:
    if way == "floor":
        read_floor(folder)
        return
    found = by_pandas(folder) if way == "pandas" else by_leadline(folder, way)
    answer.write_text(json.dumps(found), encoding="utf-8")


def read_customers(folder: Path) -> int:
    return int(pq.read_metadata(folder / "customers.parquet").num_rows)


def agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether whole numbers are the same, and fractions to the last digits but three."""
    whole = all(one[name] == other[name] for name in ("ids", "points", "total"))
    pairs = [
        pair
        for name in ("cuts", "moments")
        for key in one[name]
        for pair in zip(one[name][key], other[name][key], strict=True)
    ]
    return whole and all(math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-12) for a, b in pairs)


def measure(customers: int, ways: list[str], folder: Path, bars: Bars) -> list[Figures]:
    """Make the data where they are not there yet, run every way, and compare what they found."""
    if not (folder / "points.yml").exists():
        make_city(folder, customers)
        (folder / "points.yml").write_text(POINTS, encoding="utf-8")
    if "leadline, buckets" in ways and not (folder / BUCKETED).exists():
        bucket_tables(folder, folder / BUCKETED)
    found, answers = [], {}
    for way in ways:
        answer = folder / "answer.json"
        found.append(run_way(__file__, way, customers, "--folder", str(folder), "--answer", str(answer)))
        if way != "floor":
            answers[way] = json.loads(answer.read_text("utf-8"))
    first, *others = answers
    for other in others:
        told = f"{customers:,} customers: {other} finds what {first} finds"
        bars.holds(told, is_kept=agree(answers[first], answers[other]))
    return found


def judge(found: list[Figures], bars: Bars) -> None:
    """Print what each way takes of the others; hold the bars where the size is that of the bars."""
    for customers in sorted({one.rows for one in found}):
        ran = {one.way: one for one in found if one.rows == customers}
        told = ", ".join(
            f"{way} {one.wall_s / ran['leadline'].wall_s:.2f}"
            for way, one in ran.items()
            if way != "leadline"
        )
        print(f"{customers:,} customers, wall over leadline's: {told}")
        if customers < BARS_FROM:
            continue
        own = ran["leadline"]
        bars.at_most("wall seconds", own.wall_s, 20)
        bars.at_most("peak, GB", own.peak_mb / 1e3, 3)
        if "pandas" in ran:
            bars.at_least("pandas' wall over leadline's", ran["pandas"].wall_s / own.wall_s, 2)
        if "floor" in ran:
            bars.at_most("wall over the floor's", own.wall_s / ran["floor"].wall_s, 18)
        if "leadline, 1 GB" in ran:
            bars.at_most("with 1 GB, peak in GB", ran["leadline, 1 GB"].peak_mb / 1e3, 1)
        smaller = [one for one in found if one.way == "leadline" and one.rows * 10 == customers]
        for one in smaller:
            bars.at_most("CPU over a tenth of the customers", own.cpu_s / one.cpu_s, 11)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, nargs="+", default=SIZES)
    asked.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    asked.add_argument("--keep", type=Path, help="folder for the data, used again where they are there")
    asked.add_argument("--way", help=argparse.SUPPRESS)
    asked.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked.add_argument("--answer", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.way:
        tell(lambda: run(given.way, given.folder, given.answer))
        return
    bars, found = Bars(), []
    for customers in given.customers:
        with tempfile.TemporaryDirectory() as name:
            folder = (given.keep or Path(name)) / str(customers)
            found += measure(customers, [*given.ways], folder, bars)
    print_growth(found)
    if "leadline" in given.ways:
        judge(found, bars)
    bars.finish()


if __name__ == "__main__":
    main()
