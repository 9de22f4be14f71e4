"""When a job is planned: cron expressions by the clock on the wall of a time zone.

The calendar is APScheduler's, asked in wall-clock time; here it is put on the line of moments. A job with an
hour of its own runs once a day also where clocks change: a time that the clock skips counts as many minutes
later, one that it shows twice counts the first time. A job for every hour runs in each hour that passes.
"""

import datetime as dt
import heapq
import re
from collections.abc import Iterator
from typing import Self
from zoneinfo import ZoneInfo

from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from leadline.language import _

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = ("minute", "hour", "day", "month", "day_of_week")
#: Further than any clock was ever moved at once.
_CHANGE = dt.timedelta(hours=3)
_TICK = dt.timedelta(microseconds=1)


class Timetable:
    """The planned times of a cron expression in a time zone."""

    def __init__(self, expression: str, zone: ZoneInfo, trigger: OrTrigger, *, every_hour: bool) -> None:
        self.expression = expression
        self.zone = zone
        self._trigger = trigger
        self._every_hour = every_hour

    @classmethod
    def read(cls, expression: str, zone: ZoneInfo) -> Self:
        """Read five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday).

        Where both days are restricted, either of them will do, as cron has it.

        Raises
        ------
        ValueError
            Saying what is wrong.
        """
        fields = expression.split()
        if len(fields) != len(_FIELDS):
            raise ValueError(
                _("it has {count} fields, must have five: minute, hour, day of month, month, day of week",
                  count=len(fields))
            )  # fmt: skip
        named = dict(zip(_FIELDS, fields, strict=True))
        named["day_of_week"] = _name_days(named["day_of_week"])
        variants = [named]
        if not named["day"].startswith("*") and named["day_of_week"] != "*":
            variants = [named | {"day": "*"}, named | {"day_of_week": "*"}]
        try:
            trigger = OrTrigger([CronTrigger(**variant, timezone=dt.UTC) for variant in variants])
        except ValueError as error:
            raise ValueError(_("it cannot be read ({reason})", reason=error)) from None
        timetable = cls(expression, zone, trigger, every_hour=named["hour"].startswith("*"))
        if next(timetable.after(dt.datetime.now(dt.UTC)), None) is None:
            raise ValueError(_("no day of any year fits it"))
        return timetable

    def after(self, moment: dt.datetime) -> Iterator[dt.datetime]:
        """Yield the planned times after ``moment``, each once and in order, in UTC."""
        waiting: list[dt.datetime] = []
        last = moment
        for wall in self._wall_times(moment.astimezone(self.zone).replace(tzinfo=None) - _CHANGE):
            places = self._place(wall)
            while waiting and waiting[0] <= places[0] - _CHANGE:
                planned = heapq.heappop(waiting)
                if planned > last:
                    yield (last := planned)
            for place in places:
                heapq.heappush(waiting, place)
        yield from sorted({planned for planned in waiting if planned > last})

    def _wall_times(self, start: dt.datetime) -> Iterator[dt.datetime]:
        """Yield what the clock on the wall shows, from ``start`` on."""
        wall = start.replace(tzinfo=dt.UTC)
        while (wall := self._trigger.get_next_fire_time(None, wall)) is not None:
            yield wall.replace(tzinfo=None)
            wall += _TICK

    def _place(self, wall: dt.datetime) -> list[dt.datetime]:
        """Return the moments, in UTC, at which the clock shows ``wall``, or would."""
        first, second = (wall.replace(tzinfo=self.zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1))
        return [first, second] if self._every_hour and first < second else [first]


def _name_days(field: str) -> str:
    """Write days of the week by name: APScheduler counts them from Monday, cron from Sunday."""
    days: set[int] = set()
    for part in field.lower().split(","):
        span, _sign, step = part.partition("/")
        first, dash, last = ("0", "-", "6") if span == "*" else span.partition("-")
        if step and not re.fullmatch("[1-7]", step):
            raise ValueError(_("{field!r} is no day of the week", field=field))
        start, end = _number_day(first, field), _number_day(last if dash else first, field)
        if end < start:
            end += len(_DAYS)
        days |= {day % len(_DAYS) for day in range(start, end + 1, int(step or 1))}
    return "*" if len(days) == len(_DAYS) else ",".join(_DAYS[day] for day in sorted(days))


def _number_day(text: str, field: str) -> int:
    if re.fullmatch("[0-7]", text):
        return int(text)
    if text in _DAYS:
        return _DAYS.index(text)
    raise ValueError(
        _("{field!r} is no day of the week; write 0 to 7 (0 and 7 are Sunday) or mon to sun", field=field)
    )
