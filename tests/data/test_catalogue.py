"""Public tables are fetched whole and right, or not at all."""

import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from leadline.data import read_table
from leadline.data.catalogue import SOURCE_VARIABLE, fetch_dataset
from leadline.data.sources import hash_file
from leadline.datasets import (
    PUBLIC_DATASETS,
    Packing,
    PublicDataset,
    PublicTable,
    find_public,
    is_fetched,
    known_names,
)
from leadline.datasets.named import CACHE_VARIABLE, fetched_file
from leadline.errors import DataError

TEXT = b"id,y\n1,yes\n2,no\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.delenv(SOURCE_VARIABLE, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small data set of two tables in one archive within an archive, in a folder."""
    place = tmp_path / "public" / "tiny"
    place.mkdir(parents=True)
    for name, text in (("a", TEXT), ("b", TEXT * 2)):
        (tmp_path / f"{name}.csv").write_bytes(text)
    tables = tuple(
        PublicTable(
            name=name,
            file=f"{name}.csv",
            rows=2,
            columns=2,
            sha256=hash_file(tmp_path / f"{name}.csv"),
            packings=(
                Packing(file="ours.zip", members=(f"in/{name}.csv",)),
                Packing(
                    file="all.zip", members=("inner.zip", f"{name}.csv"), url="http://127.0.0.1:9/all.zip"
                ),
            ),
        )
        for name in ("a", "b")
    )
    dataset = PublicDataset(
        name="tiny", title="t", licence="l", citation="c", page="p", answers="none", tables=tables
    )
    monkeypatch.setitem(PUBLIC_DATASETS, "tiny", dataset)
    pack(place, TEXT)
    return place


def pack(place: Path, text: bytes) -> None:
    with zipfile.ZipFile(place / "inner.zip", "w", zipfile.ZIP_DEFLATED) as inner:
        inner.writestr("a.csv", text)
        inner.writestr("b.csv", TEXT * 2)
    with zipfile.ZipFile(place / "all.zip", "w", zipfile.ZIP_DEFLATED) as outer:
        outer.write(place / "inner.zip", "inner.zip")
    (place / "inner.zip").unlink()


def kept(cache: Path) -> list[str]:
    return sorted(path.relative_to(cache).as_posix() for path in cache.rglob("*") if path.is_file())


