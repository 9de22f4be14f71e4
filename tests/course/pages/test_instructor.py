"""The instructor's page: counts add up, nobody is left out, small classes are told so."""

import re

import pytest

from leadline.course.folder import open_course
from leadline.course.pages.instructor import write_instructor_page
from tests.course.pages.graded import draw_class, grade_class, grade_student
from tests.course.releasing.tiny import make_class

IDS = [f"s{number:02}" for number in range(40)]


def read(course):
    html = write_instructor_page(course).read_text("utf-8")
    return html, " ".join(re.sub(r"<[^>]*>", " ", html.split("<body", 1)[1]).split())


@pytest.fixture
def course(tmp_path):
    return make_class(tmp_path / "course", ids=IDS)


def test_everybody_is_counted_once(course):
    graded = list(draw_class(IDS[:30]))
    absent = [
        grade_student(name, "missing", status="not handed in") for name in IDS[30:38]
    ]  # two have no grade
    grade_class(course, [*graded, *absent], unprotected=("No <network> namespace.",))
    html, told = read(course)
    bands = re.findall(r'<tr><th scope="row">([^<]*)</th><td class="number">(\d+)</td>', html)
    assert sum(int(count) for _name, count in bands) == 30
    full = sum(grade.score == 3 for grade in graded)
    assert bands[0] == ("90% to 100%", str(full))
    assert "30 of 40 handed in." in told
    assert "10 students have not handed in" in told
    assert all(f"<li>{name} " in html for name in IDS[30:])
    assert "Not for students" in told
    assert "No &lt;network&gt; namespace." in html
    counted = sum(grade.judgements[0].mistake == "counted" for grade in graded)
    row = f'<td class="number">{counted}</td><td class="number">{counted / 30:.1%}</td>'
    assert f'{row}<td class="wide">You counted, and did not divide.</td>' in html
    assert "fewer than" not in told


def test_median_is_that_of_those_who_handed_in(course):
    kinds = ["right", "right", "mistake", "wrong"]  # 3, 3, 1.5 and 1 point
    grade_class(course, [grade_student(name, kind) for name, kind in zip(IDS, kinds, strict=False)])
    assert "Half of them earned at least 2.25 of 3 points." in read(course)[1]


def test_a_small_class_is_told_so(course):
    grade_class(course, list(draw_class(IDS[:19])))
    html, told = read(course)
    assert "With fewer than 20 students no exercise is called too easy" in told
    assert "too easy</td>" not in html


def test_a_change_since_the_last_grading_is_shown(course):
    before = [grade_student("s00", "wrong"), grade_student("s01"), grade_student("s02")]
    after = [
        grade_student("s00"),
        grade_student("s01", "mistake"),
        grade_student("s02"),
        grade_student("s03"),
    ]
    grade_class(course, before, day=19, suffix=".previous.json")
    grade_class(course, after)
    html, told = read(course)
    assert "Change since the grading of Nov 19, 2026" in told
    assert "1 up, 1 down, 1 unchanged." in told
    assert '<td>s00</td><td class="number">1</td><td class="number">3</td>' in html


def test_a_course_without_grades_says_what_to_do(course):
    assert "No lab was graded yet. Run: leadline course grade LAB" in read(course)[1]
    grade_class(course, [])
    assert "Nobody handed in." in read(open_course(course.place))[1]
