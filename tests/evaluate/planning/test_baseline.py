"""What history tells of a metric: by hand, against known truth, and refused in words."""

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.evaluate.planning.baseline import assume_share, measure_baselines
from leadline.features.experiment import parse_metrics
from leadline.intervals import wilson_interval


def make_history(size: int = 4_000, seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    earlier = rng.gamma(2.0, 50.0, size)
    return pd.DataFrame(
        {
            "arm": rng.choice(["none", "call"], size),
            "earlier": earlier,
            "spend": earlier + rng.normal(0, earlier.std() / 2, size) + 300,
            "orders": 1 + rng.poisson(2.0, size),
            "sold": rng.random(size) < 0.1,
        }
    )


def test_value_and_spread_are_those_of_the_units_left_alone() -> None:
    history = make_history()
    history.loc[history["arm"] == "call", "spend"] += 1_000
    alone = history[history["arm"] == "none"]
    sold, spend = measure_baselines(
        history,
        parse_metrics(["sold: conversion", "spend: mean"]),
        ["earlier"],
        arm="arm",
        untouched="none",
    )
    assert sold.value == wilson_interval(int(alone["sold"].sum()), len(alone))
    assert spend.units == len(alone)
    assert spend.value.value == pytest.approx(alone["spend"].mean())
    assert spend.sd == pytest.approx(alone["spend"].std())
    # What the campaign added is no spread that covariates fail to explain: a quarter over five quarters.
    assert spend.variance_left.value == pytest.approx(0.2, abs=0.03)


def test_what_covariates_leave_is_1_less_r_squared_with_an_interval_that_holds_it() -> None:
    held, runs = 0, 300
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        before = rng.exponential(1.0, 400)
        frame = pd.DataFrame({"before": before, "after": before + rng.exponential(1.0, 400)})
        left = measure_baselines(frame, parse_metrics(["after: mean"]), ["before"])[0].variance_left
        held += left.lower <= 0.5 <= left.upper
    assert held / runs > 0.91


def test_a_ratio_spreads_as_the_ratios_of_many_samples_do() -> None:
    history = make_history(200_000)
    ratio = measure_baselines(history, parse_metrics(["spend/orders: ratio"]))[0]
    samples = history[["spend", "orders"]].to_numpy().reshape(400, 500, 2).sum(axis=1)
    ratios = samples[:, 0] / samples[:, 1]
    assert ratio.value.value == pytest.approx(history["spend"].sum() / history["orders"].sum())
    assert ratio.sd / 500**0.5 == pytest.approx(ratios.std(), rel=0.1)


def test_a_missing_covariate_costs_no_unit_and_its_gap_may_explain() -> None:
    history = make_history()
    history.loc[::4, "earlier"] = np.nan
    spend = measure_baselines(history, parse_metrics(["spend: mean"]), ["earlier"])[0]
    assert spend.units == len(history)
    assert 0.3 < spend.variance_left.value < 0.5  # a quarter unexplained, the rest to a fifth
    history.loc[::4, "spend"] += 10_000
    spend = measure_baselines(history, parse_metrics(["spend: mean"]), ["earlier"])[0]
    assert spend.variance_left.value < 0.01


def test_an_unadjusted_metric_is_planned_without_covariates() -> None:
    told = measure_baselines(make_history(), parse_metrics(["spend: mean, unadjusted"]), ["earlier"])[0]
    assert told.variance_left.value == 1


def test_winsorising_takes_the_largest_values_out_of_the_spread() -> None:
    history = make_history()
    history.loc[0, "spend"] = 1e6
    raw = measure_baselines(history, parse_metrics(["spend: mean"]))
    cut = measure_baselines(history, parse_metrics(["spend: mean, winsorise 0.99"]))
    assert cut[0].sd < raw[0].sd / 100
    assert cut[0].skewness < raw[0].skewness / 10


def test_the_ends_of_what_history_allows_enclose_the_truth() -> None:
    held, runs = 0, 200
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        values = pd.DataFrame({"spend": rng.gamma(2.0, 1.0, 500)})
        base = measure_baselines(values, parse_metrics(["spend: mean"]))[0]
        best, worst = base.at_best(), base.at_worst()
        held += best.sd / base.value.value <= 1 / 2**0.5 <= worst.sd / base.value.value
    assert held / runs > 0.9


def test_an_assumed_share_has_no_range() -> None:
    base = assume_share(parse_metrics(["sold: conversion"])[0], 0.09)
    assert base.at_best() is base
    assert base.lift(0.1) == pytest.approx(0.009)
    assert not base.allows(11)


def test_every_problem_of_a_history_is_named_at_once() -> None:
    history = make_history(100).assign(
        flat=3.0, text="a", wild=np.inf, gone=np.nan, loss=lambda frame: -frame["spend"], zero=0
    )
    metrics = parse_metrics(
        [
            "flat: mean",
            "text: mean",
            "loss: mean",
            "spend: conversion",
            "spend/zero: ratio",
            "sold: conversion",
        ]
    )
    with pytest.raises(DataError) as caught:
        measure_baselines(history, metrics)
    told = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 5
    for part in (
        "flat: is the same",
        "text: holds",
        "loss: is -",
        "spend: a share is asked",
        "zero: is 0 on",
    ):
        assert part in told
    with pytest.raises(DataError, match="infinite"):
        measure_baselines(history, parse_metrics(["wild: mean"]))
    with pytest.raises(DataError, match="all 100 values are missing"):
        measure_baselines(history, parse_metrics(["gone: mean"]))
    with pytest.raises(DataError, match="a covariate must be known before"):
        measure_baselines(history, parse_metrics(["spend: mean"]), ["spend"])
    with pytest.raises(DataError, match="not of a quantile"):
        measure_baselines(history, parse_metrics(["spend: quantile 0.9"]))
    with pytest.raises(DataError, match="left alone, one of: call, none"):
        measure_baselines(history, parse_metrics(["spend: mean"]), arm="arm", untouched="nobody")
