"""What the ledger keeps of batches."""

from collections.abc import Callable
from pathlib import Path

import pytest

import leadline.run.batch.ledger as ledger_module
from leadline.run.batch.ledger import BatchLedger, RowState
from leadline.run.batch.rows import PlannedReport
from leadline.run.ledger import RunLedger
from leadline.run.request import make_request


def record(run_id: str, *, batch: str = "b1", status: str = "done", branch: str = "x") -> dict:
    return {
        "run_id": run_id,
        "status": status,
        "started": "2026-01-01",
        "notebook": {"name": "n"},
        "parameters": {"branch": branch},
        "batch": batch,
    }


def state(row: int, **changes: object) -> RowState:
    base = {"name": f"r{row}", "parameters": '{"branch": "x"}', "fingerprint": f"f{row}"}
    return RowState(row=row, **base | changes)


@pytest.fixture
def ledger(tmp_path: Path) -> BatchLedger:
    return BatchLedger(tmp_path)


def test_the_newest_batch_is_the_one_entered_last_whatever_the_clock_says(
    ledger: BatchLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    for batch_id, moment in (("b1", "2026-03-01"), ("b2", "2025-12-31")):
        monkeypatch.setattr(ledger_module, "_now", lambda moment=moment: moment)
        ledger.begin(batch_id, "plan", "", "n", [state(1)])
    ledger.begin("part", "plan", "3/8", "n", [state(3)])
    assert ledger.newest("plan", "", "n") == "b2"
    assert ledger.newest("plan", "3/8", "n") == "part"
    assert ledger.newest("other", "", "n") is None
    assert ledger.newest("plan", "", "other") is None


def test_a_batch_that_goes_on_keeps_its_place_and_its_rows_are_those_of_now(ledger: BatchLedger) -> None:
    ledger.begin("b1", "plan", "", "n", [state(1), state(2)])
    ledger.begin("b2", "plan", "", "n", [state(1)])
    ledger.begin("b1", "plan", "", "n", [state(1, status="done", run_id="r")])
    assert ledger.newest("plan", "", "n") == "b2"
    assert [(row.row, row.status) for row in ledger.states("b1")] == [(1, "done")]


def test_only_finished_reports_whose_folder_stands_count_as_made(ledger: BatchLedger, tmp_path: Path) -> None:
    runs = RunLedger(tmp_path)
    rows = []
    for row, (run_id, status) in enumerate([("good", "done"), ("bad", "failed"), ("gone", "done")], start=1):
        runs.end(record(run_id, status=status))
        rows.append(state(row, status="done", run_id=run_id))
        if run_id != "gone":
            (tmp_path / run_id).mkdir()
            (tmp_path / run_id / "record.json").write_text("{}")
    ledger.begin("b1", "plan", "", "n", [*rows, state(4, fingerprint="", run_id="good", status="done")])
    assert ledger.made() == {"f1": "good"}
    runs.remove("good", "2026-02-01")
    assert ledger.made() == {}


def test_the_last_run_with_a_row_s_parameters_is_found(ledger: BatchLedger, tmp_path: Path) -> None:
    runs = RunLedger(tmp_path)
    for run_id, batch, branch in (("a", "b1", "x"), ("b", "b1", "x"), ("c", "b1", "y"), ("d", "b2", "x")):
        runs.end(record(run_id, batch=batch, branch=branch))
    assert ledger.find_run("b1", state(1)) == ("b", "done")
    assert ledger.find_run("b3", state(1)) is None


def test_a_run_is_found_also_when_its_record_was_read_back_from_a_file(
    ledger: BatchLedger, tmp_path: Path, write: Callable[..., Path]
) -> None:
    write("1", parameters='from leadline.parameters import Text\nb: Text = "x"  # b\na: Text = "y"  # a')
    request = make_request("work.ipynb", {}, out=tmp_path)
    report = PlannedReport(row=1, name="r", request=request)
    for run_id, values in (("fresh", request.values), ("swept", {"a": "y", "b": "x"})):
        RunLedger(tmp_path).end(record(run_id, batch=run_id) | {"parameters": values})
        assert ledger.find_run(run_id, report) == (run_id, "done")


def test_rows_of_a_plan_stand_in_the_order_of_their_end(
    ledger: BatchLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter("abcdefgh")
    monkeypatch.setattr(ledger_module, "_now", lambda: next(moments))
    ledger.begin("b1", "plan", "", "n", [state(1, status="failed"), state(2)])
    ledger.begin("b2", "plan", "", "n", [state(1, status="failed", message="second")])
    ledger.begin("alien", "plan", "", "other", [state(1, status="done")])
    kept = ledger.states("b1")
    ledger.begin("b1", "plan", "", "n", kept)
    assert [row.message for row in ledger.history("plan", "n")] == [None, "second"]  # it ended long before
    ledger.enter("b1", [state(1, status="done", run_id="r")])
    assert [row.status for row in ledger.history("plan", "n")] == ["failed", "done"]
