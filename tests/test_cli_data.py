"""``leadline data``, typed by a new user, each time a process of its own."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.datasets import PUBLIC_DATASETS

Leadline = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def _own_cache(working_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_CACHE", str(working_folder / "cache"))
    monkeypatch.delenv("LEADLINE_PUBLIC_DATA", raising=False)


def test_list_names_what_is_here_and_what_is_not(leadline: Leadline) -> None:
    listed = leadline("data", "list").stdout
    assert "coil2000          ships  " in listed
    assert "polca             -      Four small surveys" in listed
    assert "(118 × 7 and 3 more)" in listed
    assert "one row is one customer in one month" in listed
    assert all(name in listed for name in PUBLIC_DATASETS)


@pytest.mark.public_data
def test_a_table_is_fetched_listed_and_read_by_name(
    leadline: Leadline, public_data: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[..., Path]
) -> None:
    source = "from leadline.parameters import Dataset\ndata: Dataset = 'coil2000'  # table"
    cell = "from leadline.data import read_table\nprint(read_table(data).frame.shape)"
    notebook = str(write(cell, parameters=source))
    refused = leadline("run", notebook, "-p", "data=polca::gss82")
    assert refused.returncode == 2
    assert "which is not here yet: leadline data get polca." in refused.stderr
    monkeypatch.setenv("LEADLINE_PUBLIC_DATA", str(public_data))
    got = leadline("data", "get", "polca")
    assert got.returncode == 0, got.stderr
    assert "polca::gss82: 1,202 rows, 4 columns, checked: " in got.stdout
    assert "polca             here   " in leadline("data", "list").stdout
    done = leadline("run", notebook, "-p", "data=polca::gss82")
    assert done.returncode == 0, done.stderr
    assert "(1202, 4)" in Path(done.stdout.strip().splitlines()[-1]).with_name("notebook.ipynb").read_text()


def test_what_cannot_be_fetched_is_a_message_and_exit_code_2(leadline: Leadline) -> None:
    for name, words in {
        "polca": "Set LEADLINE_PUBLIC_DATA to a folder",
        "polka": "Did you mean 'polca'?",
    }.items():
        done = leadline("data", "get", name)
        assert done.returncode == 2
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    assert "nothing to fetch" in leadline("data", "get", "coil2000").stdout


def test_describe_shows_a_public_data_set_and_a_contract(leadline: Leadline) -> None:
    described = leadline("data", "describe", "hillstrom").stdout
    assert "Licence: published for open use" in described
    assert "64,000 rows, 12 columns; SHA-256 0e5893329d8b93" in described
    assert "minethatdata.com" in described
    described = leadline("data", "describe", "customers").stdout
    assert "customers: one row is one mobile customer.\nKey: customer_id\n" in described
    assert "(whole number; years; 0 to 120; may be missing; personal data: personal)" in described
    wrong = leadline("data", "describe", "custmers")
    assert (wrong.returncode, "Did you mean 'customers'?" in wrong.stderr) == (2, True)


def test_check_says_ok_or_every_problem(leadline: Leadline) -> None:
    Path("b.csv").write_text("编号,城市,x_km,y_km\n01,上海,1,2\n02,北京,3,4\n", "gbk")
    Path("m.yml").write_text("branch_id: 编号\ncity: 城市\n", "utf-8")
    done = leadline("data", "check", "b.csv", "--as", "branches", "--mapping", "m.yml")
    assert (done.returncode, done.stdout) == (0, "b.csv is a valid branches table: 2 rows.\n"), done.stderr
    Path("b.csv").write_text("编号,城市,x_km,y_km\n01,上海,-1,2\n01,,3,4\n", "gbk")
    done = leadline("data", "check", "b.csv", "--as", "branches", "--mapping", "m.yml")
    assert done.returncode == 2
    assert "b.csv is not a valid branches table (3 problems):" in done.stderr
    assert "Traceback" not in done.stderr
    wrong = leadline("data", "check", "b.csv", "--as", "branch")
    assert (wrong.returncode, "Did you mean 'branches'?" in wrong.stderr) == (2, True)
