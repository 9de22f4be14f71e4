"""The A/A replay: against scipy on one split, its promise kept and broken, and refused in words."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.errors import DataError, ParameterError
from leadline.evaluate.planning import PlanOrder, parse_arms, replay_aa
from leadline.evaluate.planning.replay import lay_out, split_often
from leadline.features.experiment import parse_metrics


def order(*arms: str) -> PlanOrder:
    return PlanOrder(shares=parse_arms(arms or ("none", "call")), effect=0.1)


def make_history(size: int = 3_000) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    before = rng.gamma(2.0, 50.0, size)
    bought = rng.random(size) < 0.1
    return pd.DataFrame(
        {
            "before": before,
            "spend": np.where(bought, before + rng.lognormal(4.0, 1.0, size), 0.0),
            "orders": 1 + rng.poisson(1.0, size),
            "sold": bought,
        }
    )


def test_a_split_is_tested_as_scipy_tests_it() -> None:
    history, shares = make_history(500), (0.3, 0.4)
    value = history["spend"].to_numpy()
    laid = lay_out(value, np.ones(500), np.empty((500, 0)))
    split = split_often([laid], shares, runs=3, seed=9)[0]
    drawn = np.random.default_rng(9).random((3, 500), dtype=np.float32)
    for run in range(3):
        control, treated = value[drawn[run] < 0.3], value[drawn[run] >= 0.6]
        told = stats.ttest_ind(treated, control, equal_var=False)
        assert split.p_value[run] == pytest.approx(told.pvalue, abs=1e-4)
        assert split.difference[run] == pytest.approx(treated.mean() - control.mean(), abs=1e-4)


def test_an_adjusted_split_is_the_analysis_of_covariance_within_arms() -> None:
    history = make_history(400)
    value, before = history["spend"].to_numpy(), history[["before"]].to_numpy()
    split = split_often([lay_out(value, np.ones(400), before)], (0.5, 0.5), runs=1, seed=2)[0]
    is_control = np.random.default_rng(2).random((1, 400), dtype=np.float32)[0] < 0.5
    inner = [before[side, 0] - before[side, 0].mean() for side in (is_control, ~is_control)]
    slope = sum(x @ value[side] for x, side in zip(inner, (is_control, ~is_control), strict=True)) / sum(
        x @ x for x in inner
    )
    adjusted = value - slope * before[:, 0]
    told = stats.ttest_ind(adjusted[~is_control], adjusted[is_control], equal_var=False)
    assert split.p_value[0] == pytest.approx(told.pvalue, abs=1e-4)


def test_the_test_keeps_its_word_on_plain_data() -> None:
    metrics = parse_metrics(["sold: conversion, as Sold", "spend: mean, CNY", "spend/orders: ratio"])
    result = replay_aa(make_history(), metrics, order(), covariates=["before"], seed=3)
    assert result.keeps_word
    assert result.asked["verdict"].eq("keeps its word").all()
    assert result.asked["alarms"].between(0.035, 0.065).all()
    assert (result.asked["uniform_p_value"] > 0.001).all()
    assert "keeps its word" in result.summary
    assert len(result.p_values) == 2_000


def test_a_few_huge_amounts_break_it_and_winsorising_mends_it() -> None:
    history = pd.DataFrame({"spend": np.random.default_rng(1).gamma(2.0, 50.0, 600)})
    history.loc[:3, "spend"] = 1e6
    result = replay_aa(history, parse_metrics(["spend: mean"]), order("none: 20%", "call: 80%"), seed=3)
    raw, cut = result.rows.to_dict("records")
    assert raw["verdict"] != "keeps its word"
    assert raw["alarms"] > 0.1
    assert cut["verdict"] == "keeps its word"
    assert cut["standard_error"] < raw["standard_error"] / 100
    assert not result.keeps_word
    assert "does not keep its word" in result.summary
    assert any("too many alarms" in text for text in result.warnings)


def test_a_metric_that_asks_for_winsorising_is_shown_without_it() -> None:
    metrics = parse_metrics(["spend: mean, winsorise 0.99"])
    rows = replay_aa(make_history(), metrics, order(), seed=3, runs=1_000).rows
    assert rows["is_asked"].tolist() == [True, False]
    assert rows["winsorise"].isna().tolist() == [False, True]
    assert rows["standard_error"][0] < rows["standard_error"][1]


def test_a_cut_that_changes_nothing_is_not_shown() -> None:
    history = pd.DataFrame({"cost": np.tile([0.0, 3.5], 500)})
    assert (
        replay_aa(history, parse_metrics(["cost: mean"]), order(), seed=3, runs=1_000).rows["is_asked"].all()
    )


def test_a_split_holds_as_many_as_the_test_will() -> None:
    rows = replay_aa(make_history(), parse_metrics(["spend: mean"]), order(), seed=3, units=600).rows
    alone = make_history()["spend"].std() * (4 / 600) ** 0.5
    assert rows["units"][0] == 600
    assert rows["standard_error"][0] == pytest.approx(alone, rel=0.05)


def test_two_replays_are_the_same_and_another_seed_is_not() -> None:
    first, again, other = (
        replay_aa(make_history(), parse_metrics(["sold: conversion"]), order(), seed=seed, runs=1_000)
        for seed in (1, 1, 2)
    )
    assert first.to_dict() == again.to_dict()
    assert first.to_dict() != other.to_dict()


def test_units_that_lack_a_metric_are_left_out_of_it_alone() -> None:
    history = make_history()
    history.loc[::3, "spend"] = np.nan
    rows = replay_aa(history, parse_metrics(["sold: conversion", "spend: mean"]), order(), seed=1).rows
    assert rows["units"].tolist() == [3_000, 2_000, 2_000]
    assert rows["base"][1] == pytest.approx(history["spend"].mean())


def test_the_result_draws_and_tells() -> None:
    result = replay_aa(make_history(), parse_metrics(["spend: mean, CNY, as Spend"]), order(), seed=1)
    assert "Spend, cut at" in result._repr_html_()
    assert result.figure().get_label().startswith("False alarms: Spend")
    assert result.kpis[0].value == result.rows["alarms"][0]


def test_a_history_that_cannot_be_replayed_is_refused() -> None:
    metrics = parse_metrics(["sold: conversion"])
    with pytest.raises(DataError, match="too few"):
        replay_aa(make_history(30), metrics, order(), seed=1)
    with pytest.raises(ParameterError, match="runs == 10"):
        replay_aa(make_history(), metrics, order(), seed=1, runs=10)
    with pytest.raises(DataError, match="no such column"):
        replay_aa(make_history(), parse_metrics(["sale: conversion"]), order(), seed=1)
    with pytest.raises(DataError, match="no metric can be replayed"):
        replay_aa(make_history(), parse_metrics(["spend: quantile 0.5"]), order(), seed=1)
