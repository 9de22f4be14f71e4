"""Every fault that a batch must survive, each tried many times: nothing lost, the rest right.

``batch_faults.py [TRIES] [FAULT …]``: 20 tries of every fault unless said. Prints how often each was tried
and survived; the first that was not ends the bench with what was wrong. A changed clock is tried in
``tests/run/batch/test_ledger.py`` and ``test_pace.py``: nothing else of a batch reads one.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.faults.batch_trials import (
    OUT,
    check_right,
    family,
    live,
    read_numbers,
    wait_until,
    write_plan,
)
from tests.runs import start_leadline

TRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 20
ONLY = sys.argv[2:]
LONG = 3000
LARGEST_FILE_BYTES = 5_000_000


def batch(*options: str, workers: int = 2, **environment: str):
    command = ("batch", "plan.yml", "--out", str(OUT), "--workers", str(workers), *options)
    return start_leadline(*command, **environment)


def finish(process: "subprocess.Popen[str]", code: int) -> None:
    _stdout, stderr = process.communicate(timeout=LONG)
    assert process.returncode == code, stderr


def kernels() -> int:
    write_plan(["die"] * TRIES + ["plain"] * 3)
    with batch() as process:
        finish(process, 0)
    check_right("plan", TRIES + 3)
    return TRIES


def _kill_parts(part: str) -> int:
    """Kill one process of a kind whenever a further report has begun."""
    write_plan(["plain"] * (2 * TRIES), retries=3)
    killed = 0
    with batch() as process:
        told: list[str] = []
        ended = threading.Thread(target=lambda: told.extend(process.communicate()))
        ended.start()
        for number in range(1, 2 * TRIES, 2):
            mark = Path(f"begun-{number}")
            wait_until(lambda mark=mark: mark.exists() or not ended.is_alive(), "no further report", LONG)
            # The one that serves longest: a report whose worker dies again and again is given up.
            if found := family(process.pid, part):
                min(found, key=psutil.Process.create_time).kill()
                killed += 1
        ended.join(LONG)
    assert process.returncode == 0, told
    check_right("plan", 2 * TRIES)
    return killed


def workers() -> int:
    return _kill_parts("leadline.run.batch.worker")


def servers() -> int:
    return _kill_parts("leadline/run/warm")


def parents() -> int:
    write_plan(["plain"] * TRIES)
    for trial in range(TRIES):
        with batch("--resume", "--force" if trial == 0 else "--resume") as process:
            wait_until(lambda: family(process.pid), "nothing began")
            time.sleep(random.uniform(0, 6))
            started = family(process.pid)
            process.kill()
        # Kernels end at once; a worker first publishes the page of the report that it was making.
        wait_until(lambda left=started: not live(left), "a process of the batch lives on", seconds=20)
    with batch("--resume") as process:
        finish(process, 0)
    check_right("plan", TRIES)
    return TRIES


def signals() -> int:
    for trial in range(TRIES):
        write_plan(["wait"])
        for mark in Path().glob("begun-*"):
            mark.unlink()
        name = ("SIGTERM", "SIGINT")[trial % 2]
        with batch(workers=1, LEADLINE_WARM="0") as process:
            wait_until(Path("begun-1").exists, "no report began")
            process.send_signal(getattr(signal, name))
            finish(process, {"SIGTERM": 1, "SIGINT": 130}[name])
    assert [record["status"] for record in read_numbers().values()] == ["killed"] * TRIES
    check_right("plan", 1, failed=[1])
    Path("go").touch()
    with batch("--resume") as process:
        finish(process, 0)
    check_right("plan", 1)
    return TRIES


def full_disk() -> int:
    OUT.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(OUT)], check=True)
    try:
        write_plan(["fill"] * TRIES + ["plain"] * 3, retries=0)
        with batch() as process:
            finish(process, 1)
        check_right("plan", TRIES + 3, failed=range(1, TRIES + 1))
        subprocess.run(["mount", "-o", "remount,size=900m", str(OUT)], check=True)
        with batch("--resume") as process:
            finish(process, 0)
        check_right("plan", TRIES + 3)
    finally:
        subprocess.run(["umount", "-l", str(OUT)], check=True)
    return TRIES


def hanging() -> int:
    write_plan(["hang"] * TRIES + ["plain"] * 3, limit_seconds=20)
    with batch(workers=4) as process:
        finish(process, 0)
    check_right("plan", TRIES + 3)
    assert [record["status"] for record in read_numbers().values()].count("timed_out") >= TRIES
    return TRIES


def floods() -> int:
    write_plan(["flood"] * TRIES + ["plain"] * 3)
    with batch() as process:
        finish(process, 0)
    check_right("plan", TRIES + 3)
    assert max(path.stat().st_size for path in OUT.rglob("*")) < LARGEST_FILE_BYTES
    return TRIES


def two_at_once() -> int:
    write_plan(["plain"])
    for _trial in range(TRIES):
        with ExitStack() as stack:
            both = [stack.enter_context(batch("--force", LEADLINE_WARM="0", workers=1)) for _ in range(2)]
            for process in both:
                finish(process, 0)
    check_right("plan", 1)
    assert len(read_numbers()) == 2 * TRIES
    return TRIES


FAULTS: dict[str, Callable[[], int]] = {
    "kill -9 of a kernel": kernels,
    "kill -9 of a worker": workers,
    "kill -9 of the batch, then --resume": parents,
    "kill -9 of the warm server": servers,
    "disk full": full_disk,
    "hanging cell": hanging,
    "100 MB of output": floods,
    "two batches into one folder": two_at_once,
    "SIGTERM and Ctrl-C": signals,
}


def main() -> None:
    for name, trial in FAULTS.items():
        if ONLY and trial.__name__ not in ONLY:
            continue
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            began = time.monotonic()
            tried = trial()
            print(f"{name}: {tried} of {tried} survived ({time.monotonic() - began:.0f} s)", flush=True)
            os.chdir("/")


if __name__ == "__main__":
    main()
