import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from leadline.evaluate.estimates.cells import read_metric
from leadline.evaluate.estimates.effects import adjust_means
from leadline.features.experiment import ExperimentDesign, ExperimentScan, parse_metrics
from leadline.features.experiment.aggregates import scan_aggregates
from leadline.features.experiment.fold import fold_moments
from leadline.features.experiment.scan_units import scan_frame

Scan = Callable[..., ExperimentScan]
SPEND = "spend_cny: mean, CNY"


def make_units(rng: np.random.Generator, size: int = 2_000) -> pd.DataFrame:
    earlier = rng.gamma(2.0, 50.0, size)
    orders = rng.poisson(1.0, size)
    return pd.DataFrame(
        {
            "unit": [f"U{number:04d}" for number in range(size)],
            "arm": rng.choice(["none", "mail", "call"], size),
            "day": pd.Timestamp("2025-06-02") + pd.to_timedelta(rng.integers(0, 5, size), unit="D"),
            "region": rng.choice(["north", "south"], size),
            "earlier": earlier,
            "sold": orders > 0,
            "spend_cny": orders * (earlier + rng.gamma(2.0, 20.0, size)),
            "orders": orders,
        }
    )


@pytest.fixture
def units(rng: np.random.Generator) -> pd.DataFrame:
    return make_units(rng)


def scan(frame: pd.DataFrame, *metrics: str, **fields: object) -> ExperimentScan:
    return scan_frame(
        frame,
        ExperimentDesign(arm="arm", control="none", metrics=parse_metrics(metrics or (SPEND,)), **fields),
    )


def finding(scan: ExperimentScan, check: str) -> tuple[int, int, str]:
    row = scan.findings.set_index("check").loc[check]
    return int(row["wrong"]), int(row["total"]), row["first"]


def test_each_metric_has_the_moments_of_the_units_that_have_it(units: pd.DataFrame) -> None:
    frame = units.assign(visits=np.where(units.index % 7 == 0, np.nan, units["orders"] + 1.0))
    found = scan(
        frame,
        SPEND,
        "sold: conversion, unadjusted",
        "spend_cny/visits: ratio",
        covariates=("earlier",),
        segments=("region",),
        day="day",
    )
    assert found.arms == ("none", "call", "mail")
    assert found.units["units"].sum() == len(frame)
    for key, rows, columns in (
        ("spend_cny", frame, ["spend_cny", "earlier"]),
        ("sold", frame, ["sold"]),
        ("spend_cny/visits", frame.dropna(), ["spend_cny", "visits", "earlier"]),
    ):
        told = read_metric(found, key)
        assert list(told.columns) == columns
        for place, arm in enumerate(found.arms):
            values = rows.loc[rows["arm"] == arm, columns].astype(float)
            assert told.count[place] == len(values)
            np.testing.assert_allclose(told.means[place], values.mean(), rtol=1e-12)
            np.testing.assert_allclose(
                told.comoments[place] / len(values), np.cov(values.T, ddof=0), rtol=1e-9
            )


@pytest.mark.covers("controls", "orders_as_units")
def test_rows_of_a_unit_are_added_up(units: pd.DataFrame) -> None:
    halves = pd.concat([units.assign(spend_cny=units["spend_cny"] * share) for share in (0.25, 0.75)])
    halves = halves.assign(
        sold=(halves["spend_cny"] > 0).map({True: "yes", False: "no"}), orders=halves["orders"] / 2
    )
    metrics = (SPEND, "sold: conversion", "spend_cny/orders: ratio")
    once = scan(units, *metrics, unit="unit", covariates=("earlier",))
    twice = scan(halves, *metrics, unit="unit", covariates=("earlier",))
    assert twice.units["units"].sum() == len(units)
    assert finding(twice, "repeated_units")[0] == (units["spend_cny"] == 0).sum()
    for key in once.moments:
        ours, theirs = read_metric(twice, key), read_metric(once, key)
        np.testing.assert_allclose(ours.means, theirs.means, rtol=1e-12)
        np.testing.assert_allclose(ours.comoments, theirs.comoments, rtol=1e-9)


