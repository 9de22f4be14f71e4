"""Watches over one submission: lets it run behind its walls, keeps the limits, and hands on what it told.

Three processes: this one, outside of the walls, never runs or reads anything of the student's; its child is
the first process inside, which waits (for the system gives the first process of a namespace no signals, and
all orphans); that one's child runs the cells.

The answer is one line of JSON, ``{"end", "detail", "missing", "length"}``, and then ``length`` bytes as the
submission told them. As the line comes first, and from here, a submission cannot forge it.
"""

import json
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from leadline.course.sandbox import libc
from leadline.course.sandbox.inside import run_cells
from leadline.course.sandbox.isolation import Walls, enter, leave_namespaces
from leadline.course.sandbox.submission import Request

_TICK_SECONDS = 0.05
#: How long after the end of what was told the news of the process's end may come.
_NEWS_SECONDS = 1.0
_CHUNK_BYTES = 1 << 16
#: So that a process alone meets the system's limit first, which is an error of its cell and no more.
_LENIENCE = 1.125
#: The system counts threads too, and the first process.
_UNSEEN_PROCESSES = 4
_CANNOT_TELL = 74  # as sysexits.h numbers a failure to write
#: Beside answers, for what is told of each cell.
_BYTES_A_CELL = 4_096


def supervise(channel: socket.socket) -> None:
    """Read a request from a channel, run it, and write the answer."""
    with channel.makefile("rb") as lines:
        request = Request.from_dict(json.loads(lines.readline()))
    if sys.platform == "linux":
        libc.die_with_parent(signal.SIGKILL)
        with suppress(OSError):
            libc.adopt_orphans()
    walls = leave_namespaces()
    told_from, told_to = os.pipe()
    news_from, news_to = os.pipe()
    first = os.fork()
    if first == 0:
        channel.close()
        os.close(told_from)
        os.close(news_from)
        _be_first(request, walls, told_to, news_to)
    os.close(told_to)
    os.close(news_to)
    watch = _Watch(request, first, told_from, news_from)
    watch.follow()
    watch.kill_all()
    header = {"end": watch.end, "detail": watch.detail, "missing": watch.missing, "length": len(watch.told)}
    with suppress(OSError):  # who asked is gone
        channel.sendall(json.dumps(header).encode() + b"\n" + watch.told)


def _be_first(request: Request, walls: Walls, told_to: int, news_to: int) -> None:
    """Be the first process inside: build the walls, let the cells run, tell how that ended, and end."""
    try:
        os.setsid()
        _take_nothing_along()
        walls = enter(request, walls)
        if sys.platform == "linux":
            libc.die_with_parent(signal.SIGKILL)
            libc.hide_own_process()
        os.write(news_to, json.dumps({"missing": walls.missing}).encode() + b"\n")
        runner = os.fork()
        if runner == 0:
            os.close(news_to)
            _be_runner(request, told_to)
        os.close(told_to)
        while True:
            pid, status = os.wait()
            if pid == runner:
                os.write(news_to, json.dumps({"code": os.waitstatus_to_exitcode(status)}).encode() + b"\n")
                os._exit(0)
    except BaseException as error:  # noqa: BLE001 (no fork may go on as if it were the server)
        with suppress(OSError):
            os.write(
                news_to, json.dumps({"broken": f"{type(error).__name__}: {error}"[:500]}).encode() + b"\n"
            )
    finally:
        os._exit(1)


def _be_runner(request: Request, told_to: int) -> None:
    """Run the cells, and end without what they left to be done at the end."""
    code = 1
    try:
        run_cells(request, told_to)
        code = 0
    except OSError:
        code = _CANNOT_TELL
    finally:
        os._exit(code)


