"""The command line as a new user types it, each time a process of its own."""

import resource
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest

Leadline = Callable[..., "CompletedProcess[str]"]


def test_list_names_every_notebook_with_its_question(leadline: Leadline, write: Callable[..., Path]) -> None:
    write("1", name="mine")
    listed = leadline("list").stdout
    assert "2_target\n  score_customers" in listed
    assert "  stage_target_model" in listed
    assert "Which customers belong on the list, and which data make it better?" in listed
    assert "this folder\n  mine" in listed


def test_describe_shows_type_default_allowed_values_and_help(leadline: Leadline) -> None:
    described = leadline("describe", "stage_target_model").stdout
    assert "list_share: Share | None = 0.2\n" in described
    assert "Must be a share from 0 to 1, such as 0.2 or 20%." in described
    assert "Must be one of random, time, column." in described
    assert "seed of all randomness" in described


def test_an_unknown_notebook_gets_the_nearest_name(leadline: Leadline) -> None:
    done = leadline("run", "stage_target_modle")
    assert done.returncode == 2
    assert done.stderr == "There is no notebook 'stage_target_modle'. Did you mean 'stage_target_model'?\n"


def test_all_problems_come_before_a_kernel_starts_and_nothing_is_written(leadline: Leadline) -> None:
    done = leadline(
        "run", "stage_target_model", "-p", "list_sise=800", "-p", "holdout=tme", "-p", "data=no.csv"
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "(3 problems)" in done.stderr
    assert "stage_target_model has no parameter 'list_sise'. Did you mean 'list_size'?" in done.stderr
    assert "holdout == 'tme', must be one of random, time, column. Did you mean 'time'?" in done.stderr
    assert "data == 'no.csv', which does not exist" in done.stderr
    assert list(Path().iterdir()) == []


def test_problems_cost_under_a_third_of_a_second(working_folder: Path) -> None:
    def cpu_seconds(*command: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run([sys.executable, *command], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    bad = ("-m", "leadline", "run", "stage_target_model", "-p", "list_sise=800")
    cpu_seconds(*bad)
    over = min(cpu_seconds(*bad) for _ in range(3)) - min(cpu_seconds("-c", "pass") for _ in range(3))
    assert over < 0.3 * 1.5, "beyond interpreter start; half as much again for a busy machine"


def test_parameters_come_from_a_file_and_the_command_line_wins(
    leadline: Leadline, write: Callable[..., Path]
) -> None:
    source = "from leadline.parameters import Text, Texts\na: Text = ''\nb: Texts = []\nc: Text = ''"
    path = write("print([a, b, c])", parameters=source)
    Path("p.yml").write_text("a: 0123\nb: [no, 12:30]\nc: file\n", "utf-8")
    done = leadline("run", str(path), "--params", "p.yml", "-p", "c=line=1", "--out", "out")
    assert done.returncode == 0, done.stderr
    notebook = Path(done.stdout.strip().splitlines()[-1]).with_name("notebook.ipynb").read_text("utf-8")
    assert "['0123', ['no', '12:30'], 'line=1']" in notebook


def test_a_pair_without_a_value_is_said(leadline: Leadline, write: Callable[..., Path]) -> None:
    done = leadline("run", str(write("1")), "-p", "a")
    assert (done.returncode, done.stderr) == (2, "-p 'a' has no value. Write -p NAME=VALUE.\n")


def test_a_notebook_of_one_s_own_starts_from_the_template_and_runs_outside_the_clone(
    leadline: Leadline,
) -> None:
    assert leadline("new", "客户").returncode == 0
    done = leadline("run", "客户.ipynb")
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip().splitlines()[-1]).is_file()
    again = leadline("new", "客户")
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_a_refusal_by_a_cell_exits_2_with_its_message(leadline: Leadline, write: Callable[..., Path]) -> None:
    path = write("from leadline.errors import DataError\nraise DataError.of('clients.csv is empty')")
    done = leadline("run", str(path))
    assert done.returncode == 2
    assert "clients.csv is empty" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], []])
def test_help_is_there(leadline: Leadline, arguments: list[str]) -> None:
    assert "Usage" in "".join(leadline(*arguments).stdout + leadline(*arguments).stderr)
