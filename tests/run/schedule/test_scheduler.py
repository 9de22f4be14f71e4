import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.run.ledger import RunLedger
from leadline.run.schedule.job_runs import JobRuns
from leadline.run.schedule.schedule_file import read_schedule
from leadline.run.schedule.scheduler import Scheduler
from leadline.run.schedule.simulation import SimulatedClock, start_here
from leadline.run.warm import warm_server

OUT = Path("out")
SCHEDULE = Path("schedule.yml")
PARAMETERS = 'from leadline.parameters import Date\nday: Date = "2026-01-01"  # the day it tells of'
FAILING = ("2026-03-25", "2026-03-30")


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def write_schedule(*lines: str) -> None:
    SCHEDULE.write_text(
        "\n".join(
            [
                "jobs:",
                "  - name: daily",
                "    notebook: daily",
                '    cron: "30 2 * * *"',
                "    time_zone: Europe/Berlin",
                "    out: out",
                *(f"    {line}" for line in lines),
            ]
        ),
        "utf-8",
    )


class Log:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, now: dt.datetime, job: str, text: str) -> None:
        self.lines.append(f"{now:%m-%d %H:%M} {job} {text}")


def play(start: str, end: str, log: Log, warm: Path | None = None) -> None:
    clock = SimulatedClock(moment(start), moment(end))
    schedule = read_schedule(SCHEDULE, clock.now())
    Scheduler(schedule, clock, start_here(clock, log, warm), log).run()


def test_ten_days_with_two_failures_a_restart_and_a_change_of_clocks(write: Callable[..., Path]) -> None:
    write(f"assert day not in {FAILING}, day", name="daily", parameters=PARAMETERS)
    write_schedule(
        'parameters: {day: "{{ yesterday }}"}',
        "missed: catch_up",
        "grace_hours: 48",
        "keep: {last: 4}",
        "retries: 1",
    )
    log = Log()
    with warm_server() as server:
        socket = server.socket if server else None
        play("2026-03-24T12:00", "2026-03-27T20:00", log, socket)
        play(
            "2026-03-29T06:00", "2026-04-03T12:00", log, socket
        )  # two nights were missed, one of them 23 h long

    rows = JobRuns(OUT).rows("daily")
    planned = [dt.datetime.fromisoformat(row["planned"]).strftime("%m-%d %H:%M") for row in rows]
    winter, summer = (
        [f"03-{day} 01:30" for day in (25, 26, 27, 28)],
        ["03-30", "03-31", "04-01", "04-02", "04-03"],
    )
    assert planned == [*winter, "03-29 01:30", *(f"{day} 00:30" for day in summer)]
    assert [row["status"] for row in rows] == [
        "failed" if row["planned"][:10] in ("2026-03-26", "2026-03-31") else "done" for row in rows
    ]
    assert [row["attempts"] for row in rows] == [2 if row["status"] == "failed" else 1 for row in rows]
    caught_up = {
        row["planned"][:10]: row["started"]
        for row in rows
        if row["planned"][:10] in ("2026-03-28", "2026-03-29")
    }
    assert all(started.startswith("2026-03-29T06:0") for started in caught_up.values())

    runs = RunLedger(OUT).runs()
    assert [json.loads(run["parameters"])["day"] for run in runs] == [
        *("2026-03-24", "2026-03-25", "2026-03-25", "2026-03-26", "2026-03-27", "2026-03-28"),
        *("2026-03-29", "2026-03-30", "2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02"),
    ]
    assert {run["job"] for run in runs} == {"daily"}
    kept = [run["run_id"] for run in runs if not run["removed"]]
    assert kept == [run["run_id"] for run in runs[-4:]]
    assert sorted(path.parent.name for path in OUT.glob("*/record.json")) == sorted(kept)
    assert {row["run_id"] for row in rows} <= {run["run_id"] for run in runs}
    assert (OUT / "index.html").exists()


class Process:
    """A run that goes on until it is told its exit code."""

    code: int | None = None
    told = False

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        self.told = True

    def wait(self, timeout: float | None = None) -> int:
        return 0

    def kill(self) -> None:
        raise AssertionError


