"""Item analysis against what is known by hand, and against simulated classes."""

import numpy as np
import pytest

from leadline.course.grades import StudentGrade
from leadline.course.judgement import Judgement
from leadline.course.pages.items import FEWEST_STUDENTS, analyse_items, correlate, count_misconceptions
from tests.course.pages.graded import draw_class, grade_student


def grade_row(number, row):
    judgements = tuple(
        Judgement(exercise=f"q{place}", points=2, credit=credit, kind="right", text="")
        for place, credit in enumerate(row)
    )
    score = sum(judgement.score for judgement in judgements)
    return StudentGrade(
        student_id=f"s{number}", status="graded", score=score, points=2.0 * len(row), judgements=judgements
    )


def grade_rows(earned):
    return [grade_row(number, row) for number, row in enumerate(earned)]


def test_discrimination_is_the_correlation_with_the_rest_alone():
    rng = np.random.default_rng(3)
    earned = rng.integers(0, 2, (40, 4)).astype(
        float
    )  # nothing in common: with itself in the total it would be 0.5
    items = analyse_items(grade_rows(earned))
    wanted = [np.corrcoef(earned[:, j], np.delete(earned, j, 1).sum(1))[0, 1] for j in range(4)]
    assert [item.discrimination.value for item in items] == pytest.approx(wanted)
    assert [item.difficulty for item in items] == pytest.approx(list(earned.mean(axis=0)))
    for item in items:
        z, half = np.arctanh(item.discrimination.value), 1.959964 / np.sqrt(37)
        interval = np.tanh([z - half, z + half])
        assert list(item.discrimination[1:]) == pytest.approx(list(interval), abs=1e-5)


def test_easy_hard_and_flat_are_flagged_and_sound_items_are_not():
    rng = np.random.default_rng(8)
    able = rng.normal(size=400)
    sound = [(able + rng.normal(size=400) * 0.7 > cut).astype(float) for cut in (-0.5, 0, 0.5)]
    easy, hard = np.ones(400), np.zeros(400)
    easy[0], hard[np.argmax(able)] = 0, 1
    flat = (rng.random(400) < 0.5).astype(float)
    flags = [item.flags for item in analyse_items(grade_rows(np.column_stack([*sound, easy, hard, flat])))]
    assert flags[:3] == [(), (), ()]
    assert "easy" in flags[3]
    assert "hard" in flags[4]
    assert flags[5] == ("flat",)


def test_a_small_class_judges_no_exercise():
    few = grade_rows(np.ones((FEWEST_STUDENTS - 1, 2)))
    assert all(item.flags == () and item.discrimination is None for item in analyse_items(few))
    enough = grade_rows(np.ones((FEWEST_STUDENTS, 2)))
    assert all(item.flags == ("easy",) and item.discrimination is None for item in analyse_items(enough))
    assert analyse_items([]) == []


def test_what_never_differs_has_no_correlation():
    assert correlate(np.ones(30), np.arange(30.0)) is None


def test_misconceptions_are_counted_the_most_frequent_first():
    grades = [grade_student("a", "mistake", is_right=False), grade_student("b", "right", is_right=False)]
    found = [(one.exercise, one.name, one.count) for one in count_misconceptions(grades)]
    assert found == [("best", "before_after", 2), ("share", "counted", 1)]
    assert count_misconceptions(list(draw_class([]))) == []
