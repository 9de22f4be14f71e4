"""Social-circle features over a Parquet file of calls; baseline: one DuckDB group-by over the same file.

The baseline counts calls and finds the last day for each caller. Both run with the same memory limit and
threads, each in a process of its own, so that the peak of memory is its own. Bar: at most 3 times the
baseline's wall-clock time, at most 1 GB, at the largest size; at small ones what every run costs decides.
"""

import argparse
import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from bench_page.measuring import SIZES, Bars, print_growth, run_way, tell

from leadline.data.open_tables import open_tables
from leadline.features import circle_features

AS_OF = dt.date(2025, 7, 1)
NEAR_SHARE = 0.8
MEMBERS_SHARE = 0.12
STAFF_SHARE = 0.05
REPEATS = 5
CALLS_A_CUSTOMER = 5
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


def measure(folder: Path, way: str) -> None:
    """Tell what the best of several runs took."""
    with open_tables(folder) as tables:
        calls = tables["calls"]
        if way == "baseline":
            expression = calls.group_by("caller_id").aggregate(
                calls=calls.count(), last=calls.called_on.max()
            )
        else:
            expression = circle_features(calls, tables["members"], as_of=AS_OF)
        tell(lambda: {"rows": expression.to_pyarrow().num_rows}, repeats=REPEATS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, nargs="+", default=SIZES)
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        measure(options.folder, options.way)
        return
    bars, found = Bars(), []
    for calls in options.calls:
        with tempfile.TemporaryDirectory() as folder:
            make_calls(Path(folder), calls, calls // CALLS_A_CUSTOMER)
            baseline, features = (
                run_way(__file__, way, calls, "--folder", folder) for way in ("baseline", "features")
            )
        found += [baseline, features]
        print(
            f"features over the baseline: {features.wall_s / baseline.wall_s:.2f} of wall, "
            f"{features.cpu_s / baseline.cpu_s:.2f} of CPU"
        )
    bars.at_most("largest size, wall over the baseline's", features.wall_s / baseline.wall_s, 3)
    bars.at_most("largest size, peak in GB", features.peak_mb / 1e3, 1)
    print_growth(found)
    bars.finish()


if __name__ == "__main__":
    main()
