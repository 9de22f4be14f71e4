"""A scheduler that is killed, doubled, stopped: no planned time is lost, none is run twice."""

import datetime as dt
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from leadline.run.schedule.job_runs import JobRuns
from leadline.run.schedule.schedule_file import read_schedule
from leadline.store import open_store
from tests.faults.aftermath import OUT, PATIENCE_SECONDS, published, wait_until
from tests.runs import run_processes, start_leadline

SCHEDULE = """\
jobs:
  - name: yearly
    notebook: work
    cron: "0 0 1 1 *"
    time_zone: UTC
    out: out
    grace_hours: 744
    retries: 1
    retry_pause_minutes: 0
"""
WAITING = """\
import time
from pathlib import Path
Path(f'reached{len(list(Path().glob("reached*")))}').touch()
while not Path('go').exists(): time.sleep(0.05)
"""


@pytest.fixture
def planned(aftermath: None, write: Callable[..., Path]) -> Iterator[None]:
    """A job of which one planned time waits; whatever happened, no process is left."""
    write(WAITING)
    Path("schedule.yml").write_text(SCHEDULE, "utf-8")
    now = dt.datetime.now(dt.UTC)
    (job,) = read_schedule(Path("schedule.yml"), now).jobs
    JobRuns(OUT).look(job, now, Path("schedule.yml"))
    # As a scheduler would leave it that was killed just after the time had come.
    with open_store(OUT, writing=True) as store:
        store.execute(
            "INSERT INTO job_runs (job, planned, status, attempts) VALUES ('yearly', ?, 'waiting', 0)",
            (now.isoformat(timespec="seconds"),),
        )
    return


def start_scheduler(stack: ExitStack):
    environment = {"LEADLINE_WARM": "0"}
    return stack.enter_context(start_leadline("schedule", "run", "--file", "schedule.yml", **environment))


def row() -> dict:
    (only,) = JobRuns(OUT).rows()
    return only


def reached(count: int) -> None:
    wait_until(lambda: len(list(Path().glob("reached*"))) == count, f"run {count} was not reached", 60)


def stop(scheduler) -> str:
    scheduler.send_signal(signal.SIGTERM)
    _stdout, stderr = scheduler.communicate(timeout=PATIENCE_SECONDS)
    assert scheduler.returncode == 0, stderr
    assert "Traceback" not in stderr
    return stderr


def child_of(scheduler) -> psutil.Process:
    (child,) = [
        process
        for process in psutil.Process(scheduler.pid).children()
        if "leadline.run.schedule.child" in " ".join(process.cmdline())
    ]
    return child


@pytest.mark.covers("run_faults", "two_schedulers_one_killed")
def test_another_scheduler_takes_over_and_runs_nothing_twice(planned: None) -> None:
    with ExitStack() as stack:
        first, second = start_scheduler(stack), start_scheduler(stack)
        reached(1)
        first.kill()  # whichever of the two started the run, the run goes on
        Path("go").touch()
        wait_until(lambda: row()["status"] == "done", "the run did not end")
        stop(second)
    assert (row()["attempts"], len(published())) == (1, 1)


@pytest.mark.covers("run_faults", "scheduled_run_killed")
def test_a_run_that_was_killed_is_tried_again_by_the_next_scheduler(planned: None) -> None:
    with ExitStack() as stack:
        first = start_scheduler(stack)
        reached(1)
        child = child_of(first)
        first.kill()
        os.kill(child.pid, signal.SIGKILL)
        wait_until(lambda: not run_processes(), "the kernel lives on", seconds=10)
        assert row()["status"] == "running"
        Path("go").touch()
        second = start_scheduler(stack)
        wait_until(lambda: row()["status"] == "done", "the run was not made up for", 60)
        stop(second)
    assert row()["attempts"] == 2
    assert [record["status"] for record in published()] == ["killed", "done"]


@pytest.mark.covers("run_faults", "scheduler_stopped")
def test_a_scheduler_that_is_told_to_stop_ends_its_run_in_order(planned: None) -> None:
    with ExitStack() as stack:
        scheduler = start_scheduler(stack)
        reached(1)
        told = stop(scheduler)
    assert (row()["status"], row()["attempts"]) == ("killed", 1)
    assert [record["status"] for record in published()] == ["killed"]
    assert "stopped" in told
