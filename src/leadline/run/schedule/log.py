"""What a schedule says as it goes on: one line an event, on standard error."""

import datetime as dt
import sys
from collections.abc import Callable
from zoneinfo import ZoneInfo

from leadline.language import _

#: Hears the time, the job (empty for the schedule itself) and what happened.
Log = Callable[[dt.datetime, str, str], None]


def write_line(now: dt.datetime, job: str, text: str) -> None:
    """Write an event on standard error, the time by the clock on the wall here."""
    time = now.astimezone().isoformat(sep=" ", timespec="seconds")
    print(f"{time}  {job or _('schedule')}  {text}", file=sys.stderr, flush=True)  # noqa: T201 (the log)


def write_planned(planned: dt.datetime, zone: ZoneInfo) -> str:
    """Write a planned time as its job's zone has it: 2026-01-31 07:00 CET."""
    return planned.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