def _take_nothing_along() -> None:
    """Leave the streams; in the walls nothing may lead to a file outside."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    os.close(nothing)


@dataclass
class _Watch:
    """Follows a submission until its end.

    Attributes
    ----------
    end
        ``time``, ``memory``, ``processes`` or ``size`` (of what was told) where a limit was passed; ``exit``
        where the cells' process ended, with its exit code as detail; ``channel`` where it closed the way to
        here; ``broken`` where it could not be started.
    """

    request: Request
    first: int
    told_from: int
    news_from: int
    end: str = ""
    detail: str = ""
    missing: list[str] | None = None
    told: bytearray = field(default_factory=bytearray)

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing left to wait for."""
        return bool(self.end)

    def follow(self) -> None:
        """Collect what is told until the cells have ended or a limit is passed."""
        deadline = time.monotonic() + self.request.limits.seconds
        late = "time"
        own_memory = read_memory(os.getpid())
        open_ends = [self.told_from, self.news_from]
        while not self.has_ended:
            for descriptor in select.select(open_ends, [], [], _TICK_SECONDS)[0]:
                if not self._hear(descriptor):
                    open_ends.remove(descriptor)
                    late, deadline = "channel", min(deadline, time.monotonic() + _NEWS_SECONDS)
            if not self.has_ended and time.monotonic() > deadline:
                self.end = late
            if not self.has_ended:
                self._compare(find_descendants(self.first), own_memory)
        os.set_blocking(self.told_from, False)
        with suppress(BlockingIOError):  # when the process has ended, all that it told is in the pipe
            while self.end == "exit" and self._hear(self.told_from):
                pass

    def kill_all(self) -> None:
        """Kill every process of the submission, and wait until each is gone."""
        with suppress(ProcessLookupError):
            os.kill(self.first, signal.SIGKILL)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.first, signal.SIGKILL)  # its session, where there is no namespace
        os.waitpid(self.first, 0)
        while left := find_descendants(os.getpid()):  # adopted; none where there was a process namespace
            for deed in (signal.SIGSTOP, signal.SIGKILL):  # what is stopped does not fork
                for pid in left:
                    with suppress(ProcessLookupError):
                        os.kill(pid, deed)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass

    def _compare(self, running: list[int], shared: int) -> None:
        """Compare what the running processes use, beyond what they share with this one, with the limits."""
        limits = self.request.limits
        used = sum(max(0, read_memory(pid) - shared) + read_memory_files(pid) for pid in running)
        if len(running) + _UNSEEN_PROCESSES >= limits.processes:  # the system gives it no more
            self.end = "processes"
        elif used > _LENIENCE * limits.memory_mb * 1_000_000:
            self.end = "memory"

    def _hear(self, descriptor: int) -> bool:
        """Read what has come by one of the pipes; False at its end."""
        chunk = os.read(descriptor, _CHUNK_BYTES)
        if descriptor == self.told_from:
            self.told += chunk
            limits = self.request.limits
            if len(self.told) > limits.answer_mb * 1_000_000 + _BYTES_A_CELL * (len(self.request.cells) + 1):
                self.end = "size"
            return bool(chunk)
        for line in chunk.splitlines():
            news = json.loads(line)
            if self.missing is None:
                self.missing = news.get("missing", [])
            if "code" in news:
                self.end = "channel" if news["code"] == _CANNOT_TELL else "exit"
                self.detail = str(news["code"])
            elif "broken" in news:
                self.end, self.detail = "broken", news["broken"]
        return bool(chunk)


def find_descendants(pid: int) -> list[int]:
    """Return the processes below one; none where the system does not tell."""
    found: list[int] = []
    for place in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # it has ended
            for child in map(int, place.read_text("ascii").split()):
                found += [child, *find_descendants(child)]
    return found


def read_memory_files(pid: int) -> int:
    """Return what a process's open files without a name (``memfd_create``) hold in memory (bytes)."""
    held = 0
    with suppress(OSError):
        for place in Path(f"/proc/{pid}/fd").iterdir():
            if str(place.readlink()).startswith("/memfd:"):
                held += place.stat().st_blocks * 512
    return held


def read_memory(pid: int) -> int:
    """Return a process's memory that is backed by no file (bytes); 0 where the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        status = Path(f"/proc/{pid}/status").read_text("utf-8", "replace")
        return 1_024 * sum(int(status.split(f"\n{name}:")[1].split()[0]) for name in ("RssAnon", "RssShmem"))
    return 0
