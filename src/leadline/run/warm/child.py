"""From a fork of the server to a kernel like one that was started cold."""

import gc
import json
import os
import random
import runpy
import socket
import sys
import tempfile
import time
from pathlib import Path

from leadline.run.warm.environment import mark_process
from leadline.run.warm.server import Fork


def become_kernel(fork: Fork, mark_space: tuple[int, int], set_by_imports: dict[str, str]) -> None:
    """Take on the run's session, mark, folder, environment and streams, answer, and be its kernel.

    Parameters
    ----------
    fork
        What the run asked for.
    mark_space
        Where the run's mark goes (`find_mark_space`).
    set_by_imports
        Environment variables that imported packages have set.
    """
    request = fork.request
    os.setsid()
    mark_process(request["run_id"], mark_space)
    os.chdir(request["cwd"])
    os.umask(request["umask"])
    os.environ.clear()
    os.environ.update(set_by_imports | request["environment"])
    time.tzset()
    tempfile.tempdir = None  # found anew in this environment
    _answer(fork.asker)
    _take_streams(fork.streams)
    _reseed()
    gc.enable()
    sys.path.insert(0, request["cwd"])  # as for `python -m`; the launcher takes it out again
    sys.argv[:] = request["argv"]
    runpy.run_module(request["argv"][0], run_name="__main__", alter_sys=True)


def _answer(asker: socket.socket) -> None:
    """Tell whoever asked that the process can be found and killed from now on."""
    own = os.pidfd_open(os.getpid())
    socket.send_fds(asker, [json.dumps({"pid": os.getpid()}).encode()], [own])
    os.close(own)
    asker.close()


def _take_streams(streams: list[int]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.closerange(len(streams), max(int(path.name) for path in Path("/proc/self/fd").iterdir()) + 1)


def _reseed() -> None:
    """Draw new entropy for each generator that is seeded at import (OpenSSL sees to its own)."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
