"""The door to Spark: the same tables, types and errors as on DuckDB."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leadline.data.engine import Engine
from leadline.data.open_tables import OpenTables, open_tables
from leadline.errors import DataError

pytestmark = pytest.mark.spark
Opener = Callable[[Path], AbstractContextManager[OpenTables]]

ROWS = pa.table(
    {
        "id": pa.array([2**60 + 1, None, 3], pa.int64()),
        "small": pa.array([1, None, 3], pa.int32()),
        "text": ["客户", "é", None],
        "share": pa.array([0.1, None, float("inf")]),
        "day": pa.array([dt.date(1890, 1, 1), None, dt.date(2025, 7, 1)]),
        "moment": pa.array(np.array(["2024-03-31T02:30", "NaT", "1890-01-01"], "datetime64[us]")),
        "zoned": pa.array(
            [dt.datetime(2025, 1, 1, 23, 59, tzinfo=dt.UTC), None, dt.datetime(1999, 1, 1, tzinfo=dt.UTC)],
            pa.timestamp("us", "Asia/Shanghai"),
        ),
        "flag": [True, None, False],
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A name as an analyst writes it, full of what Spark would take for a pattern."""
    place = tmp_path_factory.mktemp("data") / "客户 [a]{b}*"
    (place / "parts").mkdir(parents=True)
    pq.write_table(ROWS, place / "rows.parquet")
    for part in range(3):
        pq.write_table(ROWS.select(["id", "text"]), place / "parts" / f"{part}.parquet")
    return place


def test_tables_are_those_of_duckdb(folder: Path, spark_tables: Opener) -> None:
    def ask(tables: OpenTables) -> list[pa.Table]:
        lent = tables.lend(ROWS.select(["text", "zoned"]))
        few = ibis.memtable(pd.DataFrame({"text": ["é", "客户"], "group": [1, 2]}))
        rows = tables["rows"]
        return [
            pa.table({"name": list(tables)}),
            rows.order_by("day").to_pyarrow(),
            tables["parts"]
            .group_by("text")
            .aggregate(n=lambda part: part.count())
            .order_by("text")
            .to_pyarrow(),
            lent.order_by("zoned").to_pyarrow(),
            rows.inner_join(few, "text")
            .order_by("group")
            .select("group", day=rows.zoned.cast("date"))
            .to_pyarrow(),
            pa.Table.from_pandas(rows.order_by("day").to_pandas()),
        ]

    with spark_tables(folder) as spark:
        found = ask(spark)
    with open_tables(folder, engine=Engine()) as here:
        wanted = ask(here)
    for table, other in zip(found, wanted, strict=True):
        assert table.schema.equals(other.schema), (table.schema, other.schema)
        assert table.equals(other)


def test_the_cluster_lists_its_own_folder(folder: Path, cluster: Engine, tmp_path: Path) -> None:
    from leadline.data.spark_session import get_session  # noqa: PLC0415 - not without pyspark

    session = get_session(cluster)
    with open_tables(tmp_path / "not here", engine=replace(cluster, data=str(folder))) as tables:
        assert list(tables) == ["parts", "rows"]
        assert tables["parts"].count().execute() == 9
    assert get_session(cluster) is session  # no second Spark
    with (
        pytest.raises(DataError, match="not found by Spark"),
        open_tables(folder, engine=replace(cluster, data=str(tmp_path / "absent"))),
    ):
        pass


def test_what_is_wrong_with_a_table_is_told_in_the_same_words(tmp_path: Path, spark_tables: Opener) -> None:
    pq.write_table(pa.table({"customer": ["1"]}), tmp_path / "customers.parquet")
    pq.write_table(pa.table({"id": ["1", "x"]}), tmp_path / "texts.parquet")
    pq.write_table(pa.table({"id": list(range(9000))}), tmp_path / "cut.parquet")
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "cut.parquet").read_bytes()[:-200])
    told = []
    for opened in (spark_tables(tmp_path), open_tables(tmp_path, engine=Engine())):
        messages = []
        with pytest.raises(DataError) as misfit, opened as tables:  # noqa: PT012 - raised as it closes
            for name in ("customers", "cut", "custmers"):
                with pytest.raises(DataError) as caught:
                    tables[name]
                messages.append(str(caught.value).split("(")[0])
            tables["texts"].id.cast("int64").execute()
        told.append([*messages, misfit.value.headline])
    assert told[0] == told[1]
    assert "does not fit" in told[0][-1]


def test_nothing_is_left_in_the_session(folder: Path, cluster: Engine, spark_tables: Opener) -> None:
    from leadline.data.spark_session import get_session  # noqa: PLC0415 - not without pyspark

    with spark_tables(folder) as tables:
        tables["rows"]
        lent = tables.lend(ROWS)
        lent.inner_join(ibis.memtable({"text": ["é"]}), "text").count().execute()
        session = get_session(cluster)
        assert len(session.catalog.listTables()) == 3
    assert session.catalog.listTables() == []
    assert get_session(cluster) is session
