"""What was planned for a job and what became of it: tables ``jobs`` and ``job_runs`` of ``leadline.db``.

They are the whole truth: whoever looks after a schedule (another process, one started later, under a clock
that was moved) finds there what is still to be done. A planned time is one row, entered once and for all.
"""

import datetime as dt
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from leadline.errors import RunError
from leadline.language import _
from leadline.run.schedule.job import Job
from leadline.run.schedule.schedule_file import DEFAULT_SCHEDULE
from leadline.store import open_store

#: So long after its time a run still counts as one that was not missed.
PUNCTUAL = dt.timedelta(minutes=5)
#: At most so many planned times are entered at once, the latest; those before were missed and are not listed.
MOST_ENTERED = 100
_FURTHEST_BACK = dt.timedelta(days=62)
_LOCKS = ".jobs"


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a look found: times ``waiting`` to be run, oldest first, and those newly given up.

    ``waiting`` is empty while another process runs the job. ``unlisted`` is the time before which planned
    times were too many to be entered, if they were.
    """

    waiting: tuple[dt.datetime, ...] = ()
    skipped: tuple[dt.datetime, ...] = ()
    missed: tuple[dt.datetime, ...] = ()
    lost: tuple[dt.datetime, ...] = ()
    unlisted: dt.datetime | None = None


class JobRuns:
    """The planned times of the jobs that publish in a folder. Safe for many processes at once."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def look(self, job: Job, now: dt.datetime, schedule: Path = DEFAULT_SCHEDULE) -> Look:
        """Enter the times that were planned up to ``now`` and settle what nobody works on; one transaction.

        A job that is new, or whose times were changed, starts now. A run that was interrupted waits again as
        long as attempts are left, else it is lost.

        Raises
        ------
        RunError
            If the ledger cannot be used; or a job of this name, of another schedule, is looked after now.
        """
        self._out.mkdir(parents=True, exist_ok=True)
        # Asked once nobody else can write, and held until all is entered: no run begins or ends in between.
        with open_store(self._out, writing=True) as store, self.hold(job.name, patience_seconds=0) as idle:
            unlisted = _enter_planned(store, job, now, str(schedule.resolve()))
            lost = _settle_interrupted(store, job, now) if idle else []
            missed, skipped = _give_up(store, job, now)
            waiting = [planned for planned, _row in _rows(store, job.name, "waiting")] if idle else []
        return Look(
            waiting=tuple(waiting),
            skipped=tuple(skipped),
            missed=tuple(missed),
            lost=tuple(lost),
            unlisted=unlisted,
        )

    @contextmanager
    def hold(self, name: str, *, patience_seconds: float = 2) -> Iterator[bool]:
        """Hold a job; yields False where another process has it. A process that dies lets go."""
        folder = self._out / _LOCKS
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{name}.lock")
        try:
            lock.acquire(timeout=patience_seconds)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def begin(
        self, job: Job, planned: dt.datetime, now: dt.datetime, *, again: bool
    ) -> dict[str, Any] | None:
        """Take a planned time whose job is held; return its row instead where it needs no run.

        ``again`` also takes one that failed.
        """
        with open_store(self._out, writing=True) as store:
            row = _find(store, job.name, planned)
            if row and not again and not _is_open(row, job):
                return row
            if row and row["status"] == "done":
                return row
            store.execute(
                "INSERT INTO job_runs (job, planned, status, attempts, started) "
                "VALUES (?, ?, 'running', 0, ?) "
                "ON CONFLICT (job, planned) DO UPDATE SET status = 'running', started = excluded.started, "
                "run_id = NULL, ended = NULL, message = NULL",
                (job.name, write_time(planned), write_time(now)),
            )
        return None

    def attempt(self, name: str, planned: dt.datetime) -> int:
        """Enter that an attempt begins, and return its number."""
        with open_store(self._out, writing=True) as store:
            key = (name, write_time(planned))
            store.execute("UPDATE job_runs SET attempts = attempts + 1 WHERE job = ? AND planned = ?", key)
            return int(_find(store, name, planned)["attempts"])

    def end(
        self,
        name: str,
        planned: dt.datetime,
        now: dt.datetime,
        *,
        status: str,
        run_id: str | None,
        message: str,
    ) -> None:
        """Enter how a planned time ended."""
        with open_store(self._out, writing=True) as store:
            store.execute(
                "UPDATE job_runs SET status = ?, run_id = ?, ended = ?, message = ? "
                "WHERE job = ? AND planned = ?",
                (status, run_id, write_time(now), message, name, write_time(planned)),
            )

    def rows(self, name: str | None = None) -> list[dict[str, Any]]:
        """Return the rows of a job, or of all, oldest first."""
        with open_store(self._out) as store:
            found = store.execute(
                "SELECT * FROM job_runs WHERE ? IN (job, '') ORDER BY planned, job", (name or "",)
            )
            return [dict(row) for row in found]


