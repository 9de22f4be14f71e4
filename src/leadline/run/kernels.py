"""One fresh kernel a run: this Python, its own process group, nothing of it left behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync

from leadline.durable import scratch_folder
from leadline.run import warden
from leadline.run.recording import TABLES_VARIABLE
from leadline.run.warden import RUN_VARIABLE, kill_run
from leadline.run.warm.environment import KERNEL_VARIABLES
from leadline.run.warm.provisioner import RunProvisioner

START_TIMEOUT_SECONDS = 60
#: A socket's path has at most 104 bytes on macOS and 108 on Linux, its number included.
_LONGEST_SOCKET = 95


@dataclass
class Brake:
    """Stops a run from outside its event loop: a time limit or a signal. The first reason stands."""

    run_id: str
    process_group: int | None = None
    reason: str | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def pull(self, reason: str) -> None:
        """Kill the kernel and all it started; SIGKILL ends frozen processes too."""
        with self._lock:
            self.reason = self.reason or reason
        kill_run(self.run_id, self.process_group)


class _OwnKernelManager(AsyncKernelManager):
    """Runs this Python's ipykernel, whatever kernel names the machine or the notebook know."""

    @property
    def kernel_spec(self) -> KernelSpec:
        # No history file: parallel runs would lock it, and a report leaves no trace in the analyst's own.
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        options = ["--HistoryManager.enabled=False", "--log-level=ERROR"]
        return KernelSpec(argv=[*command, *options], language="python")


@contextmanager
def start_kernel(
    run_id: str,
    work: Path,
    brake: Brake,
    tables: Path,
    *,
    warm: Path | None = None,
) -> Iterator[AsyncKernelManager]:
    """Start a kernel in the working folder; on leaving, it and every process it started are gone.

    Parameters
    ----------
    run_id
        Mark of the run's processes.
    work
        Folder for the connection file, the kernel's own settings and its log (``kernel.log``).
    brake
        Learns the kernel's process group.
    tables
        Folder into which the notebook's `record` writes tables.
    warm
        Socket of a server of warm kernels; without an answer from it the kernel is started cold.
    """
    environment = (
        os.environ
        | KERNEL_VARIABLES
        | {
            RUN_VARIABLE: run_id,
            TABLES_VARIABLE: str(tables.resolve()),
            "IPYTHONDIR": str(work),
        }
    )
    with (
        scratch_folder("leadline-kernel-") as sockets,
        _watching(run_id) as watcher,
        (work / "kernel.log").open("wb") as log,
    ):
        manager = _OwnKernelManager(
            kernel_id=run_id, connection_file=str(work / "kernel.json"), **_choose_transport(sockets)
        )
        provisioner = RunProvisioner(parent=manager, kernel_id=run_id, kernel_spec=manager.kernel_spec)
        provisioner.server = warm
        manager.provisioner = provisioner
        try:
            run_sync(manager.start_kernel)(
                env=environment, cwd=str(Path.cwd()), stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
            brake.process_group = getattr(manager.provisioner, "pgid", None)
            print(brake.process_group, file=watcher, flush=True)
            if brake.reason:  # pulled before there was anything to stop
                brake.pull(brake.reason)
            yield manager
        finally:
            kill_run(run_id, brake.process_group)
            if manager.has_kernel:
                run_sync(manager.shutdown_kernel)(now=True)
            print("done", file=watcher, flush=True)


def _choose_transport(sockets: Path) -> dict[str, str]:
    """Return how a kernel is talked to: by sockets in a folder of its own, where the system has them.

    A free TCP port may be another run's by the time the kernel takes it, and then the kernel dies.
    """
    place = str(sockets / "kernel")
    if os.name != "posix" or len(os.fsencode(place)) > _LONGEST_SOCKET:
        return {"transport": "tcp"}
    return {"transport": "ipc", "ip": place}


@contextmanager
def stopping_at(brake: Brake, limit_seconds: float) -> Iterator[None]:
    """Pull the brake when the time is up (monotonic clock) or a signal asks this process to end."""
    timer = threading.Timer(limit_seconds, brake.pull, args=("timed_out",))
    timer.daemon = True

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        brake.pull("killed")

    names = [name for name in ("SIGTERM", "SIGHUP", "SIGINT") if hasattr(signal, name)]
    main = threading.current_thread() is threading.main_thread()
    before = {name: signal.signal(getattr(signal, name), on_signal) for name in names if main}
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


@contextmanager
def _watching(run_id: str) -> Iterator[IO[str]]:
    command = [sys.executable, "-I", "-S", warden.__file__, run_id]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True) as watcher:
        assert watcher.stdin is not None  # noqa: S101 (for the type checker)
        yield watcher.stdin
        watcher.stdin.close()
