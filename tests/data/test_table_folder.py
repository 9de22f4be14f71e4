import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leadline.data.contract import ColumnRule, Contract
from leadline.data.table_folder import read_json, write_tables
from leadline.errors import DataError, ParameterError, RunError

VISITS = Contract(
    name="visits",
    grain="one visit",
    columns=(
        ColumnRule(name="customer_id", kind="id", meaning="who"),
        ColumnRule(name="city", kind="text", meaning="where"),
    ),
)
SHOPS = Contract(
    name="shops", grain="one shop", columns=(ColumnRule(name="shop_id", kind="id", meaning="it"),)
)


def visits(*ids: int) -> tuple[str, pa.Table]:
    return "visits", pa.table({"customer_id": pa.array(ids, pa.int64()), "city": pa.array(["C"] * len(ids))})


def shops(*ids: int) -> tuple[str, pa.Table]:
    return "shops", pa.table({"shop_id": pa.array(ids, pa.int64())})


def test_pieces_of_tables_in_any_order_become_files_in_the_order_of_their_pieces(tmp_path: Path) -> None:
    place = tmp_path / "new" / "market"
    pieces = [visits(3, 1), shops(), visits(2)]
    rows = write_tables(place, [SHOPS, VISITS], pieces, texts={"README.md": "# 市场\n"})
    assert rows == {"shops": 0, "visits": 3}
    assert list(rows) == ["shops", "visits"]
    assert pq.read_table(place / "visits.parquet")["customer_id"].to_pylist() == [3, 1, 2]
    assert pq.ParquetFile(place / "visits.parquet").num_row_groups == 2
    assert pq.read_schema(place / "shops.parquet").names == ["shop_id"]
    assert (place / "README.md").read_bytes().decode() == "# 市场\n"
    assert {path.name for path in place.parent.iterdir()} == {"market"}


def test_an_empty_folder_is_taken_a_full_one_and_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_tables(tmp_path / "empty", [SHOPS], [shops(1)], texts={})
    with pytest.raises(ParameterError, match="not empty"):
        write_tables(tmp_path / "empty", [SHOPS], [shops(2)], texts={})
    assert pq.read_table(tmp_path / "empty" / "shops.parquet")["shop_id"].to_pylist() == [1]
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ParameterError, match="is a file"):
        write_tables(tmp_path / "file", [SHOPS], [shops(2)], texts={})


def test_nothing_is_left_when_a_piece_fails(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[str, pa.Table]]:
        yield shops(1)
        raise OSError(28, "No space left on device")

    with pytest.raises(RunError, match="No space left on device. Nothing was left there"):
        write_tables(tmp_path / "market", [SHOPS], broken(), texts={})
    assert [path.name for path in tmp_path.iterdir()] == []


def test_a_table_without_a_piece_or_off_its_contract_is_a_mistake_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No piece was given of visits"):
        write_tables(tmp_path / "market", [SHOPS, VISITS], [shops(1)], texts={})
    for wrong, message in (
        ({"city": ["C"], "customer_id": [1]}, "must have"),
        ({"customer_id": [1.0], "city": ["C"]}, "customer_id: double, must be id"),
        ({"customer_id": [1], "city": [7]}, "city: int64, must be text"),
    ):
        with pytest.raises(ValueError, match=message):
            write_tables(tmp_path / "market", [VISITS], [("visits", pa.table(wrong))], texts={})
    assert [path.name for path in tmp_path.iterdir()] == []


KILLED = """
import sys
from pathlib import Path
import pyarrow as pa
from tests.data.test_table_folder import SHOPS, shops
from leadline.data.table_folder import write_tables

def pieces():
    yield shops(1)
    print("half way", flush=True)
    sys.stdin.read()

write_tables(Path(sys.argv[1]), [SHOPS], pieces(), texts={})
"""


def test_a_writer_killed_half_way_leaves_no_table_and_is_cleared_by_the_next(tmp_path: Path) -> None:
    place = tmp_path / "market"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "half way\n"
        with pytest.raises(RunError, match="being written by another process"):
            write_tables(place, [SHOPS], [shops(2)], texts={})
        child.kill()
    assert not place.exists()
    write_tables(place, [SHOPS], [shops(2)], texts={})
    assert {path.name for path in tmp_path.iterdir()} == {"market"}
    assert [path.name for path in place.iterdir()] == ["shops.parquet"]


def test_the_same_rows_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_tables(tmp_path / name, [VISITS], [visits(1, 2)], texts={})
    assert (tmp_path / "a" / "visits.parquet").read_bytes() == (
        tmp_path / "b" / "visits.parquet"
    ).read_bytes()


@pytest.mark.parametrize("content", [None, "{", "[1]"], ids=["absent", "cut off", "no object"])
def test_a_folder_without_its_json_is_no_market(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "market.json").write_text(content)
    with pytest.raises(DataError, match="not a folder of leadline's simulated market"):
        read_json(tmp_path, "market.json")
