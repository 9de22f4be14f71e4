"""The server's loop: one thread, no signal handler, a fork for each request.

A message is one packet of JSON. A request is ``{"argv", "cwd", "umask", "environment", "run_id"}`` with the
kernel's three streams. The fork answers ``{"pid"}`` with a descriptor of itself (pidfd); the server answers
``{}`` where it cannot serve, and ``{"code", "cpu_seconds", "peak_memory_mb"}`` when the kernel has ended.
"""

import json
import os
import selectors
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadline.run.warm.environment import import_variables
from leadline.run.warm.freshness import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable

PACKET_BYTES = 1 << 20
STREAMS = 3


@dataclass(frozen=True, kw_only=True)
class Fork:
    """What a forked process is to become: a kernel."""

    request: dict[str, Any]
    streams: list[int]
    asker: socket.socket


class Server:
    """Forks a process for each request, and tells how each ended.

    Parameters
    ----------
    listener
        Where requests arrive.
    started_with
        The environment this process was started with.
    imported
        `fingerprint` of what was imported.
    """

    def __init__(self, listener: socket.socket, started_with: dict[str, str], imported: str) -> None:
        self._listener = listener
        self._variables = import_variables(started_with)
        self._imported = imported
        self._serving = True
        self._kernels: dict[int, tuple[int, socket.socket]] = {}
        self._watched = selectors.DefaultSelector()
        listener.settimeout(0)
        self._watched.register(listener, selectors.EVENT_READ, self._accept)
        self._watched.register(sys.stdin.fileno(), selectors.EVENT_READ, self._retire)

    def serve(self) -> Fork | None:
        """Serve until standard input ends and the last kernel is gone; then, in the server, return None.

        In each forked process, return at once what it is to become.
        """
        while self._serving or self._kernels:
            for key, _events in self._watched.select():
                if key.fd not in self._watched.get_map():  # closed a moment ago
                    continue
                react: Callable[[], Fork | None] = key.data
                if fork := react():
                    return fork
        return None

    def _accept(self) -> None:
        with suppress(OSError):  # who asked is gone already
            asker, _address = self._listener.accept()
            asker.settimeout(0)
            self._watched.register(asker, selectors.EVENT_READ, partial(self._hear, asker))

    def _hear(self, asker: socket.socket) -> Fork | None:
        self._watched.unregister(asker)
        packet: bytes = b""
        streams: list[int] = []
        with suppress(OSError):
            packet, streams, _flags, _address = socket.recv_fds(asker, PACKET_BYTES, STREAMS)
        try:
            request = json.loads(packet) if packet else None
            if request and len(streams) == STREAMS and self._can_serve(request):
                if fork := self._fork(request, streams, asker):
                    return fork
            else:
                _tell(asker, {})
                asker.close()
        finally:
            for stream in streams:
                os.close(stream)
        return None

    def _can_serve(self, request: dict[str, Any]) -> bool:
        return (
            import_variables(request["environment"]) == self._variables
            and fingerprint() == self._imported
            and not _shadowed(Path(request["cwd"]))
        )

    def _fork(self, request: dict[str, Any], streams: list[int], asker: socket.socket) -> Fork | None:
        pid = os.fork()
        if pid:
            kernel = os.pidfd_open(pid)
            self._kernels[kernel] = (pid, asker)
            self._watched.register(kernel, selectors.EVENT_READ, partial(self._bury, kernel))
            return None
        self._leave_to_server()
        return Fork(request=request, streams=[os.dup(stream) for stream in streams], asker=asker)

    def _leave_to_server(self) -> None:
        """Close, in a fork, what is the server's; by its owner, so that no number is closed twice."""
        self._watched.close()
        self._listener.close()
        for kernel, (_pid, asker) in self._kernels.items():
            os.close(kernel)
            asker.close()
        self._kernels.clear()

    def _bury(self, kernel: int) -> None:
        pid, asker = self._kernels.pop(kernel)
        self._watched.unregister(kernel)
        os.close(kernel)
        _pid, status, usage = os.wait4(pid, 0)
        end = {
            "code": os.waitstatus_to_exitcode(status),
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "peak_memory_mb": round(usage.ru_maxrss / 1e3, 1),
        }
        _tell(asker, end)
        asker.close()

    def _retire(self) -> None:
        if os.read(sys.stdin.fileno(), 1):
            return
        self._serving = False
        self._watched.unregister(sys.stdin.fileno())
        self._watched.unregister(self._listener)
        self._listener.close()


def _tell(asker: socket.socket, message: dict[str, Any]) -> None:
    with suppress(OSError):  # who asked is gone
        asker.send(json.dumps(message).encode())


def _shadowed(folder: Path) -> bool:
    """Whether the working folder holds a module that a cold kernel would take for one imported here."""
    names = {path.stem for path in folder.glob("*.py")}
    names |= {path.parent.name for path in folder.glob("*/__init__.py")}
    return any(name in sys.modules for name in names)
