"""One job of a schedule: what is run, when, and what becomes of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from leadline.run.freshness import Action, Freshness
from leadline.run.notify import Target
from leadline.run.schedule.dates import fill_dates
from leadline.run.schedule.times import Timetable

Missed = Literal["catch_up", "latest", "skip"]


@dataclass(frozen=True, kw_only=True)
class Keep:
    """Which of a job's run folders are kept: the ``last`` ones, those of some ``days``, or all."""

    last: int | None = None
    days: float | None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job as the schedule states it.

    Attributes
    ----------
    name
        Its name, by which ``job_runs`` knows it; letters, digits, ``-`` and ``_``.
    notebook, batch
        What is run: a notebook, or the plan of a batch; the other is None.
    timetable
        When it is planned.
    parameters
        As written: dates are filled in for each planned time (`fill_parameters`).
    missed
        What becomes of planned times that nobody was there for, none older than ``grace_hours``: all are
        caught up, only the latest, or none.
    retries
        How many further attempts a run has that failed, ``retry_pause_minutes`` apart.
    document
        The mapping that it was read from.
    """

    name: str
    notebook: str | None
    batch: Path | None
    timetable: Timetable
    parameters: Mapping[str, Any]
    out: Path
    allow: tuple[Path, ...]
    language: str
    time_limit_seconds: float
    retries: int
    retry_pause_minutes: float
    freshness: tuple[float, Action] | None
    missed: Missed
    grace_hours: float
    keep: Keep
    notify: tuple[Target, ...]
    base_url: str | None
    document: Mapping[str, Any]

    def fill_parameters(self, planned: dt.datetime) -> dict[str, Any]:
        """Return the parameters for a planned time, dates filled in."""
        return {name: fill_dates(value, self.day_of(planned)) for name, value in self.parameters.items()}

    def day_of(self, planned: dt.datetime) -> dt.date:
        """Return the day of a moment in the job's time zone."""
        return planned.astimezone(self.timetable.zone).date()

    def freshness_on(self, planned: dt.datetime) -> Freshness | None:
        """Return what the job asks of the data of a planned time."""
        if self.freshness is None:
            return None
        days, action = self.freshness
        return Freshness(max_age_days=days, action=action, day=self.day_of(planned))
