import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.evaluate.estimates.cells import follow_metric, read_metric
from leadline.features.experiment import ExperimentDesign, parse_metrics
from leadline.features.experiment.aggregates import read_aggregates, scan_aggregates
from leadline.features.experiment.scan_units import scan_frame
from tests.features.experiment.test_scan_units import make_units

METRICS = parse_metrics(["spend_cny: mean, CNY", "sold: conversion"])


def add_up(units: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    long = units.astype({"sold": float}).melt([*by], ["spend_cny", "sold"], var_name="metric")
    return (
        long.groupby([*by, "metric"])["value"]
        .agg(["count", "mean", variance := "var"])
        .reset_index()
        .rename(columns={variance: "variance"})
    )


def test_aggregates_say_what_their_units_say(rng: np.random.Generator) -> None:
    units = make_units(rng)
    design = ExperimentDesign(arm="arm", control="none", metrics=METRICS, segments=("region",), day="day")
    wanted = scan_frame(units, design)
    table = add_up(units, ["arm", "region", "day"])
    as_sd = table.assign(sd=np.sqrt(table["variance"])).drop(columns="variance")
    for frame in (table.sample(frac=1, random_state=1), as_sd):
        found = scan_aggregates(frame, metrics=METRICS, control="none", segments=["region"], day="day")
        assert (found.arms, found.by, found.units["units"].sum()) == (wanted.arms, wanted.by, len(units))
        for key in ("spend_cny", "sold"):
            ours, theirs = read_metric(found, key), read_metric(wanted, key)
            np.testing.assert_allclose(ours.means[:, 0], theirs.means[:, 0], rtol=1e-12)
            np.testing.assert_allclose(ours.comoments[:, 0, 0], theirs.comoments[:, 0, 0], rtol=1e-9)


def test_a_conversion_needs_no_variance_and_metrics_are_guessed(rng: np.random.Generator) -> None:
    table = add_up(make_units(rng), ["arm"])
    guessed = scan_aggregates(table, control="none")
    assert {metric.key: metric.kind for metric in guessed.design.metrics} == {
        "spend_cny": "mean",
        "sold": "conversion",
    }
    sold = table[table["metric"] == "sold"].drop(columns=["variance", "metric"])
    bare = scan_aggregates(sold, metrics=METRICS[1:], control="none")
    np.testing.assert_allclose(
        read_metric(bare, "sold").comoments, read_metric(guessed, "sold").comoments, rtol=1e-9
    )


def test_all_that_is_wrong_is_told_at_once(rng: np.random.Generator) -> None:
    table = add_up(make_units(rng), ["arm"]).astype({"count": float})
    table.loc[table["metric"] == "spend_cny", "variance"] = [-1.0, 2.0, np.nan]
    table.loc[table["metric"] == "sold", "mean"] = [0.1, 1.2, 0.1]
    table.loc[1, "count"] = 10.5
    with pytest.raises(DataError) as told:
        scan_aggregates(
            pd.concat([table, table.iloc[[0]]], ignore_index=True), metrics=METRICS, control="nine"
        )
    for part in (
        "no arm is called 'nine'; the arms are call, mail, none. Did you mean 'none'?",
        "spend_cny: 1 row have a negative variance",
        "spend_cny: 1 row lack mean or variance",
        "sold: 1 row have a share beyond 0 and 1",
        "have a count that is no whole number",
        "repeat a cell",
    ):
        assert part in str(told.value)


@pytest.mark.parametrize(
    ("lacks", "told"),
    [
        (["variance"], "neither variance nor sd"),
        (["count", "metric"], "count: the table has no such column"),
        (["arm"], "arm: the table has no such column"),
    ],
)
def test_absent_columns_are_told(rng: np.random.Generator, lacks: list[str], told: str) -> None:
    with pytest.raises(DataError, match=told):
        scan_aggregates(add_up(make_units(rng), ["arm"]).drop(columns=lacks), metrics=METRICS, control="none")


def test_what_needs_units_is_refused(rng: np.random.Generator, tmp_path: Path) -> None:
    table = add_up(make_units(rng), ["arm"])
    with pytest.raises(ParameterError, match="ratio needs one row a unit"):
        scan_aggregates(table, metrics=parse_metrics(["spend_cny/sold: ratio"]), control="none")
    table.to_csv(tmp_path / "told.csv", index=False)
    with pytest.raises(ParameterError, match="unit: needs one row a unit"):
        read_aggregates(tmp_path / "told.csv", control="none", unit="customer_id")
    found, source = read_aggregates(tmp_path / "told.csv", metrics=METRICS, control="none")
    assert (found.arms, source.rows) == (("none", "call", "mail"), len(table))


def make_paired() -> pd.DataFrame:
    rows = []
    for variant in (1, 2):
        for time in (1.0, 1.5, 2.0):
            for metric, mean, variance in ((1, 0.1, 0.0), (4, 12.0, 300.0)):
                count = 1000 * time
                spread = [variance or share * (1 - share) for share in (mean, mean * 1.1)]
                if (metric, time, variant) == (4, 2.0, 2):
                    spread[1] = np.nan
                rows.append(("a1", variant, metric, time, count, count + variant, mean, mean * 1.1, *spread))
    names = ["experiment_id", "variant_id", "metric_id", "time_since_start", "count_c", "count_t"]
    return pd.DataFrame(rows, columns=[*names, "mean_c", "mean_t", "variance_c", "variance_t"])


def test_control_and_treated_side_by_side_are_looks_that_grow() -> None:
    warnings: list[str] = []
    found = scan_aggregates(make_paired(), warnings=warnings)
    assert found.arms == ("control", "variant 1", "variant 2")
    assert found.is_cumulative
    assert [(metric.key, metric.kind) for metric in found.design.metrics] == [
        ("1", "conversion"),
        ("4", "mean"),
    ]
    assert read_metric(found, "1").count.tolist() == [2000, 2001, 2002]
    assert read_metric(found, "4").count.tolist() == [1500, 1501, 1502]
    assert [look.day for look in follow_metric(found, "4")] == [1.0, 1.5]
    assert warnings == ["metric 4: 1 day without mean or variance is left out; the last one used is 1.5."]
    with pytest.raises(DataError, match=r"2 tests \(a1, b2 …\). Choose one by only: experiment_id = a1"):
        scan_aggregates(pd.concat([make_paired(), make_paired().assign(experiment_id="b2")]))


@pytest.mark.covers("reference_numbers", "asos")
@pytest.mark.public_data
def test_a_test_of_asos_is_read(public_data: Path) -> None:
    table = public_data / "asos" / "asos_digital_experiments_dataset.parquet"
    found, source = read_aggregates(table, only=["experiment_id = 036afc"])
    assert read_metric(found, "1").count.tolist() == [1_050_994, 1_050_508]
    assert source.rows == 24_153
    with pytest.raises(DataError, match="78 tests"):
        read_aggregates(table)


def test_small_arms_are_not_told_of(rng: np.random.Generator) -> None:
    units = make_units(rng, 300)
    few = units.assign(arm=np.where(units.index < 9, "sms", units["arm"]))
    with pytest.raises(DataError, match=r"sms has 9 units; a report speaks of 10 or more. Leave the arm out"):
        scan_aggregates(add_up(few, ["arm"]), metrics=METRICS, control="none")
    table = add_up(units, ["arm"]).assign(day=1)
    looks = pd.concat([table.assign(day=day) for day in (1, 2, 3)]).assign(count=4)
    with pytest.raises(DataError, match="call has 4 units"):  # seen three times, they are no twelve
        scan_aggregates(looks, metrics=METRICS, control="none", day="day", is_cumulative=True)


def test_a_later_day_is_not_seen(rng: np.random.Generator, tmp_path: Path) -> None:
    units, until = make_units(rng), dt.date(2025, 6, 4)
    table = add_up(units, ["arm", "day"])
    for name in ("told.csv", "told.parquet"):
        as_dates = table.assign(day=table["day"].dt.date)
        as_dates.to_csv(tmp_path / name) if name.endswith("csv") else as_dates.to_parquet(tmp_path / name)
        found = read_aggregates(tmp_path / name, metrics=METRICS, control="none", day="day", until=until)[0]
        assert found.units["units"].sum() == (units["day"] <= "2025-06-04").sum()
        assert [str(look.day)[:10] for look in follow_metric(found, "sold")][-1] == "2025-06-04"
    for frame, day, told in (
        (table, None, "as_of: 2025-06-04 is named, but no day"),
        (table.assign(day=table["day"].dt.day), "day", "as_of: day holds numbers, no dates"),
    ):
        with pytest.raises(ParameterError, match=told):
            scan_aggregates(frame, metrics=METRICS, control="none", day=day, until=until)
    with pytest.raises(DataError, match="day begins on 2025-06-02, after as_of 2025-05-01"):
        scan_aggregates(table, metrics=METRICS, control="none", day="day", until=dt.date(2025, 5, 1))
    odd = table.assign(day=table["day"].astype(object).where(table.index > 0, "soon"))
    with pytest.raises(DataError, match=r"day: 1 values are no days \(such as 'soon'\)"):
        scan_aggregates(odd, metrics=METRICS, control="none", day="day")


def test_what_grows_needs_days(rng: np.random.Generator) -> None:
    with pytest.raises(ParameterError, match="is_cumulative: .* no day is named"):
        scan_aggregates(add_up(make_units(rng), ["arm"]), control="none", is_cumulative=True)


def test_a_segment_is_not_called_as_cells_are(rng: np.random.Generator) -> None:
    table = add_up(make_units(rng), ["arm", "region"]).rename(columns={"region": "units"})
    with pytest.raises(DataError, match="units: a segment's column cannot be called so"):
        scan_aggregates(table, metrics=METRICS, control="none", segments=["units"])
