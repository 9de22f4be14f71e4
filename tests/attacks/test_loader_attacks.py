"""Files and databases that try to be more than tables."""

import gzip
import pickle
import random
import re
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leadline.data import read_table
from leadline.errors import DataError, ParameterError
from leadline.target.points import LevelPoints, PointsTable
from leadline.target.points_python import write_python
from leadline.target.segments import parse_segmentation
from tests.scorecard.catalogue import FULL

SOURCES = Path(__file__).parents[2] / "src" / "leadline"
ROWS = pa.table({"id": ["a", "b"], "v": [1, 2]})
TOUCH = "__import__('pathlib').Path('PWNED').touch()"
NAMES = ['x"; DROP TABLE t; --', "select", "a b", "客户", "x'y", "SELECT 1", "a.b" * 3000]


def covers(*cases: str) -> pytest.MarkDecorator:
    """Mark a test with the cases of the table that it covers."""
    return pytest.mark.covers("loaders", *cases)


@pytest.fixture(autouse=True)
def _nothing_was_run(working_folder: Path):
    yield
    assert not list(working_folder.rglob("PWNED"))


def refuse(dataset: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_table(dataset)


@pytest.fixture
def database() -> str:
    with duckdb.connect("t.duckdb") as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a UNION ALL SELECT 2")
        connection.execute("CREATE VIEW v AS SELECT * FROM read_text('/etc/passwd')")
        for name in NAMES:
            quoted = name.replace('"', '""')
            connection.execute(f'CREATE TABLE "{quoted}" AS SELECT * FROM t')
    return "t.duckdb"


@covers("duckdb_view")
def test_a_view_reaches_no_other_file(database: str) -> None:
    refuse(f"{database}::v", "disabled by configuration")


@covers("duckdb_network")
@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
        "SELECT * FROM 'https://127.0.0.1:9/x.parquet'",
        "SELECT 1; INSTALL httpfs",
        "SELECT 1; LOAD postgres",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
    ],
)
def test_a_query_loads_nothing(database: str, query: str) -> None:
    refuse(f"{database}::{query}", "disabled by configuration|one SELECT|does not exist|was not found|HTTP")


@covers("names_quoted")
@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_table_s_name_is_data(database: str, name: str) -> None:
    connection = sqlite3.connect("t.sqlite")
    quoted = name.replace('"', '""')
    connection.execute(f'CREATE TABLE "{quoted}" (a)')
    connection.executemany(f'INSERT INTO "{quoted}" VALUES (?)', [(1,), (2,)])
    connection.commit()
    connection.close()
    assert len(read_table(f"t.sqlite::{name}").frame) == 2
    assert len(read_table(f"{database}::{name}").frame) == 2
    for wrong in ("t\0", "t; DROP TABLE t", "n" * 10_000):
        refuse(f"{database}::{wrong}", "was not found")
        refuse(f"t.sqlite::{wrong}", "was not found")


