import datetime as dt
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from leadline.errors import RunError
from leadline.run.schedule import job_runs
from leadline.run.schedule.job_runs import MOST_ENTERED, JobRuns, Look
from leadline.store import open_store
from tests.run.schedule.jobs import build_job, moment

START = moment("2026-03-01T12:00")  # each day's time is 7:00 in Shanghai, 23:00 UTC of the day before


@pytest.fixture
def runs(tmp_path: Path) -> JobRuns:
    return JobRuns(tmp_path)


def days(*numbers: int) -> tuple[dt.datetime, ...]:
    return tuple(moment(f"2026-03-{number:02}T23:00") for number in numbers)


def test_a_new_job_starts_now_and_makes_up_for_nothing(runs: JobRuns) -> None:
    assert runs.look(build_job(missed="catch_up"), START) == Look()
    assert runs.rows() == []


def test_a_planned_time_waits_from_its_moment_on(runs: JobRuns) -> None:
    job = build_job()
    runs.look(job, START)
    assert runs.look(job, moment("2026-03-01T22:59:59")).waiting == ()
    assert runs.look(job, moment("2026-03-01T23:00")).waiting == days(1)
    assert runs.look(job, moment("2026-03-01T23:01")).waiting == days(1)


@pytest.mark.parametrize(
    ("missed", "waiting", "skipped"),
    [
        ("catch_up", (3, 4, 5), ()),
        ("latest", (5,), (3, 4)),
        ("skip", (), (3, 4, 5)),
    ],
)
def test_missed_times_become_what_the_job_states(
    runs: JobRuns, missed: str, waiting: tuple[int, ...], skipped: tuple[int, ...]
) -> None:
    job = build_job(missed=missed, grace_hours="72")
    runs.look(job, START)
    look = runs.look(job, moment("2026-03-06T12:00"))
    assert look == Look(waiting=days(*waiting), skipped=days(*skipped), missed=days(1, 2))
    statuses = {row["planned"][8:10]: row["status"] for row in runs.rows()}
    assert [statuses[f"{day:02}"] for day in (1, 2)] == ["missed", "missed"]
    assert {statuses[f"{day:02}"] for day in skipped} <= {"skipped"}


def test_a_punctual_run_is_not_missed_however_short_the_grace(runs: JobRuns) -> None:
    job = build_job(missed="skip", grace_hours="0")
    runs.look(job, START)
    assert runs.look(job, moment("2026-03-01T23:04")).waiting == days(1)


@pytest.mark.parametrize("hours", [-1, -24 * 90])
def test_a_clock_that_goes_back_plans_no_time_twice_and_goes_on(runs: JobRuns, hours: int) -> None:
    job = build_job(missed="catch_up")
    runs.look(job, START)
    assert runs.look(job, moment("2026-03-01T23:30")).waiting == days(1)
    assert runs.begin(job, days(1)[0], START, again=False) is None
    runs.end(job.name, days(1)[0], START, status="done", run_id="r", message="")
    now = moment("2026-03-01T23:30") + dt.timedelta(hours=hours)
    assert runs.look(job, now).waiting == ()
    for _step in range(3):
        now += dt.timedelta(hours=12)
        runs.look(job, now)
    planned = [row["planned"] for row in runs.rows()]
    assert len(planned) == len(set(planned))
    assert [row["status"] for row in runs.rows() if row["planned"].startswith("2026-03-01")] == ["done"]
    assert len(planned) > 1  # it goes on, at once


def test_a_clock_that_leaps_ahead_is_bounded_and_says_so(runs: JobRuns) -> None:
    job = build_job(cron="*/10 * * * *", missed="catch_up", grace_hours="2")
    runs.look(job, START)
    look = runs.look(job, START + dt.timedelta(days=90))
    assert len(look.waiting) + len(look.missed) == len(runs.rows()) == MOST_ENTERED
    assert len(look.waiting) == 13  # of two hours, both ends
    assert look.unlisted == look.missed[0]
    assert runs.look(job, START + dt.timedelta(days=90)).waiting == look.waiting


