"""Runs submissions apart from everything, for a process that holds what they must not see."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

from leadline.course.sandbox.reading import read_end, receive_end
from leadline.course.sandbox.submission import Cell, Limits, Ran, Request
from leadline.durable import scratch_folder
from leadline.errors import RunError
from leadline.language import _

#: What Python is told to run: `__main__` of this folder.
_SERVER = str(Path(__file__).parent)
_START_SECONDS = 60.0
_END_SECONDS = 1
#: What a submission may take beyond its own limit, to be started and cleared away.
_GRACE_SECONDS = 20.0
#: All that the preloaded process is told of the environment: where fonts and caches are, and the language.
_KEPT_VARIABLES = {
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "XDG_CACHE_HOME",
    "MPLCONFIGDIR",
    "LEADLINE_LANGUAGE",
}
#: One thread: threads do not survive a fork. One order of sets: the same answers at each grading.
_SET_VARIABLES = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
}


class Sandbox:
    """One preloaded process that forks a process for each submission; a context manager.

    Several threads may call `run` at once.

    Parameters
    ----------
    limits
        What each submission may use.

    Raises
    ------
    RunError
        If the preloaded process cannot be started.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._change = threading.Lock()

    def __enter__(self) -> Self:
        if not hasattr(os, "fork"):
            raise RunError(
                _("Windows cannot run submissions apart from one another. Grade in WSL or on Linux.")
            )
        self._left = ExitStack()
        self._folder = self._left.enter_context(scratch_folder("leadline-sandbox-"))
        self._folder.chmod(
            0o711
        )  # a submission may cross it to its own folder where no other root can be had
        try:
            self._start()
        except RunError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop()
        self._left.close()

    def run(
        self,
        cells: Sequence[Cell],
        wanted: Sequence[str],
        data: Mapping[str, bytes] | Path | None = None,
        hidden: Sequence[Path] = (),
        limits: Limits | None = None,
    ) -> Ran:
        """Run a submission's cells and return its answers, however it ends.

        Parameters
        ----------
        cells
            In order; an error in one does not stop the next.
        wanted
            Names of the answers.
        data
            What the cells find in ``data/``: name → content, or a folder whose files are copied.
        hidden
            Folders that nobody inside may see, though packages lie in them or around them.
        limits
            Other limits than those of the sandbox.

        Raises
        ------
        RunError
            If the submission could not be started; no student's fault.
        """
        for _attempt in range(2):
            folder = Path(tempfile.mkdtemp(dir=self._folder))
            folder.chmod(0o711)
            try:
                request = Request(
                    cells=list(cells),
                    wanted=list(dict.fromkeys(wanted)),
                    limits=limits or self._limits,
                    folder=str(folder),
                    data=str(_give(data, folder).absolute()) if data else None,
                    hidden=[str(place.absolute()) for place in hidden],
                )
                end, told = self._ask(request)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            if end["end"] != "lost":  # which may be the computer's fault: once more
                break
            with suppress(subprocess.TimeoutExpired):  # those inside may end a moment before the server
                self._process.wait(_END_SECONDS)
        return read_end(request, end, told)

    def _ask(self, request: Request) -> tuple[dict[str, Any], bytes]:
        """Have a request run; return how it ended and what was told, nothing where the process was lost."""
        own, theirs = socket.socketpair()
        with own, theirs:
            with self._change:
                if self._process.poll() is not None:  # it was killed; by whom, no matter
                    self._stop()
                    self._start()
                socket.send_fds(self._control, [b"!"], [theirs.fileno()])
            theirs.close()
            own.settimeout(request.limits.seconds + _GRACE_SECONDS)
            try:
                own.sendall(json.dumps(request.to_dict()).encode() + b"\n")
                return receive_end(own, request.limits)
            except (OSError, ValueError):
                return {"end": "lost"}, b""

    def _start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if name in _KEPT_VARIABLES}
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        log = self._folder / "log"
        with theirs, log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-P", _SERVER, str(theirs.fileno())],
                env=kept | _SET_VARIABLES,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._control.settimeout(_START_SECONDS)
        with suppress(OSError):
            if self._control.recv(1):
                self._control.settimeout(None)
                return
        self._stop()
        lines = log.read_text("utf-8", "replace").strip().splitlines()
        raise RunError(
            _(
                "The grading environment cannot be started, and nobody was graded: {reason}",
                reason=lines[-1] if lines else _("Python did not start."),
            )
        )

    def _stop(self) -> None:
        self._control.close()
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()


def _give(data: Mapping[str, bytes] | Path, folder: Path) -> Path:
    """Return the folder of the data, written where they are contents."""
    if isinstance(data, Path):
        return data
    given = folder / "given"
    given.mkdir()
    for name, content in data.items():
        (given / name).write_bytes(content)
    return given
