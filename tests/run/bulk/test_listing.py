"""The list from tables in bulk: as pandas makes it, the same from buckets, whole or not at all."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from benchmarks.bench_page import city_in_pandas
from leadline.data.engine import Engine
from leadline.errors import DataError, ParameterError
from leadline.run.bulk import bucket_tables, make_list
from tests.run.bulk.city import (
    CUSTOMERS,
    DAY,
    HERE,
    MOST,
    change,
    read_list,
    request,
    spell_ids,
    write_city,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_city(tmp_path_factory.mktemp("bulk"))


@pytest.fixture
def city(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    shutil.copy(made.parent / "points.yml", tmp_path)
    return Path(shutil.copytree(made, tmp_path / "city"))


def test_the_list_is_that_of_pandas_and_the_record_tells_of_it(made: Path, tmp_path: Path) -> None:
    points = made.parent / "all_points.yml"
    record = make_list(request(made, tmp_path / "list", points=points), engine=HERE)
    wanted = city_in_pandas.make_list(made, MOST)
    listed, scores = read_list(tmp_path / "list"), pq.read_table(tmp_path / "list" / "scores.parquet")
    assert listed["customer_id"].tolist() == wanted["ids"]
    assert listed["points"].tolist() == wanted["points"]
    assert listed["rank"].tolist() == list(range(1, MOST + 1))
    assert listed["points"].nunique() < MOST / 2, "ties are what the order is about"
    assert sum(scores["points"].to_pylist()) == wanted["total"]
    assert scores.column_names == ["customer_id", "points"]
    assert record["cuts"].keys() == wanted["cuts"].keys()
    for name, cuts in wanted["cuts"].items():
        assert record["cuts"][name] == pytest.approx(cuts, rel=1e-12)
    customers = pd.read_parquet(made / "customers.parquet")
    barred = int((~customers["consent"] | customers["do_not_contact"]).sum())
    counts = {"customers": CUSTOMERS, "not_permitted": barred, "opted_out": 0, "listed": MOST}
    assert record == json.loads((tmp_path / "list" / "record.json").read_text("utf-8"))
    assert record["rows"] == counts
    assert (record["engine"]["kind"], record["engine"]["memory_gb"]) == ("duckdb", 0.5)
    assert "GROUP BY" in record["sql"]["cuts of age_years"].upper()
    assert "QUANTILE" not in record["sql"]["cuts of traffic_mb_mean"].upper(), "it holds all rows in memory"
    assert {path.name for path in (tmp_path / "list").iterdir()} == {
        "list.csv",
        "record.json",
        "scores.parquet",
    }


def test_buckets_give_the_same_list(city: Path, tmp_path: Path) -> None:
    tables = ("customers", "monthly_usage", "calls", "members", "holdings", "trial")
    spell_ids(city, *tables)
    done = bucket_tables(city, tmp_path / "parted", buckets=3, engine=HERE)
    whole = make_list(request(city, tmp_path / "whole", keep_features=True), engine=HERE)
    parted = make_list(
        request(
            tmp_path / "parted", tmp_path / "list", points=city.parent / "points.yml", keep_features=True
        ),
        engine=HERE,
    )
    assert (done.buckets, done.rows["customers"], done.left_out) == (3, CUSTOMERS, ())
    assert (tmp_path / "list" / "list.csv").read_bytes() == (tmp_path / "whole" / "list.csv").read_bytes()
    assert parted["cuts"] == whole["cuts"]
    for name in ("scores.parquet", "features.parquet"):
        one, other = (
            pd.read_parquet(tmp_path / folder / name).sort_values("customer_id", ignore_index=True)
            for folder in ("whole", "list")
        )
        pd.testing.assert_frame_equal(one, other)
    assert sorted(path.name for path in (tmp_path / "list").iterdir()) == [
        "features.parquet",
        "list.csv",
        "record.json",
        "scores.parquet",
    ]


def test_each_end_of_a_call_is_a_customer_s_in_one_bucket(made: Path, tmp_path: Path) -> None:
    bucket_tables(made, tmp_path / "parted", buckets=3, engine=HERE)
    calls = pd.concat(
        pd.read_parquet(part) for part in (tmp_path / "parted" / "buckets").glob("*/calls/*.parquet")
    )
    there = pq.read_metadata(made / "calls.parquet").num_rows
    assert calls["is_caller_in_bucket"].sum() == calls["is_callee_in_bucket"].sum() == there
    assert there < len(calls) < 2 * there, "some have both ends in one bucket"


def test_a_bucket_without_rows_of_a_table_has_it_empty(city: Path, tmp_path: Path) -> None:
    change(city / "holdings.parquet", "SELECT * FROM rows LIMIT 1")
    bucket_tables(city, tmp_path / "parted", buckets=3, engine=HERE)
    parts = sorted((tmp_path / "parted" / "buckets").glob("*/holdings/*.parquet"))
    assert sorted(pq.read_metadata(part).num_rows for part in parts) == [0, 0, 1]


def test_who_opted_out_is_not_listed(made: Path, tmp_path: Path) -> None:
    make_list(request(made, tmp_path / "before"), engine=HERE)
    first = read_list(tmp_path / "before")["customer_id"].tolist()
    outs = pd.DataFrame({"customer_id": [*first[:100], 999_999_999]})
    outs.to_csv(tmp_path / "outs.csv", index=False)
    record = make_list(request(made, tmp_path / "after", opt_outs=tmp_path / "outs.csv"), engine=HERE)
    assert record["rows"]["opted_out"] == 100
    after = read_list(tmp_path / "after")["customer_id"].tolist()
    assert after[: MOST - 100] == first[100:]
    assert len(after) == MOST, "others take the places of those who opted out"


def test_a_list_shorter_than_asked_for_says_so(city: Path, tmp_path: Path) -> None:
    change(city / "customers.parquet", "SELECT * EXCLUDE (do_not_contact) FROM rows LIMIT 20")
    record = make_list(request(city, tmp_path / "list"), engine=HERE)
    assert record["rows"]["listed"] == 20 - record["rows"]["not_permitted"]
    gap, shortfall = record["warnings"]
    assert "customers has no column do_not_contact" in gap
    assert "of the 150 asked for" in shortfall


def test_what_does_not_fit_is_refused(city: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.yml").write_text(
        "attributes:\n- {column: colour, rules: [{equals: red, points: 1}], otherwise: 0}\n", "utf-8"
    )
    pd.DataFrame({"client": [1, 2]}).to_csv(tmp_path / "nameless.csv", index=False)
    pd.DataFrame({"customer_id": ["10000000", "20000000"]}).to_csv(tmp_path / "others.csv", index=False)
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "list.csv").touch()
    wrong = [
        ({"points": tmp_path / "wrong.yml"}, "colour: the table to be scored has no such column"),
        ({"opt_outs": tmp_path / "nameless.csv"}, "has no such column"),
        ({"opt_outs": tmp_path / "others.csv"}, "none of its 2 ids is a customer's"),
        ({"out": taken, "most": 0}, "--most == 0, must be 1 or more"),
        ({"out": taken}, "is there already and not empty"),
    ]
    for changes, told in wrong:
        with pytest.raises((DataError, ParameterError)) as caught:
            make_list(request(city, **{"out": tmp_path / "list"} | changes), engine=HERE)
        assert told in str(caught.value)
        assert not (tmp_path / "list").exists()
    assert [path.name for path in taken.iterdir()] == ["list.csv"]


def test_customers_without_or_with_one_id_twice_are_refused(city: Path, tmp_path: Path) -> None:
    original = (city / "customers.parquet").read_bytes()
    for query, told in (
        (
            "SELECT * REPLACE (nullif(customer_id, 5) AS customer_id) FROM rows",
            "1 customers have no customer_id",
        ),
        ("SELECT * FROM rows UNION ALL SELECT * FROM rows", "listed ids more than once"),
    ):
        (city / "customers.parquet").write_bytes(original)
        change(city / "customers.parquet", query)
        with pytest.raises(DataError, match=told):
            make_list(request(city, tmp_path / "list"), engine=HERE)
        assert not (tmp_path / "list").exists()


def test_buckets_that_cannot_be_are_refused(city: Path, tmp_path: Path) -> None:
    out = tmp_path / "parted"
    with pytest.raises(ParameterError, match=r"--buckets == 0, must be from 1 to 1,000") as caught:
        bucket_tables(city, out, buckets=0, engine=Engine(kind="spark"))
    assert "Buckets are for one machine" in str(caught.value)
    spell_ids(city, "customers")
    with pytest.raises(DataError, match=r"customers\.customer_id is string, .*calls\.caller_id is int64"):
        bucket_tables(city, out, buckets=2, engine=HERE)
    assert not out.exists()


def test_buckets_that_were_lost_are_told(city: Path, tmp_path: Path) -> None:
    bucket_tables(city, tmp_path / "parted", buckets=3, engine=HERE)
    parted = request(tmp_path / "parted", tmp_path / "list", points=city.parent / "points.yml")
    with pytest.raises(ParameterError, match="is in buckets, which are for DuckDB"):
        make_list(parted, engine=Engine(kind="spark"))
    with pytest.raises(ParameterError, match="is in buckets already"):
        bucket_tables(tmp_path / "parted", tmp_path / "again", engine=HERE)
    shutil.rmtree(tmp_path / "parted" / "buckets" / "1")
    with pytest.raises(DataError, match="1 of 3 buckets are missing"):
        make_list(parted, engine=HERE)
    (tmp_path / "parted" / "buckets.json").write_text("{")
    with pytest.raises(DataError, match=r"buckets\.json is damaged"):
        make_list(parted, engine=HERE)


def test_a_killed_command_leaves_nothing_and_the_next_one_succeeds(made: Path, tmp_path: Path) -> None:
    out, hidden = tmp_path / "list", tmp_path / ".list.making"
    points, day = str(made.parent / "points.yml"), DAY.isoformat()
    words = ["bulk", "list", str(made), "--as-of", day, "--points", points, "--most", "9", "--out", str(out)]
    command = [sys.executable, "-m", "leadline", *words]
    killed = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while not hidden.is_dir():
        assert killed.poll() is None, "it ended before it was killed"
    killed.kill()
    assert killed.wait() == -signal.SIGKILL
    assert not out.exists()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == f"9 listed: {out / 'list.csv'}"
    assert len(read_list(out)) == 9
    assert not hidden.exists()