@covers("postgres_connection")
@pytest.mark.parametrize(
    "query",
    [
        "SELECT path, 1 FROM duckdb_databases()",
        "SELECT * FROM duckdb_databases",
        "SELECT * FROM pragma_database_list",
        "WITH x AS (SELECT path FROM system.main.duckdb_databases()) SELECT * FROM x",
        "SELECT (SELECT max(path) FROM duckdb_databases()) AS p FROM t",
        "SELECT * FROM query('SELECT path FROM duckdb_databases()')",
        "SELECT * FROM query_table('duckdb_databases')",
    ],
)
def test_a_server_s_connection_is_not_asked_for(
    database: str, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A DuckDB file stands for the server: how it is attached is all that differs."""
    monkeypatch.setattr("leadline.data.database._LOAD_POSTGRES", "SELECT 1")
    monkeypatch.setattr("leadline.data.database._POSTGRES_OPTIONS", "READ_ONLY")
    monkeypatch.setenv("CRM", str(Path(database).rename("S3cretPw.duckdb").resolve()))
    with pytest.raises(DataError) as error:
        read_table(f"postgres:CRM::{query}")
    assert "S3cret" not in str(error.value)
    assert len(read_table("postgres:CRM::SELECT a FROM t, range(3)").frame) == 6


@covers("tables_linked")
@pytest.mark.parametrize("part", ["", "::b"])
def test_a_folder_s_link_to_elsewhere_is_refused(part: str) -> None:
    Path("tables").mkdir()
    Path("tables/a.csv").write_text("id,v\n1,2\n3,4\n")
    Path("tables/b.csv").symlink_to("/etc/passwd")
    refuse(f"tables{part}", "b.csv is a link that leads out of the folder")


def make_workbook(edit: Callable[[bytes], bytes], name: str = "xl/worksheets/sheet1.xml") -> str:
    """Write a sound workbook, then change one of its parts."""
    book = openpyxl.Workbook()
    for row in (("id", "v"), ("a", 1), ("b", 2)):
        book.active.append(row)
    book.save("sound.xlsx")
    with (
        zipfile.ZipFile("sound.xlsx") as sound,
        zipfile.ZipFile("t.xlsx", "w", zipfile.ZIP_DEFLATED) as other,
    ):
        for item in sound.namelist():
            content = sound.read(item)
            changed = edit(content) if item == name else content
            assert item != name or changed != content
            other.writestr(item, changed)
    return "t.xlsx"


LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (level, (b"&l%d;" % (level - 1)) * 10 if level else b"lol") for level in range(10)
)
ENTITIES = {
    "laughs": (LAUGHS, b"&l9;"),
    "blow-up": (b'<!ENTITY a "' + b"a" * 50_000 + b'">', b"&a;" * 50_000),
    "external": (b'<!ENTITY x SYSTEM "file:///etc/hostname">', b"&x;"),
}


@covers("xlsx_entities")
@pytest.mark.parametrize("kind", ENTITIES)
def test_a_workbook_s_entities_are_not_spelt_out(kind: str) -> None:
    declared, used = ENTITIES[kind]
    book = make_workbook(
        lambda xml: b"<!DOCTYPE x [" + declared + b"]>" + xml.replace(b"<t>a</t>", b"<t>" + used + b"</t>")
    )
    refuse(book, "no sound Excel workbook")


ALL = b"A1:XFD1048576"
MARKS = {
    "merged": b'<mergeCells count="1"><mergeCell ref="' + ALL + b'"/></mergeCells>',
    "linked": b'<hyperlinks><hyperlink ref="' + ALL + b'" location="x"/></hyperlinks>',
    "rows": b'<mergeCells><mergeCell ref="1:1048576"/></mergeCells>',
    "many": b"<mergeCells>" + b'<mergeCell ref="A1:Z9999"/>' * 9 + b"</mergeCells>",
}


@covers("xlsx_marks")
@pytest.mark.parametrize("kind", MARKS)
def test_a_workbook_that_marks_a_whole_sheet_is_not_opened(kind: str) -> None:
    book = make_workbook(lambda xml: xml.replace(b"</sheetData>", b"</sheetData>" + MARKS[kind]))
    refuse(book, "cells are merged or linked, more than can be opened")


@covers("xlsx_stray_cell")
def test_a_stray_cell_far_out_is_named() -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    refuse(
        make_workbook(lambda xml: xml.replace(b"</sheetData>", far)),
        "reach to row 1,048,576 and column 16,384",
    )


@covers("xlsx_damaged")
@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        (b'r="A2"', b'r="ZZZZ99999999"', "xl/worksheets/sheet1.xml"),
        (b"<v>1</v>", b"<v>1<v>", "xl/worksheets/sheet1.xml"),
        (b'Id="rId1"', b'Id="rId9"', "xl/_rels/workbook.xml.rels"),
        (b"<sheets>", b"<sheets><!--", "xl/workbook.xml"),
    ],
)
def test_a_damaged_workbook_is_refused_in_words(old: bytes, new: bytes, name: str) -> None:
    refuse(make_workbook(lambda xml: xml.replace(old, new), name), "no sound Excel workbook")


@covers("gzip_bomb")
def test_a_gzip_file_is_not_read_without_end() -> None:
    with gzip.open("t.csv.gz", "wb", 6) as file:
        file.write(b"id,v\n" + b"1,2\n" * 20_000_000)
    refuse("t.csv.gz", "unpacks to more than 5[0-9] MB|unpacks to more than [67][0-9] MB")


@covers("parquet_repeated")
def test_a_value_repeated_millions_of_times_is_not_spelt_out() -> None:
    row_group = pa.table({"id": ["x" * 20_000] * 20_000})
    with pq.ParquetWriter("t.parquet", row_group.schema, compression="zstd") as writer:
        for _group in range(4):
            writer.write_table(row_group)
    assert Path("t.parquet").stat().st_size < 1_000_000
    refuse("t.parquet", "more than a hundred times the size of the file")


@covers("parquet_damaged")
def test_broken_utf_8_is_seen_when_the_file_is_read() -> None:
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff\xfe"]).buffers())
    pq.write_table(pa.table({"id": broken}), "t.parquet")
    refuse("t.parquet", "cut off or damaged")


@covers("parquet_damaged")
def test_flipped_bytes_give_a_table_or_a_refusal(measured: Callable[[str], None]) -> None:
    pq.write_table(ROWS, "t.parquet")
    sound, refused, tries = Path("t.parquet").read_bytes(), 0, 2_000 if FULL else 60
    for seed in range(tries):
        draw, content = random.Random(seed), bytearray(sound)
        for _flip in range(draw.randint(1, 6)):
            content[draw.randrange(4, len(content) - 4)] = draw.choice([0, 127, 255, draw.randrange(256)])
        Path("t.parquet").write_bytes(content)
        try:
            read_table("t.parquet")
        except DataError:
            refused += 1
    assert refused > tries / 2
    measured(f"{tries} files, {refused} refused, no crash")


class _Evil:
    def __reduce__(self) -> Any:
        return open, ("PWNED", "w")


@covers("parquet_pickle", "parquet_metadata")
@pytest.mark.parametrize(
    "metadata",
    [
        {b"pickle": pickle.dumps(_Evil())},
        {b"pandas": b'{"a":' * 100_000},
        {b"pandas": b'{"index_columns": ["id"], "columns": [], "column_indexes": []}'},
        {b"pandas": b"\xff\x00"},
    ],
)
def test_a_parquet_file_s_metadata_is_not_obeyed(metadata: dict[bytes, bytes]) -> None:
    extension = {
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": pickle.dumps(_Evil()),
    }
    fields = [pa.field("id", pa.string(), metadata=extension), pa.field("v", pa.int64())]
    columns = [*ROWS.columns, pa.array([1, 2], pa.timestamp("us", "../../etc/passwd"))]
    fields.append(pa.field("at", columns[-1].type))
    pq.write_table(pa.table(columns, schema=pa.schema(fields, metadata=metadata)), "t.parquet")
    assert read_table("t.parquet").frame["v"].tolist() == [1, 2]


@covers("parquet_dates")
@pytest.mark.parametrize(("kind", "days"), [(pa.date32(), 2**31 - 1), (pa.timestamp("us"), 2**63 - 1)])
def test_dates_beyond_the_calendar_are_named(kind: pa.DataType, days: int) -> None:
    storage = pa.int32() if kind == pa.date32() else pa.int64()
    dates = pa.array([0, days], storage).cast(kind)
    pq.write_table(ROWS.append_column("day", dates), "t.parquet", version="2.6", coerce_timestamps=None)
    refuse("t.parquet", "day: 1 date lies before the year 1 or after 9999 .row 3.|cut off or damaged")


@covers("csv_header")
def test_a_header_of_a_million_characters_is_refused_and_one_of_many_names_read() -> None:
    Path("t.csv").write_text("a" * 1_000_000 + ",v\n1,2\n3,4\n")
    refuse("t.csv", "far too long for a name")
    names = [f"a_column_with_a_very_long_name_indeed_{'x' * 400}_{number}" for number in range(200)]
    Path("t.csv").write_text(",".join(names) + "\n" + ("1," * 199 + "1\n") * 3)
    assert list(read_table("t.csv").frame.columns) == names


@covers("json_artefact")
@pytest.mark.parametrize(
    "document",
    [[], "x", {}, {"format": 1e308}, {"model": {"means": [[1e308, float("nan")]]}, "name": TOUCH}],
)
def test_a_segmentation_of_other_content_is_refused(document: Any) -> None:
    with pytest.raises(ParameterError):
        parse_segmentation(document)


@covers("json_artefact")
def test_nested_json_is_refused_in_words(leadline: Callable[..., Any]) -> None:
    Path("s.json").write_text('{"a":' * 100_000)
    Path("c.csv").write_text("customer_id,v\n1,2\n")
    done = leadline("segments", "assign", "s.json", "--data", "c.csv", "--out", "o.csv")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@covers("points_code")
@pytest.mark.parametrize(
    "text", [f"'); {TOUCH} #", f'"""\n{TOUCH}\n"""', f"\\\n{TOUCH}", f"{{{TOUCH}}}", "\u2028" + TOUCH]
)
def test_exported_points_hold_names_as_text(text: str) -> None:
    levels = LevelPoints(column=text, label=text, levels={text: 3}, otherwise=1, missing=0)
    source = write_python(PointsTable(name=text, attributes=(levels,)))
    space: dict[str, Any] = {}
    exec(compile(source, "points.py", "exec"), space)
    assert space["score"]({text: text}) == 3
    assert space["score"]({text: "other"}) == 1


@covers("yaml_files", "no_pickle")
def test_nothing_that_runs_what_it_reads_is_used() -> None:
    for path in SOURCES.rglob("*.py"):
        text = path.read_text("utf-8")
        imported = set(re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE))
        assert not imported & {"pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}, path
        assert "yaml" not in imported or path.name == "plain_yaml.py", path
        assert not re.search(r"allow_pickle=True|read_pickle|(?<![\w.])eval\(", text), path
