"""Headings of exercises, and the reading that belongs to each."""

import pytest

from leadline.course.labs import LABS, list_labs, read_lab
from leadline.course.pages.outline import find_title, outline
from tests.course.releasing.tiny import cell_of, make_lab


def test_exercises_have_the_heading_before_them():
    told = [(one.exercise.name, one.heading, one.readings) for one in outline(make_lab())]
    assert told == [
        ("share", "Exercise 1: the share (2 points)", ("Reading: a share",)),
        ("best", "Exercise 2: the control (1 point)", ("Reading: a share",)),
    ]
    assert find_title(make_lab()) == "Lab: who holds an account?"


def test_what_has_no_heading_goes_by_its_name():
    notebook = make_lab()
    cell_of(notebook, "ex-share")["source"] = "In percent."
    cell_of(notebook, "reading")["source"] = "Divide."
    first = outline(notebook)[0]
    assert (first.heading, first.readings) == ("share", ())


def test_the_reading_is_the_one_that_speaks_of_the_exercise():
    found = {one.exercise.name: one.readings for one in outline(read_lab(LABS / "lab1_survey.ipynb"))}
    assert found["margin"] == ("Reading 1: a share and its error",)
    assert found["group"] == ("Reading 2: groups are smaller than the sample",)
    assert found["weights"] == ("Reading 3: a panel is not the city",)


@pytest.mark.parametrize("path", list_labs(), ids=lambda path: path.stem)
def test_every_lab_has_a_title_and_a_reading_for_each_exercise(path):
    notebook = read_lab(path)
    assert find_title(notebook)
    assert all(one.readings and one.heading != one.exercise.name for one in outline(notebook))
