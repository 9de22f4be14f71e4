"""Holds a server of warm kernels as long as its owner needs one, and replaces it when it is stale or gone."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import AF_UNIX, SOCK_SEQPACKET, socket
from typing import IO

from leadline.durable import scratch_folder
from leadline.run.warm.environment import KERNEL_VARIABLES, MARK_SPACE
from leadline.run.warm.freshness import fingerprint

SWITCH_VARIABLE = "LEADLINE_WARM"
#: What Python is told to run: `__main__` of this folder.
_SERVER = str(Path(__file__).parent)
_PATIENCE_SECONDS = 5


class WarmServer:
    """One server process and the socket that runs reach it by (``run_notebook(…, warm=server.socket)``).

    Runs may ask from the first moment on: they wait until the packages are imported. A server that is dead,
    stale or does not answer fails no run: a kernel is then started cold.
    """

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "socket"
        self._log = folder / "server.log"
        self._change = threading.Lock()
        self._start()

    @property
    def pid(self) -> int:
        """Number of the server's process."""
        return self._process.pid

    def refresh(self) -> None:
        """Replace the server where the lock file or the sources have changed since it started, or it died.

        Runs that go on are not touched. The socket's path stays.
        """
        with self._change:
            is_up = self._process.poll() is None and self.socket.exists()
            if is_up and self._fingerprint == fingerprint():
                return
            self._retire()
            with suppress(OSError):  # no room, or no process: runs start cold until it works again
                self.socket.parent.mkdir(mode=0o700, exist_ok=True)
                self._start()

    def close(self) -> None:
        """Let the server go; it leaves when the last of its kernels is gone."""
        with self._change:
            self._retire()
            with suppress(subprocess.TimeoutExpired):  # it still has kernels
                self._process.wait(_PATIENCE_SECONDS)

    def _start(self) -> None:
        self._fingerprint = fingerprint()
        beside = self.socket.with_name("next")
        with socket(AF_UNIX, SOCK_SEQPACKET) as listener, self._log.open("wb") as log:
            beside.unlink(missing_ok=True)
            listener.bind(str(beside))
            beside.chmod(0o600)
            listener.listen(128)
            self._process = subprocess.Popen(
                [sys.executable, _SERVER, str(listener.fileno()), self._fingerprint],
                env=os.environ | KERNEL_VARIABLES | MARK_SPACE,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
        beside.replace(self.socket)

    def _retire(self) -> None:
        lifeline: IO[bytes] | None = self._process.stdin
        if lifeline:
            lifeline.close()


@contextmanager
def warm_server() -> Iterator[WarmServer | None]:
    """Serve warm kernels while the block runs.

    Yields
    ------
    WarmServer or None
        None where warm kernels cannot be (not Linux, ``LEADLINE_WARM=0``, no place for a socket); every run
        is then started cold.
    """
    if sys.platform != "linux" or os.environ.get(SWITCH_VARIABLE) == "0":
        yield None
        return
    with scratch_folder("leadline-warm-") as folder:
        try:
            held = WarmServer(folder)
        except OSError:  # a socket's path is at most 107 characters long
            held = None
        try:
            yield held
        finally:
            if held:
                held.close()
