"""Rows are checked whole before anything runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.errors import ParameterError
from leadline.run.batch.plan import read_plan
from leadline.run.batch.rows import PlannedReport, Shard, check_rows

PARAMETERS = """
from leadline.parameters import Choice, Count, Text
branch: Text = "a"  # branch
size: Count = 5  # size
language: Choice["en", "zh"] = "en"  # language
"""


@pytest.fixture
def check(write: Callable[..., Path]) -> Callable[..., list[PlannedReport]]:
    """Write a plan over a notebook that would leave a trace if it ran, and check its rows."""
    write("open('ran', 'w')", parameters=PARAMETERS)

    def check(text: str, **options: str) -> list[PlannedReport]:
        plan = Path("plan.yml")
        plan.write_text(f"notebook: work.ipynb\n{text}", "utf-8")
        return check_rows(read_plan(plan), out=Path("out"), **options)

    return check


Check = Callable[..., list[PlannedReport]]


@pytest.mark.covers("parameters", "door_batch_plan")
def test_values_take_the_type_that_the_notebook_declares(check: Check) -> None:
    reports = check("parameters: {size: '012'}\ngrid: {branch: ['007', 010]}\nname: 'B {branch}'\n")
    assert [(report.row, report.name) for report in reports] == [(1, "B 007"), (2, "B 010")]
    assert reports[1].request.given == {"branch": "010", "size": 12}


def test_problems_of_all_rows_are_told_at_once_and_shared_ones_once(check: Check) -> None:
    with pytest.raises(ParameterError) as caught:
        check(
            "rows:\n"
            + "".join(f"  - {{branch: b{row}, sise: 1, size: {'x' * (row > 2) or 1}}}\n" for row in range(8))
        )
    assert "8 rows" in caught.value.headline
    shared, some = caught.value.problems
    assert shared.startswith("work has no parameter 'sise'")
    assert some.startswith("rows 4 (branch=b3")
    assert "and 2 more: size == 'x'" in some


@pytest.mark.covers("parameters", "door_batch_plan")
def test_names_are_filled_in_and_never_evaluated(check: Check) -> None:
    (report,) = check("rows: [{branch: '{size.__class__}'}]\nname: '{branch} {row}'\n")
    assert report.name == "{size.__class__} 1"
    with pytest.raises(ParameterError, match="{brnch} is no parameter"):
        check("rows: [{branch: x}]\nname: '{brnch}'\n")


def test_without_a_template_a_name_tells_what_differs(check: Check) -> None:
    reports = check("parameters: {size: 3}\nrows: [{branch: x}, {branch: y, size: 4}]\n")
    assert [report.name for report in reports] == ["branch=x, size=3", "branch=y, size=4"]


def test_equal_rows_and_equal_names_are_refused(check: Check) -> None:
    with pytest.raises(ParameterError, match=r"rows 1 \(.*\), 3 \(.*\): these rows have the same parameters"):
        check("rows: [{branch: x}, {branch: y}, {branch: x, size: 5}]\nname: '{row}'\n")
    with pytest.raises(ParameterError, match="several reports are named 'x'"):
        check("rows: [{branch: x}, {branch: x, size: 6}, {branch: y}]\nname: '{branch}'\n")


def test_a_language_of_the_command_line_goes_before_the_plan_s(check: Check) -> None:
    (report,) = check("rows: [{branch: x, language: en}]\n", language="zh")
    assert report.request.values["language"] == "zh"


def test_shards_part_the_rows_without_gap_or_overlap() -> None:
    shards = [Shard.read(f"{number}/8") for number in range(1, 9)]
    for row in range(1, 101):
        assert sum(shard.holds(row) for shard in shards) == 1
    assert Shard.read("3/8").holds(3)
    assert [row for row in range(1, 20) if Shard.read("3/8").holds(row)] == [3, 11, 19]


@pytest.mark.parametrize("text", ["0/8", "9/8", "3", "3/0", "-1/8", "a/b", "3/8/9"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="3/8 for the third of eight"):
        Shard.read(text)


def test_nothing_ran(check: Check) -> None:
    check("rows: [{branch: x}]\n")
    assert not Path("ran").exists()
