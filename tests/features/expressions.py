"""Every expression over tables in bulk, by name: what engines must agree on, and whose SQL is kept."""

from collections.abc import Callable, Mapping

import ibis
import ibis.expr.types as ir

from leadline.data.contract import Contract
from leadline.data.tables import CALLS, HOLDINGS, MONTHLY_USAGE, TRANSACTIONS
from leadline.features import (
    bucket_number,
    circle_features,
    customer_features,
    holding_features,
    sample_customers,
    split_arms,
    stratified_sample,
    top_customers,
    trade_features,
    usage_features,
    value_cuts,
    value_features,
    value_points,
)
from leadline.features.cuts import count_parts
from leadline.features.experiment.moments import moment_features, whole_moments
from leadline.features.sampling import hash_ids
from leadline.paths import PLANS
from leadline.plain_yaml import read_yaml
from leadline.target.points import Cut, LevelPoints, NumberPoints, PointsTable
from leadline.target.points_file import parse_points
from leadline.target.points_sql import points_expression
from tests.features.samples import AS_OF

Tables = Mapping[str, ir.Table]
CASE = parse_points(read_yaml(PLANS / "case_points.yml"))
SHARES = {"control": 0.2, "call": 0.3, "message": 0.5}
MEASURES = ["spend_cny", "orders", "opened"]
KINDS = {"id": "int64", "date": "date", "number": "float64", "whole_number": "int64", "text": "string"}
#: Rules on a text, a flag, whole and decimal numbers; cut points that are values of the column.
ODD = PointsTable(
    name="odd",
    base=-3,
    attributes=(
        LevelPoints(column="city", label="", levels={"上海": 1, "O'Fallon": 2}, otherwise=4, missing=8),
        LevelPoints(column="flag", label="", levels={"true": 16}, otherwise=32, missing=64),
        LevelPoints(column="whole", label="", levels={"0": 128, "-7": 256}, otherwise=512, missing=1024),
        LevelPoints(
            column="decimal",
            label="",
            levels={"0": 1, "2.5": 10, "1e+16": 20, "inf": 30, "0.30000000000000004": 40, "1e-07": 50},
            otherwise=0,
            missing=-5,
        ),
        NumberPoints(
            column="decimal",
            label="",
            cuts=(
                Cut(value=-0.0, closed=False),
                Cut(value=0.1 + 0.2, closed=True),
                Cut(value=1e16, closed=False),
            ),
            points=(1000, 2000, 3000, 4000),
            missing=5000,
        ),
    ),
)


def unbound(contract: Contract) -> ir.Table:
    return ibis.table({rule.name: KINDS[rule.kind] for rule in contract.columns}, name=contract.name)


#: The tables by name, on no engine.
UNBOUND: Tables = {
    **{contract.name: unbound(contract) for contract in (CALLS, HOLDINGS, MONTHLY_USAGE, TRANSACTIONS)},
    "people": ibis.table({"customer_id": "int64", "city": "string"}, name="people"),
    "members": ibis.table({"customer_id": "int64", "kind": "string"}, name="members"),
    "opt_outs": ibis.table({"customer_id": "string"}, name="opt_outs"),
    "text_ids": ibis.table({"customer_id": "string", "points": "int32"}, name="text_ids"),
    "units": ibis.table(
        {"customer_id": "int64", "arm": "string", "spend_cny": "float64", "orders": "int64"}
        | {"opened": "boolean", "spend_before_cny": "float64"},
        name="units",
    ),
    "odd_values": ibis.table(
        {"city": "string", "flag": "boolean", "whole": "int32", "decimal": "float64", "place": "int64"},
        name="odd_values",
    ),
}


def make_profile(tables: Tables) -> ir.Table:
    names = ("monthly_usage", "calls", "members", "holdings")
    return customer_features(tables["people"], as_of=AS_OF, **{name: tables[name] for name in names})


def make_scores(tables: Tables) -> ir.Table:
    profile = make_profile(tables)
    return profile.select("customer_id", points=points_expression(CASE, profile))


def make_value_points(tables: Tables) -> ir.Table:
    found = value_features(tables["transactions"], as_of=AS_OF)
    return value_points(found, value_cuts(found))


def draw(tables: Tables) -> ir.Table:
    kept = sample_customers(tables["people"], share=0.7, salt="sample")
    text = kept.customer_id.cast("string")
    return kept.select(
        "customer_id",
        hash=hash_ids(kept.customer_id, "salt"),
        arm=split_arms(kept.customer_id, SHARES, "salt"),
        bucket=bucket_number(kept.customer_id - 1_000, 7),
        text_bucket=bucket_number(text, 7),
    )


#: Name → the expression over tables by name, and the columns that tell its rows apart.
EXPRESSIONS: dict[str, tuple[Callable[[Tables], ir.Table], list[str]]] = {
    "usage_features": (lambda tables: usage_features(tables["monthly_usage"], as_of=AS_OF), ["customer_id"]),
    "circle_features": (
        lambda tables: circle_features(tables["calls"], tables["members"], as_of=AS_OF),
        ["customer_id"],
    ),
    "trade_features": (lambda tables: trade_features(tables["transactions"], as_of=AS_OF), ["account_id"]),
    "holding_features": (lambda tables: holding_features(tables["holdings"], as_of=AS_OF), ["customer_id"]),
    "value_points": (make_value_points, ["account_id"]),
    "customer_features": (make_profile, ["customer_id"]),
    "top_customers": (
        lambda tables: top_customers(make_scores(tables), most=500, excluded=tables["opt_outs"]),
        ["rank"],
    ),
    "text_ids": (lambda tables: top_customers(tables["text_ids"], most=100), ["rank"]),
    "odd_values": (
        lambda tables: tables["odd_values"].select(
            "place", points=points_expression(ODD, tables["odd_values"])
        ),
        ["place"],
    ),
    "count_parts": (
        lambda tables: count_parts(tables["units"], "spend_cny", [(0.0, 9.99), (10.0, 1e4)]),
        ["least"],
    ),
    "count_whole_parts": (
        lambda tables: count_parts(tables["units"], "orders", [(0, 2), (3, 30_000)]),
        ["least"],
    ),
    "samples": (draw, ["customer_id"]),
    "stratified_sample": (
        lambda tables: stratified_sample(tables["people"], by=["city"], rows_each=40, salt="s"),
        ["customer_id"],
    ),
    "whole_moments": (
        lambda tables: whole_moments(tables["units"], by=["arm"], sets=[MEASURES]),
        ["arm"],
    ),
    "all_moments": (lambda tables: whole_moments(tables["units"], by=[], sets=[MEASURES]), ["rows"]),
    "moment_features": (
        lambda tables: moment_features(
            tables["units"], by=["arm"], columns=["spend_cny", "spend_before_cny", "opened"]
        ),
        ["arm"],
    ),
}
