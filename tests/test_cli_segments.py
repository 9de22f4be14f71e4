"""``leadline segments assign | show | sql`` as a user types them."""

import datetime as dt
import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from leadline.cli import app
from leadline.errors import DataError, LeadlineError, ParameterError, RunError
from leadline.target.segments import fit_segments, make_segmentation, read_bases, write_segmentation


def leadline(*words: object) -> Result:
    """In this process; an error of ours comes out as `cli.main` shows it."""
    done = CliRunner().invoke(app, ["segments", *map(str, words)])
    if done.exception and not isinstance(done.exception, SystemExit | LeadlineError):
        raise done.exception
    return done


def refused(*words: object) -> str:
    done = leadline(*words)
    assert isinstance(done.exception, ParameterError | DataError)
    assert done.exception.exit_code == 2
    return str(done.exception)


def make_customers(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 2, rows)
    return pd.DataFrame(
        {
            "customer_id": [f"{place:05}" for place in range(rows)],
            "age": (rng.normal(30 + 25 * kind, 4)).round(2),
            "city": np.array(["上海", "北京"])[(kind + (rng.random(rows) < 0.2)) % 2],
            "is_member": rng.random(rows) < 0.3,
        }
    )


@pytest.fixture
def artefact(tmp_path: Path) -> Path:
    bases = read_bases(make_customers(800, 0), ["age", "city", "is_member"])
    fit = fit_segments(bases, "kmeans", 2, np.random.default_rng(0))
    made = make_segmentation(
        bases, fit, names=["年轻", "=Old"], as_of=dt.date(2026, 6, 30), made_from="our branch"
    )
    file = tmp_path / "分群.json"
    file.write_text(write_segmentation(made), "utf-8")
    return file


@pytest.fixture
def new(tmp_path: Path) -> Path:
    file = tmp_path / "new.csv"
    make_customers(300, 1).to_csv(file, index=False)
    return file


