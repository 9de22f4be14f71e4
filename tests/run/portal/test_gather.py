"""What a folder holds: the ledger's runs, folders it lacks, and runs whose folder is gone."""

import json
import shutil
from pathlib import Path

import pytest

from leadline.errors import RunError
from leadline.run.ledger import RunLedger
from leadline.run.portal.gather import gather
from leadline.store import open_store
from tests.run.portal.folder import make_record, publish


def places(out: Path) -> dict[str, tuple[str, str]]:
    return {run.row["answer"]: (run.status, run.place) for run in gather(out).runs}


def test_runs_stand_newest_first(tmp_path: Path) -> None:
    for number in (2, 3, 1):
        publish(tmp_path, make_record(number))
    assert [run.row["answer"] for run in gather(tmp_path).runs] == [f"On day {n} it did." for n in (3, 2, 1)]


def test_a_folder_without_a_row_is_entered_from_its_record_once_for_all(tmp_path: Path) -> None:
    publish(tmp_path, make_record(1))
    publish(tmp_path, make_record(2), is_entered=False)
    assert places(tmp_path) == {"On day 1 it did.": ("done", ""), "On day 2 it did.": ("done", "")}
    rows = RunLedger(tmp_path).runs()
    assert json.loads(rows[1]["parameters"])["as_of"] == "2026-03-02"
    assert rows[1]["notebook_sha256"] == "ab" * 32


def test_a_row_of_an_older_ledger_is_completed_from_the_record(tmp_path: Path) -> None:
    record = make_record(1)
    publish(tmp_path, record)
    with open_store(tmp_path, writing=True) as store:
        store.execute("UPDATE runs SET parameters = NULL, title = NULL, kpis = NULL")
    (run,) = gather(tmp_path).runs
    assert (run.row["title"], run.parameters, run.kpis) == (
        record["title"],
        record["parameters"],
        record["kpis"],
    )


def test_a_run_whose_folder_is_gone_or_removed_says_so(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        publish(tmp_path, make_record(number))
    for number in (1, 2):
        shutil.rmtree(tmp_path / make_record(number)["run_id"])
    RunLedger(tmp_path).remove(make_record(2)["run_id"], "2026-04-01T00:00:00+00:00")
    wanted = {1: ("done", "gone"), 2: ("done", "removed"), 3: ("done", "")}
    assert places(tmp_path) == {f"On day {number} it did.": place for number, place in wanted.items()}


def test_a_run_goes_on_only_while_its_hidden_folder_stands(tmp_path: Path) -> None:
    record = make_record(1, status="running")
    RunLedger(tmp_path).begin(record)
    (tmp_path / f".{record['run_id']}.run").mkdir()
    (run,) = gather(tmp_path).runs
    assert (run.status, run.place) == ("running", "unfinished")
    (tmp_path / f".{record['run_id']}.run").rmdir()
    (run,) = gather(tmp_path).runs
    assert (run.status, run.place) == ("killed", "gone")


@pytest.mark.parametrize(
    "changes",
    [
        {"run_id": "another"},
        {"notebook": "judge"},
        {"started": "yesterday"},
        {"started": None},
        {"seconds": "20"},
        {"title": ["a", "list"]},
        {"answer": "\ud800"},
    ],
    ids=lambda changes: str(changes).encode("ascii", "replace").decode(),
)
def test_a_broken_record_is_named_and_the_others_are_told(tmp_path: Path, changes: dict) -> None:
    publish(tmp_path, make_record(1), is_entered=False)
    folder = publish(tmp_path, make_record(2), is_entered=False)
    (folder / "record.json").write_text(json.dumps(make_record(2) | changes), "utf-8")
    found = gather(tmp_path)
    assert [run.row["answer"] for run in found.runs] == ["On day 1 it did."]
    assert found.unread == [folder.name]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1]", b'{"a":' * 100_000])
def test_a_file_that_is_no_record_is_named(tmp_path: Path, content: bytes) -> None:
    folder = publish(tmp_path, make_record(1), is_entered=False)
    (folder / "record.json").write_bytes(content)
    assert gather(tmp_path).unread == [folder.name]


def test_cells_of_the_ledger_that_are_no_json_are_left_out(tmp_path: Path) -> None:
    publish(tmp_path, make_record(1))
    with open_store(tmp_path, writing=True) as store:
        store.execute(
            "UPDATE runs SET parameters = '[1]', kpis = '{', sources = '[1, {}]', started = 'never'"
        )
    (run,) = gather(tmp_path).runs
    assert (run.parameters, run.kpis, run.sources, run.started) == ({}, [], [{}], None)


def test_other_folders_and_links_are_no_runs(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish(out, make_record(1))
    (out / "notes").mkdir()
    elsewhere = publish(tmp_path / "elsewhere", make_record(2), is_entered=False)
    (out / elsewhere.name).symlink_to(elsewhere)
    found = gather(out)
    assert [run.row["answer"] for run in found.runs] == ["On day 1 it did."]
    assert found.unread == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="There is no folder .*nowhere"):
        gather(tmp_path / "nowhere")
