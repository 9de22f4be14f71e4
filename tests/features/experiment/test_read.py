import datetime as dt
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leadline.errors import DataError, ParameterError
from leadline.features.experiment import ExperimentDesign, ExperimentScan, parse_metrics
from leadline.features.experiment.read import read_experiment
from leadline.features.experiment.scan_units import scan_frame
from tests.features.experiment.test_scan_units import make_units

METRICS = (
    "spend_cny: mean, winsorise 0.95",
    "sold: conversion",
    "spend_cny/orders: ratio",
    "orders: quantile 0.5",
)
DESIGN = ExperimentDesign(
    arm="arm",
    control="none",
    metrics=parse_metrics(METRICS),
    covariates=("earlier",),
    segments=("region", "zone"),
    day="day",
    unit="unit",
)


@pytest.fixture
def units(rng: np.random.Generator) -> pd.DataFrame:
    frame = make_units(rng, 3_000).assign(zone=rng.integers(1, 4, 3_000))
    return frame.assign(
        earlier=frame["earlier"].mask(rng.random(3_000) < 0.1),
        region=frame["region"].mask(rng.random(3_000) < 0.05),
    )


def write_forms(frame: pd.DataFrame, folder: Path) -> list[str]:
    frame.to_csv(folder / "utf8.csv", index=False)
    frame.to_csv(folder / "gbk.csv", index=False, encoding="gb18030")
    pq.write_table(pa.Table.from_pandas(frame), folder / "units.parquet", row_group_size=256)
    frame.to_excel(folder / "units.xlsx", index=False)
    with duckdb.connect(str(folder / "units.duckdb")) as connection:
        connection.execute("CREATE TABLE units AS SELECT * FROM frame")
    parts = folder / "tables"
    parts.mkdir()
    frame.to_parquet(parts / "units.parquet")
    names = ["utf8.csv", "gbk.csv", "units.parquet", "units.xlsx", "units.duckdb::units", "tables::units"]
    return [str(folder / name) for name in [*names, "units.duckdb::SELECT * FROM units"]]


def assert_same(found: ExperimentScan, wanted: ExperimentScan, rtol: float) -> None:
    assert (found.arms, found.by) == (wanted.arms, wanted.by)
    tables = [
        (getattr(found, name), getattr(wanted, name)) for name in ("units", "quantiles", "cuts", "findings")
    ]
    tables += [(found.moments[key].frame, wanted.moments[key].frame) for key in wanted.moments]
    for ours, theirs in tables:
        pd.testing.assert_frame_equal(
            ours, theirs, check_dtype=False, rtol=rtol, atol=0 if rtol == 0 else 1e-9
        )


def test_one_table_in_any_form_gives_the_same_numbers(units: pd.DataFrame, tmp_path: Path) -> None:
    frame = units.rename(columns={"spend_cny": "消费金额"}).assign(
        region=units["region"].map({"north": "北", "south": "南"})
    )
    mapping = tmp_path / "names.yaml"
    mapping.write_text("spend_cny: 消费金额\n", "utf-8")
    renamed = frame.rename(columns={"消费金额": "spend_cny"})
    wanted = scan_frame(renamed, DESIGN)
    assert_same(scan_frame(pa.Table.from_pandas(renamed), DESIGN), wanted, 1e-9)
    for name in write_forms(frame, tmp_path):
        found, source = read_experiment(name, DESIGN, mapping=mapping)
        assert_same(found, wanted, 1e-9)
        assert (source.rows, source.columns) == frame.shape, name
        assert str(source.last_date) == "2025-06-06"
        assert len(source.sha256) == 64


@pytest.mark.parametrize("repeats", [1, 2])
def test_two_runs_agree_to_the_last_digit(rng: np.random.Generator, tmp_path: Path, repeats: int) -> None:
    path = tmp_path / "units.parquet"
    frame = pd.concat([make_units(rng, 12_000).assign(zone=1)] * repeats)
    frame["earlier"] = frame["earlier"].mask(frame["orders"].mod(7) == 6)
    pq.write_table(pa.Table.from_pandas(frame), path, row_group_size=1_000)
    first = read_experiment(path, DESIGN)[0]
    assert_same(read_experiment(path, DESIGN)[0], first, 0)


