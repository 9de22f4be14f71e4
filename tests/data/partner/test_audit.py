import datetime as dt
import json
import multiprocessing
import os
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from leadline.data.partner.audit import append_audit
from leadline.errors import DataError

FORKED = multiprocessing.get_context("fork")  # two interpreters would need seconds to start


def write_lines(path: Path, name: str, start: Barrier) -> None:
    start.wait(timeout=30)
    for number in range(100):
        append_audit(path, "test", {"writer": name, "number": number, "pad": "x" * 3000})


def test_lines_are_added_in_order(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    for number in range(3):
        append_audit(path, "test", {"number": number, "目的": "名单\n"})
    lines = path.read_text("utf-8").splitlines()
    assert [json.loads(line)["number"] for line in lines] == [0, 1, 2]
    first = json.loads(lines[0])
    assert (first["event"], first["目的"]) == ("test", "名单\n")
    assert dt.datetime.fromisoformat(first["time"]).tzinfo == dt.UTC
    assert path.stat().st_mode & 0o077 == 0


def test_writers_at_once_tear_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each writer dawdles between its look at the end and its write: the other must not come between."""
    path = tmp_path / "audit.jsonl"
    read = os.read
    monkeypatch.setattr(os, "read", lambda file, size: (read(file, size), time.sleep(0.001))[0])
    start = FORKED.Barrier(2)
    writers = [FORKED.Process(target=write_lines, args=(path, name, start)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    for name in "ab":
        assert [entry["number"] for entry in entries if entry["writer"] == name] == list(range(100))


def test_a_line_cut_short_spoils_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    append_audit(path, "test", {"number": 1})
    with path.open("a") as file:
        file.write('{"number": 2, "cut')
    append_audit(path, "test", {"number": 3})
    lines = path.read_text().splitlines()
    assert [json.loads(line)["number"] for line in (lines[0], lines[2])] == [1, 3]
    assert len(lines) == 3


def test_a_line_that_a_full_disk_cuts_short_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "audit.jsonl"
    append_audit(path, "test", {"number": 1})
    write = os.write
    with monkeypatch.context() as disk:
        disk.setattr(os, "write", lambda file, data: write(file, data[:5]))
        with pytest.raises(DataError, match=r"audit line cannot be written.*\n.*the disk is full"):
            append_audit(path, "test", {"number": 2})
    append_audit(path, "test", {"number": 3})
    assert [json.loads(line)["number"] for line in path.read_text().splitlines()] == [1, 3]


def test_an_absent_folder_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot be written.*\n.*there is no folder"):
        append_audit(tmp_path / "no" / "audit.jsonl", "test", {})
