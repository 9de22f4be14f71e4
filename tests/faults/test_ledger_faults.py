"""The loop ledger under kill −9 at every moment, with two writers, on a full and on a read-only disk."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock, Timeout

from leadline.data.loop.ledger import LoopLedger
from leadline.errors import RunError
from tests.data.loop.ledger_rows import contacts, open_ledger, read_parts
from tests.faults.ledger_writer import ROWS, write_campaigns, write_round, write_rounds
from tests.faults.loop_state import assert_whole
from tests.faults.processes import PROCESSES

KILLS = 50
KILLS_OF_ONE_LEDGER = 10
PATIENCE_SECONDS = 30


@contextmanager
def step_writer(folder: Path, first: int, silent: int = 0) -> Iterator[tuple[Any, Connection]]:
    """A process that writes step by step, the first unasked, and the pipe to it; on leaving, it is gone."""
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=write_rounds, args=(folder, theirs, first, silent))
    process.start()
    theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.join()
        ours.close()


def hear(pipe: Connection) -> str:
    assert pipe.poll(PATIENCE_SECONDS), "the writer says nothing"
    return pipe.recv_bytes().decode()


def count_steps(folder: Path) -> int:
    """Steps of one round, from the first look at the file to the last."""
    folder.mkdir()
    said: list[str] = []
    with step_writer(folder, 0) as (_process, pipe):
        while not said or said[-1] != "done 0":
            said.append(hear(pipe))
            pipe.send_bytes(b"")
    assert {"os.rename", "os.fsync", "COMMIT", "os.remove"} <= set(said)
    return len(said)


@pytest.mark.covers("run_faults", "ledger_writer_killed")
def test_killed_at_fifty_moments_only_whole_imports_are_seen(tmp_path: Path) -> None:
    steps = count_steps(tmp_path / "counted")
    assert steps > 2 * KILLS, "every kill hits another step"
    done: dict[Path, set[int]] = {}
    for kill in range(KILLS):
        folder = tmp_path / str(kill // KILLS_OF_ONE_LEDGER)
        folder.mkdir(exist_ok=True)
        with step_writer(folder, kill, 1 + kill * steps // KILLS) as (process, pipe):
            hear(pipe)
            if kill % 2:  # let it go on, unwatched, into the kill
                pipe.send_bytes(b"")
            process.kill()
            process.join()
            assert process.exitcode == -signal.SIGKILL
        assert_whole(folder, done.setdefault(folder, set()))
        if kill % 5 == 0:  # what was cut short is imported again
            write_round(LoopLedger(folder), kill)
            done[folder].add(kill)
    for folder, rounds in done.items():
        assert assert_whole(folder, rounds) >= len(rounds) == KILLS_OF_ONE_LEDGER // 5


def test_what_a_writer_reported_done_outlives_its_death(tmp_path: Path) -> None:
    with step_writer(tmp_path, 0) as (_process, pipe):
        while hear(pipe) != "done 0":
            pipe.send_bytes(b"")
    assert assert_whole(tmp_path, {0}) == 1


@pytest.mark.covers("run_faults", "two_ledger_writers")
def test_two_writers_at_once_lose_nothing_and_write_nothing_twice(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    numbers = [list(range(8)), list(range(4, 12))]
    pipes = [PROCESSES.Pipe() for _ in numbers]
    processes = [
        PROCESSES.Process(target=write_campaigns, args=(tmp_path, mine, theirs))
        for mine, (_, theirs) in zip(numbers, pipes, strict=True)
    ]
    for process in processes:
        process.start()
    for ours, _ in pipes:
        ours.send_bytes(b"")
    for ours, _ in pipes:
        assert ours.poll(PATIENCE_SECONDS)
    added = [sum(ours.recv()) for ours, _ in pipes]
    for process in processes:
        process.join()
    assert sum(added) == 12 * ROWS
    rows = read_parts(ledger, "contacts")
    assert len(rows) == 12 * ROWS
    assert not rows.duplicated(["campaign_id", "customer_id"]).any()


def test_a_sweep_waits_for_a_living_writer(tmp_path: Path) -> None:
    with step_writer(tmp_path, 0) as (_process, pipe):
        said = hear(pipe)
        while said != "os.rename":  # a part is written but has neither its name nor its line in the index
            pipe.send_bytes(b"")
            said = hear(pipe)
        with pytest.raises(Timeout):
            FileLock(tmp_path / "loop" / ".lock").acquire(timeout=0)
        swept: list[list[str]] = []
        sweeper = threading.Thread(target=lambda: swept.append(LoopLedger(tmp_path).sweep()))
        sweeper.start()
        while said != "done 0":
            pipe.send_bytes(b"")
            said = hear(pipe)
        sweeper.join(PATIENCE_SECONDS)
    assert swept == [[]]
    assert LoopLedger(tmp_path).rounds()[0]["contacts"] == ROWS


@pytest.mark.covers("run_faults", "ledger_full_disk")
@pytest.mark.tmpfs
def test_a_full_disk_leaves_what_was_there(small_disk: Path) -> None:
    ledger = open_ledger(small_disk)
    ledger.add_contacts(contacts(range(100)), round_id="r1")
    before = {path: path.read_bytes() for path in (small_disk / "loop").iterdir()}
    ids = list(np.random.default_rng(0).integers(10**15, size=200_000))
    with pytest.raises(
        RunError, match=r"cannot be written: .*No space left on device.* Nothing was added\. Free"
    ):
        ledger.add_contacts(contacts(ids, "c2"), round_id="r1")
    assert {path: path.read_bytes() for path in (small_disk / "loop").iterdir()} == before
    assert ledger.rounds()[0]["contacts"] == 100
    assert ledger.add_contacts(contacts(range(100), "c2"), round_id="r1").added == 100


@pytest.mark.covers("run_faults", "ledger_read_only")
@pytest.mark.tmpfs
def test_a_read_only_folder_is_said(small_disk: Path) -> None:
    ledger = open_ledger(small_disk)
    ledger.add_contacts(contacts(range(10)), round_id="r1")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for use in (
        lambda: ledger.add_contacts(contacts([1]), round_id="r1"),
        lambda: open_ledger(small_disk, "r2"),
        ledger.rounds,
    ):
        with pytest.raises(RunError, match="check its rights, or copy it"):
            use()
