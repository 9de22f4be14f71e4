"""A batch whose reports do what reports should not, and what must hold of it afterwards."""

import datetime as dt
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import nbformat
import psutil

from leadline.run.batch.batch import BatchOutcome, run_batch
from leadline.run.batch.ledger import BatchLedger, RowState
from leadline.run.batch.plan import read_plan
from leadline.run.batch.rows import check_rows
from leadline.run.ledger import RunLedger
from leadline.run.runner import sweep
from tests.runs import build_notebook, run_processes

OUT = Path("out")
PATIENCE_SECONDS = 120
_PARAMETERS = """
from leadline.parameters import Choice, Count
number: Count = 0  # what the report tells
act: Choice["plain", "die", "wait", "hang", "flood", "fill"] = "plain"  # what it does the first time
"""
_ACT = """
import os, signal, threading
from pathlib import Path
mark = Path(f"begun-{number}")
is_first = not mark.exists()
mark.touch()
if act == "die" and is_first:
    os.kill(os.getpid(), signal.SIGKILL)
while act == "wait" and not Path("go").exists():
    threading.Event().wait(0.05)
while act == "hang" and is_first:
    threading.Event().wait(1)
if act == "flood":
    print("z" * 100_000_000)
if act == "fill" and not Path("room").exists():
    import numpy as np
    from IPython.display import HTML, display
    display(HTML(np.random.default_rng(number).bytes(4_000_000).hex()))
"""
#: Shows what `leadline.run.record` would, without the imports of an analysis.
_RECORD = """
from IPython.display import display
card = {"label": "Number", "value": number, "unit": "count"}
display({"application/vnd.leadline.result+json": {"kpis": [card], "warnings": [], "marks": [], "sources": [],
    "answer": None, "seed": None, "results": {}, "tables": []}}, raw=True)
"""


def write_plan(acts: Iterable[str], *, retries: int = 1, limit_seconds: int = 300) -> Path:
    """Write a notebook and a plan into the working folder: a row an act, numbered from 1."""
    Path("acts.ipynb").write_text(
        nbformat.writes(build_notebook(_ACT, _RECORD, parameters=_PARAMETERS)), "utf-8"
    )
    rows = "".join(f"  - {{number: {number}, act: {act}}}\n" for number, act in enumerate(acts, start=1))
    plan = Path("plan.yml")
    plan.write_text(
        f"notebook: acts.ipynb\nname: '{{number}}'\nretries: {retries}\ntime_limit_seconds: {limit_seconds}\n"
        f"rows:\n{rows}",
        "utf-8",
    )
    return plan


class Silent:
    """Hears of a batch and says nothing."""

    def begin(self, total: int, unchanged: int) -> None:
        pass

    def settled(self, state: RowState) -> None:
        pass


def run_here(plan: Path, *, workers: int = 2, out: Path = OUT, **options: bool) -> BatchOutcome:
    """Run a batch in this process."""
    planned = read_plan(plan)
    return run_batch(
        planned,
        check_rows(planned, out=out),
        out=out,
        workers=workers,
        retries=planned.retries,
        listener=Silent(),
        today=dt.date(2026, 1, 31),
        **options,
    )


def wait_until(condition: Callable[[], object], otherwise: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition without taking the processor from what is waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


def family(batch: int, part: str = "") -> list[psutil.Process]:
    """Processes that a batch started, whose command line holds ``part``."""
    found = []
    try:
        children = psutil.Process(batch).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    for child in children:
        try:
            if part in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def live(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those that still run."""
    alive = []
    for process in processes:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                alive.append(process)
        except psutil.Error:
            continue
    return alive


def read_numbers(out: Path = OUT) -> dict[str, dict]:
    """Run → record of each published run; every one must be whole."""
    records = {}
    for folder in out.iterdir():
        if folder.is_dir():
            assert not folder.name.startswith("."), f"{folder} is left over"
            assert (folder / "report.html").read_text("utf-8").rstrip().endswith("</html>")
            json.loads((folder / "notebook.ipynb").read_text("utf-8"))
            records[folder.name] = json.loads((folder / "record.json").read_text("utf-8"))
    return records


def check_right(plan: str, rows: int, *, out: Path = OUT, failed: Iterable[int] = ()) -> None:
    """Every row of the plan's last batch is done and tells its own number, save those that ``failed``.

    Nothing is left over: no hidden file, no process of a run, no run that the ledger tells otherwise.
    """
    sweep(out)
    hidden = [path.name for path in out.iterdir() if path.name.startswith(".")]
    assert hidden == [], hidden
    records = read_numbers(out)
    told = {row["run_id"]: row["status"] for row in RunLedger(out).runs() if row["run_id"] in records}
    assert told == {run_id: record["status"] for run_id, record in records.items()}
    ledger = BatchLedger(out)
    states = ledger.states(ledger.newest(plan, "", "acts") or "")
    assert [state.row for state in states] == list(range(1, rows + 1))
    for state in states:
        if state.row in set(failed):
            assert state.status not in ("done", "unchanged"), state
            assert state.message
            continue
        assert state.status in ("done", "unchanged"), state
        record = records[state.run_id or ""]
        assert (record["status"], record["kpis"][0]["value"]) == ("done", state.row)
    wait_until(lambda: not live(run_processes()), "a process of a run lives on", 10)
