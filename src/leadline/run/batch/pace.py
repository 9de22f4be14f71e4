"""How far a batch is, and how fast: counted, never guessed from the wall clock."""

from collections.abc import Callable

from leadline.language import _

#: Seconds of a clock that never jumps.
Clock = Callable[[], float]


class Pace:
    """Reports settled so far, how many a minute, and how long the rest will take at that pace."""

    def __init__(self, clock: Clock) -> None:
        self.total = self.settled = self.failed = self.unchanged = 0
        self._clock = clock
        self._began = clock()

    def begin(self, total: int, unchanged: int) -> None:
        """Start counting: of ``total`` rows ``unchanged`` need no run."""
        self.total, self.settled, self.unchanged = total, unchanged, unchanged
        self._began = self._clock()

    def count(self, *, is_failed: bool) -> None:
        """Count a row that is settled."""
        self.settled += 1
        self.failed += is_failed

    @property
    def per_minute(self) -> float:
        """Reports made a minute; 0 before the first."""
        seconds = self._clock() - self._began
        return 60 * (self.settled - self.unchanged) / seconds if seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at this pace; None as long as that is unknown."""
        pace = self.per_minute
        return 60 * (self.total - self.settled) / pace if pace else None

    def tell(self) -> str:
        """Say all of it in a line."""
        left = self.seconds_left
        parts = [
            _("{settled} of {total}", settled=self.settled, total=self.total),
            _("{failed} failed", failed=self.failed),
            _("{pace} a minute", pace=f"{self.per_minute:.1f}"),
        ]
        if left is not None:
            parts.append(_("{time} left", time=_write_time(left)))
        return ", ".join(parts)


def _write_time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
