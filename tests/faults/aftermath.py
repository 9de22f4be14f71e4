"""What must hold after any fault: ledger right, the earlier report intact, no process and no file left."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadline.run.ledger import RunLedger
from leadline.run.runner import sweep
from tests.run.portal.folder import make_record, publish
from tests.runs import run_processes

OUT = Path("out")
PATIENCE_SECONDS = 30
EARLIER = "20260101T080000Z-earlier-000001"
#: What a folder of runs holds besides runs: the ledger, a batch's page, a schedule's locks, the portal.
_BESIDE = {"leadline.db", ".jobs", "index.html"}


def fault(case: str, *values: Any) -> Any:
    """Values of a parametrized test that covers this case of the scorecard."""
    return pytest.param(*values, id=case, marks=pytest.mark.covers("run_faults", case))


def wait_until(condition: Callable[[], object], otherwise: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition without taking the processor from what is waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise
        os.sched_yield()


def put_earlier_report(out: Path) -> dict[Path, bytes]:
    """Put a good report into a folder, with its ledger; return its files and their content."""
    folder = publish(out, make_record(1, run_id=EARLIER))
    (folder / "report.html").write_text("<!DOCTYPE html><html><title>It went well</title></html>", "utf-8")
    (folder / "notebook.ipynb").write_text("{}", "utf-8")
    (folder / "tables").mkdir()
    (folder / "tables" / "list.csv").write_bytes(b"customer_id\r\n1\r\n")
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def published(out: Path = OUT) -> list[dict[str, Any]]:
    """Records of the published runs but the earlier one, oldest first; each must be whole."""
    folders = sorted(path for path in out.iterdir() if path.is_dir() and not path.name.startswith("."))
    new = [folder for folder in folders if folder.name != EARLIER]
    for folder in new:
        json.loads((folder / "notebook.ipynb").read_text("utf-8"))
        assert (folder / "report.html").read_text("utf-8").rstrip().endswith("</html>")
    return [json.loads((folder / "record.json").read_text("utf-8")) for folder in new]


def assert_ledger_agrees(out: Path = OUT) -> None:
    """Every published run ended in the ledger as in its record; none that it tells is still running."""
    told = {row["run_id"]: row["status"] for row in RunLedger(out).runs()}
    records = {record["run_id"]: record["status"] for record in published(out)}
    assert told.pop(EARLIER, "done") == "done"
    assert "running" not in told.values()
    assert records.items() <= told.items()
    assert set(told.values()) - set(records.values()) <= {"failed"}, "ended without a report"


def assert_survived(out: Path, before: dict[Path, bytes]) -> None:
    """Look at a folder of runs after a fault, and after the next command has looked at it."""
    wait_until(lambda: not run_processes(), "processes of a run live on")
    sweep(out)
    assert {path: path.read_bytes() for path in before} == before, "the earlier report was touched"
    runs = {EARLIER, *(record["run_id"] for record in published(out))}
    left = {path.name for path in out.iterdir()} - runs - _BESIDE
    left = {name for name in left if not name.startswith("batch_")}
    assert left == set(), f"left over: {left}"
    for run in runs:
        assert [*(out / run).rglob(".*"), *(out / run).rglob("*.part")] == [], "left over"
    assert_ledger_agrees(out)