Serve = Callable[[Path], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve a folder on 127.0.0.1; returns the mirror's address."""
    servers: list[ThreadingHTTPServer] = []

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    def start(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_table_comes_from_a_folder_out_of_archives(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SOURCE_VARIABLE, str(folder.parent))
    assert not is_fetched(find_public("tiny"))
    files = fetch_dataset("tiny")
    assert [file.read_bytes() for file in files] == [TEXT, TEXT * 2]
    assert kept(cache) == ["tiny/a.csv", "tiny/b.csv"], "neither archive nor work folder stays"
    assert is_fetched(find_public("tiny"))


def test_a_table_comes_from_a_mirror(
    folder: Path, cache: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SOURCE_VARIABLE, serve(folder.parent) + "/")
    fetch_dataset("tiny")
    assert kept(cache) == ["tiny/a.csv", "tiny/b.csv"]
    assert read_table("tiny").frame["y"].tolist() == ["yes", "no"]
    assert len(read_table("tiny::b").frame) == 5, "the second header is a record"


def test_what_is_here_needs_no_source_and_what_was_spoilt_is_fetched_anew(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SOURCE_VARIABLE, str(folder.parent))
    fetch_dataset("tiny")
    (cache / "tiny" / "a.csv").write_bytes(b"spoilt")
    fetch_dataset("tiny")
    assert (cache / "tiny" / "a.csv").read_bytes() == TEXT
    monkeypatch.setenv(SOURCE_VARIABLE, str(cache / "nowhere"))
    fetch_dataset("tiny")


def test_a_changed_table_is_refused_with_both_checksums_and_the_others_stay(
    folder: Path, cache: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(folder, TEXT.replace(b"no", b"on"))
    monkeypatch.setenv(SOURCE_VARIABLE, serve(folder.parent))
    with pytest.raises(DataError) as caught:
        fetch_dataset("tiny")
    changed = caught.value.problems[-1]
    assert changed.startswith("a.csv is not the table that was published; it was not kept.")
    assert f"expected {find_public('tiny').tables[0].sha256}, found " in changed
    assert kept(cache) == ["tiny/b.csv"]


@pytest.mark.parametrize("cut", [0, 20, -30])
def test_a_damaged_archive_is_refused_and_not_kept(
    folder: Path, cache: Path, cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = folder / "all.zip"
    archive.write_bytes(archive.read_bytes()[:cut])
    monkeypatch.setenv(SOURCE_VARIABLE, str(folder.parent))
    with pytest.raises(DataError, match="is damaged, or no archive that holds inner.zip; it was not kept"):
        fetch_dataset("tiny")
    assert kept(cache) == []


@pytest.mark.covers("loaders", "zip_bomb")
def test_a_bomb_is_not_unpacked(folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadline.data.catalogue._UNPACKED_LIMIT_BYTES", 10)
    monkeypatch.setenv(SOURCE_VARIABLE, str(folder.parent))
    with pytest.raises(DataError, match="unpacks to more than"):
        fetch_dataset("tiny")
    assert kept(cache) == []


def test_a_mirror_without_the_file_says_which(
    folder: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "all.zip").unlink()
    mirror = serve(folder.parent)
    monkeypatch.setenv(SOURCE_VARIABLE, f"{mirror}/")
    with pytest.raises(DataError) as caught:
        fetch_dataset("tiny")
    assert [problem.split(". ")[0] for problem in caught.value.problems] == [
        f"{mirror}/tiny/ours.zip answered 404",
        f"{mirror}/tiny/all.zip answered 404",
    ]


def test_without_a_network_one_message_says_what_to_do(folder: Path, cache: Path) -> None:
    with pytest.raises(DataError) as caught:
        fetch_dataset("tiny")
    assert caught.value.problems == (
        (
            "http://127.0.0.1:9/all.zip did not answer (ConnectionError). "
            "Set LEADLINE_PUBLIC_DATA to a folder, "
            "or to the address of a mirror, that holds tiny/all.zip. Download it by hand into such a folder."
        ),
    )
    assert kept(cache) == []


def test_what_is_published_as_r_data_is_said_to_need_a_folder() -> None:
    with pytest.raises(DataError, match="carcinoma.csv: its publisher gives it as R data only") as caught:
        fetch_dataset("polca")
    assert len(caught.value.problems) == 4


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(DataError, match="polca cannot be kept in .*\n.*set LEADLINE_CACHE to another folder"):
        fetch_dataset("polca")


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(
        DataError, match="bank_markting is no public data set. Did you mean 'bank_marketing'?"
    ):
        fetch_dataset("bank_markting")


@pytest.mark.parametrize("name", PUBLIC_DATASETS)
def test_what_is_not_fetched_says_how_to(name: str) -> None:
    with pytest.raises(DataError, match=f"^{name} is not here yet: leadline data get {name}$"):
        read_table(name)


def test_a_part_that_is_not_there_is_named() -> None:
    with pytest.raises(DataError, match="caravan has no table 'train'; it has ticdata, Caravan"):
        read_table("caravan::train")
    with pytest.raises(DataError, match="coil2000 is one table and has no part 'x'"):
        read_table("coil2000::x")


def test_names_are_unique() -> None:
    assert len(set(known_names())) == len(known_names())
    for dataset in PUBLIC_DATASETS.values():
        assert len({table.name for table in dataset.tables}) == len(dataset.tables)
        assert len({fetched_file(dataset, table) for table in dataset.tables}) == len(dataset.tables)


@pytest.mark.public_data
@pytest.mark.parametrize("name", list(PUBLIC_DATASETS))
def test_every_public_table_is_what_it_is_declared_to_be(
    name: str, public_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SOURCE_VARIABLE, str(public_data))
    fetch_dataset(name)
    for table in PUBLIC_DATASETS[name].tables:
        assert read_table(f"{name}::{table.name}").frame.shape == (table.rows, table.columns)


def test_a_table_that_was_changed_after_it_was_fetched_is_not_read(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SOURCE_VARIABLE, str(folder.parent))
    file = fetch_dataset("tiny")[0]
    assert len(read_table("tiny").frame) == 2
    file.write_bytes(TEXT.replace(b"2,no", b"2,ok"))
    with pytest.raises(DataError, match=r"tiny was changed since it was fetched.*\n.*leadline data get tiny"):
        read_table("tiny")
