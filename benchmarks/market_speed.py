"""What making a market costs: CPU seconds for 1,000,000 customers at each size, and the most memory.

Bar: 30 s for the tables of 1,000,000 customers with 24 months, the same per customer at every size. Baseline:
the time in which numpy draws the same monthly counts and levels plainly.
"""

import argparse
import resource
import time

import numpy as np

from leadline.market.city import make_city
from leadline.market.frames import tabulate_city
from leadline.market.market import plan_cities, simulate
from leadline.market.parameters import MarketParameters

COUNTS, LEVELS, MONTHS = (0.4, 0.01, 0.03, 0.2, 0.1, 2.0, 7.0), 2, 24


def cpu_seconds(customers: int) -> tuple[float, int]:
    """CPU seconds for all tables of a market, and its rows."""
    parameters, begun, rows = MarketParameters(), time.process_time(), 0
    for number, size in enumerate(plan_cities(parameters, customers)):
        for _, table in tabulate_city(make_city(parameters, 1, number, size)):
            rows += table.num_rows
    return time.process_time() - begun, rows


def baseline_seconds() -> float:
    """CPU seconds in which numpy draws the monthly figures of 1,000,000 customers with its own samplers."""
    rng, size = np.random.default_rng(1), 100_000
    begun = time.process_time()
    for _ in range(MONTHS):
        for mean in COUNTS:
            rng.poisson(np.full(size, mean))
        for _ in range(LEVELS):
            np.exp(rng.standard_normal(size))
    return (time.process_time() - begun) * 10


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, nargs="*", default=[100_000, 1_000_000])
    baseline = baseline_seconds()
    print(f"baseline, numpy's samplers on the monthly figures of 1,000,000: {baseline:.1f} s")
    for customers in asked.parse_args().customers:
        seconds, rows = cpu_seconds(customers)
        scaled = seconds * 1e6 / customers
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(
            f"{customers:>10,} customers, {rows:,} rows: {seconds:.1f} s, {scaled:.1f} s for 1,000,000 "
            f"(ratio {scaled / baseline:.2f}), peak {peak:.0f} MB"
        )
    begun = time.process_time()
    simulate(MarketParameters(), 1, 1_000_000)
    print(f"1,000,000 customers without months and calls, in memory: {time.process_time() - begun:.1f} s")


if __name__ == "__main__":
    main()
