from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.errors import ParameterError
from leadline.evaluate.judging.segment_cells import find_group_effects
from leadline.evaluate.judging.segments import compare_all_segments, compare_segments
from leadline.features.experiment import ExperimentDesign, ExperimentScan, parse_metrics
from leadline.features.experiment.scan_units import scan_frame

Scan = Callable[..., ExperimentScan]


def sell_more_in_the_west(campaign: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    bonus = (campaign["arm"] == "call") & (campaign["region"] == "west") & (rng.random(len(campaign)) < 0.25)
    return campaign.assign(is_sold=campaign["is_sold"] | bonus)


def test_the_effect_by_group_is_the_difference_within_it(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    found = compare_segments(scan_campaign(segments=("region",)), "region")
    assert found.arm == "call"
    shares = campaign.pivot_table("is_sold", "region", "arm")
    expected = shares["call"] - shares["held_out"]
    assert found.effects.set_index("group")["difference"].to_numpy() == pytest.approx(expected.to_numpy())
    means = campaign.groupby("arm")["is_sold"].mean()
    assert found.overall == pytest.approx(means["call"] - means["held_out"])


def test_a_covariate_adjusts_each_group_as_least_squares_does(
    campaign: pd.DataFrame, scan_campaign: Scan
) -> None:
    scan = scan_campaign("spend_cny: mean, CNY", covariates=("earlier_cny",), segments=("region",))
    found = compare_segments(scan, "region", arm="call").effects.set_index("group")["difference"]
    rows = campaign[campaign["arm"] != "sms"].reset_index(drop=True)
    cells = pd.get_dummies(rows["region"] + rows["arm"], dtype=float)
    design = np.column_stack([cells.to_numpy(), rows["earlier_cny"]])
    slopes = np.linalg.lstsq(design, rows["spend_cny"], rcond=None)[0]
    fitted = dict(zip(cells.columns, slopes[:-1], strict=True))
    for region, difference in found.items():
        assert difference == pytest.approx(fitted[f"{region}call"] - fitted[f"{region}held_out"])
    spread = find_group_effects(scan, scan.design.main, "region", "call").spread
    left = (rows["spend_cny"] - slopes[-1] * rows["earlier_cny"]).groupby([rows["region"], rows["arm"]]).var()
    assert spread[:, 0] == pytest.approx(left.xs("call", level="arm").to_numpy())
    assert spread[:, 1] == pytest.approx(left.xs("held_out", level="arm").to_numpy())


def test_a_ratio_is_linearised_in_each_group(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    scan = scan_campaign("spend_cny/orders: ratio, CNY", segments=("region",))
    found = compare_segments(scan, "region", arm="call")
    sums = campaign.pivot_table(["spend_cny", "orders"], "region", "arm", aggfunc="sum")
    ratios = sums["spend_cny"] / sums["orders"]
    expected = (ratios["call"] - ratios["held_out"]).to_numpy()
    assert found.effects["difference"].to_numpy() == pytest.approx(expected)


def test_a_difference_is_found_and_told_from_to(
    campaign: pd.DataFrame, scan_campaign: Scan, rng: np.random.Generator
) -> None:
    scan = scan_campaign(segments=("region",), frame=sell_more_in_the_west(campaign, rng))
    found = compare_segments(scan, "region")
    assert found.tests["p_value"].item() < 0.001
    assert "differs by region (interaction p below 0.001)" in found.summary
    assert found.summary.endswith("in west.")
    assert "p_value" not in found.table.columns


def test_no_difference_is_read_from_groups_that_share_one(scan_campaign: Scan) -> None:
    found = compare_segments(scan_campaign(segments=("region",)), "region")
    assert found.tests["p_value"].item() > 0.05
    assert "No evidence that the effect of call on “Sold” differs by region" in found.summary
    effects = found.effects
    assert effects["shrunken"].std() < 0.7 * effects["difference"].std()


def test_segments_are_corrected_for_their_number(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    frame = campaign.assign(half=np.where(np.arange(len(campaign)) % 2, "odd", "even"))
    found = compare_all_segments(scan_campaign(frame=frame, segments=("region", "half")))
    raw, adjusted = found.tests["p_value"], found.tests["p_adjusted"]
    assert adjusted.min() == pytest.approx(min(1.0, 2 * raw.min()))
    two = compare_segments(scan_campaign(frame=frame, segments=("half",)), "half").effects
    shares = frame[frame["arm"] != "sms"].groupby(["half", "arm"])["is_sold"].agg(["mean", "var", "count"])
    variances = (shares["var"] / shares["count"]).groupby("half").sum()
    z = (two["difference"].iloc[0] - two["difference"].iloc[1]) / np.sqrt(variances.sum())
    assert raw[1] == pytest.approx(2 * stats.norm.sf(abs(z)), abs=2e-3)


def test_small_groups_are_counted_together_and_said(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    region = (
        campaign["region"].mask(campaign.index < 30, "hills").mask(campaign.index.isin(range(30, 60)), "isle")
    )
    found = compare_segments(
        scan_campaign(frame=campaign.assign(region=region), segments=("region",)), "region"
    )
    assert set(found.effects["group"]) == {"north", "south", "west", "hills + isle"} or "joined" in str(
        found.tests
    )
    assert found.effects[["units", "control_units"]].to_numpy().min() >= 10
    assert found.tests["joined"].item() >= 2
    assert "counted together" in found.warnings[0]


def test_a_lone_small_group_takes_in_the_next(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    region = campaign["region"].mask(campaign.index < 9, "hills")
    found = compare_segments(
        scan_campaign(frame=campaign.assign(region=region), segments=("region",)), "region"
    )
    assert len(found.effects) == 3
    assert found.effects[["units", "control_units"]].to_numpy().sum() == (campaign["arm"] != "sms").sum()


def test_a_missing_group_is_a_group(campaign: pd.DataFrame, scan_campaign: Scan) -> None:
    region = campaign["region"].mask(campaign["region"] == "west")
    found = compare_segments(
        scan_campaign(frame=campaign.assign(region=region), segments=("region",)), "region"
    )
    assert "(missing)" in set(found.effects["group"])


def test_ten_thousand_groups_work(rng: np.random.Generator) -> None:
    size = 400_000
    frame = pd.DataFrame(
        {
            "arm": rng.choice(["held_out", "call"], size),
            "is_sold": rng.random(size) < 0.1,
            "shop": rng.integers(0, 10_000, size).astype(str),
        }
    )
    metrics = parse_metrics(["is_sold: conversion"])
    design = ExperimentDesign(arm="arm", control="held_out", metrics=metrics, segments=("shop",))
    found = compare_all_segments(scan_frame(frame, design))
    assert len(found.effects) > 9_000
    assert found.tests["p_value"].item() > 0.001
    assert found._repr_html_().count("<tr>") < 100
    assert "more groups" in found.figure().axes[0].get_xlabel()


def test_without_segments_the_result_says_so(scan_campaign: Scan) -> None:
    found = compare_all_segments(scan_campaign())
    assert found.summary == "No segment was named: the effect is told for all together."
    assert found.figure().get_label() == found.summary
    assert "<table" not in found._repr_html_()


@pytest.mark.parametrize(
    ("segment", "fields", "told"),
    [
        ("colour", {}, "“colour” is no segment of this test"),
        ("region", {"arm": "held_out"}, "there are: call, sms"),
        ("region", {"metric": "visits"}, "“visits” is no metric"),
        ("region", {"metric": "orders"}, "is a quantile"),
    ],
)
def test_what_is_not_there_is_refused(
    scan_campaign: Scan, segment: str, fields: dict[str, str], told: str
) -> None:
    scan = scan_campaign("is_sold: conversion", "orders: quantile 0.9", segments=("region",))
    with pytest.raises(ParameterError, match=told):
        compare_segments(scan, segment, **fields)  # type: ignore[arg-type]  # wrong on purpose


def test_record_and_figure_agree(scan_campaign: Scan) -> None:
    found = compare_segments(scan_campaign(segments=("region",)), "region")
    record = found.to_dict()
    assert set(record) == {"segment_tests", "segment_effects"}
    assert [set(row) & {"p_value", "p_adjusted"} for row in record["segment_effects"]["groups"]] == [
        set()
    ] * 3
    assert "west" in found.figure().get_label()
