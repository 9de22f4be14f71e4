"""Starts a run's kernel: forked by a server of warm kernels, or cold where none answers."""

import json
import os
import select
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from leadline.run.warden import RUN_VARIABLE
from leadline.run.warm.server import PACKET_BYTES

_LAUNCHER = ["-m", "ipykernel_launcher"]
#: A server that was just started first imports for some seconds.
_PATIENCE_SECONDS = 30.0
_LAST_WORD_SECONDS = 1.0


class ForkedKernel:
    """A kernel that is not our child, with the methods of `subprocess.Popen` that a provisioner needs."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, descriptor: int, server: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.cpu_seconds: float | None = None
        self.peak_memory_mb: float | None = None
        self._descriptor = descriptor
        self._server = server

    def poll(self) -> int | None:
        """Return the exit code, or None while the kernel lives."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the kernel's end (seconds) and return its exit code; -9 where the server died with it."""
        if self.returncode is None:
            if not select.select([self._descriptor], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            self._hear_end()
        assert self.returncode is not None  # noqa: S101 (for the type checker)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal; to a kernel that has ended, none."""
        with suppress(ProcessLookupError):
            if self.returncode is None:
                signal.pidfd_send_signal(self._descriptor, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def _hear_end(self) -> None:
        end: dict[str, Any] = {}
        self._server.settimeout(_LAST_WORD_SECONDS)
        with suppress(OSError, ValueError):
            end = json.loads(self._server.recv(PACKET_BYTES))
        self._server.close()
        os.close(self._descriptor)
        self.returncode = end.get("code", -signal.SIGKILL)
        self.cpu_seconds = end.get("cpu_seconds")
        self.peak_memory_mb = end.get("peak_memory_mb")


def fork_kernel(server: Path, request: dict[str, Any], streams: list[int]) -> ForkedKernel | None:
    """Ask a server for a kernel; None where it does not answer or cannot serve this request."""
    asker = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        asker.settimeout(_PATIENCE_SECONDS)
        asker.connect(str(server))
        socket.send_fds(asker, [json.dumps(request).encode()], streams)
        packet, descriptors, _flags, _address = socket.recv_fds(asker, PACKET_BYTES, 1)
        if descriptors:
            return ForkedKernel(json.loads(packet)["pid"], descriptors[0], asker)
    except (OSError, ValueError):
        pass
    asker.close()
    return None


class RunProvisioner(LocalProvisioner):
    """Forks kernels where ``server`` answers; anything else is done as for a cold kernel."""

    server: Path | None = None
    forked: ForkedKernel | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel."""
        if self.server and cmd[1:3] == _LAUNCHER:
            self.forked = self._fork(self.server, cmd, kwargs)
        if not self.forked:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast("Any", self.forked)  # as much of a Popen as is used
        self.pid = self.pgid = self.forked.pid
        self.cwd = kwargs["cwd"]
        return self.connection_info

    def _fork(self, server: Path, cmd: list[str], kwargs: dict[str, Any]) -> ForkedKernel | None:
        environment = kwargs["env"] | {"JPY_PARENT_PID": str(os.getpid())}
        request = {
            "argv": cmd[2:],
            "cwd": kwargs["cwd"],
            "umask": _umask(),
            "environment": environment,
            "run_id": environment[RUN_VARIABLE],
        }
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123 (a device)
            streams = [nothing.fileno(), kwargs["stdout"].fileno(), kwargs["stderr"].fileno()]
            return fork_kernel(server, request, streams)


def outside_usage(manager: KernelManager) -> tuple[float, float | None]:
    """Return CPU seconds and highest memory (MB) of a kernel that ended and was no child of this process.

    Zero and None for one that was started cold; `leadline.run.record.usage` counts that.
    """
    forked = getattr(manager.provisioner, "forked", None)
    return (forked.cpu_seconds or 0.0, forked.peak_memory_mb) if forked else (0.0, None)


def _umask() -> int:
    """Read this process's umask without setting it, which other threads would notice."""
    status = Path("/proc/self/status").read_text("ascii", "replace")
    return int(status.partition("Umask:")[2].split()[0], 8)