def test_who_cannot_be_counted_is_left_out_and_told(units: pd.DataFrame) -> None:
    frame = pd.concat([units, units.iloc[:2].assign(arm="other")], ignore_index=True)
    frame.loc[5:7, "arm"] = None
    frame.loc[8, "arm"] = " "
    start, end = dt.date(2025, 6, 3), dt.date(2025, 6, 5)
    found = scan(frame, unit="unit", day="day", start=start, end=end)
    assert finding(found, "two_arms") == (2, len(units), "U0000, U0001")
    assert finding(found, "no_arm")[::2] == (4, "U0005, U0006, U0007, U0008")
    inside = frame.iloc[2 : len(units)].dropna(subset="arm").query("arm != ' '")
    inside = inside[inside["day"].between("2025-06-03", "2025-06-05")]
    assert found.units["units"].sum() == read_metric(found, "spend_cny").count.sum() == len(inside)
    assert (
        finding(found, "outside_period")[0]
        == (~units["day"].iloc[2:].between("2025-06-03", "2025-06-05")).sum()
    )


def test_times_in_the_wrong_order_are_found(units: pd.DataFrame) -> None:
    outcome = units["day"] + pd.Timedelta(hours=9)
    frame = units.assign(exposed=units["day"] + pd.Timedelta(hours=8), outcome=outcome)
    frame.loc[[3, 9], "exposed"] += pd.Timedelta(hours=2)
    frame.loc[[4], "outcome"] = pd.Timestamp("2025-06-01 23:59")
    frame.loc[[11, 12], "outcome"] = pd.NaT
    times = {"exposed_at": "exposed", "outcome_at": "outcome"}
    found = scan(frame, unit="unit", start=dt.date(2025, 6, 2), **times)
    assert finding(found, "late_exposures") == (3, len(frame) - 2, "U0003, U0004, U0009")
    assert finding(found, "early_outcomes") == (1, len(frame) - 2, "U0004")
    zoned = frame.assign(outcome=frame["outcome"].dt.tz_localize("Asia/Shanghai"))
    with pytest.raises(Exception, match="exposed has no time zone, outcome has time zone"):
        scan(zoned, **times)


def test_missing_covariates_are_filled_and_flagged(units: pd.DataFrame) -> None:
    gap = units.index % 5 == 0
    frame = units.assign(earlier=units["earlier"].mask(gap), age=units["orders"] * 0 + units.index % 40)
    found = scan(frame, covariates=("earlier", "age"))
    told = found.moments["spend_cny"]
    assert told.covariates == ("earlier", "earlier is missing", "age")
    moments = read_metric(found, "spend_cny")
    assert moments.count.sum() == len(frame)
    np.testing.assert_allclose(
        moments.means[:, 2], frame["earlier"].isna().groupby(frame["arm"]).mean()[list(found.arms)]
    )
    # What fills the gap does not matter to the adjusted means.
    other = frame.assign(earlier=frame["earlier"].fillna(-999.0), gap=gap.astype(float))
    by_hand = read_metric(scan(other, covariates=("earlier", "gap", "age")), "spend_cny")
    ours = adjust_means(moments, "spend_cny", told.covariates)
    theirs = adjust_means(by_hand, "spend_cny", ("earlier", "gap", "age"))
    np.testing.assert_allclose([one.value for one in ours], [one.value for one in theirs], rtol=1e-9)


def test_winsorising_cuts_all_arms_at_one_quantile(units: pd.DataFrame) -> None:
    found = scan(units, "spend_cny: mean, winsorise 0.9", covariates=("earlier",))
    told = found.moments["spend_cny"]
    cut = units["spend_cny"].quantile(0.9)
    assert (told.raw, told.value) == ("spend_cny", "spend_cny (winsorised)")
    moments = read_metric(found, "spend_cny")
    by_arm = units.assign(cut=units["spend_cny"].clip(upper=cut)).groupby("arm")
    order = list(found.arms)
    np.testing.assert_allclose(
        moments.means[:, moments.place(told.value)], by_arm["cut"].mean()[order], rtol=1e-12
    )
    np.testing.assert_allclose(
        moments.means[:, moments.place(told.raw)], by_arm["spend_cny"].mean()[order], rtol=1e-12
    )
    cuts = found.cuts.set_index("arm").loc[order]
    assert cuts["cut"].tolist() == pytest.approx([cut] * 3)
    assert (
        cuts["cut_units"].tolist() == (units["spend_cny"] > cut).groupby(units["arm"]).sum()[order].tolist()
    )


def test_cells_are_named_in_words(units: pd.DataFrame) -> None:
    frame = units.assign(
        zone=np.where(units.index % 10 == 0, np.nan, 1.0 + units.index % 2),
        arm=units["arm"].map({"none": 0, "mail": 1, "call": 2}),
    )
    design = ExperimentDesign(arm="arm", control="0", metrics=parse_metrics([SPEND]), segments=("zone",))
    found = scan_frame(frame, design)
    assert found.arms == ("0", "1", "2")
    assert set(found.units["zone"].dropna()) == {"1", "2"}
    assert found.units.loc[found.units["zone"].isna(), "units"].sum() == len(frame) / 10


