"""How often the 95% interval of a stage's precision holds the truth, over simulated campaigns.

Bar: in 93 to 97% of at least 500 campaigns. A campaign draws a fifth of a population of several fresh
markets, and what everybody does anew from the chances that the market gives; the plan that ships for the
market makes its lists of 200 to 1,000 held-out customers; the interval is the one that `stage_models`
reports. Two truths are asked for. *The stage*: what its lists are expected to hold among customers drawn as
these were, which is what a report speaks of. *The list*: the mean chance of just those listed. Given a
list, outcomes are independent, each with a chance of its own, so that their count varies less than one of
equal chances; Wilson's interval, which cannot know who is likely, is then too wide rather than too narrow,
most of all where a list mixes likely and unlikely customers.
"""

import argparse

import numpy as np
import pandas as pd
from stage_order import DESIGNS, OUTCOMES, TARGET, find_true_precision, read_market, read_plan
from threadpoolctl import threadpool_limits

from leadline.channels import CHANNELS
from leadline.intervals import wilson_interval
from leadline.target.channel_outcomes import ChannelOutcomes
from leadline.target.describe import describe_stages
from leadline.target.encode import read_attribute
from leadline.target.holdout import draw_split
from leadline.target.plan import StagePlan
from leadline.target.trial import Ground, run_trial

SIZES = (200, 350, 500, 750, 1_000)
LOWEST, HIGHEST = 0.93, 0.97
DRAWN = 0.2


def read_population(seeds: range, customers: int) -> tuple[pd.DataFrame, StagePlan]:
    markets = []
    for seed in seeds:
        frame = read_market(seed, customers)
        plan = read_plan(frame)
        chances = [f"chance_{channel}" for channel in CHANNELS]
        markets.append(frame[list(dict.fromkeys([*plan.columns, *plan.asked, "is_matched", *chances]))])
        print(f"market {seed} read", flush=True)
    return pd.concat(markets, ignore_index=True), plan


def draw_campaign(
    population: pd.DataFrame, plan: StagePlan, list_size: int, rng: np.random.Generator
) -> pd.DataFrame:
    """One row a stage: its interval, and the mean chance of those listed."""
    rows = rng.choice(len(population), round(DRAWN * len(population)), replace=False)
    frame = population.iloc[np.sort(rows)].reset_index(drop=True)
    draw = rng.random(len(frame))  # one a customer: who says yes to one channel says it to a better one
    buys = {name: draw < frame[f"chance_{name}"].to_numpy() for name in OUTCOMES}
    ground = Ground(
        frame=frame,
        attributes=[read_attribute(frame[column]) for column in plan.columns],
        buys=buys[TARGET.removeprefix("subscribes_")],
        among={"is_matched": frame["is_matched"].to_numpy(dtype=bool)},
        outcomes=ChannelOutcomes(by_channel=buys),
        tie_order=rng.permutation(len(frame)),
        list_size=list_size,
    )
    with threadpool_limits(limits=1):
        trial = run_trial(plan, ground, draw_split(ground.buys, DESIGNS[0][0], rng))
    held_out = frame.iloc[trial.split.test]
    intervals = describe_stages(trial)[["name", "list_size", "precision_ci_lower", "precision_ci_upper"]]
    return intervals.assign(chance=[find_true_precision(held_out, made) for made in trial.lists])


def report(found: pd.DataFrame) -> None:
    of_stage = found.groupby(["name", "list_size"])["chance"].transform("mean")
    for what, truth in (("the stage", of_stage), ("the list", found["chance"])):
        held = truth.between(found["precision_ci_lower"], found["precision_ci_upper"])
        print(f"\n95% intervals that hold the true precision of {what}")
        for name, hits in [*held.groupby(found["name"], sort=False), ("all stages", held)]:
            share = wilson_interval(int(hits.sum()), len(hits))
            verdict = "met" if LOWEST <= share.value <= HIGHEST else "MISSED"
            interval = f"95% CI {share.lower:.1%} to {share.upper:.1%}"
            print(f"{name:20} {share.value:6.1%} of {len(hits):,} ({interval}) {verdict}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=150_000, help="of each market")
    asked.add_argument("--markets", type=int, default=5, help="seeds, from 101")
    asked.add_argument("--campaigns", type=int, default=500, help="in all, over the list sizes")
    given = asked.parse_args()
    population, plan = read_population(range(101, 101 + given.markets), given.customers)
    rng = np.random.default_rng(7)
    found = []
    for number in range(given.campaigns):
        found.append(draw_campaign(population, plan, SIZES[number % len(SIZES)], rng))
        if not (number + 1) % 100:
            print(f"{number + 1} campaigns", flush=True)
    report(pd.concat(found, ignore_index=True))


if __name__ == "__main__":
    main()
