"""The clock, handed in: real for a schedule at work; `leadline.run.schedule.simulation` has another."""

import datetime as dt
import threading
from typing import Protocol


class Clock(Protocol):
    """What a schedule needs of time."""

    def now(self) -> dt.datetime:
        """Return the time in UTC."""

    def pause(self, seconds: float) -> None:
        """Wait, or less when told to stop."""

    def wait_until(self, moment: dt.datetime) -> None:
        """Wait until ``moment``, or less: whoever waits looks again at what is due."""

    @property
    def stopped(self) -> bool:
        """Whether the end was asked for."""


class SystemClock:
    """The computer's clock. Waits are short and monotonic, so that a clock that is moved does no harm."""

    LONGEST_WAIT_SECONDS = 10.0

    def __init__(self) -> None:
        self._stop = threading.Event()

    def now(self) -> dt.datetime:
        """Return the time in UTC."""
        return dt.datetime.now(dt.UTC)

    def pause(self, seconds: float) -> None:
        """Wait by the monotonic clock, or until `stop`."""
        self._stop.wait(seconds)

    def wait_until(self, moment: dt.datetime) -> None:
        """Wait at most ten seconds, or until `stop`."""
        seconds = (moment - self.now()).total_seconds()
        self._stop.wait(min(max(seconds, 0), self.LONGEST_WAIT_SECONDS))

    def stop(self) -> None:
        """End every wait, now and later."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()
