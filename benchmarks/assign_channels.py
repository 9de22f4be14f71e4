"""Channels for 1,000,000 customers × 6: seconds, peak memory, certified gap; baseline: the plain LP.

The baseline hands the whole problem to scipy's HiGHS, on 10,000 customers, which we solve too in one run.
"""

import resource
import time

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from leadline.engage.compare import compare_assignments
from leadline.engage.problem import AssignmentProblem
from leadline.engage.solve import limit_matrix, limit_values, solve_assignment

CHANNELS = pd.DataFrame(
    {
        "channel": ["sms", "call", "branch", "hall", "push", "trial"],
        "reach": [0.95, 0.35, 0.2, 0.6, 0.9, 0.5],
        "cost_cny": [0.1, 6.0, 20.0, 3.0, 0.02, 4.0],
    }
)
STRENGTH = np.array([0.5, 1.6, 2.2, 0.9, 0.3, 1.1])
CAPACITY_SHARE = np.array([0.2, 0.05, 0.01, 0.05, 0.5, 0.03])
VALUE_CNY = 240.0
TIER_CUTS = (0.1, 0.2)
CUSTOMERS, BASELINE_CUSTOMERS = 1_000_000, 10_000


def make_case(customers: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Make customers with a chance by channel, the channels' terms, and a budget that binds."""
    rng = np.random.default_rng(seed)
    score = rng.beta(1, 12, customers)
    chance = score[:, None] * STRENGTH * rng.lognormal(0, 0.3, (customers, len(STRENGTH)))
    names = [f"chance_{name}" for name in CHANNELS["channel"]]
    frame = pd.DataFrame(np.clip(chance, 0, 1), columns=names)
    tier = np.array(["C", "B", "A"])[np.searchsorted(TIER_CUTS, score)]
    frame = frame.assign(customer_id=rng.permutation(customers), score=score, tier=tier)
    channels = CHANNELS.assign(capacity=(CAPACITY_SHARE * customers).astype(int))
    return frame, channels, 0.5 * customers


def pose(frame: pd.DataFrame, channels: pd.DataFrame, budget: float) -> AssignmentProblem:
    reach, cost = channels["reach"].to_numpy(), channels["cost_cny"].to_numpy()
    chance = np.stack([frame[f"chance_{name}"].to_numpy() for name in channels["channel"]])
    return AssignmentProblem(
        worth=chance * reach[:, None] * VALUE_CNY - cost[:, None],
        cost_cny=cost,
        capacity=channels["capacity"].to_numpy(dtype=float),
        budget_cny=budget,
        contacts=np.inf,
    )


def solve_plain(problem: AssignmentProblem) -> float:
    """Worth of the linear programme over every customer and channel."""
    pairs = np.argwhere(problem.worth.T > 0)
    limits = np.concatenate([np.ones(problem.customers), limit_values(problem)])
    known = np.isfinite(limits)
    rows = limit_matrix(problem, pairs, problem.customers)[known]
    return -linprog(-problem.worth.T[*pairs.T], A_ub=rows, b_ub=limits[known], method="highs").fun


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main() -> None:
    problem = pose(*make_case(BASELINE_CUSTOMERS, 2))
    start = time.perf_counter()
    ours = solve_assignment(problem)
    ours_s, start = time.perf_counter() - start, time.perf_counter()
    plain = solve_plain(problem)
    plain_s = time.perf_counter() - start
    print(
        f"{BASELINE_CUSTOMERS:,} × 6: leadline {ours_s:.1f} s, whole contacts worth CNY {ours.worth:,.2f}; "
        f"plain LP {plain_s:.1f} s, CNY {plain:,.2f}; ratio of time {ours_s / plain_s:.3f}"
    )
    customers, channels, budget = make_case(CUSTOMERS, 1)
    before, start, cpu = peak_mb(), time.perf_counter(), time.process_time()
    result = compare_assignments(
        customers,
        channels,
        value_cny=VALUE_CNY,
        budget_cny=budget,
        tier_rule={"A": ("call", "branch"), "B": ("hall", "sms"), "C": ("sms", "push")},
    )
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(
        f"{CUSTOMERS:,} × 6, nine plans, two of them optimal: {seconds:.1f} s (at most 60), CPU {cpu:.1f} s"
    )
    print(f"peak memory {peak_mb():,.0f} MB (at most 2,000), of which {before:,.0f} MB before the comparison")
    print("certified gaps: " + ", ".join(f"{name} {gap:.1e}" for name, gap in result.gaps.items()))
    print(result.summary)


if __name__ == "__main__":
    main()
