from collections.abc import Callable

import pandas as pd
import pytest

from leadline.evaluate.judging.effects import compare_arms
from leadline.evaluate.judging.robustness import check_robustness
from leadline.features.experiment import ExperimentScan
from leadline.results import Result

Scan = Callable[..., ExperimentScan]


def test_every_way_is_shown_and_the_reported_one_marked(scan_campaign: Scan) -> None:
    scan = scan_campaign(
        "spend_cny: mean, CNY, winsorise 0.99", covariates=("earlier_cny",), segments=("region",)
    )
    found = check_robustness(scan)
    assert isinstance(found, Result)
    ways = found.ways[found.ways["arm"] == "call"].set_index("way")
    assert list(ways.index) == ["unadjusted", "cuped", "post_stratified", "both", "raw", "raw_cuped"]
    assert list(ways.index[ways["is_reported"]]) == ["cuped"]
    effects = compare_arms(scan).effects.set_index("arm").loc["call"]
    for name in ("difference", "difference_ci_lower", "p_value"):
        assert ways.loc["cuped", name] == pytest.approx(effects[name])
    assert ways.loc["unadjusted", "width"] == 1
    assert ways.loc["cuped", "width"] < 1 < ways.loc["raw", "width"]
    stratified = check_robustness(scan, adjust=False, strata=("region",)).ways
    assert set(stratified.loc[stratified["is_reported"], "way"]) == {"post_stratified"}
    assert found.is_robust
    assert "All 6 ways of estimating the effect" in found.summary
    assert "CUPED" in found.figure().get_label()
    assert "reported" in found._repr_html_()


def test_one_outlier_that_decides_is_told(scan_campaign: Scan, campaign: pd.DataFrame) -> None:
    rich = campaign.index[campaign["arm"] == "sms"][:12]
    campaign.loc[rich, "spend_cny"] = 3_000.0
    found = check_robustness(scan_campaign("spend_cny: mean, CNY, winsorise 0.98", frame=campaign))
    assert not found.is_robust
    assert "effect of “sms” on spend_cny hangs on how it is estimated" in found.summary
    assert found.to_dict()["is_robust"] is False


def test_what_a_useful_covariate_saves_is_said(scan_campaign: Scan, campaign: pd.DataFrame) -> None:
    campaign["after_cny"] = campaign["earlier_cny"] + 40 * campaign["is_sold"]
    found = check_robustness(scan_campaign("after_cny", frame=campaign, covariates=("earlier_cny",)))
    assert "agree in size, though not all tell it from chance with “call”" in found.summary
    assert "shorter than the unadjusted one, as if the test had held" in found.summary
    alone = check_robustness(scan_campaign("after_cny", frame=campaign))
    assert alone.summary == "after_cny can be estimated in one way only."
