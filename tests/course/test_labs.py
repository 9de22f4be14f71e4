"""Every lab: its solution is right on any market, nothing is gained by nothing, misconceptions are named."""

import ast
from pathlib import Path

import pytest

from leadline.course.cells import STUB, Cell, find_exercises, find_regions, grade_id, role, source_of
from leadline.course.labs import find_texts, list_labs, read_lab, translate_lab
from leadline.course.rehearsal import rehearse
from tests.course.planted import choose_one_an_exercise, find_named, planted_in

LABS = [pytest.param(path, id=path.stem) for path in list_labs()]
SEED = 7_919_777_123
FEWEST_MISTAKES = 5


def cells_of(path: Path) -> list[Cell]:
    return read_lab(path)["cells"]


def test_there_are_eight_labs() -> None:
    assert len(LABS) == 8


@pytest.mark.parametrize("path", LABS)
def test_the_solution_earns_everything_and_a_blank_nothing(path: Path) -> None:
    cells = cells_of(path)
    assert [judgement.kind for judgement in rehearse(cells, seed=SEED) if judgement.credit < 1] == []
    blank = {grade_id(cell): STUB for cell in cells if role(cell) == "answer"}
    assert {
        (judgement.credit, judgement.kind) for judgement in rehearse(cells, seed=SEED, changed=blank)
    } == {(0, "missing")}


@pytest.mark.parametrize("path", LABS)
def test_misconceptions_are_named(path: Path) -> None:
    assert len(planted_in(path.stem)) >= FEWEST_MISTAKES
    planted = choose_one_an_exercise(planted_in(path.stem))  # all of them: benchmarks/lab_seeds.py
    assert planted.keys() - find_named(cells_of(path), planted, seed=SEED) == set()


@pytest.mark.parametrize("path", LABS)
def test_a_lab_has_its_anatomy(path: Path) -> None:
    notebook = read_lab(path)
    cells = notebook["cells"]
    prose = "\n".join(source_of(cell) for cell in cells if cell["cell_type"] == "markdown")
    assert prose.startswith("# Lab ")
    for part in ("**Decision.**", "## Worked example", "## Exercise 1", "## What this does not show"):
        assert part in prose
    assert [find_regions(source_of(cell), "MARK SCHEME") != [] for cell in cells if role(cell) == "task"] == [
        True
    ]
    exercises = find_exercises(cells)
    assert 5 <= len(exercises) <= 8
    assert all(exercise.answers and exercise.points > 0 for exercise in exercises)
    assert all(cell.get("outputs", []) == [] for cell in cells)
    assert all(
        "\n" not in text
        for cell in cells
        if cell["cell_type"] == "code"
        for text in find_texts({"cells": [cell]})
    )


class _Untold(ast.NodeTransformer):
    """Leaves out what a translation may change."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        is_told = isinstance(node.func, ast.Name) and node.func.id == "N_"
        return ast.Constant("told") if is_told else self.generic_visit(node)


def code_of(cell: Cell) -> str:
    return ast.dump(_Untold().visit(ast.parse(source_of(cell))))


@pytest.mark.parametrize("path", LABS)
def test_a_lab_in_chinese_is_the_same_lab(path: Path) -> None:
    notebook = translate_lab(read_lab(path), "zh")
    told = 0
    for cell, original in zip(notebook["cells"], cells_of(path), strict=True):
        if cell["cell_type"] == "markdown":
            assert cell["source"] != source_of(original)
        else:
            assert code_of(cell) == code_of(original)
            told += cell["source"] != source_of(original)
    assert told >= FEWEST_MISTAKES, "messages of the tests are told in Chinese"
