"""``leadline schedule check | list | run | once | history``. Imports wait until needed."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import datetime as dt

    from leadline.run.schedule.job import Job

DEFAULT_SCHEDULE = Path("reports/schedule.yml")
_file = click.option(
    "--file", "path", type=Path, default=DEFAULT_SCHEDULE, metavar="FILE.yml", help="The schedule.",
    show_default=True,
)  # fmt: skip


@click.group()
def schedule() -> None:
    """Run reports at their times, by a schedule file."""


@schedule.command()
@_file
def check(path: Path) -> None:
    """Check the schedule whole; show the next three times of each job."""
    from itertools import islice

    from leadline.run.schedule.clock import SystemClock
    from leadline.run.schedule.log import write_planned
    from leadline.run.schedule.schedule_file import read_schedule

    now = SystemClock().now()
    for job in read_schedule(path, now).jobs:
        click.echo(job.name)
        for planned in islice(job.timetable.after(now), 3):
            click.echo(f"  {write_planned(planned, job.timetable.zone)}")


@schedule.command("list")
@_file
def list_jobs(path: Path) -> None:
    """List the jobs: what each runs, when next, and how it ended last."""
    from leadline.language import _
    from leadline.run.schedule.clock import SystemClock
    from leadline.run.schedule.log import write_planned
    from leadline.run.schedule.schedule_file import read_schedule

    now = SystemClock().now()
    rows = [(_("job"), _("runs"), _("next"), _("last"))]
    for job in read_schedule(path).jobs:
        planned = next(job.timetable.after(now))
        rows.append(
            (
                job.name,
                str(job.notebook or job.batch),
                write_planned(planned, job.timetable.zone),
                _last_end(job) or "–",
            )
        )
    _show(rows)


@schedule.command()
@_file
@click.argument("job", required=False)
@click.option("--last", type=click.IntRange(min=1), default=20, metavar="N", help="How many rows.")
def history(path: Path, job: str | None, last: int) -> None:
    """Show the planned times of JOB, or of all jobs, and how each ended."""
    from leadline.language import _
    from leadline.run.portal.texts import name_status
    from leadline.run.schedule.job_runs import JobRuns
    from leadline.run.schedule.log import write_planned
    from leadline.run.schedule.schedule_file import read_schedule

    found = read_schedule(path)
    jobs = {name.name: name for name in ((found.find(job),) if job else found.jobs)}
    rows = [
        row
        for out in dict.fromkeys(watched.out for watched in jobs.values())
        for row in JobRuns(out).rows()
        if row["job"] in jobs and jobs[row["job"]].out == out
    ]
    lines = [
        (
            write_planned(_read_time(row["planned"]), jobs[row["job"]].timetable.zone),
            row["job"],
            name_status(row["status"]),
            str(row["attempts"]),
            (row["message"] or "").partition("\n")[0],
        )
        for row in sorted(rows, key=lambda row: row["planned"])[-last:]
    ]
    _show([(_("planned"), _("job"), _("status"), _("attempts"), _("message")), *lines])


@schedule.command()
@_file
@click.option("--workers", type=click.IntRange(1, 64), default=2, help="Runs at once.", show_default=True)
def run(path: Path, workers: int) -> None:
    """Run the jobs at their times until stopped (Ctrl-C, SIGTERM)."""
    import signal

    from leadline.run.schedule.child import start_child
    from leadline.run.schedule.clock import SystemClock
    from leadline.run.schedule.log import write_line
    from leadline.run.schedule.schedule_file import read_schedule
    from leadline.run.schedule.scheduler import Process, Scheduler
    from leadline.run.warm import warm_server

    clock = SystemClock()
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: clock.stop())
    found = read_schedule(path)
    with warm_server() as server:

        def start(job: "Job", planned: "dt.datetime") -> Process:
            if server:
                server.refresh()
            return start_child(job, planned, server.socket if server else None)

        Scheduler(found, clock, start, write_line, workers=workers).run()


@schedule.command()
@_file
@click.argument("job")
@click.option("--planned", metavar="TIME", help="The time it is meant for, such as 2026-01-31T07:00.")
@click.option("--again", is_flag=True, help="Run also what has failed, or was left out, for this time.")
def once(path: Path, job: str, planned: str | None, again: bool) -> None:  # noqa: FBT001 (click's way)
    """Run JOB now, for cron, systemd or Airflow; prints the report's path last.

    A time for which the job is done is not run twice. Exit code 0: done; 1: failed; 2: refused.
    """
    from leadline.run.schedule.clock import SystemClock
    from leadline.run.schedule.log import write_line
    from leadline.run.schedule.perform import perform
    from leadline.run.schedule.schedule_file import read_schedule

    clock = SystemClock()
    found = read_schedule(path).find(job)
    done = perform(found, _read_planned(planned, found, clock.now()), clock, write_line, again=again)
    if done.report:
        click.echo(done.report)
    elif done.message:
        click.echo(done.message, err=True)
    sys.exit(done.exit_code)


def _read_planned(text: str | None, job: "Job", now: "dt.datetime") -> "dt.datetime":
    """Return the planned time: now, to the minute, where none is given; without a zone, the job's."""
    import datetime as dt

    from leadline.errors import ParameterError
    from leadline.language import _

    if text is None:
        return now.replace(second=0, microsecond=0)
    try:
        moment = dt.datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=job.timetable.zone)
        return zoned.astimezone(dt.UTC)
    except (ValueError, OverflowError):  # also the year 1, which has no such moment in UTC
        raise ParameterError(
            _(
                "--planned {text} is no time. Write it as 2026-01-31T07:00 or 2026-01-31T07:00+08:00.",
                text=text,
            )
        ) from None


def _last_end(job: "Job") -> str:
    from leadline.run.portal.texts import name_status
    from leadline.run.schedule.job_runs import JobRuns
    from leadline.run.schedule.log import write_planned

    rows = JobRuns(job.out).rows(job.name)
    if not rows:
        return ""
    time = write_planned(_read_time(rows[-1]["planned"]), job.timetable.zone)
    return f"{time}: {name_status(rows[-1]['status'])}"


def _read_time(text: str) -> "dt.datetime":
    import datetime as dt

    return dt.datetime.fromisoformat(text)


def _show(rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows in columns."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
