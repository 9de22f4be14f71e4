"""One file for runs and rounds: versions, and what is kept from older ones."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from leadline.errors import RunError
from leadline.run.ledger import RunLedger
from leadline.store import STORE_FILE, open_store

VERSION_1 = """
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY, notebook TEXT NOT NULL, status TEXT NOT NULL, started TEXT NOT NULL,
    ended TEXT, seconds REAL, answer TEXT
) STRICT;
INSERT INTO runs VALUES ('old', 'nb', 'done', '2026-01-01', '2026-01-01', 1.5, 'Yes.');
PRAGMA user_version = 1;
"""


def read(folder: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(folder / STORE_FILE)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    connection = sqlite3.connect(tmp_path / STORE_FILE)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(VERSION_1)
    connection.close()
    return tmp_path


def test_a_file_of_version_1_keeps_its_runs(old: Path) -> None:
    (row,) = RunLedger(old).runs()
    assert {key: value for key, value in row.items() if value is not None} == (
        {
            "run_id": "old",
            "notebook": "nb",
            "status": "done",
            "started": "2026-01-01",
            "ended": "2026-01-01",
            "seconds": 1.5,
            "answer": "Yes.",
        }
    )
    assert read(old, "PRAGMA user_version") == [(3,)]
    assert read(old, "SELECT count(*) FROM rounds") == [(0,)]


def test_many_at_once_bring_a_file_up_to_date_once(old: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _number: RunLedger(old).runs(), range(16)))
    assert [len(found) for found in runs] == [1] * 16


def test_a_migration_that_dies_leaves_the_old_version(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (("",), ("CREATE TABLE rounds (a TEXT)", "CREATE NONSENSE"))
    monkeypatch.setattr("leadline.store._MIGRATIONS", broken)
    with pytest.raises(RunError, match="syntax error"), open_store(old):
        pass
    assert read(old, "PRAGMA user_version") == [(1,)]
    assert read(old, "SELECT name FROM sqlite_master WHERE name = 'rounds'") == []


def test_what_raises_inside_is_not_kept(tmp_path: Path) -> None:
    def write_and_raise() -> None:
        with open_store(tmp_path, writing=True) as store:
            store.execute("INSERT INTO runs (run_id, notebook, status, started) VALUES ('r', 'n', 's', 't')")
            raise KeyError

    with pytest.raises(KeyError):
        write_and_raise()
    assert RunLedger(tmp_path).runs() == []


def test_a_reader_sees_one_state_while_another_writes(tmp_path: Path) -> None:
    with open_store(tmp_path) as reading:
        before = reading.execute("SELECT count(*) FROM runs").fetchone()[0]
        RunLedger(tmp_path).begin({"run_id": "r", "notebook": {"name": "n"}, "started": "t"})
        assert reading.execute("SELECT count(*) FROM runs").fetchone()[0] == before
    assert len(RunLedger(tmp_path).runs()) == 1


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="unable to open database file. Even reading needs a folder"):
        RunLedger(tmp_path / "no").runs()


def test_a_row_that_points_nowhere_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(RunError, match="FOREIGN KEY constraint failed"),
        open_store(tmp_path, writing=True) as store,
    ):
        store.execute("INSERT INTO campaigns VALUES ('c1', 'no such round')")
