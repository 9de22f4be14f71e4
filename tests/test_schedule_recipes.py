"""The recipes of docs/schedules.md do what they say: each command is taken from the page and run."""

import configparser
import datetime as dt
import re
import shlex
import signal
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import jinja2
import pytest
import yaml
from click.testing import CliRunner

from leadline.cli import app
from leadline.run.notify import read_targets
from leadline.run.schedule.reading import KEYS, read_job
from tests.conftest import ROOT

HOME = "/srv/leadline"
JOB = "concentration_on_workdays"
PAGE = (ROOT / "docs" / "schedules.md").read_text("utf-8")

SCHEDULE = f"""
jobs:
  - name: {JOB}
    notebook: work.ipynb
    cron: "0 7 * * 1-5"
    time_zone: Asia/Shanghai
"""
BATCH = """
notebook: work.ipynb
name: "{branch}"
grid:
  branch: [north, south]
"""


def blocks(kind: str) -> list[str]:
    """What the page shows of a language."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def home(working_folder: Path, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands in for the server's folder: a project with a small notebook, its schedule and a batch."""
    write("1 + 1", parameters='from leadline.parameters import Text\nbranch: Text = "all"  # which branch')
    (working_folder / ".venv").symlink_to(sys.prefix)
    (working_folder / "reports").mkdir()
    (working_folder / "reports" / "schedule.yml").write_text(SCHEDULE)
    (working_folder / "reports" / "branches.yml").write_text(BATCH)
    monkeypatch.setenv("LEADLINE_WARM", "0")  # one small run does not repay a warm server
    return working_folder


def published(home: Path, out: str = "reports/output") -> list[str]:
    return sorted(path.parent.name for path in (home / out).glob("*/record.json"))


def run_shell(command: str, home: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", command.replace(HOME, str(home))],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def run_here(command: str) -> str:
    """Run a recipe's command in this process, which has loaded everything; return what it prints."""
    where, call = command.split(" && ")
    assert where == f"cd {HOME}"
    program, *arguments = shlex.split(call)
    assert program == ".venv/bin/leadline"
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_crons_line_runs_the_job_of_the_example(home: Path) -> None:
    (line,) = blocks("cron")
    assert re.fullmatch(r"([\d*/,-]+ ){5} cd .*\n", line)
    assert "%" not in line  # cron would read a line break
    run_shell(line.split(maxsplit=5)[5], home)
    assert len(published(home)) == 1
    assert published(home)[0] in (home / "reports" / "cron.log").read_text()
    example = yaml.safe_load((ROOT / "reports" / "schedule.yml").read_text("utf-8"))
    assert JOB in {job["name"] for job in example["jobs"]}


def read_units() -> list[configparser.ConfigParser]:
    units = []
    for text in blocks("ini"):
        unit = configparser.ConfigParser(strict=True, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read_string(text)
        units.append(unit)
    return units


def test_systemds_timer_starts_the_job(home: Path) -> None:
    _all, service, timer = read_units()
    assert service["Service"]["Type"] == "oneshot"
    assert timer["Timer"]["OnCalendar"] == "Mon..Fri 07:00 Asia/Shanghai"
    assert service["Service"]["WorkingDirectory"] == HOME
    run_shell(f"cd {HOME} && exec {service['Service']['ExecStart']}", home)
    assert len(published(home)) == 1


def test_systemds_service_watches_until_it_is_stopped(home: Path) -> None:
    service = read_units()[0]["Service"]
    assert service["WorkingDirectory"] == HOME
    command = shlex.split(service["ExecStart"].replace(HOME, str(home)))
    with subprocess.Popen(command, cwd=home, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            assert process.stderr.readline().strip()  # it says that it watches
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()


class _Operator:
    """Stands in for Airflow's operator: keeps what it was given."""

    made: list["_Operator"]

    def __init__(self, **given: Any) -> None:
        self.given = given
        self.made.append(self)

    def __rrshift__(self, others: list["_Operator"]) -> Self:
        self.after = others
        return self


class _Dag:
    def __init__(self, *_: str, **given: Any) -> None:
        assert given.keys() == {"schedule", "start_date", "catchup"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Airflow collects the tasks here."""


def test_airflows_tasks_run_one_job_and_a_batch_in_parts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    operator = type("BashOperator", (_Operator,), {"made": []})
    modules = {
        "airflow": {"DAG": _Dag},
        "airflow.providers.standard.operators.bash": {"BashOperator": operator},
        "pendulum": {"datetime": lambda *day, tz: dt.datetime(*day, tzinfo=ZoneInfo(tz))},
    }
    for name, content in modules.items():
        module = types.ModuleType(name)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)
    (text,) = blocks("python")
    exec(compile(text, "dag.py", "exec"), {})
    morning, *parts, compare = operator.made
    assert "--again" in morning.given["bash_command"]  # a task that is cleared must run again
    assert compare.after == parts
    templates = jinja2.Environment(undefined=jinja2.StrictUndefined)
    templates.filters["ts"] = dt.datetime.isoformat
    planned = dt.datetime(2026, 3, 2, 7, tzinfo=ZoneInfo("Asia/Shanghai"))
    told = ""
    for task in (morning, *parts, compare):
        told = run_here(templates.from_string(task.given["bash_command"]).render(data_interval_end=planned))
    assert len(published(home)) == 1
    assert [len(published(home, f"reports/branches/{part}")) for part in (1, 2)] == [1, 1]
    page = Path(told.splitlines()[-1]).read_text("utf-8")
    assert "north" in page
    assert "south" in page


def test_what_the_page_shows_of_a_schedule_is_read_as_shown() -> None:
    job, notices = (yaml.load(text, Loader=yaml.BaseLoader) for text in blocks("yaml"))
    (only,) = job["jobs"]
    assert read_job(job["defaults"] | only, "job 1").name == "weekly_concentration"
    assert [target.kind for target in read_targets(notices["notify"], "page")] == [
        "webhook",
        "webhook",
        "smtp",
        "file",
    ]


def test_the_page_names_every_field_of_a_job() -> None:
    table = PAGE.partition("| field | what |")[2].partition("\n\n")[0]
    named = {
        name
        for row in table.splitlines()
        for name in re.findall(r"`(\w+)`", row.split("|")[1] if "|" in row else "")
    }
    assert named == set(KEYS)
