"""Jobs for tests, as a schedule states them."""

import datetime as dt
from typing import Any

from leadline.run.schedule.job import Job
from leadline.run.schedule.reading import read_job

STATED = {
    "name": "daily",
    "notebook": "work",
    "cron": "0 7 * * *",
    "time_zone": "Asia/Shanghai",
    "out": "out",
}


def build_job(**more: Any) -> Job:
    return read_job(STATED | more, "job 1")


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
