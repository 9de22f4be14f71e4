"""A plan: read as written, all problems at once."""

from pathlib import Path

import pandas as pd
import pytest

from leadline.errors import ParameterError
from leadline.run.batch.plan import read_plan


@pytest.fixture(autouse=True)
def _here(working_folder: Path) -> None:
    """Work in a folder of its own."""


def write(text: str) -> Path:
    path = Path("plan.yml")
    path.write_text(text, "utf-8")
    return path


def test_a_grid_is_every_combination_in_order() -> None:
    plan = read_plan(write("notebook: n\ngrid:\n  branch: ['007', '010']\n  size: [1, 2]\n"))
    assert plan.rows == (
        {"branch": "007", "size": "1"},
        {"branch": "007", "size": "2"},
        {"branch": "010", "size": "1"},
        {"branch": "010", "size": "2"},
    )


@pytest.mark.covers("parameters", "door_batch_plan")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_table_keeps_every_cell_as_text_and_an_empty_one_gives_nothing(form: str) -> None:
    frame = pd.DataFrame(
        {"branch": ["007", "010"], "size": ["500", None], "on": ["2026-01-31", "2026-02-28"]}
    )
    if form == "csv":
        frame.to_csv("branches.csv", index=False)
    else:
        frame.to_excel("branches.xlsx", index=False)
    plan = read_plan(write(f"notebook: n\ntable: branches.{form}\n"))
    assert plan.rows == (
        {"branch": "007", "size": "500", "on": "2026-01-31"},
        {"branch": "010", "on": "2026-02-28"},
    )


def test_what_a_plan_leaves_out_has_its_default() -> None:
    plan = read_plan(write("notebook: n\nrows: [{a: 1}]\nretries: 0\ntime_limit_seconds: 90\n"))
    assert (plan.retries, plan.limit_seconds, plan.name, plan.row_name) == (0, 90.0, "plan", "")
    assert read_plan(write("notebook: n\nrows: [{a: 1}]\n")).retries == 1


def test_all_problems_are_told_at_once() -> None:
    text = "grid: {a: 1}\nrows: [{a: 1}]\nretries: many\ntime_limit_seconds: 0\nnmae: x\nparameters: [a]\n"
    with pytest.raises(ParameterError) as caught:
        read_plan(write(text))
    told = "\n".join(caught.value.problems)
    for part in (
        "nmae:",
        "notebook:",
        "grid:",
        "has 2",
        "retries ==",
        "time_limit_seconds ==",
        "parameters:",
    ):
        assert part in told


@pytest.mark.parametrize("text", ["just text", "- a", ""])
def test_what_is_no_mapping_is_no_plan(text: str) -> None:
    with pytest.raises(ParameterError, match="is no batch plan"):
        read_plan(write(text))


def test_a_huge_grid_is_refused_before_it_is_written_out() -> None:
    values = "[" + ", ".join(map(str, range(1000))) + "]"
    with pytest.raises(ParameterError, match="100001 rows"):
        read_plan(write(f"notebook: n\ngrid: {{a: {values}, b: {values}, c: {values}}}\n"))


@pytest.mark.covers("paths", "plan_table_outside")
def test_a_table_outside_the_folders_that_may_be_read_is_refused() -> None:
    with pytest.raises(ParameterError, match="outside the folders"):
        read_plan(write("notebook: n\ntable: ../../../etc/passwd\n"))