def test_a_job_whose_times_change_starts_now(runs: JobRuns) -> None:
    runs.look(build_job(), START)
    look = runs.look(build_job(cron="0 6 * * *"), START + dt.timedelta(days=1))
    assert look.waiting == ()


def test_what_was_interrupted_waits_again_while_attempts_are_left(runs: JobRuns) -> None:
    job = build_job(retries="1")
    runs.look(job, START)
    (planned,) = runs.look(job, moment("2026-03-01T23:00")).waiting
    now = moment("2026-03-01T23:10")
    for attempt in (1, 2):
        assert runs.begin(job, planned, now, again=False) is None
        assert runs.attempt(job.name, planned) == attempt
        with runs.hold(job.name):
            other = ThreadPoolExecutor(1).submit(JobRuns(runs._out).look, job, now).result()
        assert other == Look()  # as long as it is held, it is not settled
        look = runs.look(job, now)
        assert (look.waiting, look.lost) == (((planned,), ()) if attempt == 1 else ((), (planned,)))
    (row,) = runs.rows()
    assert (row["status"], row["attempts"]) == ("killed", 2)
    assert runs.look(job, now) == Look()


def test_a_run_that_begins_while_another_looks_was_not_killed(
    runs: JobRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = build_job(retries="0")
    runs.look(job, START)
    (planned,) = runs.look(job, moment("2026-03-01T23:00")).waiting
    other = ThreadPoolExecutor(1)
    held = runs.hold(job.name)

    def begin() -> None:
        assert held.__enter__()
        assert runs.begin(job, planned, planned, again=False) is None
        runs.attempt(job.name, planned)

    def open_late(out: Path, *, writing: bool = False) -> AbstractContextManager[sqlite3.Connection]:
        monkeypatch.setattr(job_runs, "open_store", open_store)
        other.submit(begin).result()
        return open_store(out, writing=writing)

    monkeypatch.setattr(job_runs, "open_store", open_late)
    assert runs.look(job, moment("2026-03-01T23:01")) == Look()
    assert [row["status"] for row in runs.rows()] == ["running"]
    other.submit(held.__exit__, None, None, None).result()


def test_who_came_back_gives_up_what_waited_before(runs: JobRuns) -> None:
    job = build_job(missed="skip")
    runs.look(job, START)
    for minute in (0, 4, 8, 12):  # no worker is free
        assert runs.look(job, moment(f"2026-03-01T23:{minute:02}")).waiting == days(1)
    look = runs.look(job, moment("2026-03-02T00:30"))
    assert (look.waiting, look.skipped) == ((), days(1))


def test_a_planned_time_is_taken_once(runs: JobRuns) -> None:
    job, planned = build_job(retries="0"), days(1)[0]
    runs.look(job, START)
    assert runs.begin(job, planned, START, again=False) is None
    runs.attempt(job.name, planned)
    runs.end(job.name, planned, START, status="failed", run_id="r1", message="no")
    again = runs.begin(job, planned, START, again=False)
    assert again is not None
    assert (again["status"], again["run_id"]) == ("failed", "r1")
    assert runs.begin(job, planned, START, again=True) is None
    runs.end(job.name, planned, START, status="done", run_id="r2", message="")
    done = runs.begin(job, planned, START, again=True)
    assert done is not None
    assert done["run_id"] == "r2"


def test_a_job_is_held_by_one(runs: JobRuns) -> None:
    with runs.hold("daily") as first:
        assert first
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: runs.hold("daily").__enter__()).result() is False
            with runs.hold("weekly") as other:
                assert other


def test_a_job_of_another_schedule_does_not_write_over_ones_times(runs: JobRuns) -> None:
    one, other = Path("one.yml"), Path("other.yml")
    runs.look(build_job(), START, one)
    now = START + dt.timedelta(minutes=1)
    with pytest.raises(RunError, match=r"one\.yml has a job daily too"):
        runs.look(build_job(cron="0 6 * * *"), now, other)
    runs.look(build_job(name="weekly"), now, other)
    assert runs.look(build_job(), moment("2026-03-01T23:00"), one).waiting == days(1)
    now = moment("2026-03-01T23:06")  # the first has ended, or was renamed
    assert runs.look(build_job(), now, other).waiting == days(1)
