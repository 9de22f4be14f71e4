import datetime as dt
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from leadline.run.schedule.times import Timetable

BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def planned(expression: str, start: str, count: int, zone: ZoneInfo = BERLIN) -> list[str]:
    moment = dt.datetime.fromisoformat(start).replace(tzinfo=dt.UTC)
    times = list(islice(Timetable.read(expression, zone).after(moment), count))
    assert times == sorted(set(times))
    assert all(time > moment for time in times)
    return [time.astimezone(zone).strftime("%a %m-%d %H:%M %z") for time in times]


def test_a_time_that_the_clock_skips_counts_once_and_later() -> None:
    assert planned("30 2 * * *", "2026-03-27T12:00", 3) == [
        "Sat 03-28 02:30 +0100",
        "Sun 03-29 03:30 +0200",
        "Mon 03-30 02:30 +0200",
    ]


def test_a_time_that_the_clock_shows_twice_counts_the_first_time() -> None:
    assert planned("30 2 * * *", "2026-10-24T12:00", 2) == ["Sun 10-25 02:30 +0200", "Mon 10-26 02:30 +0100"]


@pytest.mark.parametrize(("start", "hours"), [("2026-03-28T23:00", 23), ("2026-10-24T22:00", 25)])
def test_an_hourly_job_runs_in_each_hour_that_passes(start: str, hours: int) -> None:
    times = planned("30 * * * *", start, hours)
    assert {time[:3] for time in times} == {"Sun"}
    assert times[-1].endswith("23:30 +0200" if hours == 23 else "23:30 +0100")


@pytest.mark.parametrize("zone", [BERLIN, SHANGHAI], ids=str)
@pytest.mark.parametrize("expression", ["0 2 * * *", "30 2 * * *", "59 2 * * *", "0 3 * * *", "30 1 * * *"])
def test_a_daily_job_runs_exactly_once_on_each_day_of_a_year(expression: str, zone: ZoneInfo) -> None:
    start = dt.datetime(2026, 1, 1, tzinfo=zone)
    times = list(islice(Timetable.read(expression, zone).after(start), 365))
    days = [time.astimezone(zone).date() for time in times]
    assert days == [dt.date(2026, 1, 1) + dt.timedelta(days=day) for day in range(365)]


def test_days_of_the_week_are_those_of_cron() -> None:
    assert [time[:3] for time in planned("0 8 * * 1", "2026-06-20", 2)] == ["Mon", "Mon"]
    assert [time[:3] for time in planned("0 8 * * 5-7", "2026-06-22", 4)] == ["Fri", "Sat", "Sun", "Fri"]
    assert [time[:3] for time in planned("0 8 * * 0,wed", "2026-06-22", 2)] == ["Wed", "Sun"]
    assert [time[:3] for time in planned("0 8 * * 1-5/2", "2026-06-22T12:00", 3)] == ["Wed", "Fri", "Mon"]


def test_either_day_will_do_where_both_are_restricted() -> None:
    assert planned("0 8 1 * 1", "2026-06-28", 3) == [
        "Mon 06-29 08:00 +0200",
        "Wed 07-01 08:00 +0200",
        "Mon 07-06 08:00 +0200",
    ]


def test_the_last_day_of_each_month() -> None:
    assert [time[4:9] for time in planned("0 7 last * *", "2026-01-30", 3, SHANGHAI)] == [
        "01-31",
        "02-28",
        "03-31",
    ]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("0 7 * *", "it has 4 fields"),
        ("0 25 * * *", "higher than the maximum value"),
        ("0 7 * * 8", "no day of the week"),
        ("0 7 30 2 *", "no day of any year"),
        ("", "it has 0 fields"),
        ("0 7 * * mon/9", "no day of the week"),
    ],
)
def test_what_is_no_time_is_refused(expression: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Timetable.read(expression, SHANGHAI)
