"""Kill -9 at random moments, spread over the whole of what a writer does: nothing torn, nothing lost."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.faults.aftermath import wait_until
from tests.faults.kill_writers import WRITERS, perform_write
from tests.faults.processes import PROCESSES
from tests.scorecard.catalogue import FULL

#: The first process waits until all packages are loaded.
PATIENCE_SECONDS = 600
SEED = 9


def write_and_kill(name: str, number: int, after_seconds: float | None) -> tuple[bool, float]:
    """Let a process write and kill it; return whether it had acknowledged, and the seconds it had."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=perform_write, args=(name, Path.cwd(), number, theirs))
    process.start()
    theirs.close()
    try:
        assert ours.poll(PATIENCE_SECONDS)
        assert ours.recv() == "begun"
        began = time.monotonic()
        done = ours.poll(PATIENCE_SECONDS if after_seconds is None else after_seconds)
        seconds = time.monotonic() - began
        process.kill()
        try:
            return done and ours.recv() == "done", seconds
        except EOFError:
            pytest.fail("the writer ended by itself")
    finally:
        process.kill()
        process.join()
        ours.close()
        wait_until(lambda: not find_processes_here(), "processes of the writer live on")


def find_processes_here() -> list[psutil.Process]:
    """Find all processes in the working folder but this one, those too that are not yet what they will be.

    A process that was just forked off the writer to become a kernel still holds all the writer's locks.
    """
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and process.cwd() == str(Path.cwd()):
                found.append(process)
    return found


@pytest.mark.covers("random_kills", by="name")
@pytest.mark.parametrize("name", WRITERS)
def test_killed_at_random_moments_nothing_is_torn_or_lost(
    name: str, forks: None, working_folder: Path, measured: Callable[[str], None]
) -> None:
    writer = WRITERS[name]()
    writer.prepare()
    acknowledged: set[int] = set()
    is_done, seconds = write_and_kill(name, 0, None)
    assert is_done
    acknowledged.add(0)
    writer.look(0, acknowledged)
    tries = writer.tries if FULL else writer.few
    rng = np.random.default_rng([SEED, *name.encode()])
    moments = seconds * (rng.permutation(tries) + rng.random(tries)) / tries
    for number, moment in enumerate(moments, start=1):
        is_done, _had = write_and_kill(name, number, moment)
        if is_done:
            acknowledged.add(number)
        writer.look(number, acknowledged)
    measured(f"{tries} kills in {seconds:.2f} s of work, 0 bad; {len(acknowledged) - 1} had just ended")
