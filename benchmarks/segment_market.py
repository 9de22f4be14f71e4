"""Whether segments of the partner's clients find who has a computer that takes the place of the service.

In the simulated market many of the partner's clients trade on a computer of their own; nobody sees
it, and how they order betrays it. Each market's clients are segmented by the behaviour that the partner sees,
by k-means and by classes of mixed type, as the notebook does; the two segments are held against the truth.
"""

import argparse
import time

import numpy as np
import pandas as pd

from leadline.market.market import simulate
from leadline.market.parameters import MarketParameters
from leadline.target.segments import choose_segments, fit_segments, read_bases
from leadline.target.segments.stability import adjust_rand

ORDERS = ["pc_share", "work_hours_share", "phone_orders", "hall_orders"]
AMOUNTS = ["trades_3m", "assets_cny"]
BASES = {"orders and amounts": ORDERS + AMOUNTS, "shares of orders": ORDERS[:2]}


def read_clients(seed: int, customers: int) -> tuple[pd.DataFrame, np.ndarray]:
    market = simulate(MarketParameters(), seed, customers)
    observed = market.observed
    rows = np.flatnonzero(observed.matched)
    frame = pd.DataFrame({name: np.asarray(getattr(observed, name))[rows] for name in ORDERS + AMOUNTS})
    return frame, np.asarray(market.truth.has_pc_substitute)[rows].astype(np.int64)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--markets", type=int, default=10)
    asked.add_argument("--customers", type=int, default=20_000)
    given = asked.parse_args()
    for seed in range(1, given.markets + 1):
        frame, truth = read_clients(seed, given.customers)
        cut = adjust_rand((frame["pc_share"] > frame["pc_share"].mean()).to_numpy(np.int64), truth)
        print(f"market {seed}: {len(frame):,} clients, computer {truth.mean():.3f}; pc_share cut {cut:.3f}")
        for name, columns in BASES.items():
            kinds = {one: "logged" for one in columns if one in AMOUNTS}
            bases = read_bases(frame, columns, kinds=kinds)
            for method in ("kmeans", "mixed"):
                rng, started = np.random.default_rng(seed), time.process_time()
                result = choose_segments(
                    bases, rng=rng, method=method, numbers=range(2, 6), pairs=5, cloud_pairs=1
                )
                two = fit_segments(bases, method, 2, rng)
                found = fit_segments(bases, method, max(result.natural, 2), rng)
                print(
                    f"  {name}, {method}: natural {result.natural} (p {result.structure_p_value:.4f}); "
                    f"adjusted Rand of 2 {adjust_rand(two.labels, truth):.3f}, of those found "
                    f"{adjust_rand(found.labels, truth):.3f}; {time.process_time() - started:.0f} CPU s",
                    flush=True,
                )


if __name__ == "__main__":
    main()
