import datetime as dt
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pytest

from leadline.data.open_tables import open_tables
from leadline.errors import DataError
from leadline.features import circle_features
from tests.features import reference
from tests.features.engine import records
from tests.features.samples import AS_OF, make_calls


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "market's 数据"
    place.mkdir()
    calls, members = make_calls(1)
    calls.to_parquet(place / "calls.parquet")
    members.to_parquet(place / "members.parquet")
    return place


def test_features_run_over_files(folder: Path) -> None:
    calls, members = make_calls(1)
    with open_tables(folder, threads=1) as tables:
        assert list(tables) == ["calls", "members"]
        found = circle_features(tables["calls"], tables["members"], as_of=AS_OF).to_pandas()
        joined = circle_features(tables["calls"], ibis.memtable(members), as_of=AS_OF).to_pandas()
    found = found.sort_values("customer_id")
    assert records(found) == reference.circle(calls, members, AS_OF, 90)
    assert records(joined.sort_values("customer_id")) == records(found)


def test_a_table_may_stand_in_parts(folder: Path) -> None:
    calls, _members = make_calls(1)
    (folder / "calls.parquet").unlink()
    (folder / "calls").mkdir()
    calls.head(1000).to_parquet(folder / "calls" / "part-1.parquet")
    calls.tail(-1000).to_parquet(folder / "calls" / "part-2.parquet")
    with open_tables(folder) as tables:
        assert tables["calls"].count().to_pandas() == len(calls)


@pytest.mark.covers("loaders", "tables_confined")
def test_the_engine_reaches_nothing_else(folder: Path) -> None:
    secret = folder.parent / "secret.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(secret)
    with open_tables(folder) as tables:
        connection = tables["calls"].get_backend()
        for reach in (
            lambda: connection.read_parquet(str(secret)).count().to_pandas(),
            lambda: connection.raw_sql("SELECT * FROM read_csv('/etc/passwd')"),
            lambda: connection.raw_sql(f"ATTACH '{folder.parent}/other.duckdb'"),
            lambda: tables["calls"].to_parquet(folder.parent / "out.parquet"),
            lambda: connection.raw_sql("SET enable_external_access = true"),
            lambda: connection.raw_sql("SET memory_limit = '100GB'"),
            lambda: connection.raw_sql("INSTALL httpfs"),
        ):
            with pytest.raises((duckdb.PermissionException, duckdb.InvalidInputException)):
                reach()
    assert not (folder.parent / "out.parquet").exists()


@pytest.mark.covers("loaders", "tables_linked")
def test_a_link_out_of_the_folder_is_refused(folder: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(folder.parent / "secret.parquet")
    (folder / "secret.parquet").symlink_to(folder.parent / "secret.parquet")
    with (
        pytest.raises(DataError, match=r"secret.parquet is a link that leads out of the folder"),
        open_tables(folder),
    ):
        pass


def test_text_among_ids_that_are_numbers_is_a_message(folder: Path) -> None:
    members = pd.DataFrame({"customer_id": ["7", "C08"], "kind": "staff"})
    with (
        pytest.raises(DataError, match=r"does not fit its column's use.*\n.*C08"),
        open_tables(folder) as tables,
    ):
        circle_features(tables["calls"], ibis.memtable(members), as_of=AS_OF).to_pandas()


def test_an_unknown_table_is_named(folder: Path) -> None:
    with (
        open_tables(folder) as tables,
        pytest.raises(DataError, match=r"no table 'call'.*\n.*Did you mean 'calls'"),
    ):
        tables["call"]


def test_all_columns_that_do_not_fit_are_named(folder: Path) -> None:
    calls, _members = make_calls(1)
    wrong = calls.rename(columns={"callee_id": "called_id"}).astype(
        {"caller_id": "float64", "called_on": "str"}
    )
    wrong.to_parquet(folder / "calls.parquet")
    with open_tables(folder) as tables, pytest.raises(DataError) as caught:
        tables["calls"]
    assert list(caught.value.problems) == [
        "caller_id: holds float64, must be id. Correct the column where it is made.",
        "callee_id: the column is absent (the customer who was called). Did you mean 'called_id'?",
        "called_on: holds string, must be date. Correct the column where it is made.",
    ]


def test_a_damaged_file_is_named(folder: Path) -> None:
    whole = (folder / "calls.parquet").read_bytes()
    (folder / "calls.parquet").write_bytes(whole[: len(whole) // 2])
    with (
        open_tables(folder) as tables,
        pytest.raises(DataError, match=r"calls cannot be read.*\n.*cut off or damaged"),
    ):
        tables["calls"]


@pytest.mark.parametrize("place", ["absent", "empty"])
def test_a_folder_without_tables_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"holds no table|was not found"), open_tables(tmp_path / place):
        pass


def make_large(folder: Path) -> None:
    numbers = pd.DataFrame({"n": range(800_000)})
    numbers.assign(text=(numbers["n"] * 7919 % 800_011).astype(str) + "x" * 60).to_parquet(
        folder / "large.parquet"
    )


def test_what_does_not_fit_into_memory_goes_to_the_temporary_folder(folder: Path) -> None:
    make_large(folder)
    temp = folder.parent / "temp"
    temp.mkdir()
    with open_tables(folder, memory_gb=0.04, threads=1, temp=temp) as tables:
        large = tables["large"]
        ranked = large.mutate(rank=ibis.row_number().over(order_by=large.text))
        assert ranked.filter(ranked.n == 0)["rank"].to_pandas().tolist() == [0]
        setting = large.get_backend().raw_sql("SELECT current_setting('temp_directory')").fetchone()
        assert Path(setting[0]).parent == temp
    assert not list(temp.iterdir())


def test_too_little_memory_is_a_message(folder: Path) -> None:
    make_large(folder)
    with (
        pytest.raises(DataError, match=r"0.01 GB of memory.*not enough.*\n.*Allow more memory_gb"),
        open_tables(folder, memory_gb=0.01) as tables,
    ):
        tables["large"].group_by("text").aggregate(n=tables["large"].count()).to_pandas()


def test_times_are_compared_by_day(folder: Path) -> None:
    calls, members = make_calls(1)
    calls.assign(called_on=calls["called_on"] + dt.timedelta(hours=23)).to_parquet(folder / "calls.parquet")
    with open_tables(folder) as tables:
        found = circle_features(tables["calls"], tables["members"], as_of=AS_OF).to_pandas()
    assert records(found.sort_values("customer_id")) == reference.circle(calls, members, AS_OF, 90)


def test_a_damaged_page_is_a_message_too(folder: Path) -> None:
    file = folder / "calls.parquet"
    content = bytearray(file.read_bytes())
    content[4:200] = b"\xff" * 196
    file.write_bytes(bytes(content))
    with pytest.raises(DataError, match="damaged"), open_tables(folder) as tables:
        tables["calls"].execute()


@pytest.mark.parametrize("memory_gb", [0, -1, float("nan")])
def test_impossible_memory_is_refused(folder: Path, memory_gb: float) -> None:
    with pytest.raises(DataError, match="must be above 0"), open_tables(folder, memory_gb=memory_gb):
        pass
