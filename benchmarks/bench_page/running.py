"""One bench in a process group of its own: shown while it runs, timed, ended at its limit."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from .measuring import FIGURES_VARIABLE
from .page import Ran


def run_bench(script: Path, figures: Path, limit: float) -> Ran:
    """Run a bench and return what it printed and took; at its limit it is ended with all its processes.

    CPU and peak memory count the processes that it waited for; the peak is that of the largest one.
    """
    started, is_late = time.monotonic(), threading.Event()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {FIGURES_VARIABLE: str(figures), "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )

    def stop() -> None:
        is_late.set()
        _end_group(process.pid)

    timer = threading.Timer(limit, stop)
    timer.start()
    lines = []
    try:
        for line in process.stdout or ():
            lines.append(line.decode(errors="replace"))
            print(lines[-1], end="", flush=True)
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        timer.cancel()
        _end_group(process.pid)
    return Ran(
        script=script,
        code=process.returncode,
        printed="".join(lines),
        wall_s=time.monotonic() - started,
        cpu_s=used.ru_utime + used.ru_stime,
        peak_mb=used.ru_maxrss / 1e3,
        is_late=is_late.is_set(),
    )


def _end_group(leader: int) -> None:
    """End what is left of a bench; most have left nothing."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
