"""Every accepted form gives the same frame; names that are wrong get the nearest suggested."""

import datetime as dt
import gzip
import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from leadline.data import read_table
from leadline.errors import DataError

FRAME = pd.DataFrame(
    {
        "customer_id": pd.Series(["001", "002", "003"], dtype="str"),
        "姓名": pd.Series(["张三", "李四", None], dtype="str"),
        "spend_cny": [1.5, 2.0, None],
        "contacts": [1, 2, 3],
        "joined": pd.to_datetime(["2024-01-31", "2024-02-29", "2025-12-01"]).astype("datetime64[us]"),
    }
)


def write_csv(path: Path) -> str:
    FRAME.to_csv(path / "t.csv", index=False)
    return str(path / "t.csv")


def write_gzip(path: Path) -> str:
    (path / "t.csv.gz").write_bytes(gzip.compress(FRAME.to_csv(index=False).encode()))
    return str(path / "t.csv.gz")


def write_xlsx(path: Path) -> str:
    with pd.ExcelWriter(path / "t.xlsx") as book:
        pd.DataFrame({"a": [1, 2]}).to_excel(book, sheet_name="other", index=False)
        FRAME.to_excel(book, sheet_name="客户", index=False)
    return f"{path / 't.xlsx'}::客户"


def write_parquet(path: Path) -> str:
    FRAME.to_parquet(path / "t.parquet")
    return str(path / "t.parquet")


def write_folder(path: Path) -> str:
    (path / "parts").mkdir()
    FRAME[:1].to_parquet(path / "parts" / "a.parquet")
    for name, part in (("a", FRAME[:2]), ("b", FRAME[2:])):
        pd.concat([part, part]).to_parquet(path / "parts" / f"{name}.parquet")
    return str(path / "parts")


def write_duckdb(path: Path) -> str:
    with duckdb.connect(str(path / "t.duckdb")) as connection:
        connection.register("rows", FRAME)
        connection.execute('CREATE TABLE "my ""table" AS SELECT * FROM rows')
    return f'{path / "t.duckdb"}::my "table'


def write_sqlite(path: Path) -> str:
    connection = sqlite3.connect(path / "t.sqlite")
    FRAME.assign(joined=FRAME["joined"].dt.strftime("%Y-%m-%d")).to_sql("customers", connection, index=False)
    connection.close()
    return f"{path / 't.sqlite'}::customers"


FORMS = [write_csv, write_gzip, write_xlsx, write_parquet, write_duckdb, write_sqlite]


@pytest.mark.parametrize("write", FORMS, ids=lambda write: write.__name__)
def test_every_form_gives_the_same_frame(write: Callable[[Path], str], tmp_path: Path) -> None:
    table = read_table(write(tmp_path))
    pd.testing.assert_frame_equal(table.frame, FRAME)
    assert table.source.warnings == ()
    assert (table.source.rows, table.source.columns) == FRAME.shape
    assert (table.source.first_date, table.source.last_date) == (dt.date(2024, 1, 31), dt.date(2025, 12, 1))


def test_a_folder_is_one_table_in_order_of_its_parts(tmp_path: Path) -> None:
    table = read_table(write_folder(tmp_path))
    assert table.frame["customer_id"].tolist() == ["001", "002", "001", "002", "003", "003"]
    chosen = read_table(f"{tmp_path / 'parts'}::b")
    assert chosen.frame["customer_id"].tolist() == ["003", "003"]
    assert chosen.source.sha256 != table.source.sha256


