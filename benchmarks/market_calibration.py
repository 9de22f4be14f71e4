"""How the market's three calibrated levels were found: least squares on the case's precision by stage.

The parameters start from their defaults, so that a second run shows that nothing is left to move. Seeds 101
to 108 are used here and nowhere else; the benchmark of the policies uses others.
"""

import argparse
from dataclasses import replace

import numpy as np
from scipy.optimize import least_squares

from leadline.market.assignment import Terms
from leadline.market.market import simulate
from leadline.market.parameters import MarketParameters
from leadline.market.policies import POLICIES

SEEDS = range(101, 109)
#: Stage of the case → precision of its list, in percent.
CASE = {"telecom": 2.6, "partner": 23.5, "channels": 27.3}
FITTED = ("utility_base", "utility_other_broker", "match")


def expected_precision(parameters: MarketParameters, customers: int, list_size: int) -> np.ndarray:
    """Mean over the seeds, in percent, by stage; chances, not realised outcomes, so that it is smooth."""
    terms = Terms(list_size=list_size, capacity=parameters.capacity(customers))
    found = []
    for seed in SEEDS:
        market = simulate(parameters, seed, customers)
        rng = np.random.default_rng(seed)
        lists = [POLICIES[stage](market.observed, terms, rng) for stage in CASE]
        found.append([market.truth.chance[made.row, made.channel].mean() for made in lists])
    return 100 * np.mean(found, axis=0)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=1_000_000)
    asked.add_argument("--steps", type=int, default=3, help="steps of Gauss and Newton")
    customers, steps = (given := asked.parse_args()).customers, given.steps
    start = MarketParameters()

    def misses(values: np.ndarray) -> np.ndarray:
        parameters = replace(start, **dict(zip(FITTED, map(float, values), strict=True)))
        found = expected_precision(parameters, customers, customers // 200)
        print(values.round(3), found.round(2), flush=True)
        return (found - list(CASE.values())) / list(CASE.values())

    at = np.array([getattr(start, name) for name in FITTED])
    fit = least_squares(misses, at, diff_step=0.05, x_scale=np.abs(at), max_nfev=steps)
    for name, value in zip(FITTED, fit.x, strict=True):
        print(f"{name} = {value:.3f}")


if __name__ == "__main__":
    main()
