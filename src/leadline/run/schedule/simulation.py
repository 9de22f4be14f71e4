"""A schedule played through: days pass in seconds; runs are real and take place in this process."""

import datetime as dt
from pathlib import Path

from leadline.errors import LeadlineError
from leadline.run.schedule.clock import Clock
from leadline.run.schedule.job import Job
from leadline.run.schedule.log import Log
from leadline.run.schedule.perform import perform
from leadline.run.schedule.scheduler import Start


class SimulatedClock:
    """A clock that shows what it is told and waits in no time; ends at ``end``."""

    def __init__(self, start: dt.datetime, end: dt.datetime) -> None:
        self._now = start
        self._end = end

    def now(self) -> dt.datetime:
        """Return the simulated time in UTC."""
        return self._now

    def pause(self, seconds: float) -> None:
        """Move on by ``seconds``."""
        self._now += dt.timedelta(seconds=seconds)

    def wait_until(self, moment: dt.datetime) -> None:
        """Move on to ``moment``."""
        self._now = max(self._now, moment)

    @property
    def stopped(self) -> bool:
        """Whether the end is reached."""
        return self._now >= self._end


def start_here(clock: Clock, log: Log, warm: Path | None = None) -> Start:
    """Return what runs a job in this process at once, for a `Scheduler` on a simulated clock."""

    def start(job: Job, planned: dt.datetime) -> _Ended:
        try:
            return _Ended(perform(job, planned, clock, log, warm=warm).exit_code)
        except LeadlineError as error:
            log(clock.now(), job.name, str(error))
            return _Ended(error.exit_code)

    return start


class _Ended:
    """A run that is over when it has begun."""

    def __init__(self, exit_code: int) -> None:
        self._exit_code = exit_code

    def poll(self) -> int:
        return self._exit_code

    def terminate(self) -> None:
        """Do nothing: it is over."""

    def wait(self, timeout: float | None = None) -> int:  # noqa: ARG002 (as a process has it)
        return self._exit_code

    def kill(self) -> None:
        """Do nothing: it is over."""
