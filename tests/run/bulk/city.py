"""A small city in Parquet files, and what changes of it the tests need."""

import datetime as dt
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.bench_page.city import AS_OF, POINTS, make_city
from leadline.data.engine import Engine
from leadline.run.bulk import ListRequest

DAY = dt.date.fromisoformat(AS_OF)
HERE = Engine(threads=2, memory_gb=0.5)
CUSTOMERS, MOST = 2000, 150
#: A column of each table: quickly compiled.
FEW_POINTS = """\
attributes:
  - {column: data_service, rules: [{equals: all, points: 8}], otherwise: 0}
  - {column: spend_cny_mean, rules: [{under: 30, points: 0}, {at_least: 30, points: 4}]}
  - {column: holder_contacts, rules: [{under: 1, points: 0}, {at_least: 1, points: 6}]}
  - {column: products_held, rules: [{under: 1, points: 0}, {at_least: 1, points: 5}]}
"""
ID_COLUMNS = ("customer_id", "caller_id", "callee_id")


def write_city(folder: Path, customers: int = CUSTOMERS) -> Path:
    make_city(folder / "city", customers)
    (folder / "all_points.yml").write_text(POINTS, encoding="utf-8")
    (folder / "points.yml").write_text(FEW_POINTS, encoding="utf-8")
    return folder / "city"


def spell_ids(city: Path, *tables: str) -> None:
    """Make the ids of some tables texts, which sort otherwise than the numbers."""
    for name in tables:
        path = city / f"{name}.parquet"
        kept = duckdb.sql(f"SELECT * FROM '{path}'").columns
        ids = ", ".join(f"'C' || {one} AS {one}" for one in ID_COLUMNS if one in kept)
        change(path, f"SELECT * REPLACE ({ids}) FROM rows")


def change(path: Path, query: str) -> None:
    rows = duckdb.sql(f"SELECT * FROM '{path}'").to_arrow_table()  # noqa: F841 - the query reads it
    duckdb.sql(query).write_parquet(str(path))


def request(city: Path, out: Path, **changes: object) -> ListRequest:
    asked = {"data": city, "as_of": DAY, "points": city.parent / "points.yml", "most": MOST, "out": out}
    return ListRequest(**asked | changes)


def read_list(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "list.csv", encoding="utf-8-sig")
