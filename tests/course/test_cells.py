"""Cells in nbgrader's format: their parts, regions and exercises."""

import ast

import pytest

from leadline.course.cells import (
    STUB,
    clear_region,
    find_exercises,
    find_names,
    find_regions,
    grade_id,
    read_region,
    role,
    source_of,
)
from tests.course.releasing.tiny import cell_of, make_lab

INDENTED = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\nf()"


def test_roles_follow_the_marks():
    lab = make_lab()
    names = ("title", "setup", "given", "share", "share-test", "talk")
    assert [role(cell_of(lab, name)) for name in names] == ["text", "test", "text", "answer", "test", "task"]


@pytest.mark.parametrize("metadata", [None, 3, {"nbgrader": None}, {"nbgrader": {"grade_id": 3}}])
def test_nonsense_is_text_without_a_name(metadata):
    cell = {"metadata": metadata, "source": ["a\n", 3]}
    assert (role(cell), grade_id(cell), source_of(cell)) == ("text", "", "a\n3")


def test_a_region_is_replaced_where_it_stood():
    stub = "\n".join("    " + line for line in STUB.split("\n"))
    assert clear_region(INDENTED, "SOLUTION", STUB) == f"def f():\n{stub}\nf()"
    assert clear_region(INDENTED, "SOLUTION") == "def f():\nf()"
    assert read_region(INDENTED, "SOLUTION") == "    return 1"
    assert find_regions(INDENTED, "HIDDEN TESTS") == []


def test_each_of_several_regions_goes():
    text = "a\n### BEGIN SOLUTION\nb\n### END SOLUTION\nc\n### BEGIN SOLUTION\nd\n### END SOLUTION"
    assert clear_region(text, "SOLUTION") == "a\nc"
    assert read_region(text, "SOLUTION") == "b\nd"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("### BEGIN SOLUTION", "line 1: BEGIN SOLUTION without END"),
        ("a\n### END SOLUTION", "line 2: END SOLUTION without BEGIN"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION", "line 2: BEGIN SOLUTION inside another"),
    ],
)
def test_open_regions_are_refused(text, told):
    with pytest.raises(ValueError, match=told):
        find_regions(text, "SOLUTION")


def test_exercises_pair_answers_with_tests():
    found = find_exercises(make_lab()["cells"])
    assert [vars(one) for one in found] == [
        {"name": "share", "test_id": "share-test", "points": 2, "answers": ("share_percent",)},
        {"name": "best", "test_id": "best-test", "points": 1, "answers": ("best",)},
    ]


def test_what_a_test_sets_itself_is_no_answer():
    cells = make_lab()["cells"]
    answer, test = (cell_of({"cells": cells}, name) for name in ("share", "share-test"))
    answer["source"] = source_of(answer) + "\npeople = 1"
    test["source"] = "people = 2\n" + source_of(test) + "\npeople"
    assert find_exercises(cells)[0].answers == ("share_percent",)


def test_names_are_told_by_their_use():
    assert find_names("a = b\nfor c in d: pass", ast.Store) == {"a", "c"}
    assert find_names("a = b\nfor c in d: pass", ast.Load) == {"b", "d"}
