"""What was published is in the ledger after the next sweep, whatever its writer could still enter."""

import json
from pathlib import Path

import pytest

from leadline.run.entering import find_published
from leadline.run.ledger import LEDGER_FILE, RunLedger
from leadline.run.runner import sweep
from tests.run.portal.folder import make_record, publish


def told(out: Path) -> dict[str, str]:
    return {row["run_id"]: row["status"] for row in RunLedger(out).runs()}


@pytest.mark.parametrize("known", [(), (1,), (1, 2)], ids=["no_ledger", "never_entered", "only_begun"])
def test_a_sweep_enters_what_was_published(tmp_path: Path, known: tuple[int, ...]) -> None:
    records = [make_record(1), make_record(2, status="killed")]
    for record in records:
        publish(tmp_path, record, is_entered=False)
    for number in known:
        RunLedger(tmp_path).begin(records[number - 1])
    assert sweep(tmp_path) == []
    assert told(tmp_path) == {record["run_id"]: record["status"] for record in records}


def test_a_sweep_leaves_what_has_ended_as_it_was_entered(tmp_path: Path) -> None:
    record = make_record(1)
    folder = publish(tmp_path, record)
    (folder / "record.json").write_text(json.dumps(record | {"status": "failed"}), "utf-8")
    sweep(tmp_path)
    assert told(tmp_path) == {record["run_id"]: "done"}


def test_a_sweep_of_nothing_makes_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    assert sweep(tmp_path) == sweep(tmp_path / "nowhere") == []
    assert not (tmp_path / LEDGER_FILE).exists()


def test_a_record_that_cannot_be_read_stops_no_sweep(tmp_path: Path) -> None:
    broken, whole = (publish(tmp_path, make_record(number), is_entered=False) for number in (1, 2))
    (broken / "record.json").write_text("{", "utf-8")
    sweep(tmp_path)
    assert told(tmp_path) == {whole.name: "done"}


def test_a_link_to_a_run_elsewhere_is_no_run_of_the_folder(tmp_path: Path) -> None:
    elsewhere = publish(tmp_path / "elsewhere", make_record(1), is_entered=False)
    (tmp_path / elsewhere.name).symlink_to(elsewhere)
    assert find_published(tmp_path, [elsewhere.name, "elsewhere", "nothing"]) == []