def write_time(moment: dt.datetime) -> str:
    """Write a moment as the ledger does: UTC, to the second; such texts sort as their times."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def _enter_planned(
    store: sqlite3.Connection, job: Job, now: dt.datetime, schedule: str
) -> dt.datetime | None:
    """Enter planned times since the last look; return the first one entered where there were too many."""
    times = f"{job.timetable.expression} {job.timetable.zone.key}"
    known = store.execute("SELECT * FROM jobs WHERE job = ?", (job.name,)).fetchone()
    if known:
        _refuse_rival(known, now, schedule)
    attended = now
    entered: deque[dt.datetime] = deque(maxlen=MOST_ENTERED)
    count = 0
    if known and known["times"] == times:
        # After a clock that was ahead is put right, the last look lies in the future.
        looked = min(dt.datetime.fromisoformat(known["looked"]), now)
        if now - looked <= PUNCTUAL:
            attended = min(dt.datetime.fromisoformat(known["attended"]), now)
        since = max(looked, now - _FURTHEST_BACK)
        for planned in job.timetable.after(since):
            if planned > now:
                break
            entered.append(planned)
            count += 1
    store.executemany(
        "INSERT OR IGNORE INTO job_runs (job, planned, status, attempts) VALUES (?, ?, 'waiting', 0)",
        [(job.name, write_time(planned)) for planned in entered],
    )
    store.execute(
        "INSERT INTO jobs (job, times, looked, attended, schedule) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (job) DO UPDATE SET times = excluded.times, looked = excluded.looked, "
        "attended = excluded.attended, schedule = excluded.schedule",
        (job.name, times, write_time(now), write_time(attended), schedule),
    )
    return entered[0] if count > len(entered) else None


def _refuse_rival(known: sqlite3.Row, now: dt.datetime, schedule: str) -> None:
    """Two schedules must not write over each other's times; one that ended is followed."""
    looked = dt.datetime.fromisoformat(known["looked"])
    if known["schedule"] != schedule and abs(now - looked) <= PUNCTUAL:
        raise RunError(
            _(
                "{schedule} has a job {job} too, and publishes it in the same folder. Give one of the two "
                "another name or another out, or stop the other schedule.",
                schedule=known["schedule"],
                job=known["job"],
            )
        )


def _settle_interrupted(store: sqlite3.Connection, job: Job, now: dt.datetime) -> list[dt.datetime]:
    """Let runs that were killed wait again; return those that have no attempt left."""
    lost = []
    for status in ("running", "killed"):
        for planned, row in _rows(store, job.name, status):
            if row["attempts"] <= job.retries and now - planned <= _grace(job):
                _change(store, job.name, planned, "waiting", None)
            elif status == "running":
                _change(store, job.name, planned, "killed", _("The program that ran it was killed."))
                lost.append(planned)
    return lost


def _give_up(
    store: sqlite3.Connection, job: Job, now: dt.datetime
) -> tuple[list[dt.datetime], list[dt.datetime]]:
    """Apply what the job states for times that were missed.

    What came due while somebody looked waits for a worker, however long: only newer times replace it.
    """
    (text,) = store.execute("SELECT attended FROM jobs WHERE job = ?", (job.name,)).fetchone()
    attended = dt.datetime.fromisoformat(text) - PUNCTUAL
    waiting = [planned for planned, _row in _rows(store, job.name, "waiting")]
    missed = [planned for planned in waiting if planned < attended and now - planned > _grace(job)]
    left = [planned for planned in waiting if planned not in missed]
    skipped = {
        "catch_up": [],
        "latest": left[:-1],
        "skip": [planned for planned in left if planned < attended],
    }[job.missed]
    for planned in missed:
        _change(store, job.name, planned, "missed", _("Nobody was there to run it in time."))
    for planned in skipped:
        _change(store, job.name, planned, "skipped", _("Left out, as the job states for missed times."))
    return missed, skipped


def _grace(job: Job) -> dt.timedelta:
    return max(dt.timedelta(hours=job.grace_hours), PUNCTUAL)


def _is_open(row: dict[str, Any], job: Job) -> bool:
    """Whether a row still is to be run, by whoever holds its job."""
    return row["status"] == "waiting" or (
        row["status"] in ("running", "killed") and row["attempts"] <= job.retries
    )


def _find(store: sqlite3.Connection, name: str, planned: dt.datetime) -> dict[str, Any]:
    row = store.execute(
        "SELECT * FROM job_runs WHERE job = ? AND planned = ?", (name, write_time(planned))
    ).fetchone()
    return dict(row) if row else {}


def _rows(store: sqlite3.Connection, name: str, status: str) -> list[tuple[dt.datetime, sqlite3.Row]]:
    found = store.execute(
        "SELECT * FROM job_runs WHERE job = ? AND status = ? ORDER BY planned", (name, status)
    ).fetchall()
    return [(dt.datetime.fromisoformat(row["planned"]), row) for row in found]


def _change(
    store: sqlite3.Connection, name: str, planned: dt.datetime, status: str, message: str | None
) -> None:
    store.execute(
        "UPDATE job_runs SET status = ?, message = ? WHERE job = ? AND planned = ?",
        (status, message, name, write_time(planned)),
    )
