"""The survey's shares against the case's figures, and how often their 95% intervals hold the truth.

python benchmarks/market_survey.py               the bar: 100 seeds, >= 93 of 100 intervals hold, each share
python benchmarks/market_survey.py --calibrate   prints the parameters that meet the case (seeds 101 to 108)
"""

import argparse
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from leadline.market.city import City, make_city
from leadline.market.life import draw_life
from leadline.market.market import plan_cities
from leadline.market.parameters import MarketParameters
from leadline.market.shares import CASE_SHARES, estimate_shares, true_shares
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


def relive(parameters: MarketParameters, city: City) -> City:
    """The same people with other parameters of life."""
    life = draw_life(parameters, city.truth, city.streams.open(Purpose.LIFE))
    return replace(city, truth=Truth(**vars(city.truth) | vars(life)))


def find_share(parameters: MarketParameters, cities: list[City], name: str) -> float:
    shares = true_shares([ask(parameters, relive(parameters, city)) for city in cities])
    return float(shares.set_index("share_name").at[name, "share"])


def bisect(measure: Callable[[float], float], wanted: float, sign: int, low: float, high: float) -> float:
    for _ in range(18):
        middle = (low + high) / 2
        low, high = (middle, high) if sign * (measure(middle) - wanted) < 0 else (low, middle)
    return (low + high) / 2


def calibrate(customers: int) -> None:
    parameters = MarketParameters()
    cities = [
        make_city(parameters, seed, number, size)
        for seed in CALIBRATION_SEEDS
        for number, size in enumerate(plan_cities(parameters, customers))
    ]
    for name, (lever, sign) in LEVERS.items():
        value = bisect(
            lambda at, name=name, lever=lever: find_share(replace(parameters, **{lever: at}), cities, name),
            CASE_SHARES[name],
            sign,
            -6,
            6,
        )
        parameters = replace(parameters, **{lever: round(value, 2)})
        print(f"{lever} = {value:.2f}: {name} {find_share(parameters, cities, name):.3f}", flush=True)
    lives = [relive(parameters, city).truth for city in cities]
    won = np.concatenate([truth.value_cny[truth.outcome[:, ARMS.index("call")]] for truth in lives])
    print(
        f"contributions times {VALUE_CNY / won.mean():.4f} (a subscriber won by a call: {won.mean():.1f} CNY)"
    )
    kept = np.concatenate([truth.months_kept[truth.subscribed_before] for truth in lives])
    print(f"given up within a year: {(kept < kept.max()).mean():.1%} of those who have the service")


def measure_coverage(seeds: int, customers: int) -> int:
    parameters, rows = MarketParameters(), []
    for seed in range(1, seeds + 1):
        answers = [
            ask(parameters, make_city(parameters, seed, number, size))
            for number, size in enumerate(plan_cities(parameters, customers))
        ]
        survey = draw_survey(parameters, [find_respondents(parameters, city) for city in answers])
        rows.append(estimate_shares(survey).merge(true_shares(answers), on=["share_name", "meaning"]))
    results = pd.concat(rows)
    truth, lower, upper = (results[f"share_{end}"] for end in ("y", "ci_lower", "ci_upper"))
    results["held"] = (lower <= truth) & (truth <= upper)
    results["width"] = upper - lower
    table = results.groupby("share_name", sort=False).agg(
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
