import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.errors import RunError
from leadline.run.ledger import RunLedger
from leadline.run.schedule.job_runs import JobRuns
from leadline.run.schedule.perform import perform
from leadline.run.schedule.simulation import SimulatedClock
from tests.run.schedule.jobs import build_job, moment

PLANNED = moment("2026-03-01T23:00")
OUT = Path("out")
FLAKY = """\
from pathlib import Path
Path('tries').write_text(Path('tries').read_text() + '.' if Path('tries').exists() else '.')
assert len(Path('tries').read_text()) > 1
"""


def silent(now: dt.datetime, job: str, text: str) -> None:
    """Nobody listens."""


def run(job, **options):
    clock = SimulatedClock(PLANNED, PLANNED + dt.timedelta(days=1))
    return perform(job, PLANNED, clock, silent, **options), clock


def test_a_failed_run_is_tried_again_after_a_pause_and_told_where_it_was_asked(
    write: Callable[..., Path],
) -> None:
    write(FLAKY)
    Path("desk").mkdir()
    job = build_job(
        retry_pause_minutes="7", notify=[{"file": "desk"}], base_url="https://reports.example.com"
    )
    done, clock = run(job)
    assert (done.status, done.exit_code) == ("done", 0)
    assert clock.now() == PLANNED + dt.timedelta(minutes=7)
    (row,) = JobRuns(OUT).rows()
    assert (row["status"], row["attempts"], row["message"]) == ("done", 2, "")
    runs = RunLedger(OUT).runs()
    assert [(entered["status"], entered["attempts"]) for entered in runs] == [("failed", 1), ("done", 2)]
    assert row["run_id"] == runs[-1]["run_id"]
    assert done.report is not None
    assert (Path("desk") / "daily.html").read_bytes() == done.report.read_bytes()
    # asked again, it is not run again
    again, _clock = run(job, again=True)
    assert (again.status, again.report, len(RunLedger(OUT).runs())) == ("done", done.report, 2)


def test_wrong_parameters_are_refused_without_a_kernel_and_not_tried_again(
    write: Callable[..., Path],
) -> None:
    write("1 + 1", parameters="from leadline.parameters import File\ntable: File | None = None  # table")
    done, clock = run(build_job(parameters={"table": "day_{{ yesterday }}.csv"}))
    assert (done.status, done.exit_code) == ("refused", 2)
    assert "day_2026-03-01.csv" in done.message  # in Shanghai, PLANNED is the 2nd
    (row,) = JobRuns(OUT).rows()
    assert (row["status"], row["attempts"], row["run_id"]) == ("refused", 1, None)
    assert clock.now() == PLANNED


def test_a_notice_that_fails_is_entered_and_fails_no_run(write: Callable[..., Path]) -> None:
    write("1 + 1", name="other")
    job = build_job(notebook="other", notify=[{"webhook": "env:LEADLINE_NO_SUCH_ADDRESS"}])
    done, _clock = run(job)
    assert done.status == "done"
    (row,) = JobRuns(OUT).rows()
    assert row["status"] == "done"
    assert "Notice: webhook" in row["message"]


def test_a_job_that_another_process_runs_is_left_alone(write: Callable[..., Path]) -> None:
    write("1 + 1")
    with JobRuns(OUT).hold("daily"), pytest.raises(RunError, match="by another process"):
        run(build_job())
    assert JobRuns(OUT).rows() == []


def test_a_batch_is_made_row_by_row_and_told_by_its_comparison(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_WARM", "0")
    write("1 + 1", parameters='from leadline.parameters import Date\nday: Date = "2026-01-01"  # day')
    Path("plan.yml").write_text("notebook: work\nrows: [{}]\n", "utf-8")
    told: list[str] = []
    monkeypatch.setattr(
        "leadline.run.schedule.perform.notify", lambda _targets, event: told.append(event.link) or []
    )
    job = build_job(
        notebook=None,
        batch="plan.yml",
        parameters={"day": "{{ today }}"},
        base_url="https://reports.example.com/",
    )
    done, _clock = run(job)
    assert told == ["https://reports.example.com/batch_plan.html"]
    assert (done.status, done.message) == ("done", "")
    assert done.report is not None
    assert done.report.is_file()
    (made,) = RunLedger(OUT).runs()
    assert '"day": "2026-03-02"' in made["parameters"]
