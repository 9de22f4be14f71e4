from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.errors import DataError, ParameterError
from leadline.run.schedule.schedule_file import read_schedule
from tests.run.schedule.jobs import moment

NOW = moment("2026-03-01T12:00")
PARAMETERS = """\
from leadline.parameters import Count, Date, File
day: Date = "2026-01-01"  # day
size: Count = 5  # size
table: File | None = None  # table
"""


@pytest.fixture(autouse=True)
def _notebook(write: Callable[..., Path]) -> None:
    write("1 + 1", parameters=PARAMETERS)


def read(text: str):
    Path("schedule.yml").write_text(text, "utf-8")
    return read_schedule(Path("schedule.yml"), NOW)


def problems(text: str) -> str:
    with pytest.raises(ParameterError) as error:
        read(text)
    return str(error.value)


JOB = """\
  - name: daily
    notebook: work
    cron: "0 7 * * *"
    time_zone: Asia/Shanghai
    out: out
"""


def test_a_job_has_what_is_stated_and_what_is_usual() -> None:
    (job,) = read(f"jobs:\n{JOB}    parameters: {{day: '{{{{ yesterday }}}}', size: 7}}").jobs
    assert (job.missed, job.grace_hours, job.retries, job.retry_pause_minutes) == ("latest", 24, 1, 5)
    assert (job.out, job.keep.last, job.keep.days, job.freshness, job.notify) == (
        Path("out"),
        None,
        None,
        None,
        (),
    )
    # 23:30 UTC is already the next day in Shanghai
    assert job.fill_parameters(moment("2026-03-01T23:30")) == {"day": "2026-03-01", "size": "7"}


def test_defaults_hold_where_a_job_says_nothing_else() -> None:
    text = "defaults: {time_zone: Asia/Shanghai, out: out, retries: 3, keep: {last: 2}}\njobs:\n"
    jobs = """\
  - {name: a, notebook: work, cron: 0 7 * * *}
  - {name: b, notebook: work, cron: 0 8 * * *, retries: 0}
"""
    first, second = read(text + jobs).jobs
    assert (first.retries, second.retries, second.keep.last) == (3, 0, 2)


def test_all_problems_of_all_jobs_are_told_at_once() -> None:
    told = problems(
        f"""\
extra: 1
defaults: {{name: x}}
jobs:
{JOB}    parameters: {{dya: '{{{{ today }}}}', size: many}}
{JOB}    parameters: {{day: '{{{{ now }}}}'}}
    retries: 1.5
    missed: all
    keep: {{last: 0}}
    freshness: {{action: shout}}
    notify: [{{file: 'http://x'}}]
    grace: 5
  - name: a b
    cron: 0 7 * *
    time_zone: Berlin
    base_url: ftp://x
  - words
  - name: batch
    batch: plan.yml
    notebook: work
    cron: 0 7 * * *
    time_zone: UTC
"""
    )
    for expected in (
        "'extra' is not known here",
        "defaults: 'name' is not known here",
        "work has no parameter 'dya'. Did you mean 'day'?",
        "size == 'many', must be a whole number",
        "{{ now }} is no date. There are today, yesterday",
        "retries == '1.5', must be a whole number from 0 to 10",
        "missed == 'all', must be one of catch_up, latest, skip",
        "last == '0', must be a whole number from 1 to 100,000",
        "freshness must say max_age_days",
        "action == 'shout', must be one of warn, refuse",
        "notify 1: file must be a folder",
        "'grace' is not known here. Did you mean",
        "name == 'a b' must be one word",
        "it has 4 fields",
        "time_zone == 'Berlin' is no time zone",
        "it must name a notebook or a batch, and not both",
        "it must be a mapping",
    ):
        assert expected in told, told
    assert "Traceback" not in told


def test_two_jobs_cannot_have_one_name() -> None:
    assert "two jobs of this name" in problems(f"jobs:\n{JOB}{JOB.replace('daily', 'Daily')}")


def test_a_notebook_that_is_not_there_is_told() -> None:
    assert "There is no notebook 'wrok'" in problems(f"jobs:\n{JOB.replace('work', 'wrok')}")


def test_a_file_named_by_a_date_need_not_be_there_yet() -> None:
    assert read(f"jobs:\n{JOB}    parameters: {{table: 'day_{{{{ today }}}}.csv'}}").jobs
    assert "does not exist" in problems(f"jobs:\n{JOB}    parameters: {{table: 'day.csv'}}")


@pytest.mark.parametrize("text", ["", "jobs: {}", "- a", "jobs: []"])
def test_a_file_without_jobs_is_refused(text: str) -> None:
    assert "it must hold jobs:" in problems(text)


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataError, match="Check the path"):
        read_schedule(Path("none.yml"), NOW)


def test_the_example_of_the_project_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    example = Path(__file__).resolve().parents[3] / "reports" / "schedule.yml"
    assert len(read_schedule(example, NOW).jobs) >= 2


def test_the_job_of_a_batch_is_checked_with_its_plan() -> None:
    Path("plan.yml").write_text("notebook: work\ngrid: {size: [1, 2]}\n", "utf-8")
    batch = JOB.replace("notebook: work", "batch: plan.yml")
    assert read(f"jobs:\n{batch}    parameters: {{day: '{{{{ today }}}}'}}").jobs
    assert "no parameter 'dya'" in problems(f"jobs:\n{batch}    parameters: {{dya: '{{{{ today }}}}'}}")
    assert "for the job of a notebook" in problems(f"jobs:\n{batch}    keep: {{last: 3}}")
