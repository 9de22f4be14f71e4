"""The survey's shares against the case's figures, and how often their 95% intervals hold the truth.

python benchmarks/market_survey.py               the bar: 100 seeds, >= 93 of 100 intervals hold, each share
python benchmarks/market_survey.py --calibrate   prints the parameters that meet the case (seeds 101 to 108)
"""

import argparse
from dataclasses import replace

import numpy as np
import pandas as pd

from leadline.discover import estimate_shares, name_shares, read_answers
from leadline.market.city import City, make_city
from leadline.market.life import HORIZON_MONTHS, draw_life
from leadline.market.market import plan_cities
from leadline.market.parameters import MarketParameters
from leadline.market.shares import CASE_SHARES, true_shares
from leadline.market.streams import Purpose
from leadline.market.survey import Answers, draw_answers, draw_survey, find_respondents
from leadline.market.truth import ARMS, Truth

CALIBRATION_SEEDS = range(101, 109)
VALUE_CNY = 120.0
WANTED_HELD = 93
#: Share → the parameter that moves it, and which way.
LEVERS = {
    "uses_often": ("use_base", 1),
    "finds_difficult": ("difficult_base", 1),
    "places_no_orders": ("orders_base", -1),
    "slow_data_has_broadband": ("slow_base", 1),
    "pc_is_substitute": ("substitute_base", 1),
}


def ask(parameters: MarketParameters, city: City) -> Answers:
    return draw_answers(parameters, city.truth, city.streams.open(Purpose.SURVEY))


def find_holders(parameters: MarketParameters, customers: int) -> Truth:
    """Return the account holders of all calibration markets as one."""
    parts = []
    for seed in CALIBRATION_SEEDS:
        for number, size in enumerate(plan_cities(parameters, customers)):
            truth = make_city(parameters, seed, number, size).truth
            parts.append({name: values[truth.is_holder] for name, values in vars(truth).items()})
    return Truth(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def live(parameters: MarketParameters, holders: Truth) -> Truth:
    """Draw their life anew; the same luck every time."""
    return replace(holders, **vars(draw_life(parameters, holders, np.random.default_rng(1))))


def find_share(parameters: MarketParameters, holders: Truth, name: str) -> float:
    answers = draw_answers(parameters, live(parameters, holders), np.random.default_rng(2))
    return float(true_shares([answers]).set_index("question")["share"][name])


def meet_share(parameters: MarketParameters, holders: Truth, name: str) -> MarketParameters:
    """Move the share's lever until the case's figure is met, by bisection."""
    lever, sign = LEVERS[name]
    low, high = -6.0, 6.0
    for _ in range(14):
        middle = (low + high) / 2
        excess = find_share(replace(parameters, **{lever: middle}), holders, name) - CASE_SHARES[name]
        low, high = (middle, high) if sign * excess < 0 else (low, middle)
    return replace(parameters, **{lever: round((low + high) / 2, 2)})


def calibrate(customers: int) -> None:
    parameters = MarketParameters()
    holders = find_holders(parameters, customers)
    for name, (lever, _) in LEVERS.items():
        parameters = meet_share(parameters, holders, name)
        value = getattr(parameters, lever)
        print(f"{lever} = {value}: {name} {find_share(parameters, holders, name):.3f}", flush=True)
    truth = live(parameters, holders)
    won = truth.value_cny[truth.outcome[:, ARMS.index("call")]].mean()
    print(f"contributions times {VALUE_CNY / won:.4f} (a subscriber won by a call: {won:.1f} CNY)")
    kept = truth.months_kept[truth.subscribed_before]
    print(
        f"given up within a year: {(kept < HORIZON_MONTHS).mean():.1%} of {len(kept):,} who have the service"
    )


def measure_coverage(seeds: int, customers: int) -> int:
    parameters, rows = MarketParameters(), []
    for seed in range(1, seeds + 1):
        answers = [
            ask(parameters, make_city(parameters, seed, number, size))
            for number, size in enumerate(plan_cities(parameters, customers))
        ]
        survey = draw_survey(parameters, [find_respondents(parameters, city) for city in answers])
        found = estimate_shares(read_answers(survey), name_shares()).shares
        rows.append(found.merge(true_shares(answers), on="question"))
    results = pd.concat(rows)
    truth, lower, upper = (results[f"share_{end}"] for end in ("y", "ci_lower", "ci_upper"))
    results["held"] = (lower <= truth) & (truth <= upper)
    results["width"] = upper - lower
    table = results.groupby("question", sort=False).agg(
        truth=("share_y", "mean"),
        width=("width", "mean"),
        respondents=("respondents", "mean"),
        held=("held", "sum"),
    )
    table.insert(0, "case", pd.Series(CASE_SHARES))
    print(f"{seeds} seeds, {customers:,} customers each\n{table.round(3).to_string()}")
    return int(100 * table["held"].min() / seeds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--customers", type=int, default=1_000_000)
    options = parser.parse_args()
    if options.calibrate:
        calibrate(options.customers)
    else:
        held = measure_coverage(options.seeds, options.customers)
        print(f"intervals that hold, worst share: {held} of 100 (bar: {WANTED_HELD})")
        raise SystemExit(held < WANTED_HELD)
