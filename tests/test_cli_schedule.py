from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from leadline.cli.schedule import schedule
from leadline.errors import ParameterError

SCHEDULE = """\
jobs:
  - name: daily
    notebook: work
    cron: "0 7 * * *"
    time_zone: Asia/Shanghai
    out: out
    retries: 0
    parameters: {day: "{{ yesterday }}"}
"""
PARAMETERS = 'from leadline.parameters import Date\nday: Date = "2026-01-01"  # day'


@pytest.fixture
def call(write: Callable[..., Path]) -> Callable[..., Result]:
    write("assert day != '2026-03-01', day", parameters=PARAMETERS)
    Path("reports").mkdir()
    Path("reports/schedule.yml").write_text(SCHEDULE, "utf-8")

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(schedule, list(arguments))

    return call


def test_check_shows_the_next_three_times_of_each_job(call: Callable[..., Result]) -> None:
    shown = call("check").stdout.splitlines()
    assert shown[0] == "daily"
    assert len(shown) == 4
    assert all(line.endswith(" 07:00 CST") for line in shown[1:])


def test_check_tells_all_problems(call: Callable[..., Result]) -> None:
    Path("reports/schedule.yml").write_text(SCHEDULE.replace("retries: 0", "retries: x"))
    told = str(call("check").exception)
    assert "retries == 'x'" in told


def test_once_runs_a_planned_time_once_and_tells_by_its_exit_code(call: Callable[..., Result]) -> None:
    failed = call("once", "daily", "--planned", "2026-03-02T07:00")
    assert failed.exit_code == 1
    assert "AssertionError: 2026-03-01" in failed.stderr
    assert failed.stdout.strip().endswith("report.html")
    assert call("once", "daily", "--planned", "2026-03-01T23:00+00:00").exit_code == 1
    Path("work.ipynb").write_text(Path("work.ipynb").read_text("utf-8").replace("!=", "=="), "utf-8")
    again = call("once", "daily", "--planned", "2026-03-02T07:00", "--again")
    assert again.exit_code == 0, again.output
    assert len(list(Path("out").glob("*/report.html"))) == 2  # the second call ran nothing
    shown = call("history").stdout.splitlines()
    assert len(shown) == 2
    assert shown[1].split() == ["2026-03-02", "07:00", "CST", "daily", "Done", "2"]
    assert "2026-03-02 07:00 CST: Done" in call("list").stdout


def test_once_refuses_what_cannot_run(call: Callable[..., Result]) -> None:
    assert isinstance(call("once", "dialy").exception, ParameterError)
    assert "is no time" in str(call("once", "daily", "--planned", "tomorrow").exception)
    assert "is no time" in str(call("once", "daily", "--planned", "0001-01-01T00:00").exception)
    assert not list(Path("out").glob("*/report.html"))


def test_what_one_job_lacks_stops_no_other_and_is_told_at_its_run(call: Callable[..., Result]) -> None:
    other = (
        SCHEDULE.partition("jobs:\n")[2].replace("daily", "other").replace("notebook: work", "notebook: gone")
    )
    Path("desk").mkdir()
    Path("reports/schedule.yml").write_text(
        f"{SCHEDULE}{other}    notify: [{{file: desk, on: both}}]\n", "utf-8"
    )
    assert call("once", "daily", "--planned", "2026-03-01T07:00").exit_code == 0
    refused = call("once", "other", "--planned", "2026-03-01T07:00")
    assert refused.exit_code == 2
    assert "gone" in refused.stderr
    assert [line.split()[3:5] for line in call("history").stdout.splitlines()[1:]] == [
        ["daily", "Done"],
        ["other", "Refused"],
    ]
    assert "other" in call("list").stdout
    assert "gone" in str(call("check").exception)
