"""Social-circle features over a Parquet file of calls; baseline: one DuckDB group-by over the same file.

The baseline counts calls and finds the last day for each caller. Both run with the same memory limit and
threads, each in a process of its own, so that the peak of memory is its own. Bar: at most 3 times the
baseline's wall-clock time, at most 1 GB.
"""

import argparse
import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from leadline.data.open_tables import open_tables
from leadline.features import circle_features

AS_OF = dt.date(2025, 7, 1)
NEAR_SHARE = 0.8
MEMBERS_SHARE = 0.12
STAFF_SHARE = 0.05
REPEATS = 5
ROW_GROUP = 250_000


def make_calls(folder: Path, calls: int, customers: int) -> None:
    """Five calls a customer, four of five within the circle (neighbouring ids), over 120 days."""
    rng = np.random.default_rng(1)
    caller = rng.integers(1, customers + 1, calls)
    near = np.clip(caller + rng.integers(-12, 13, calls), 1, customers)
    callee = np.where(rng.random(calls) < NEAR_SHARE, near, rng.integers(1, customers + 1, calls))
    days = np.datetime64(AS_OF) - rng.integers(0, 100, calls).astype("timedelta64[D]")
    columns = {
        "caller_id": caller,
        "callee_id": callee,
        "called_on": pa.array(days, pa.date32()),
        "duration_s": rng.integers(1, 900, calls),
    }
    pq.write_table(pa.table(columns), folder / "calls.parquet", compression="zstd", row_group_size=ROW_GROUP)
    chosen = np.flatnonzero(rng.random(customers) < MEMBERS_SHARE) + 1
    kind = np.where(rng.random(len(chosen)) < STAFF_SHARE, "staff", "account_holder")
    pq.write_table(pa.table({"customer_id": chosen, "kind": kind}), folder / "members.parquet")


def measure(folder: Path, what: str) -> dict[str, float]:
    """Best wall-clock and CPU seconds of several runs, rows found, peak memory of this process (MB)."""
    runs = []
    with open_tables(folder) as tables:
        calls = tables["calls"]
        if what == "baseline":
            expression = calls.group_by("caller_id").aggregate(
                calls=calls.count(), last=calls.called_on.max()
            )
        else:
            expression = circle_features(calls, tables["members"], as_of=AS_OF)
        for _ in range(REPEATS):
            wall, cpu = time.perf_counter(), time.process_time()
            rows = expression.to_pyarrow().num_rows
            runs.append((time.perf_counter() - wall, time.process_time() - cpu))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {"wall": min(runs)[0], "cpu": min(run[1] for run in runs), "rows": rows, "peak": peak}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=5_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(Path(options.measure[0]), options.measure[1])))
        return
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        make_calls(Path(folder), options.calls, options.customers)
        for what in ("baseline", "features"):
            command = [sys.executable, __file__, "--measure", folder, what]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found[what] = json.loads(done.stdout.splitlines()[-1])
    print(f"{options.calls:,} calls of {options.customers:,} customers")
    for what, figures in found.items():
        print(
            f"{what:9} {figures['wall']:.2f} s wall, {figures['cpu']:.2f} s CPU, "
            f"peak {figures['peak']:.0f} MB, {figures['rows']:,} rows"
        )
    ratios = [found["features"][what] / found["baseline"][what] for what in ("wall", "cpu")]
    print(f"ratio {ratios[0]:.2f} wall, {ratios[1]:.2f} CPU (bar 3.00 wall)")


if __name__ == "__main__":
    main()
