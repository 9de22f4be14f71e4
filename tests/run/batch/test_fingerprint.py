"""A fingerprint changes with everything that a report's numbers come from, and with nothing else."""

import datetime as dt
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from leadline.run.batch.fingerprint import Fingerprints
from leadline.run.request import make_request

DAY = dt.date(2026, 1, 31)
PARAMETERS = """
from leadline.parameters import Dataset, Date, File, Text
data: Dataset = "t.csv"  # table
plan: File | None = None  # plan
as_of: Date | None = {as_of}  # day
branch: Text = "a"  # branch
"""


@pytest.fixture
def take(write: Callable[..., Path]) -> Callable[..., str]:
    Path("t.csv").write_text("a,b\n1,2\n")
    Path("plan.yml").write_text("costs: costs.csv\n")
    Path("costs.csv").write_text("a\n1\n")
    Path("other.csv").write_text("a\n1\n")

    @cache
    def notebook(source: str, as_of: str) -> str:  # written once: cells get random ids
        name = f"work{len(list(Path().glob('*.ipynb')))}"
        return str(write(source, parameters=PARAMETERS.format(as_of=as_of), name=name))

    def take(*, day: dt.date = DAY, as_of: str = "None", source: str = "1", **given: str) -> str:
        request = make_request(notebook(source, as_of), given, out=Path("out"))
        return Fingerprints(day).of(request)

    return take


Take = Callable[..., str]


def test_equal_inputs_have_equal_fingerprints_whatever_the_files_times(take: Take) -> None:
    first = take(plan="plan.yml")
    os.utime("t.csv", (1, 1))
    Path("other.csv").write_text("changed")
    assert take(plan="plan.yml") == first
    assert len(first) == 64


def test_it_changes_with_notebook_parameter_and_data(take: Take) -> None:
    prints = [take(), take(source="2"), take(branch="b"), take(plan="plan.yml")]
    Path("t.csv").write_text("a,b\n1,3\n")
    prints.append(take())
    Path("own.py").write_text("x = 1")
    prints.append(take())
    assert len(set(prints)) == len(prints)


def test_a_file_that_a_plan_names_belongs_to_it(take: Take) -> None:
    before = take(plan="plan.yml")
    Path("costs.csv").write_text("a\n2\n")
    assert take(plan="plan.yml") != before


def test_every_file_of_a_folder_counts(take: Take) -> None:
    Path("tables").mkdir()
    Path("tables/customers.csv").write_text("a\n1\n")
    before = take(data="tables")
    Path("tables/trades.csv").write_text("a\n1\n")
    assert take(data="tables") != before


def test_the_day_counts_where_the_notebook_takes_today(take: Take) -> None:
    later = DAY + dt.timedelta(days=1)
    assert take(day=later) != take()
    assert take(day=later, as_of="'2026-01-01'") == take(as_of="'2026-01-01'")


def test_a_database_on_a_server_is_never_taken_for_unchanged(take: Take) -> None:
    assert take(data="postgres:DSN::t") == ""


def test_of_data_that_vanished_nothing_is_known(write: Callable[..., Path]) -> None:
    Path("t.csv").write_text("a\n1\n")
    path = write("1", parameters='from leadline.parameters import Dataset\ndata: Dataset = "t.csv"  # table')
    request = make_request(str(path), {}, out=Path("out"))
    Path("t.csv").unlink()
    assert Fingerprints(DAY).of(request) == ""
