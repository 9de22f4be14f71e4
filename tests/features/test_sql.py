"""The SQL that each engine is given is kept, so that a change of a feature, or of Ibis, is noticed and read.

Renew with LEADLINE_RENEW_GOLDEN=1 and read the difference.
"""

import os
import re
from pathlib import Path

import ibis
import pytest

from tests.features.expressions import EXPRESSIONS, UNBOUND

GOLDEN = Path(__file__).parents[1] / "golden"


def check(name: str, dialect: str, path: Path) -> None:
    sql = f"{ibis.to_sql(EXPRESSIONS[name][0](UNBOUND), dialect=dialect)}\n"
    if os.environ.get("LEADLINE_RENEW_GOLDEN"):
        path.write_text(sql, "utf-8")
    assert sql == path.read_text("utf-8")
    assert not re.search(r"\bNTILE\b|np\.", sql)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_sql_of_duckdb_is_as_it_was(name: str) -> None:
    check(name, "duckdb", GOLDEN / f"{name}.sql")


@pytest.mark.spark
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_sql_of_spark_is_as_it_was(name: str) -> None:
    ibis.pyspark  # noqa: B018 - registers the options that its compiler reads
    check(name, "pyspark", GOLDEN / "spark" / f"{name}.sql")
