"""Each test that cannot be evaluated is refused in words, with all that is wrong at once."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, LeadlineError, ParameterError
from leadline.features.experiment import ExperimentDesign, parse_metrics
from leadline.features.experiment.scan_units import scan_frame
from tests.features.experiment.test_scan_units import make_units

FEW = ["spend_cny: mean", "sold: conversion", "spend_cny/orders: ratio"]


def refuse(frame: pd.DataFrame, *metrics: str, **fields: object) -> str:
    design = {"arm": "arm", "control": "none", "metrics": parse_metrics(metrics or FEW), **fields}
    with pytest.raises(LeadlineError) as told:
        scan_frame(frame, ExperimentDesign(**design))
    assert isinstance(told.value, DataError | ParameterError)
    return str(told.value)


@pytest.fixture
def units(rng: np.random.Generator) -> pd.DataFrame:
    return make_units(rng, 600)


def test_arms_that_cannot_be_compared(units: pd.DataFrame) -> None:
    assert "none is the only arm" in refuse(units.assign(arm="none"))
    told = refuse(units, control="nome")
    assert "no arm is called 'nome'; the arms are call, mail, none. Did you mean 'none'?" in told
    for size, told in (
        (1, "sms has 1 unit; a report"),
        (9, "sms has 9 units; a report speaks of 10 or more"),
    ):
        few = units.assign(arm=np.where(units.index < size, "sms", units["arm"]))
        assert told in (refused := refuse(few))
        assert "Leave the arm out (only: arm != sms), or join it to another" in refused
    assert "600 arms; more than 50 look like an id" in refuse(units, arm="unit", control="U0000")


def test_metrics_that_tell_nothing(units: pd.DataFrame) -> None:
    frame = units.assign(
        same=7.0, gone=np.nan, below=0.0, huge=units["spend_cny"].where(units.index != 3, np.inf)
    )
    told = refuse(
        frame,
        "same",
        "gone",
        "spend_cny/below: ratio",
        "huge: mean",
        "spend_cny: mean",
        "spend_cny: quantile 0.5",
    )
    for part in (
        "same: is 7 for every unit; nothing can be compared",
        "gone: all values are missing",
        "below: is 0 on average in none; no ratio can be made of it",
        "huge: 1 values are infinite",
    ):
        assert part in told
    assert "(6 problems)" in told  # the empty denominator in each of three arms


@pytest.mark.parametrize("wrong", [-1, 2, 0.5])
def test_a_share_is_of_yes_and_no(units: pd.DataFrame, wrong: float) -> None:
    frame = units.assign(sold=units["sold"].astype(float).where(units.index > 1, wrong))
    assert "sold: 2 values are neither yes nor no, 1 nor 0 (such as" in refuse(frame, "sold: conversion")
    words = units.assign(sold=np.where(units.index == 5, "perhaps", np.where(units["sold"], "是", "No ")))
    assert "sold: 1 values are neither yes nor no, 1 nor 0 (such as 'perhaps')" in refuse(
        words, "sold: conversion"
    )


def test_covariates_that_were_not_known_before(units: pd.DataFrame) -> None:
    assert "orders: is what a metric measures" in refuse(units, covariates=("orders",))
    late = units.assign(late=units["earlier"] + 40 * (units["arm"] == "call"))
    told = refuse(late, covariates=("earlier", "late"))
    assert "late: its means differ between the arms far beyond chance" in told
    assert "earlier: its means" not in told


def test_columns_and_days_that_are_not_as_described(units: pd.DataFrame) -> None:
    told = refuse(
        units.assign(note="x"),
        "spend: mean",
        "note: mean",
        covariates=("earler", "day"),
        segments=("region", "region", "arm", "sold"),
        exposed_at="note",
        day="day",
        start=dt.date(2025, 7, 1),
        end=dt.date(2025, 6, 1),
    )
    for part in (
        "spend: the table has no such column",
        "earler: the table has no such column. Did you mean 'earlier'?",
        "note: holds string; note needs numbers",
        "region: is named twice among the segments",
        "arm: is named as arm or day",
        "note: holds string, must hold dates or times",
        "start 2025-07-01 is after end 2025-06-01",
    ):
        assert part in told


def test_units_without_a_name_and_mixed_columns(units: pd.DataFrame) -> None:
    nameless = units.assign(unit=units["unit"].where(units.index > 3))
    assert "4 rows have no unit" in refuse(nameless, unit="unit")
    mixed = units.assign(spend_cny=units["spend_cny"].astype(object).where(units.index != 2, "much"))
    assert "mixes numbers and text" in refuse(mixed)


def test_a_period_in_which_nobody_entered(units: pd.DataFrame) -> None:
    assert "no unit that is left has an arm" in refuse(units, day="day", start=dt.date(2026, 1, 1))


@pytest.mark.parametrize("name", ["units", "rows", "count", "day", "arm", "spend_cny_mean"])
def test_a_segment_is_not_called_as_cells_are(units: pd.DataFrame, name: str) -> None:
    frame = units.rename(columns={"arm": "g", "day": "entered"}).assign(**{name: units["region"]})
    told = refuse(frame, "spend_cny: mean", arm="g", day="entered", segments=(name,))
    assert f"{name}: a segment's column cannot be called “{name}”" in told
    assert "Rename it in a mapping file" in told
