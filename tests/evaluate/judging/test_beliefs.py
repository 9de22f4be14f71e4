from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from leadline.evaluate.judging.beliefs_result import read_beliefs, tell_chance
from leadline.evaluate.judging.effects import compare_arms
from leadline.features.experiment import ExperimentScan
from leadline.results import Result

Scan = Callable[..., ExperimentScan]


def test_the_belief_lies_between_the_prior_and_what_was_seen(scan_campaign: Scan) -> None:
    effects = compare_arms(
        scan_campaign("is_sold: conversion, as Sold", "complained: conversion, lower is better")
    )
    found = read_beliefs(effects)
    assert isinstance(found, Result)
    call = found.beliefs.iloc[0]
    seen = effects.effects.iloc[0]
    assert call["prior"] == pytest.approx(0.3 * seen["control_value"])
    assert 0 < call["belief"] < seen["difference"]
    assert call["is_better"] > 0.999
    falls = found.beliefs[found.beliefs["metric"] == "complained"]
    signs = effects.effects.loc[effects.effects["metric"] == "complained", "difference"].to_numpy() < 0
    assert ((falls["is_better"] > 0.5).to_numpy() == signs).all()
    assert "above 99.9%" in found.summary
    assert "±30.0%" in found.summary
    assert "beliefs" in found.to_dict()
    assert "Sold: call" in found.figure().get_label()
    assert "Expected loss" in found._repr_html_()


def test_a_wide_prior_leaves_the_estimate_alone(scan_campaign: Scan) -> None:
    effects = compare_arms(scan_campaign(), prior_lift=1_000.0)
    np.testing.assert_allclose(effects.beliefs["belief"], effects.effects["difference"], rtol=1e-4)


def test_no_belief_about_a_share_of_nothing(scan_campaign: Scan, campaign: pd.DataFrame) -> None:
    campaign["noise"] = campaign["earlier_cny"] - campaign["earlier_cny"].mean()
    found = read_beliefs(compare_arms(scan_campaign("is_sold: conversion", "noise", frame=campaign)))
    assert found.beliefs.loc[found.beliefs["metric"] == "noise", "is_better"].isna().all()
    assert any("noise" in warning for warning in found.warnings)


def test_near_certainty_is_told_by_its_bound() -> None:
    assert [tell_chance(one) for one in (0.99999, 0.5, 0.0001)] == ["above 99.9%", "50.0%", "below 0.1%"]