def test_types_of_text_parts_are_judged_together(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ref,x\n1,1\n2,2\n")
    (tmp_path / "b.csv").write_text("x,ref\n1,003\n2,004\n")
    assert read_table(tmp_path).frame["ref"].tolist() == ["1", "2", "003", "004"]


def test_text_of_typed_parts_stays_text(tmp_path: Path) -> None:
    for name, values in (("a", ["12", "34"]), ("b", ["56", "78"])):
        pd.DataFrame({"code": values}).to_parquet(tmp_path / f"{name}.parquet")
    assert read_table(tmp_path / "a.parquet").frame["code"].tolist() == ["12", "34"]
    assert read_table(tmp_path).frame["code"].tolist() == ["12", "34", "56", "78"]


def test_parts_with_other_types_are_refused(tmp_path: Path) -> None:
    pd.DataFrame({"code": ["12", "34"], "x": [1, 2]}).to_parquet(tmp_path / "a.parquet")
    pd.DataFrame({"code": [56, 78], "x": [0.5, 1]}).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(DataError, match=r"code: b\.parquet holds int64, the files before it string"):
        read_table(tmp_path)


def test_long_numbers_of_one_part_and_fractions_of_another_are_refused(tmp_path: Path) -> None:
    pd.DataFrame({"x": [9007199254740993, 1]}).to_parquet(tmp_path / "a.parquet")
    pd.DataFrame({"x": [0.5, 1]}).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(DataError, match="fractions in one file and .*9007199254740993"):
        read_table(tmp_path)


def test_parts_with_other_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,x\n1,1\n2,2\n")
    (tmp_path / "b.csv").write_text("id,y\n1,1\n2,2\n")
    with pytest.raises(DataError, match=r"b\.csv: lacks x, has also y"):
        read_table(tmp_path)


def test_hash_is_that_of_the_file_and_the_file_stays_as_it_was(tmp_path: Path) -> None:
    path = Path(write_csv(tmp_path))
    before = path.read_bytes()
    assert read_table(path).source.sha256 == hashlib.sha256(before).hexdigest()
    assert path.read_bytes() == before


def test_source_is_plain_json(tmp_path: Path) -> None:
    source = read_table(write_csv(tmp_path)).source.to_dict()
    assert source["first_date"] == "2024-01-31"
    assert source["rows"] == 3
    assert source["notes"] == ["customer_id: numbers kept as text, for they are ids."]


def test_a_query_is_read(tmp_path: Path) -> None:
    write_duckdb(tmp_path), write_sqlite(tmp_path)
    query = "SELECT contacts, contacts * 2 AS twice FROM {} ORDER BY contacts DESC"
    for file, name in (("t.duckdb", '"my ""table"'), ("t.sqlite", "customers")):
        table = read_table(f"{tmp_path / file}::{query.format(name)}")
        assert table.frame["twice"].tolist() == [6, 4, 2]


ATTACKS = [
    "SELECT * FROM read_text('{secret}')",
    "SELECT * FROM '{secret}'",
    "WITH x AS (SELECT 1) SELECT * FROM read_csv('{secret}')",
    "SELECT 1; CREATE TABLE stolen AS SELECT 1",
    "SELECT 1; SET lock_configuration = false",
    "SELECT 1; ATTACH '{secret}' AS other",
    "SELECT getenv('HOME')",
    "WITH x AS (SELECT 1) DELETE FROM customers",
]


@pytest.mark.covers("loaders", "duckdb_queries", "sqlite_queries")
@pytest.mark.parametrize("query", ATTACKS)
@pytest.mark.parametrize("write", [write_duckdb, write_sqlite], ids=["duckdb", "sqlite"])
def test_a_query_reaches_nothing_but_its_file(
    write: Callable[[Path], str], query: str, tmp_path: Path
) -> None:
    file, _, _table = write(tmp_path).partition("::")
    before = Path(file).read_bytes()
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n2\n")
    with pytest.raises(DataError):
        read_table(f"{file}::{query.format(secret=secret)}")
    assert Path(file).read_bytes() == before


@pytest.mark.covers("loaders", "postgres_queries")
@pytest.mark.parametrize("query", ATTACKS)
def test_a_query_of_a_server_reaches_no_file(
    query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, _, table = write_duckdb(tmp_path).partition("::")
    monkeypatch.setattr("leadline.data.database._LOAD_POSTGRES", "SELECT 1")
    monkeypatch.setattr("leadline.data.database._POSTGRES_OPTIONS", "READ_ONLY")
    monkeypatch.setenv("CRM", file)
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n2\n")
    with pytest.raises(DataError):
        read_table(f"postgres:CRM::{query.format(secret=secret)}")
    pd.testing.assert_frame_equal(read_table(f"postgres:CRM::{table}").frame, FRAME)


def test_rows_of_a_database_count_from_two(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "t.db")
    pd.DataFrame({"x": ["1", "2", "abc", "4"]}).to_sql("t", connection, index=False)
    connection.close()
    with pytest.raises(DataError, match=r"x: numbers and text are mixed; 1 of 4 .*row 4: 'abc'"):
        read_table(f"{tmp_path / 't.db'}::t")


def test_a_name_of_a_table_is_data(tmp_path: Path) -> None:
    file, _, _table = write_duckdb(tmp_path).partition("::")
    with pytest.raises(DataError, match="was not found"):
        read_table(f'{file}::x"; DROP TABLE y; --')


WRONG_NAMES = [
    ("customer.csv", "customers.csv"),
    ("book.xlsx::Custmers", "'Customers'"),
    ("coil200", "coil2000"),
    ("t.sqlite::custmers", "'customers'"),
    ('t.duckdb::my "tabel', "table"),
    ("nowhere/t.csv", "no folder"),
    ("t.sqlite", "names no table"),
    ("t.docx", "CSV, XLSX or Parquet"),
]


@pytest.mark.parametrize(("name", "word"), WRONG_NAMES)
def test_a_wrong_name_is_answered_with_the_nearest(
    name: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("leadline.paths.SAMPLES", tmp_path / "samples")
    (tmp_path / "samples").mkdir()
    FRAME.to_parquet(tmp_path / "samples" / "coil2000.parquet")
    write_duckdb(tmp_path), write_sqlite(tmp_path)
    (tmp_path / "customers.csv").write_text("a\n1\n2\n")
    (tmp_path / "t.docx").write_text("a")
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        FRAME.to_excel(book, sheet_name="Customers", index=False)
    with pytest.raises(DataError) as caught:
        read_table(name)
    assert word in str(caught.value)


def test_a_shipped_table_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadline.paths.SAMPLES", tmp_path)
    FRAME.to_parquet(tmp_path / "coil2000.parquet")
    assert read_table("coil2000").source.name == "coil2000"


def test_postgres_keeps_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRM", raising=False)
    with pytest.raises(DataError, match="the environment variable CRM is not set"):
        read_table("postgres:CRM::public.customers")
    with pytest.raises(DataError) as caught:
        read_table("postgres:host=db password=hunter2::public.customers")
    assert "environment variable" in str(caught.value)


def test_columns_asked_for_as_text_stay_text(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1,1\n2,abc\n3,3\n")
    frame = read_table(tmp_path / "t.csv", text_columns=["y", "x"]).frame
    assert frame["y"].tolist() == ["1", "abc", "3"]
    assert frame["x"].tolist() == ["1", "2", "3"]
    with pytest.raises(DataError, match="Did you mean 'x'|no such column"):
        read_table(tmp_path / "t.csv", text_columns=["xx"])


def test_relative_paths_start_at_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_csv(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert read_table("t.csv").source.path == "t.csv"
    assert read_table(Path("t.csv")).source.path == "t.csv"


MAPPINGS = {
    "m.yml": "full_name: 姓名\nspend: spend_cny\n",
    "m.csv": "full_name,姓名\nspend,spend_cny\n",
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_mapping_renames(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(MAPPINGS[name], encoding="utf-8")
    frame = read_table(write_csv(tmp_path), mapping=tmp_path / name).frame
    assert list(frame.columns) == ["customer_id", "full_name", "spend", "contacts", "joined"]


def test_a_mapped_name_says_what_a_column_is(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("号,日\n1,45292\n2,45293\n", encoding="utf-8")
    (tmp_path / "m.yml").write_text("customer_id: 号\njoined_date: 日\n", encoding="utf-8")
    frame = read_table(tmp_path / "t.csv", mapping=tmp_path / "m.yml").frame
    assert frame["customer_id"].tolist() == ["1", "2"]
    assert frame["joined_date"].tolist() == [pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 1, 2)]


def test_a_mapping_that_does_not_fit_lists_every_problem(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text("a: spend_cn\nb: contacts\nc: contacts\njoined: spend_cny\n")
    with pytest.raises(DataError) as caught:
        read_table(write_csv(tmp_path), mapping=tmp_path / "m.yml")
    assert len(caught.value.problems) == 3
    assert "Did you mean 'spend_cny'?" in caught.value.problems[0]
    assert "mapped to 2 names" in caught.value.problems[1]
    assert "already has a column" in caught.value.problems[2]


def test_rows_are_those_of_the_file_after_an_empty_one_and_without_a_header(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1,1\n,\n3,abc\n4,2\n5,3\n")
    with pytest.raises(DataError, match="y: numbers and text are mixed.*row 4: 'abc'"):
        read_table(tmp_path / "t.csv")
    (tmp_path / "t.csv").write_text("1,2026-02-27\n2,2026-02-30\n3,2026-02-28\n")
    with pytest.raises(DataError, match="1 date does not exist .row 2"):
        read_table(tmp_path / "t.csv")


def test_a_report_names_a_cached_table_without_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_CACHE", str(tmp_path))
    source = read_table(write_csv(tmp_path)).source
    assert source.path == "cache/t.csv"
    assert str(tmp_path) not in source.name