class Starts:
    """Starts processes that do nothing but enter an end, and keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.processes: list[Process] = []
        self.failing = False

    def __call__(self, job, planned: dt.datetime) -> Process:
        self.asked.append((job.name, f"{planned:%m-%d %H:%M}"))
        if self.failing:
            raise OSError("no process can be started")
        runs = JobRuns(OUT)
        runs.begin(job, planned, planned, again=False)
        runs.end(job.name, planned, planned, status="done", run_id=None, message="")
        self.processes.append(Process())
        return self.processes[-1]


class ActingClock(SimulatedClock):
    """Does what is to be done at its times."""

    def __init__(self, start: str, end: str, acts: dict[str, Callable[[], object]]) -> None:
        super().__init__(moment(start), moment(end))
        self.acts = {moment(time): act for time, act in acts.items()}

    def wait_until(self, time: dt.datetime) -> None:
        due = min((at for at in self.acts if at <= time), default=None)
        super().wait_until(due or time)
        if due:
            self.acts.pop(due)()


def watch(start: str, end: str, acts: dict[str, Callable[[], object]], starts: Starts, **options) -> Log:
    clock, log = ActingClock(start, end, acts), Log()
    Scheduler(read_schedule(SCHEDULE, clock.now()), clock, starts, log, **options).run()
    return log


@pytest.fixture
def starts(write: Callable[..., Path]) -> Starts:
    write("1 + 1", name="daily")
    write_schedule("missed: catch_up")
    return Starts()


def test_a_changed_schedule_is_used_when_it_is_sound_and_else_the_earlier_one(starts: Starts) -> None:
    def change(old: str, new: str) -> Callable[[], object]:
        return lambda: SCHEDULE.write_text(SCHEDULE.read_text("utf-8").replace(old, new), "utf-8")

    acts = {
        "2026-03-02T12:00": change("30 2", "30 99"),
        "2026-03-03T12:00": change("30 99", "00 14"),
        "2026-03-02T01:31": lambda: setattr(starts.processes[0], "code", 0),
        "2026-03-03T01:31": lambda: setattr(starts.processes[1], "code", 0),
    }
    log = watch("2026-03-01T12:00", "2026-03-03T13:02", acts, starts)
    assert starts.asked == [("daily", "03-02 01:30"), ("daily", "03-03 01:30"), ("daily", "03-03 13:00")]
    told = "\n".join(log.lines)
    assert "cannot be used; the earlier one goes on" in told
    assert "cron == '30 99 * * *'" in told
    assert "is used from now on" in told


def test_one_job_runs_once_at_a_time_and_all_at_most_so_many(starts: Starts) -> None:
    lines = SCHEDULE.read_text("utf-8").partition("jobs:\n")[2]
    others = "".join("\n" + lines.replace("name: daily", f"name: other{number}") for number in (1, 2))
    SCHEDULE.write_text(f"jobs:\n{lines}{others}", "utf-8")
    acts = {"2026-03-02T01:32": lambda: setattr(starts.processes[0], "code", 0)}
    watch("2026-03-01T12:00", "2026-03-02T01:34", acts, starts, workers=2)
    assert starts.asked == [("daily", "03-02 01:30"), ("other1", "03-02 01:30"), ("other2", "03-02 01:30")]
    assert [process.told for process in starts.processes] == [False, True, True]


def test_a_run_that_cannot_be_started_is_told_and_tried_again(starts: Starts) -> None:
    starts.failing = True
    acts = {"2026-03-02T01:31:30": lambda: setattr(starts, "failing", False)}
    log = watch("2026-03-01T12:00", "2026-03-02T01:40", acts, starts)
    assert len(starts.asked) <= 4
    assert len(starts.processes) == 1
    assert "no process can be started" in "\n".join(log.lines)


def test_ended_runs_of_jobs_that_left_take_no_place(starts: Starts) -> None:
    def rename() -> None:
        SCHEDULE.write_text(
            SCHEDULE.read_text("utf-8").replace("name: daily", "name: other").replace("30 2", "40 2"), "utf-8"
        )

    acts = {
        "2026-03-02T01:31": rename,
        "2026-03-02T01:32": lambda: setattr(starts.processes[0], "code", 0),
    }
    watch("2026-03-01T12:00", "2026-03-02T01:42", acts, starts, workers=1)
    assert starts.asked == [("daily", "03-02 01:30"), ("other", "03-02 01:40")]


def test_a_job_that_skips_missed_times_waits_for_a_worker(starts: Starts) -> None:
    lines = SCHEDULE.read_text("utf-8").partition("jobs:\n")[2].replace("catch_up", "skip")
    SCHEDULE.write_text(f"jobs:\n{lines}\n{lines.replace('name: daily', 'name: other')}", "utf-8")
    acts = {"2026-03-02T02:00": lambda: setattr(starts.processes[0], "code", 0)}
    watch("2026-03-01T12:00", "2026-03-02T02:01", acts, starts, workers=1)
    assert starts.asked == [("daily", "03-02 01:30"), ("other", "03-02 01:30")]
