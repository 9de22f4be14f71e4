"""A course folder: made with a secret of its own, and refused with all its faults at once."""

import stat

import pytest

from leadline.course.folder import make_course, open_course
from leadline.errors import DataError, ParameterError


@pytest.fixture
def place(tmp_path):
    make_course(tmp_path / "course", name='The "first"\n course', language="zh")
    return tmp_path / "course"


def test_a_new_course_can_be_opened(place):
    course = open_course(place)
    assert (course.name, course.language, course.students) == ('The "first" course', "zh", ())
    assert stat.S_IMODE((place / "course.key").stat().st_mode) == 0o600
    assert course.limits.seconds == 120


def test_two_courses_have_two_secrets(place, tmp_path):
    other = make_course(tmp_path / "other", name="", language="en")
    assert other.read_secret().secret != open_course(place).read_secret().secret


def test_nothing_is_made_over_something(place):
    with pytest.raises(ParameterError, match="2 problems"):
        make_course(place, name="x", language="fr")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_roster_is_read_as_spreadsheets_write_it(place, encoding):
    (place / "roster.csv").write_bytes("name,student_id\n李雷, s1 \n,\n韩梅梅,s2\n".encode(encoding))
    students = open_course(place).students
    assert [(one.student_id, one.name) for one in students] == [("s1", "李雷"), ("s2", "韩梅梅")]


def test_faults_are_told_at_once(place):
    (place / "roster.csv").write_text("student_id\n../x\nA\na\nb.\n", "utf-8")
    (place / "course.yml").write_text("language: fr\nlimits:\n  seconds: 0\n  hours: 1\n", "utf-8")
    with pytest.raises(DataError) as caught:
        open_course(place)
    told = str(caught.value)
    assert len(caught.value.problems) == 5
    for part in ("'fr'", "seconds is '0'", "hours is unknown", "2 student ids", "twice there: A, a"):
        assert part in told


def test_a_roster_without_ids_or_none_is_refused(place):
    (place / "roster.csv").write_text("name\nx\n", "utf-8")
    with pytest.raises(DataError, match="no column student_id"):
        open_course(place)
    (place / "roster.csv").unlink()
    with pytest.raises(DataError, match="cannot be read"):
        open_course(place)
    (place / "course.yml").unlink()
    with pytest.raises(DataError, match="leadline course new"):
        open_course(place)


def test_what_is_not_there_is_named(place):
    course = open_course(place)
    with pytest.raises(DataError, match="'zoe' is not in"):
        course.find_student("zoe")
    for lab in ("lab9", "../lab9", ""):
        with pytest.raises(ParameterError, match="There is no lab"):
            course.find_source(lab)


def test_an_open_key_is_refused(place):
    (place / "course.key").chmod(0o644)
    with pytest.raises(DataError, match="may be read or changed by others"):
        open_course(place).read_secret()
