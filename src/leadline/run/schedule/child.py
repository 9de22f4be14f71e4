"""A planned time in a process of its own: whatever a run does to its process, the schedule goes on.

The process reads what to do from standard input, as JSON. It outlives a scheduler that is killed: the report
is finished, entered and told all the same.
"""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

from leadline.errors import LeadlineError
from leadline.run.schedule.clock import SystemClock
from leadline.run.schedule.job import Job
from leadline.run.schedule.log import write_line
from leadline.run.schedule.perform import perform
from leadline.run.schedule.reading import read_job


def start_child(job: Job, planned: dt.datetime, warm: Path | None) -> "subprocess.Popen[bytes]":
    """Start a process that performs ``job`` for ``planned``; its lines of the log go to our standard error.

    Raises
    ------
    OSError
        If it cannot be started.
    """
    command = [sys.executable, "-P", "-X", "utf8", "-m", __spec__.name if __spec__ else __name__]
    task = {"job": job.document, "planned": planned.isoformat(), "warm": str(warm) if warm else None}
    # A session of its own: Ctrl-C reaches the scheduler alone, which then tells its children.
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    )
    assert process.stdin is not None  # noqa: S101 (for the type checker)
    with process.stdin as pipe:
        pipe.write(json.dumps(task).encode())
    return process


def main() -> int:
    """Perform what standard input asks for; return the exit code."""
    task = json.load(sys.stdin)
    clock = SystemClock()
    job = read_job(task["job"], "job")
    try:
        done = perform(
            job,
            dt.datetime.fromisoformat(task["planned"]),
            clock,
            write_line,
            warm=Path(task["warm"]) if task["warm"] else None,
        )
    except LeadlineError as error:
        write_line(clock.now(), job.name, str(error))
        return error.exit_code
    return done.exit_code


if __name__ == "__main__":
    sys.exit(main())
