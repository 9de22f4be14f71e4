"""Faults that a batch must survive, each once; ``benchmarks/batch_faults.py`` tries each many times."""

import errno
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.aftermath import published
from tests.faults.batch_trials import (
    OUT,
    PATIENCE_SECONDS,
    check_right,
    family,
    live,
    run_here,
    wait_until,
    write_plan,
)
from tests.runs import start_leadline

BATCH = ("batch", "plan.yml", "--out", str(OUT), "--workers")


@pytest.fixture(autouse=True)
def _here(working_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder of its own, beside a good report, with kernels that start cold."""
    monkeypatch.setenv("LEADLINE_WARM", "0")


@pytest.mark.covers("run_faults", "batch_kernel_killed", "batch_worker_killed", "batch_server_killed")
@pytest.mark.usefixtures("aftermath")
def test_killed_kernels_worker_and_server_cost_no_report() -> None:
    write_plan(["die", "wait"])
    with start_leadline(*BATCH, "1", LEADLINE_WARM="1") as batch:
        wait_until(Path("begun-2").exists, "the second report did not begin")
        (worker,) = family(batch.pid, "leadline.run.batch.worker")
        worker.kill()
        for server in family(batch.pid, "leadline/run/warm"):
            server.kill()
        Path("go").touch()
        _stdout, stderr = batch.communicate(timeout=PATIENCE_SECONDS)
    assert batch.returncode == 0, stderr
    check_right("plan", 2)
    assert "killed" in {record["status"] for record in published()}


@pytest.mark.covers("run_faults", "batch_killed")
@pytest.mark.usefixtures("aftermath")
def test_when_the_batch_is_killed_all_it_started_ends_and_resume_makes_the_rest() -> None:
    plan = write_plan(["plain", "wait"])
    with start_leadline(*BATCH, "1") as batch:
        wait_until(Path("begun-2").exists, "the second report did not begin")
        started = family(batch.pid)
        batch.kill()
    wait_until(lambda: not live(started), "a process of the batch lives on", seconds=5)
    Path("go").touch()
    outcome = run_here(plan, workers=1, resume=True)
    assert outcome.exit_code == 0
    check_right("plan", 2)


@pytest.mark.covers("run_faults", "batch_stopped")
@pytest.mark.usefixtures("aftermath")
def test_a_batch_told_to_stop_ends_its_reports_in_order_and_says_how_to_go_on() -> None:
    write_plan(["wait", "wait"])
    with start_leadline(*BATCH, "1") as batch:
        wait_until(Path("begun-1").exists, "no report began")
        batch.send_signal(signal.SIGINT)
        stdout, stderr = batch.communicate(timeout=PATIENCE_SECONDS)
    assert batch.returncode == 130
    assert "--resume" in stderr
    assert stdout.strip().endswith("batch_plan.html")
    assert [record["status"] for record in published()] == ["killed"]


@pytest.mark.covers("run_faults", "batch_hanging_report")
@pytest.mark.usefixtures("aftermath")
def test_a_hanging_report_meets_its_limit_and_is_tried_again() -> None:
    assert run_here(write_plan(["hang"], limit_seconds=8)).exit_code == 0
    check_right("plan", 1)
    assert sorted(record["status"] for record in published()) == ["done", "timed_out"]


@pytest.mark.covers("run_faults", "two_batches")
@pytest.mark.usefixtures("aftermath")
def test_two_batches_into_one_folder_at_once_both_come_right() -> None:
    plan = write_plan(["plain"])
    with ThreadPoolExecutor(2) as pool:
        outcomes = [pool.submit(run_here, plan) for _number in range(2)]
    assert [outcome.result().exit_code for outcome in outcomes] == [0, 0]
    assert len({outcome.result().batch_id for outcome in outcomes}) == 2
    check_right("plan", 1)


@pytest.fixture
def small_disk(working_folder: Path) -> Iterator[Path]:
    OUT.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(OUT)], check=True)
    yield OUT
    subprocess.run(["umount", "-l", str(OUT)], check=True)


@pytest.mark.covers("run_faults", "batch_full_disk")
@pytest.mark.tmpfs
def test_a_full_disk_fails_the_reports_it_meets_and_no_other(small_disk: Path) -> None:
    outcome = run_here(write_plan(["plain", "fill", "plain"], retries=0), workers=1)
    assert outcome.exit_code == 1
    assert os.strerror(errno.ENOSPC) in (outcome.states[1].message or "")
    check_right("plan", 3, failed=[2])