def test_show_tells_what_it_is(artefact: Path) -> None:
    told = leadline("show", artefact).stdout
    assert "2 segments by method kmeans, of 800 customers as of 2026-06-30, made from our branch." in told
    assert "年轻" in told
    assert "city       binary: 上海, 北京" in told or "city       binary: 北京, 上海" in told


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_new_customers_are_placed_in_a_table_of_each_form(
    artefact: Path, new: Path, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"placed.{ending}"
    done = leadline("assign", artefact, new, "--out", out)
    assert done.exit_code == 0
    assert done.stdout.startswith("300 customers are placed in 2 segments.")
    assert "Drift index" in done.stdout
    assert done.stdout.endswith(f"{out}\n")
    assert not done.stderr
    read = {
        "csv": lambda: pd.read_csv(out, dtype=str),
        "xlsx": lambda: pd.read_excel(out, dtype=str),
        "parquet": lambda: pd.read_parquet(out),
    }[ending]()
    assert list(read) == ["customer_id", "segment", "segment_name", "is_far"]
    assert read["customer_id"].tolist() == make_customers(300, 1)["customer_id"].tolist()
    guarded = "=Old" if ending == "parquet" else "'=Old"
    assert set(read["segment_name"]) == {"年轻", guarded}


def test_sql_beside_the_table_and_on_the_terminal_place_the_same(
    artefact: Path, new: Path, tmp_path: Path
) -> None:
    out = tmp_path / "placed.parquet"
    leadline("assign", artefact, new, "--out", out, "--sql")
    written = (tmp_path / "placed.sql").read_text("utf-8")
    assert leadline("sql", artefact).stdout == written
    with duckdb.connect() as connection:
        connection.sql(f"CREATE TABLE people AS FROM read_csv('{new}', types = {{'customer_id': 'VARCHAR'}})")
        placed = connection.sql(leadline("sql", artefact, "--table", "people").stdout).df()
    here = pd.read_parquet(out)
    for column in here:
        assert placed[column].tolist() == here[column].tolist()


def test_sql_that_cannot_be_written_leaves_nothing_behind(artefact: Path, new: Path, tmp_path: Path) -> None:
    (tmp_path / "placed.sql").mkdir()
    done = leadline("assign", artefact, new, "--out", tmp_path / "placed.csv", "--sql")
    assert isinstance(done.exception, RunError)
    assert "placed.sql cannot be written" in str(done.exception)
    assert not list(tmp_path.glob(".*"))


def test_names_of_ones_own_and_ids_of_another_name(artefact: Path, tmp_path: Path) -> None:
    theirs = make_customers(40, 1).rename(columns={"age": "年龄", "customer_id": "client"})
    theirs.to_csv(tmp_path / "theirs.csv", index=False)
    (tmp_path / "names.yml").write_text("age: 年龄\n", "utf-8")
    out = tmp_path / "placed.csv"
    words = ["assign", artefact, tmp_path / "theirs.csv", "--out", out, "--mapping", tmp_path / "names.yml"]
    leadline(*words, "--customer", "client")
    assert next(iter(pd.read_csv(out))) == "client"
    told = leadline(*words).stdout
    assert told.startswith("There is no column 'customer_id': rows are counted from 1")
    assert pd.read_csv(out)["row"].tolist() == list(range(1, 41))


def test_rows_are_counted_in_a_column_of_a_free_name(artefact: Path, tmp_path: Path) -> None:
    theirs = make_customers(40, 1).rename(columns={"customer_id": "row"}).assign(row_2="x")
    theirs.to_csv(tmp_path / "theirs.csv", index=False)
    out = tmp_path / "placed.csv"
    told = leadline("assign", artefact, tmp_path / "theirs.csv", "--out", out).stdout
    assert "in the column 'row_3'" in told
    assert pd.read_csv(out)["row_3"].tolist() == list(range(1, 41))


def test_ids_called_as_the_result_are_refused(artefact: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "theirs.csv", tmp_path / "placed.csv"
    make_customers(40, 1).rename(columns={"customer_id": "segment"}).to_csv(table, index=False)
    told = refused("assign", artefact, table, "--out", out, "--customer", "segment")
    assert "is to hold the result" in told


def test_weights_and_what_speaks_of_a_few(tmp_path: Path) -> None:
    frame = make_customers(800, 0).assign(w=[1.0, 4.0] * 400)
    frame.loc[0, "age"] = 4_000.5
    bases = read_bases(frame, ["age", "city", "is_member"], weight="w")
    fit = fit_segments(bases, "kmeans", 3, np.random.default_rng(0))
    file, table, out = (tmp_path / name for name in ("made.json", "new.csv", "placed.csv"))
    file.write_text(write_segmentation(make_segmentation(bases, fit)), "utf-8")
    shown = leadline("show", file)
    assert shown.stdout.count("–") == 2
    assert "Warning: “Segment 3” holds fewer than 10 customers" in shown.stderr
    frame.to_csv(table, index=False)
    assert "made with weights" in leadline("assign", file, table, "--out", out).stderr
    weighted = leadline("assign", file, table, "--out", out, "--weight", "w")
    assert "made with weights" not in weighted.stderr
    assert "No column is seen to have changed" in weighted.stdout


def test_one_customer_is_enough(artefact: Path, tmp_path: Path) -> None:
    make_customers(1, 1).to_csv(tmp_path / "one.csv", index=False)
    done = leadline("assign", artefact, tmp_path / "one.csv", "--out", tmp_path / "placed.csv")
    assert done.stdout.startswith("1 customer is placed in one of 2 segments.")


def test_warnings_are_told_apart(artefact: Path, tmp_path: Path) -> None:
    moved = make_customers(500, 1)
    moved["age"] += 10
    moved.loc[:2, "city"] = "广州"
    moved.to_csv(tmp_path / "moved.csv", index=False)
    done = leadline("assign", artefact, tmp_path / "moved.csv", "--out", tmp_path / "placed.csv")
    assert "Warning: city: fewer than 10 customers have a value that was not there" in done.stderr
    assert "Warning: These have changed since the segments were made: age" in done.stderr


def test_a_folder_of_tables_is_brought_together(artefact: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    make_customers(100, 1).to_parquet(folder / "customers.parquet", index=False)
    out = tmp_path / "placed.csv"
    assert "name the day of the analysis" in refused("assign", artefact, folder, "--out", out)
    assert not out.exists()
    done = leadline("assign", artefact, folder, "--out", out, "--as-of", "2026-06-30")
    assert done.exit_code == 0
    assert len(pd.read_csv(out)) == 100


def test_an_artefact_from_other_columns_is_refused_and_nothing_is_written(
    artefact: Path, new: Path, tmp_path: Path
) -> None:
    out = tmp_path / "placed.csv"
    out.write_text("as it was")
    other = tmp_path / "other.csv"
    pd.DataFrame({"customer_id": ["1", "2"], "spend_cny": [3.5, 4.5]}).to_csv(other, index=False)
    message = refused("assign", artefact, other, "--out", out, "--sql")
    for column in ("age", "city", "is_member"):
        assert f"{column}: the table has no such column" in message
    assert "(3 problems)" in message
    assert out.read_text() == "as it was"
    assert not list(tmp_path.glob("*.sql")) + list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("name", "said"),
    [("placed.doc", "must end in one of .csv, .xlsx, .parquet"), ("absent/placed.csv", "no such folder")],
)
def test_a_name_that_cannot_be_written_is_refused_first(
    artefact: Path, tmp_path: Path, name: str, said: str
) -> None:
    assert said in refused("assign", artefact, "no table at all", "--out", tmp_path / name)


@pytest.mark.parametrize("command", [["show"], ["sql"], ["assign"]])
def test_what_is_no_segmentation_is_refused_by_name(
    artefact: Path, new: Path, tmp_path: Path, command: list[str]
) -> None:
    more = [new, "--out", tmp_path / "placed.csv"] if command == ["assign"] else []
    document = json.loads(artefact.read_text("utf-8"))
    contents = {
        "was cut short": artefact.read_text("utf-8")[:700].encode(),
        "it is not JSON": "年龄,城市".encode("gb18030"),
        "was cut short.": b"[" * 100_000,
        "no segmentation of leadline's": b'{"nodes": []}',
        "comes from a later leadline": json.dumps(document | {"version": 2}).encode(),
        "learned: must be a mapping": json.dumps(document | {"learned": None}).encode(),
        "far_share == nan": json.dumps(document | {"far_share": float("nan")}).encode(),
    }
    file = tmp_path / "bad.json"
    for said, content in contents.items():
        file.write_bytes(content)
        message = refused(*command, file, *more)
        assert said in message
        assert "bad.json" in message
    assert "No such file" in refused(*command, tmp_path / "absent.json", *more)
    assert not (tmp_path / "placed.csv").exists()
