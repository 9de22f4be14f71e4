"""Looks after a schedule until told to stop: looks, starts what is due, looks again.

What is due is always found anew from the ledger and the clock, never from a plan kept in memory: a clock that
was moved, another scheduler, a kill in between change nothing. Runs have processes of their own.
"""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Protocol

from leadline.errors import DataError, ParameterError, RunError
from leadline.language import _, plural
from leadline.run.schedule.clock import Clock
from leadline.run.schedule.job import Job
from leadline.run.schedule.job_runs import JobRuns, Look
from leadline.run.schedule.log import Log, write_planned
from leadline.run.schedule.perform import settle_lost
from leadline.run.schedule.schedule_file import Schedule, read_schedule

#: How often every job is looked at, due or not: another scheduler may have died, or the clock been moved.
_LOOK_EVERY = dt.timedelta(minutes=1)
_POLL = dt.timedelta(seconds=1)
_STOP_SECONDS = 60


class Process(Protocol):
    """A run that goes on; `subprocess.Popen` is one."""

    def poll(self) -> int | None:
        """Return the exit code, or None while it goes on."""

    def terminate(self) -> None:
        """Ask it to end."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""

    def kill(self) -> None:
        """End it at once."""


#: Starts a run of a job for a planned time.
Start = Callable[[Job, dt.datetime], Process]


@dataclass
class _Watched:
    """A job, and what this process knows of it between two looks."""

    job: Job
    look_at: dt.datetime
    looked: dt.datetime | None = None
    waiting: tuple[dt.datetime, ...] = ()
    not_before: dt.datetime | None = None


class Scheduler:
    """Starts the runs of a schedule at their times, at most ``workers`` at once, of one job one at a time."""

    def __init__(self, schedule: Schedule, clock: Clock, start: Start, log: Log, *, workers: int = 2) -> None:
        self._path = schedule.path
        self._signature = _sign(schedule.path)
        self._clock = clock
        self._start_run = start
        self._log = log
        self._workers = workers
        self._processes: dict[str, Process] = {}
        self._watched: list[_Watched] = []
        self._take(schedule)

    def run(self) -> None:
        """Look after the schedule until the clock says stop; runs that go on are then told to end."""
        self._say(plural("looks after {count} job", "looks after {count} jobs", len(self._watched)))
        try:
            while not self._clock.stopped:
                self._reload()
                self._forget_ended()
                for watched in self._watched:
                    self._attend(watched)
                self._clock.wait_until(self._next_look())
        finally:
            self._end_runs()
        self._say(_("stopped"))

    def _take(self, schedule: Schedule) -> None:
        """Look after these jobs from now on; runs of jobs that are no longer there end as they will."""
        now = self._clock.now()
        self._watched = [_Watched(job=job, look_at=now) for job in schedule.jobs]

    def _reload(self) -> None:
        signature = _sign(self._path)
        if signature == self._signature:
            return
        self._signature = signature
        try:
            self._take(read_schedule(self._path, self._clock.now()))
            self._say(_("the schedule was changed and is used from now on"))
        except (DataError, ParameterError) as error:
            self._say(
                _(
                    "the schedule was changed, but cannot be used; the earlier one goes on.\n{error}",
                    error=error,
                )
            )

    def _forget_ended(self) -> None:
        """Drop ended runs of jobs that left the schedule: they take no worker's place."""
        names = {watched.job.name for watched in self._watched}
        for name in self._processes.keys() - names:
            if self._processes[name].poll() is not None:
                del self._processes[name]

    def _attend(self, watched: _Watched) -> None:
        try:
            self._reap(watched)
            if self._is_due(watched):
                self._look(watched)
            self._start(watched)
        except (RunError, OSError) as error:  # no disk, no process: said, and tried again
            self._log(self._clock.now(), watched.job.name, str(error))
            watched.looked, watched.waiting = self._clock.now(), ()
            watched.look_at = watched.looked + _LOOK_EVERY

    def _is_due(self, watched: _Watched) -> bool:
        now = self._clock.now()
        return watched.looked is None or now >= watched.look_at or abs(now - watched.looked) >= _LOOK_EVERY

    def _look(self, watched: _Watched) -> None:
        job, now = watched.job, self._clock.now()
        look = JobRuns(job.out).look(job, now, self._path)
        watched.waiting, watched.looked = look.waiting, now
        watched.look_at = next(job.timetable.after(now))
        self._tell(job, look)
        for planned in look.lost:
            settle_lost(job, planned, self._clock, self._log)

    def _start(self, watched: _Watched) -> None:
        name, now = watched.job.name, self._clock.now()
        held_back = watched.not_before is not None and now < watched.not_before
        if (
            not watched.waiting
            or held_back
            or name in self._processes
            or len(self._processes) >= self._workers
        ):
            return
        self._processes[name] = self._start_run(watched.job, watched.waiting[0])
        watched.waiting, watched.not_before = watched.waiting[1:], now + _LOOK_EVERY
        self._reap(watched)

    def _reap(self, watched: _Watched) -> None:
        """Take note of a run's end: what waits is then read anew; after a failure, not started at once."""
        process = self._processes.get(watched.job.name)
        code = process.poll() if process else None
        if code is None:
            return
        del self._processes[watched.job.name]
        watched.look_at = self._clock.now()
        if code == 0:
            watched.not_before = None

    def _tell(self, job: Job, look: Look) -> None:
        now, zone = self._clock.now(), job.timetable.zone
        texts = []
        if look.unlisted:
            first = write_planned(look.unlisted, zone)
            texts.append(
                _("too many planned times; those before {first} were missed and are not listed", first=first)
            )
        if look.missed:
            times = ", ".join(write_planned(planned, zone) for planned in look.missed)
            texts.append(_("missed for longer than grace_hours: {times}", times=times))
        if look.skipped:
            times = ", ".join(write_planned(planned, zone) for planned in look.skipped)
            texts.append(_("left out, as the job states for missed times: {times}", times=times))
        for text in texts:
            self._log(now, job.name, text)

    def _next_look(self) -> dt.datetime:
        now = self._clock.now()
        if self._processes or any(watched.waiting for watched in self._watched):
            return now + _POLL
        return min((watched.look_at for watched in self._watched), default=now + _LOOK_EVERY)

    def _end_runs(self) -> None:
        """Tell runs to end in order; what does not is ended at once, and settled by who comes next."""
        for process in self._processes.values():
            process.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for process in self._processes.values():
            try:
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except TimeoutExpired:
                process.kill()

    def _say(self, text: str) -> None:
        self._log(self._clock.now(), "", text)


def _sign(path: Path) -> tuple[int, int] | None:
    """Return what changes when a file is written."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
