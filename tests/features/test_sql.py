"""The SQL that DuckDB is given is kept, so that a change of a feature, or of Ibis, is noticed and read.

Renew with LEADLINE_RENEW_GOLDEN=1 and read the difference.
"""

import os
import re
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest

from leadline.data.contract import Contract
from leadline.data.tables import CALLS, MONTHLY_USAGE, TRANSACTIONS
from leadline.features import (
    circle_features,
    usage_features,
    value_cuts,
    value_features,
    value_points,
)
from tests.features.samples import AS_OF

GOLDEN = Path(__file__).parents[1] / "golden"
KINDS = {"id": "int64", "date": "date", "number": "float64", "whole_number": "int64", "text": "string"}


def unbound(contract: Contract) -> ir.Table:
    return ibis.table({rule.name: KINDS[rule.kind] for rule in contract.columns}, name=contract.name)


def usage() -> ir.Table:
    return usage_features(unbound(MONTHLY_USAGE), as_of=AS_OF)


def circle() -> ir.Table:
    members = ibis.table({"customer_id": "int64", "kind": "string"}, name="members")
    return circle_features(unbound(CALLS), members, as_of=AS_OF)


def value() -> ir.Table:
    return value_features(unbound(TRANSACTIONS), as_of=AS_OF)


EXPRESSIONS = {
    "usage_features": usage,
    "circle_features": circle,
    "value_features": value,
    "value_points": lambda: value_points(
        ibis.table(value().schema(), name="features"),
        value_cuts(ibis.table(value().schema(), name="features")),
    ),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_sql_is_as_it_was(name: str) -> None:
    path = GOLDEN / f"{name}.sql"
    sql = f"{ibis.to_sql(EXPRESSIONS[name](), dialect='duckdb')}\n"
    if os.environ.get("LEADLINE_RENEW_GOLDEN"):
        path.write_text(sql, "utf-8")
    assert sql == path.read_text("utf-8")


def test_no_expression_ranks_all_rows_or_prints_numpy() -> None:
    for name in EXPRESSIONS:
        sql = (GOLDEN / f"{name}.sql").read_text("utf-8")
        assert not re.search(r"\bNTILE\b", sql)
        assert "np." not in sql
