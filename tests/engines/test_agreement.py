"""DuckDB, Spark and plain Python agree: every whole number, every order, every sum, floats to 1e-12."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from leadline.data.open_tables import OpenTables, open_tables
from leadline.evaluate.planning.assignment import assign_arms, hash_units
from leadline.features.experiment.metric import parse_metrics
from leadline.features.experiment.scan import ExperimentDesign
from leadline.features.experiment.scan_units import scan_units
from leadline.target.from_moments import find_principal_components, fit_least_squares, read_joint_moments
from tests.engines.market import TEXT_IDS, make_market, write_market
from tests.features import reference
from tests.features.expressions import CASE, EXPRESSIONS, MEASURES, ODD, SHARES
from tests.features.samples import AS_OF

Found = dict[str, pa.Table]
MARKET = make_market()
DESIGN = ExperimentDesign(
    arm="arm",
    control="control",
    unit="customer_id",
    day="first_contact_on",
    segments=("segment",),
    covariates=("spend_before_cny",),
    metrics=parse_metrics(
        [
            "spend_cny: mean, winsorise 0.99",
            "opened: conversion",
            "spend_cny/orders: ratio",
            "orders: quantile 0.5",
        ]
    ),
)
CLOSE = 1e-12
#: A query of Spark costs a second or two: these expressions are within others, or the scan.
WITHIN_OTHERS = {"usage_features", "holding_features", "whole_moments", "moment_features"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("market")
    write_market(place, MARKET)
    return place


@pytest.fixture(scope="module")
def tables(folder: Path) -> Iterator[OpenTables]:
    with open_tables(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def found(tables: OpenTables) -> Callable[[str], pd.DataFrame]:
    """What DuckDB finds, by name of the expression."""
    return lambda name: run(tables, name).to_pandas()


def run(tables: OpenTables, name: str) -> pa.Table:
    build, key = EXPRESSIONS[name]
    rows = build(tables).to_pyarrow()
    return rows if key == ["rank"] else rows.sort_by([(column, "ascending") for column in key])


def differ(one: pa.Table, other: pa.Table) -> list[str]:
    """Name the columns that differ: in type, a null, a whole number or text, the 12th digit of a float."""
    wrong = [] if one.column_names == other.column_names else [f"columns {other.column_names}"]
    for name in set(one.column_names) & set(other.column_names):
        a, b = one[name], other[name]
        if a.type != b.type or a.is_null().to_pylist() != b.is_null().to_pylist():
            wrong.append(f"{name}: {a.type} or nulls, {b.type}")
        elif pa.types.is_floating(a.type):
            close = np.isclose(a.to_numpy(), b.to_numpy(), rtol=CLOSE, atol=0, equal_nan=True)
            wrong += [] if close.all() else [f"{name}: {a.filter(~close)[:3]} {b.filter(~close)[:3]}"]
        elif not a.equals(b):
            wrong.append(name)
    return wrong


@pytest.mark.spark
def test_spark_finds_what_duckdb_finds(
    folder: Path,
    tables: OpenTables,
    spark_tables: Callable[[Path], AbstractContextManager[OpenTables]],
) -> None:
    """One session, two processes of work, a real shuffle between them."""
    with spark_tables(folder) as on_spark:
        names = EXPRESSIONS.keys() - WITHIN_OTHERS
        wrong = {name: differ(run(tables, name), run(on_spark, name)) for name in names}
        wrong["scan"] = differ_in_scan(tables, on_spark)
    assert {name: columns for name, columns in wrong.items() if columns} == {}


def differ_in_scan(tables: OpenTables, others: OpenTables) -> list[str]:
    one, other = (scan_units(opened["units"], DESIGN) for opened in (tables, others))
    frames = {"units": (one.units, other.units), "quantiles": (one.quantiles, other.quantiles)}
    frames |= {"cuts": (one.cuts, other.cuts), "findings": (one.findings, other.findings)}
    frames |= {key: (one.moments[key].frame, other.moments[key].frame) for key in one.moments}
    return [
        f"{name}: {problem}"
        for name, (a, b) in frames.items()
        for problem in differ(pa.Table.from_pandas(a), pa.Table.from_pandas(b))
    ]


def test_use_and_holdings_are_those_of_plain_python(found: Callable[[str], pd.DataFrame]) -> None:
    profile = found("customer_features").set_index("customer_id")
    assert sorted(profile.index) == sorted(MARKET["people"]["customer_id"])
    known = MARKET["monthly_usage"].fillna({"sessions": 0, "traffic_mb": 0})
    use = (
        pd.DataFrame(reference.usage(known, AS_OF))
        .set_index("customer_id")
        .reindex(profile.index, fill_value=0)
    )
    for name in use:
        np.testing.assert_allclose(profile[name], use[name].astype(float), rtol=CLOSE)
    held = MARKET["holdings"]
    day = pd.Timestamp(AS_OF)
    held = held[(held["since"] <= day) & ~(held["until"] <= day)]
    products = held.groupby("customer_id")["product_id"].nunique().reindex(profile.index, fill_value=0)
    assert profile["products_held"].tolist() == products.tolist()
    assert profile["products_held"].dtype == np.int64


def test_the_circle_is_that_of_plain_python(found: Callable[[str], pd.DataFrame]) -> None:
    wanted = pd.DataFrame(reference.circle(MARKET["calls"], MARKET["members"], AS_OF, 90)).set_index(
        "customer_id"
    )
    circle = found("circle_features").set_index("customer_id")
    assert circle.index.tolist() == wanted.index.tolist()
    pd.testing.assert_frame_equal(circle, wanted, check_dtype=False)
    profile = found("customer_features").set_index("customer_id")
    for name in ("holder_calls", "holder_contacts", "staff_calls"):
        assert profile[name].tolist() == wanted[name].reindex(profile.index, fill_value=0).tolist()


def test_value_and_its_points_are_those_of_plain_python(found: Callable[[str], pd.DataFrame]) -> None:
    known = MARKET["transactions"].fillna({"amount_cny": 0.0})
    wanted = pd.DataFrame(reference.value(known, AS_OF, 365))
    scored = found("value_points")
    for name in wanted:
        assert scored[name].tolist() == wanted[name].tolist()
    for name, points in [("frequency", "frequency_points"), ("value_cny", "value_points")]:
        cuts = np.quantile(wanted[name], [0.2, 0.4, 0.6, 0.8])
        assert scored[points].tolist() == (1 + np.searchsorted(cuts, wanted[name], side="left")).tolist()


def test_the_list_is_that_of_plain_python(found: Callable[[str], pd.DataFrame]) -> None:
    profile = found("customer_features")
    points = dict(zip(profile["customer_id"], CASE.score(profile), strict=True))
    out = set(MARKET["opt_outs"]["customer_id"].astype("int64"))
    wanted = sorted(points.keys() - out, key=lambda one: (-points[one], one))[:500]
    listed = found("top_customers")
    assert listed["customer_id"].tolist() == wanted
    assert listed["points"].tolist() == [points[one] for one in wanted]
    assert listed["rank"].tolist() == list(range(1, 501))


def test_ids_of_text_are_ordered_by_their_bytes(found: Callable[[str], pd.DataFrame]) -> None:
    ordered = sorted(TEXT_IDS, key=str.encode)
    assert found("text_ids")["customer_id"].tolist() == ordered * 2


def test_points_of_odd_values_are_those_of_pandas(found: Callable[[str], pd.DataFrame]) -> None:
    frame = MARKET["odd_values"].astype({"decimal": "float64"})
    assert found("odd_values")["points"].tolist() == ODD.score(frame).tolist()


def test_chance_is_that_of_plain_python(found: Callable[[str], pd.DataFrame]) -> None:
    ids = MARKET["people"][["customer_id"]].sort_values("customer_id", ignore_index=True)
    kept = hash_units(ids["customer_id"], "sample") < 0.7 * 2**64
    ids = ids[kept].reset_index(drop=True)
    drawn = found("samples")
    assert drawn["customer_id"].tolist() == ids["customer_id"].tolist()
    hashes = hash_units(ids["customer_id"], "salt")
    assert [int(text[:16], 16) for text in drawn["hash"]] == hashes.tolist()
    assert drawn["arm"].tolist() == assign_arms(ids, unit="customer_id", shares=SHARES, salt="salt").tolist()
    text = (hash_units(ids["customer_id"], "bucket") >> np.uint64(40)) % np.uint64(7)
    assert drawn["text_bucket"].tolist() == text.tolist()
    assert drawn["bucket"].tolist() == [mix(int(one) - 1_000) % 7 for one in ids["customer_id"]]


def mix(number: int) -> int:
    for factor in (950_706_376, 742_938_285):
        number = number % (2**31 - 1) * factor % (2**31 - 1)
        number ^= number >> 15
    return number


def test_moments_suffice_for_components_and_regressions(tables: OpenTables) -> None:
    frame = EXPRESSIONS["all_moments"][0](tables).to_pyarrow().to_pandas()
    moments = read_joint_moments(frame, MEASURES)
    units = MARKET["units"][MEASURES].astype(float)
    components = find_principal_components(moments)
    np.testing.assert_allclose(
        components.loadings * components.variances @ components.loadings.T,
        units.corr() * len(units) / (len(units) - 1),
        rtol=1e-9,
        atol=1e-12,
    )
    slopes = fit_least_squares(moments, outcome="spend_cny", terms=["orders", "opened"]).table["estimate"]
    design = np.column_stack([np.ones(len(units)), units[["orders", "opened"]]])
    np.testing.assert_allclose(slopes, np.linalg.lstsq(design, units["spend_cny"])[0], rtol=1e-9)
