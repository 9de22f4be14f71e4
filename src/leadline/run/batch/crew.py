"""Workers side by side: each makes one report after another; one that dies is replaced."""

import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, Protocol

from leadline.errors import RunError
from leadline.language import _
from leadline.run.batch.rows import PlannedReport
from leadline.run.warm import WarmServer

#: How often a report is begun anew because the worker that made it died, beside its own retries.
MAXIMUM_LOSSES = 4
#: Beyond a report's time limit, before its worker counts as frozen.
GRACE_SECONDS = 60.0
_STOP_EVERY_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How one attempt at a report ended: the run's status, or ``lost`` when its worker died."""

    report: PlannedReport
    attempt: int
    status: str
    run_id: str | None = None
    step: str | None = None
    message: str | None = None


class EndedListener(Protocol):
    """Hears how an attempt ended, and whether its report is settled."""

    def __call__(self, ended: Ended, *, is_settled: bool) -> None:
        """Hear it."""


class Worker:
    """One worker process, started when there is something to do."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def make(self, job: dict[str, Any]) -> dict[str, Any] | None:
        """Have a report made and return how it ended; None when the worker died over it.

        Raises
        ------
        RunError
            If no worker can be started.
        """
        process = self._process = self._process or _start()
        assert process.stdin is not None  # noqa: S101 (for the type checker)
        assert process.stdout is not None  # noqa: S101 (for the type checker)
        frozen = threading.Timer(job["limit_seconds"] + GRACE_SECONDS, process.kill)
        frozen.daemon = True
        frozen.start()
        try:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            if answer.endswith("\n"):
                return dict(json.loads(answer))
        except OSError:
            pass
        finally:
            frozen.cancel()
        self.close()
        return None

    def stop(self) -> None:
        """Ask the worker to end its report at once; it is published as killed."""
        process = self._process
        if process is not None:
            with suppress(OSError):
                process.terminate()

    def close(self) -> None:
        """Let the worker go, once it has ended what it does."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr] # both are pipes
        process.wait()


def _start() -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "leadline.run.batch.worker"],  # -P: no module of this folder is ours
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONUTF8": "1"},
            start_new_session=True,  # Ctrl-C reaches the batch alone, which ends its workers in order
        )
    except OSError as error:
        reason = error.strerror or str(error)
        message = _(
            "A process that makes reports could not be started: {reason}. Close other programs or take fewer "
            "--workers, then go on with --resume.",
            reason=reason,
        )
        raise RunError(message) from None


class Crew:
    """``count`` workers over a queue of reports.

    Parameters
    ----------
    count
        Workers at once.
    batch_id, retries
        Of the batch.
    server
        Serves warm kernels, or None.
    began, ended
        Hear, in the workers' threads, that an attempt begins, and how it ended.
    find_lost
        Completes what a dead worker left and says how its attempt really ended.
    """

    def __init__(
        self,
        count: int,
        *,
        batch_id: str,
        retries: int,
        server: WarmServer | None,
        began: Callable[[PlannedReport, int], None],
        ended: EndedListener,
        find_lost: Callable[[Ended], Ended],
    ) -> None:
        self._workers = [Worker() for _number in range(count)]
        self._batch_id = batch_id
        self._retries = retries
        self._server = server
        self._began = began
        self._ended = ended
        self._find_lost = find_lost
        self._waiting: deque[PlannedReport] = deque()
        self._threads: list[threading.Thread] = []
        self._errors: list[BaseException] = []
        self._is_stopping = False

    def start(self, reports: Iterable[PlannedReport]) -> None:
        """Begin with the reports, in their order."""
        self._waiting.extend(reports)
        for worker in self._workers:
            here = copy_context()  # a thread would speak English, whatever language was asked for
            thread = threading.Thread(target=here.run, args=(self._serve, worker), daemon=True)
            self._threads.append(thread)
            thread.start()

    def is_working(self, seconds: float) -> bool:
        """Wait at most ``seconds`` for the end, and tell whether there is work left.

        Raises
        ------
        BaseException
            What a listener raised.
        """
        running = [thread for thread in self._threads if thread.is_alive()]
        if running:
            running[0].join(seconds)
            return True
        if self._errors:
            raise self._errors[0]
        return False

    def stop(self) -> None:
        """Begin no further report and end those that go on."""
        self._is_stopping = True
        for worker in self._workers:
            worker.stop()

    def end(self) -> None:
        """Stop what still goes on and wait for it; nothing is left after a batch that went to its end."""
        while any(thread.is_alive() for thread in self._threads):
            self.stop()
            for thread in self._threads:
                thread.join(_STOP_EVERY_SECONDS)

    def _serve(self, worker: Worker) -> None:
        try:
            while not self._is_stopping:
                try:
                    report = self._waiting.popleft()
                except IndexError:
                    return
                self._make(worker, report)
        except BaseException as error:  # noqa: BLE001 (told by the main thread)
            self._errors.append(error)
            self.stop()
        finally:
            worker.close()

    def _make(self, worker: Worker, report: PlannedReport) -> None:
        """Make a report, again where that may help."""
        losses = retried = 0
        is_settled = False
        while not is_settled:
            attempt = 1 + losses + retried
            self._began(report, attempt)
            ended = self._try(worker, report, attempt)
            if ended.status == "lost":
                ended = self._find_lost(ended)
            if self._is_stopping or ended.status in ("done", "refused"):
                is_settled = True
            elif ended.status == "lost":
                losses += 1
                is_settled = losses > MAXIMUM_LOSSES
            else:
                retried += 1
                is_settled = retried > self._retries
            self._ended(ended, is_settled=is_settled)

    def _try(self, worker: Worker, report: PlannedReport, attempt: int) -> Ended:
        request = report.request
        if self._server:
            self._server.refresh()
        answer = worker.make(
            {
                "notebook": str(request.notebook.path),
                "given": request.given,
                "out": str(request.out),
                "limit_seconds": request.limit_seconds,
                "batch": self._batch_id,
                "attempt": attempt,
                "warm": str(self._server.socket) if self._server else None,
            }
        )
        return Ended(report=report, attempt=attempt, **(answer or {"status": "lost"}))


def default_workers(reports: int) -> int:
    """Return how many workers suit this machine: one a processor that we may use, no more than reports."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(processors, reports))