def test_ten_thousand_segments_are_scanned(rng: np.random.Generator) -> None:
    frame = make_units(rng, 40_000).assign(shop=np.arange(40_000) % 10_000)
    found = scan(frame, segments=("shop",))
    assert found.units["shop"].nunique() == 10_000
    assert read_metric(found, "spend_cny").count.sum() == len(frame)


def test_parts_are_folded_as_if_they_were_one(rng: np.random.Generator) -> None:
    values = 1e6 + rng.normal(size=(900, 2))
    part = rng.integers(0, 7, 900)
    rows = []
    for number in range(8):  # the last has no rows
        some = values[part == number]
        spread = np.cov(some.T, ddof=0) if len(some) else np.full((2, 2), np.nan)
        mean = some.mean(axis=0) if len(some) else [np.nan] * 2
        rows.append(("a", len(some), *mean, spread[0, 0], spread[0, 1], spread[1, 1]))
    names = ["cell", "count", "x_mean", "y_mean", "x__x_cov", "x__y_cov", "y__y_cov"]
    found = fold_moments(pd.DataFrame(rows, columns=names), by=["cell"], columns=["x", "y"]).iloc[0]
    wanted = np.cov(values.T, ddof=0)
    assert found["count"] == 900
    np.testing.assert_allclose(found[["x_mean", "y_mean"]].to_list(), values.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(found[names[4:]].to_list(), wanted[[0, 0, 1], [0, 1, 1]], rtol=1e-8)


@pytest.mark.parametrize("unit", ["unit", None])
def test_columns_may_be_called_as_cells_are(units: pd.DataFrame, unit: str | None) -> None:
    rng = np.random.default_rng(5)
    frame = units.rename(columns={"arm": "g", "day": "entered"}).assign(
        day=units["spend_cny"].mask(units.index % 9 == 0), arm=units["earlier"], units=rng.random(len(units))
    )
    design = ExperimentDesign(
        arm="g",
        control="none",
        metrics=parse_metrics(
            ["day: mean, winsorise 0.99", "arm: mean", "units/count: ratio", "rows: conversion"]
        ),
        covariates=("unit of test",),
        segments=("region",),
        day="entered",
        unit=unit,
    )
    frame = frame.assign(
        count=units["orders"] + 1.0, rows=units["sold"], **{"unit of test": rng.random(len(units))}
    )
    own = {"day": "a", "arm": "b", "units": "c", "count": "d", "rows": "e", "unit of test": "f"}
    plain = replace(
        design,
        metrics=parse_metrics(["a: mean, winsorise 0.99", "b: mean", "c/d: ratio", "e: conversion"]),
        covariates=("f",),
    )
    found, wanted = scan_frame(frame, design), scan_frame(frame.rename(columns=own), plain)
    pd.testing.assert_frame_equal(found.units, wanted.units)
    assert list(found.moments) == ["day", "arm", "units/count", "rows"]
    for ours, theirs in zip(found.moments, wanted.moments, strict=True):
        np.testing.assert_allclose(read_metric(found, ours).means, read_metric(wanted, theirs).means)
        np.testing.assert_allclose(read_metric(found, ours).comoments, read_metric(wanted, theirs).comoments)


def test_a_covariate_may_be_called_arm(units: pd.DataFrame) -> None:
    frame = units.rename(columns={"arm": "g"}).assign(arm=units["earlier"])
    design = ExperimentDesign(arm="g", control="none", metrics=parse_metrics([SPEND]), covariates=("arm",))
    found = read_metric(scan_frame(frame, design), "spend_cny")
    np.testing.assert_allclose(
        found.means[:, 1], frame.groupby("g")["arm"].mean()[["none", "call", "mail"]], rtol=1e-12
    )


@pytest.mark.parametrize("control", ["False", "false"])
def test_flags_name_arms_in_one_way(units: pd.DataFrame, control: str) -> None:
    frame = units.assign(arm=units["arm"] != "none")
    design = ExperimentDesign(arm="arm", control=control, metrics=parse_metrics(["spend_cny: mean"]))
    found = scan_frame(frame, design)
    assert (found.arms, found.design.control) == (("false", "true"), "false")
    table = frame.groupby("arm")["spend_cny"].agg(["count", "mean", "var"]).reset_index()
    told = scan_aggregates(table.rename(columns={"var": "variance"}), metrics=design.metrics, control=control)
    assert told.arms == found.arms
    np.testing.assert_allclose(read_metric(told, "spend_cny").means, read_metric(found, "spend_cny").means)
