"""Arms in several spellings are one arm, and that is noted; a unit with too little time is told."""

from pathlib import Path

import pandas as pd
import pytest

from leadline.features.experiment import ExperimentDesign, parse_metrics
from leadline.features.experiment.read import read_experiment
from leadline.features.experiment.scan_units import scan_frame


def read(arms: list[str], folder: Path, control: str = "A"):
    frame = pd.DataFrame({"arm": arms * 10, "sold": [1, 0] * 5 * len(arms)})
    frame.to_csv(folder / "units.csv", index=False)
    design = ExperimentDesign(arm="arm", control=control, metrics=parse_metrics(["sold: conversion"]))
    scan, source = read_experiment(folder / "units.csv", design)
    units = scan.units.groupby("arm")["units"].sum().astype(int).to_dict()
    return units, [note for note in source.notes if note.startswith("arm:")]


@pytest.mark.covers("bad_inputs", "arm_label_variants")
def test_spellings_of_an_arm_are_one(tmp_path: Path) -> None:
    units, notes = read(["A", "a", "A ", "Ａ", "New  call", "new call"], tmp_path)
    assert units == {"A": 40, "New  call": 20}
    assert notes == ["arm: 'a', 'Ａ' read as 'A'.", "arm: 'new call' read as 'New  call'."]


def test_other_arms_stay_apart(tmp_path: Path) -> None:
    assert read(["A", "A1", "B"], tmp_path) == ({"A": 10, "A1": 10, "B": 10}, [])


@pytest.mark.covers("bad_inputs", "unequal_followup")
def test_units_with_too_little_time_are_counted() -> None:
    days = pd.date_range("2025-06-01", periods=40)
    frame = pd.DataFrame(
        {"arm": ["A", "B"] * 400, "entered": days.repeat(20)[:800], "sold": [1, 0, 0, 1] * 200}
    )
    frame["sold_at"] = (frame["entered"] + pd.Timedelta(days=7)).where(frame["sold"] == 1)
    design = ExperimentDesign(
        arm="arm",
        control="A",
        day="entered",
        outcome_at="sold_at",
        metrics=parse_metrics(["sold: conversion"]),
    )

    def count(units: pd.DataFrame) -> int:
        found = scan_frame(units, design).findings.set_index("check")
        return int(found.loc["short_followup", "wrong"])

    assert count(frame) == 0, "outcomes of the last day of entry are known"
    cut = frame.assign(sold_at=frame["sold_at"].where(frame["sold_at"] <= days[-1]))
    assert count(cut) == 7 * 20
