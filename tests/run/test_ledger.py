import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from leadline.errors import RunError
from leadline.run.ledger import LEDGER_FILE, RunLedger


def ended(run_id: str) -> dict:
    return {
        "run_id": run_id,
        "notebook": {"name": "nb"},
        "status": "done",
        "started": "2026-01-01T00:00:00+00:00",
        "ended": "2026-01-01T00:00:01+00:00",
        "seconds": 1.0,
        "answer": "Yes.",
    }


def test_a_run_begins_and_ends_in_one_row(tmp_path: Path) -> None:
    ledger = RunLedger(tmp_path)
    ledger.begin(ended("r1"))
    assert ledger.runs()[0]["status"] == "running"
    ledger.end(ended("r1"))
    (row,) = ledger.runs()
    assert (row["status"], row["answer"]) == ("done", "Yes.")


def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    names = [f"r{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: RunLedger(tmp_path).end(ended(name)), names))
    assert {row["run_id"] for row in RunLedger(tmp_path).runs()} == set(names)


def test_the_file_is_in_wal_mode(tmp_path: Path) -> None:
    RunLedger(tmp_path).end(ended("r1"))
    connection = sqlite3.connect(tmp_path / LEDGER_FILE)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / LEDGER_FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(RunError, match="newer leadline"):
        RunLedger(tmp_path).runs()


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path) -> None:
    (tmp_path / LEDGER_FILE).write_bytes(b"not a database" * 100)
    with pytest.raises(RunError, match="cannot be used: file is not a database"):
        RunLedger(tmp_path).runs()


def test_first_runs_at_once_all_find_a_ledger(tmp_path: Path) -> None:
    for number in range(10):
        folder = tmp_path / str(number)
        folder.mkdir()
        names = [f"r{name}" for name in range(6)]
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda name, at=folder: RunLedger(at).end(ended(name)), names))
        assert len(RunLedger(folder).runs()) == 6


def test_what_an_index_shows_is_in_the_row(tmp_path: Path) -> None:
    record = ended("r1") | {
        "job": "weekly",
        "batch": None,
        "attempts": 2,
        "parameters": {"branch": "杭州"},
        "kpis": [{"label": "Buyers", "value": 0.1}],
        "sources": [],
        "failure": {"message": "No room."},
    }
    ledger = RunLedger(tmp_path)
    ledger.begin(record)
    ledger.end(record)
    ledger.remove("r1", "2026-02-01T00:00:00+00:00")
    (row,) = ledger.runs()
    assert (row["job"], row["batch"], row["attempts"], row["failure"]) == ("weekly", None, 2, "No room.")
    assert (row["parameters"], row["sources"]) == ('{"branch": "杭州"}', "[]")
    assert row["kpis"] == '[{"label": "Buyers", "value": 0.1}]'
    assert row["removed"] == "2026-02-01T00:00:00+00:00"
    assert row["status"] == "done"
