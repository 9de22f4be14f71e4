"""Feedback tells a student enough, and nothing that must stay hidden; hostile text is inert."""

import json
import re

import pytest

from leadline.course.labs import read_lab
from leadline.course.pages import feedback
from leadline.course.pages.feedback import write_feedback
from leadline.course.releasing import find_leaks
from leadline.course.secrets import find_secrets
from leadline.errors import DataError, ParameterError
from tests.course.pages.graded import grade_class, grade_student
from tests.course.releasing.tiny import BEST, make_cell, make_class

HOSTILE = (
    "</code></pre><script>alert(1)</script><img src=x onerror=alert(2)>\n\x1b[31mred\x1b[0m\ud800 {{ 7*7 }}\n"
)


@pytest.fixture
def course(tmp_path):
    return make_class(tmp_path / "course")


def read(course, student="ann"):
    return course.find_feedback(student, "tiny").read_text("utf-8")


def text_of(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html.split("<body", 1)[1]).split())


def test_the_page_tells_what_was_earned_and_why(course):
    more = {"errors": {"share": "NameError: name 'x' is not defined"}, "repairs": ("A cell was put back.",)}
    grade = grade_student("ann", "mistake", ended="The time limit was reached.", **more)
    grade_class(course, [grade, grade_student("bob", "missing", status="not handed in")])
    assert write_feedback(course, "tiny") == [course.find_feedback(name, "tiny") for name in ("ann", "bob")]
    told = text_of(read(course))
    for wanted in (
        "You earned 1.5 of 3 points (50.0%). 1 exercise is right.",
        "0.5 of 2 points · a misconception You counted, and did not divide. That is about 30 points off.",
        "It may help to read again: Reading: a share",
        "Exercise 1: the share (2 points): this cell stopped with an error. NameError: name &#39;x&#39;",
        "A cell was put back.",
        "The time limit was reached.",
        "1 of 1 point · right",
    ):
        assert wanted in told, wanted
    assert "Nothing was handed in: 2.0" not in told
    assert "Nothing was handed in" in text_of(read(course, "bob"))
    assert "bob" not in told.casefold()


def test_no_page_holds_truth_tests_or_solution(course):
    grade_class(
        course, [grade_student("ann", "wrong", answers={"share": "share_percent = 3", "best": "best = 1"})]
    )
    write_feedback(course, "tiny")
    own = "share_percent = 3\nBefore is no control group of after.\nYou counted, and did not divide."
    notebook = read_lab(course.find_source("tiny"))
    assert find_leaks(course.find_feedback("ann", "tiny"), notebook, find_secrets(course), own=own) == []


def test_who_found_the_solution_sees_it_and_who_did_not_never_does(course, monkeypatch):
    solution = BEST.split("\n")[2]
    grade_class(course, [grade_student("ann", answers={"best": f"best = ...\n{solution}"})])
    write_feedback(course, "tiny")
    assert "hold-out" in read(course)
    grade_class(course, [grade_student("ann"), grade_student("bob")])
    before = read(course)
    monkeypatch.setattr(
        feedback, "find_title", lambda _notebook: f"Lab: {solution}"
    )  # a page that would leak
    with pytest.raises(DataError, match="no feedback was written"):
        write_feedback(course, "tiny")
    assert read(course) == before
    assert not course.find_feedback("bob", "tiny").exists()


def test_hostile_text_is_inert_and_long_text_is_cut(course):
    answers = {"share": HOSTILE + "x" * 1_000_000, "best": "judge.number ### BEGIN SOLUTION seed"}
    hostile = {"answers": answers, "errors": {HOSTILE: HOSTILE}, "repairs": (HOSTILE,), "ended": HOSTILE}
    grade_class(course, [grade_student("ann", "mistake", **hostile)])
    write_feedback(course, "tiny")
    page = read(course)
    assert "<script" not in page
    assert "<img" not in page
    assert "\x1b" not in page
    assert "{{ 7*7 }}" in page
    assert len(page) < 200_000


def test_code_is_read_from_what_was_handed_in_where_grades_have_none(course):
    grade_class(course, [grade_student("ann"), grade_student("bob"), grade_student("cho")])
    cell = make_cell("code", "share", "share_percent = my_own_name", {"solution": True})
    path = course.find_submission("ann", "tiny")
    path.parent.mkdir(parents=True)
    path.write_text("\ufeff" + json.dumps({"cells": [cell, "junk", {"metadata": 3}]}), "utf-8")
    broken = course.find_submission("bob", "tiny")
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"\xff\x00[" * 1000)
    write_feedback(course, "tiny")
    assert "my_own_name" in text_of(read(course))
    assert "What you wrote" not in read(course, "bob")


def test_a_chinese_course_is_told_in_chinese(tmp_path):
    course = make_class(tmp_path / "zh", language="zh")
    grade_class(course, [grade_student("ann")])
    write_feedback(course, "tiny")
    assert '<html lang="zh-Hans' in read(course)
    assert "@font-face" in read(course)


def test_before_grading_there_is_no_feedback(course):
    with pytest.raises(ParameterError, match="leadline course grade tiny"):
        write_feedback(course, "tiny")
