"""Ends a run's processes when the run itself is gone, whatever killed it.

Started beside each kernel as a bare script (standard library only, so that it costs next to nothing). Its
standard input is a pipe that only the run holds: process groups arrive line by line, ``done`` ends the watch,
and the end of the pipe without it means that the run died.
"""

import contextlib
import os
import signal
import sys
from pathlib import Path

#: Environment variable that marks every process a run's kernel starts.
RUN_VARIABLE = "LEADLINE_RUN_ID"


def kill_run(run_id: str, process_group: int | None) -> None:
    """Kill the kernel's process group and every process that carries the run's mark (Linux)."""
    if process_group is not None and hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process_group, signal.SIGKILL)
    mark = f"{RUN_VARIABLE}={run_id}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            if mark in (entry / "environ").read_bytes().split(b"\0") and int(entry.name) != os.getpid():
                os.kill(int(entry.name), signal.SIGKILL)


def watch(run_id: str) -> None:
    """Wait for the end of standard input; kill what is left unless the run said that it is done."""
    for name in ("SIGINT", "SIGHUP", "SIGTERM"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    process_group = None
    for line in sys.stdin:
        if line.strip() == "done":
            return
        process_group = int(line)
    kill_run(run_id, process_group)


if __name__ == "__main__":
    watch(sys.argv[1])