def test_only_some_rows_are_kept(units: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "units.parquet"
    units.to_parquet(path)
    found = read_experiment(path, DESIGN, only=["region = north", "zone=2"])[0]
    kept = units[(units["region"] == "north") & (units["zone"] == 2)]
    assert found.units["units"].sum() == len(kept)
    with pytest.raises(ParameterError) as told:
        read_experiment(path, DESIGN, only=["regoin = north", "zone"])
    assert "no column regoin. Did you mean 'region'?" in str(told.value)
    assert "“zone”: write column = value" in str(told.value)
    with pytest.raises(DataError, match=r"region = east leaves none; region has north, south"):
        read_experiment(path, DESIGN, only=["region = east"])


def test_what_is_no_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "cut.parquet").write_bytes(os.urandom(64))
    with pytest.raises(DataError, match="cut off or damaged"):
        read_experiment(tmp_path / "cut.parquet", DESIGN)
    with pytest.raises(DataError, match="was not found"):
        read_experiment(tmp_path / "none.csv", DESIGN)


@pytest.mark.covers("reference_numbers", "hillstrom_arms")
@pytest.mark.public_data
def test_hillstrom_has_its_published_effects(public_data: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(public_data / "hillstrom" / "hillstrom.csv.zip").extract("hillstrom.csv", tmp_path)
    design = ExperimentDesign(
        arm="segment",
        control="No E-Mail",
        metrics=parse_metrics(["visit: conversion", "conversion: conversion", "spend: mean"]),
        covariates=("recency", "history", "newbie"),
        segments=("zip_code", "newbie"),
    )
    found = read_experiment(tmp_path / "hillstrom.csv", design)[0]
    sizes = found.units.groupby("arm")["units"].sum()
    assert sizes.to_dict() == {"No E-Mail": 21_306, "Mens E-Mail": 21_307, "Womens E-Mail": 21_387}


def test_a_later_day_is_not_seen(units: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "units.parquet"
    units.to_parquet(path)
    until = dt.date(2025, 6, 4)
    found = read_experiment(path, DESIGN, until=until)[0]
    assert_same(found, scan_frame(units[units["day"] <= "2025-06-04"], DESIGN), 1e-9)
    with pytest.raises(ParameterError, match="as_of: 2025-06-04 is named, but no day"):
        read_experiment(path, replace(DESIGN, day=None), until=until)
    with pytest.raises(DataError, match="day begins on 2025-06-02, after as_of 2025-05-01"):
        read_experiment(path, DESIGN, until=dt.date(2025, 5, 1))


def test_moments_with_a_zone_count_by_their_day_in_utc_in_every_form(
    units: pd.DataFrame, tmp_path: Path
) -> None:
    hours = pd.to_timedelta(np.arange(len(units)) % 24, unit="h")
    frame = units.assign(day=(units["day"] + hours).dt.tz_localize("Asia/Shanghai"))
    wanted = scan_frame(frame, DESIGN)
    days = frame["day"].dt.tz_convert("UTC").dt.tz_localize(None).dt.normalize()
    counts = wanted.units.groupby("day")["units"].sum()
    assert counts.to_dict() == days.value_counts().to_dict()
    assert_same(scan_frame(pa.Table.from_pandas(frame), DESIGN), wanted, 1e-9)
    frame.to_parquet(tmp_path / "units.parquet")
    frame.to_csv(tmp_path / "units.csv", index=False)
    for name in ("units.parquet", "units.csv"):
        assert_same(read_experiment(tmp_path / name, DESIGN)[0], wanted, 1e-9)


def test_rows_are_chosen_by_values_as_cells_spell_them(units: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "units.parquet"
    frame = units.assign(
        k=(units["zone"] % 2).astype(float).mask(units.index % 10 == 0), old=units["zone"] > 1
    )
    frame.to_parquet(path)

    def count(*only: str) -> int:
        return int(read_experiment(path, DESIGN, only=only)[0].units["units"].sum())

    assert count("k = 1") == count("k = 1.0") == (frame["k"] == 1).sum()
    assert count("k != 1") == (frame["k"] != 1).sum()  # who has none is kept
    assert count("old = True") == count("old=true") == frame["old"].sum()
    assert read_experiment(path, DESIGN, only=["arm != mail"])[0].arms == ("none", "call")
