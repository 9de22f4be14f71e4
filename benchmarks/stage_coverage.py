"""How often the 95% interval of a stage's precision holds the true expected precision of its list.

Bar: in 93 to 97% of at least 500 simulated campaigns. A campaign draws everybody's outcome anew from the
chances that the market gives, splits the customers anew and lets the shipped plan make its lists of 200 to
1,000 held-out customers, on several fresh markets; the interval is the one that `stage_models` reports.
Given a list, outcomes are independent, each with a chance of its own. Wilson's interval supposes one chance
for all: the spread of the chances makes the count of buyers vary less than that, so the interval covers
more than 95% where a list mixes likely and unlikely customers. What it covers when all have the mean chance
stands beside.
"""

import argparse
from collections import defaultdict

import numpy as np
import pandas as pd
from stage_order import DESIGNS, OUTCOMES, TARGET, find_true_precision, read_market, read_plan
from threadpoolctl import threadpool_limits

from leadline.channels import CHANNELS
from leadline.intervals import wilson_interval
from leadline.target.describe import describe_stages
from leadline.target.ground import Wanted, prepare_ground
from leadline.target.trial import run_trial

SIZES = (200, 350, 500, 750, 1_000)
LOWEST, HIGHEST = 0.93, 0.97


def draw_outcomes(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw a campaign's outcomes; one draw a customer, for who says yes to one says it to a better one."""
    draw = rng.random(len(frame))
    return frame.assign(**{OUTCOMES[name]: draw < frame[f"chance_{name}"].to_numpy() for name in CHANNELS})


def ask(list_size: int) -> Wanted:
    return Wanted(
        target=TARGET,
        positive=None,
        list_size=list_size,
        list_share=None,
        holdout="random",
        holdout_share=DESIGNS[0][0],
        holdout_column=None,
        buyer_value_cny=None,
        contact_cost_cny=None,
        channel_outcomes=OUTCOMES,
        channel_column=None,
        channel_shares=None,
        reference_channel=None,
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=150_000)
    asked.add_argument("--markets", type=int, default=5, help="seeds, from 101")
    asked.add_argument("--campaigns", type=int, default=100, help="of each market, over the list sizes")
    given = asked.parse_args()
    held, if_alike = defaultdict(list), defaultdict(list)
    for seed in range(101, 101 + given.markets):
        frame, rng = read_market(seed, given.customers), np.random.default_rng(seed)
        plan = read_plan(frame)
        for number in range(given.campaigns):
            size = SIZES[number % len(SIZES)]
            prepared = prepare_ground(draw_outcomes(frame, rng), plan, ask(size), rng)
            with threadpool_limits(limits=1):
                trial = run_trial(plan, prepared.ground, prepared.split)
            for row, made in zip(describe_stages(trial).to_dict("records"), trial.lists, strict=True):
                truth = find_true_precision(frame.iloc[trial.split.test], made)
                held[row["name"]].append(row["precision_ci_lower"] <= truth <= row["precision_ci_upper"])
                alike = wilson_interval(int(rng.binomial(size, truth)), size)
                if_alike[row["name"]].append(alike.lower <= truth <= alike.upper)
        done = len(next(iter(held.values())))
        print(f"market {seed}: {done} campaigns so far", flush=True)
    print(f"\n95% intervals that hold the true precision, lists of {SIZES[0]} to {SIZES[-1]:,}")
    every = [hit for hits in held.values() for hit in hits]
    for name, hits in [*held.items(), ("all stages", every)]:
        share = wilson_interval(sum(hits), len(hits))
        verdict = "met" if LOWEST <= share.value <= HIGHEST else "MISSED"
        beside = f"; were all chances alike {np.mean(if_alike[name]):.1%}" if name in if_alike else ""
        print(
            f"{name:20} {share.value:6.1%} of {len(hits):,} (95% CI {share.lower:.1%} to {share.upper:.1%}"
            f"{beside}) {verdict}"
        )


if __name__ == "__main__":
    main()
