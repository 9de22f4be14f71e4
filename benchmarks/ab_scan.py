"""The scan of a test over a Parquet file; baselines: SQL by hand (ab_scan.sql), and tea-tasting.

Three metrics (one with a covariate, a conversion, a ratio), three arms, total and eight segments. Each runs
in a process of its own, so that the peak of memory is its own, told beyond what imports and opening took.
tea-tasting does the same analysis once for the total and once a segment: through Ibis on DuckDB over the same
file, and on a pandas frame that is in memory already. Bars: at most 1.3 times the SQL by hand and 300 MB; 5
and 8 times faster than tea-tasting; with the second pass (units in two arms) at most 2 GB; all
at the largest size.
"""

import argparse
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from bench_page.measuring import SIZES, Bars, print_growth, read_peak_mb, run_way, tell

REGIONS = list("abcdefgh")
ARMS = ["held_out", "sms", "call"]
ROW_GROUP = 250_000
REPEATS = 5
SHARE_SOLD = 0.1
OPENED = ExitStack()
SQL = Path(__file__).with_suffix(".sql")
WAYS = ("by hand", "scan", "second pass", "tea-tasting, Ibis", "tea-tasting, pandas")
METRICS = ("spend_cny: mean, CNY", "is_sold: conversion, unadjusted", "minutes/orders: ratio, unadjusted")


def make_units(folder: Path, rows: int) -> None:
    rng = np.random.default_rng(6)
    writer = None
    for start in range(0, rows, ROW_GROUP):
        size = min(ROW_GROUP, rows - start)
        earlier, is_sold = rng.gamma(2.0, 50.0, size), rng.random(size) < SHARE_SOLD
        orders = 1 + rng.poisson(1.0, size)
        columns = {
            "customer_id": np.arange(start, start + size),
            "arm": rng.choice(ARMS, size),
            "region": rng.choice(REGIONS, size),
            "spend_cny": np.where(is_sold, earlier * 0.8 + rng.gamma(2.0, 20.0, size), 0.0),
            "earlier_cny": earlier,
            "is_sold": is_sold,
            "orders": orders.astype("int32"),
            "minutes": orders * rng.gamma(3.0, 4.0, size),
        }
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(folder / "units.parquet", table.schema, compression="zstd")
        writer.write_table(table)
    if writer:
        writer.close()


def by_hand(path: Path) -> Callable[[], object]:
    import duckdb  # noqa: PLC0415 - each process loads what it measures

    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"CREATE VIEW units AS FROM '{path}'")
    return lambda: connection.sql(SQL.read_text("utf-8")).to_arrow_table()


def by_leadline(path: Path, unit: str | None = None) -> Callable[[], object]:
    from leadline.data.open_table import open_table  # noqa: PLC0415
    from leadline.features.experiment import ExperimentDesign, parse_metrics  # noqa: PLC0415
    from leadline.features.experiment.read import read_experiment  # noqa: PLC0415
    from leadline.features.experiment.scan_units import scan_units  # noqa: PLC0415

    design = ExperimentDesign(
        arm="arm",
        control="held_out",
        unit=unit,
        metrics=parse_metrics(METRICS),
        covariates=("earlier_cny",),
        segments=("region",),
    )
    if unit:
        return lambda: read_experiment(path, design)
    opened = OPENED.enter_context(open_table(path))
    return lambda: scan_units(opened.table, design)


def by_tea_tasting(path: Path, *, in_memory: bool) -> Callable[[], object]:
    import ibis  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    import tea_tasting as tt  # noqa: PLC0415

    experiment = tt.Experiment(
        spend=tt.Mean("spend_cny", "earlier_cny"),
        sold=tt.Mean("is_sold_number"),
        minutes=tt.RatioOfMeans("minutes", "orders"),
    )
    if in_memory:
        units = pd.read_parquet(path).rename(columns={"arm": "variant"})
        units["is_sold_number"] = units["is_sold"].astype("int8")
    else:
        table = ibis.duckdb.connect().read_parquet(path).rename(variant="arm")
        units = table.mutate(is_sold_number=table.is_sold.cast("int8"))

    def analyse() -> object:
        parts = [units, *(units[units["region"] == region] for region in REGIONS)]
        return [experiment.analyze(part, control="held_out", all_variants=True) for part in parts]

    return analyse


def measure(path: Path, way: str) -> None:
    """Tell what the best of several runs took, and memory beyond imports (MB)."""
    run = {
        "by hand": lambda: by_hand(path),
        "scan": lambda: by_leadline(path),
        "second pass": lambda: by_leadline(path, "customer_id"),
        "tea-tasting, Ibis": lambda: by_tea_tasting(path, in_memory=False),
        "tea-tasting, pandas": lambda: by_tea_tasting(path, in_memory=True),
    }[way]()
    before = read_peak_mb()

    def run_once() -> dict[str, float]:
        run()
        return {"more_mb": read_peak_mb() - before}

    tell(run_once, repeats=1 if "tea" in way or "pass" in way else REPEATS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        measure(options.source, options.way)
        return
    print(f"{len(ARMS)} arms, {len(REGIONS)} segments")
    bars, found = Bars(), []
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            make_units(Path(folder), rows)
            ran = {way: run_way(__file__, way, rows, "--source", f"{folder}/units.parquet") for way in WAYS}
        found += ran.values()
        print(f"CPU over the SQL by hand: {ran['scan'].cpu_s / ran['by hand'].cpu_s:.2f}")
    for measured in ("wall_s", "cpu_s"):
        took = {way: getattr(figures, measured) for way, figures in ran.items()}
        scan, told = took["scan"], f"largest size, {measured.removesuffix('_s')}"
        bars.at_most(f"{told}, scan over the SQL by hand", scan / took["by hand"], 1.3)
        bars.at_least(f"{told}, tea-tasting through Ibis over the scan", took["tea-tasting, Ibis"] / scan, 5)
        bars.at_least(f"{told}, tea-tasting on pandas over the scan", took["tea-tasting, pandas"] / scan, 8)
    bars.at_most("largest size, scan, MB beyond imports", ran["scan"].answer["more_mb"], 300)
    bars.at_most("largest size, second pass, GB", ran["second pass"].peak_mb / 1e3, 2)
    print_growth(found)
    bars.finish()


if __name__ == "__main__":
    main()
