"""A release: all students or none, the same bytes again, nothing changed silently."""

import json
import shutil
from zipfile import ZipFile

import pytest

from leadline.course.folder import open_course
from leadline.course.releasing import find_leaks, release_lab
from leadline.course.secrets import find_secrets
from leadline.errors import DataError, ParameterError, RunError
from tests.course.releasing.tiny import cell_of, make_class, make_lab, save_source


@pytest.fixture
def course(tmp_path):
    return make_class(tmp_path / "course")


def read_all(place):
    return {p.relative_to(place).as_posix(): p.read_bytes() for p in place.rglob("*") if p.is_file()}


def change_text(notebook):
    cell_of(notebook, "reading")["source"] += " By all who were asked."
    return notebook


def test_each_student_gets_folder_and_archive_of_one_content(course):
    released = release_lab(course, "tiny")
    assert released.added == ("ann", "bob", "cho")
    files = read_all(released.place)
    each = ["tiny-{}.zip", "{}/tiny.ipynb", "{}/data/city.parquet", "{}/data/lab.json"]
    assert files.keys() == {form.format(name) for form in each for name in released.added}
    with ZipFile(released.place / "tiny-bob.zip") as archive:
        told = {name.removeprefix("tiny/"): archive.read(name) for name in archive.namelist()}
    assert told == read_all(released.place / "bob")
    assert files["ann/data/city.parquet"] != files["bob/data/city.parquet"]
    assert files["ann/tiny.ipynb"] == files["bob/tiny.ipynb"]
    assert find_leaks(released.place, make_lab(), find_secrets(course)) == []


def test_again_the_same_and_a_new_student_only_added(course):
    place = release_lab(course, "tiny").place
    before = read_all(place)
    shutil.rmtree(place)
    assert read_all(release_lab(course, "tiny").place) == before
    with (course.place / "roster.csv").open("a") as roster:
        roster.write("dee,Dee\n")
    released = release_lab(open_course(course.place), "tiny")
    assert (released.added, released.unchanged) == (("dee",), ("ann", "bob", "cho"))
    assert before.items() <= read_all(place).items()


def test_what_students_have_is_changed_only_on_demand(course):
    place = release_lab(course, "tiny").place
    before = read_all(place)
    save_source(course, change_text(make_lab()))
    with pytest.raises(DataError, match="--again"):
        release_lab(course, "tiny")
    assert read_all(place) == before
    assert release_lab(course, "tiny", again=True).changed == ("ann", "bob", "cho")
    assert b"By all who were asked." in read_all(place)["ann/tiny.ipynb"]


def test_a_folder_that_was_worked_in_is_kept(course):
    place = release_lab(course, "tiny").place
    (place / "ann" / "tiny.ipynb").write_text("my work")
    (place / "bob" / ".ipynb_checkpoints").mkdir()
    (place / "bob" / ".ipynb_checkpoints" / "tiny-checkpoint.ipynb").write_text("a copy")
    (place / "tiny.ipynb").write_text("nbgrader's")
    save_source(course, change_text(make_lab()))
    assert release_lab(course, "tiny", again=True).kept == ("ann",)
    assert (place / "ann" / "tiny.ipynb").read_text() == "my work"
    assert "By all who were asked." in (place / "bob" / "tiny.ipynb").read_text()
    assert (place / "tiny.ipynb").read_text() == "nbgrader's"
    assert [path.name for path in place.parent.iterdir()] == ["tiny"]


def test_a_leak_stops_the_release_of_all(course):
    notebook = make_lab()
    setup = cell_of(notebook, "setup")
    setup["source"] = setup["source"].replace(
        '{"holds_account": people.is_holder}', '{"note": [str(world.seed)], "true_share": [0.5]}'
    )
    save_source(course, notebook)
    with pytest.raises(DataError) as caught:
        release_lab(course, "tiny")
    told = "\n".join(caught.value.problems)
    assert "city.parquet: a seed, or the secret of the course" in told
    assert "a column or key called true_share" in told
    assert list((course.place / "release").iterdir()) == []


def test_a_power_cut_between_the_renames_loses_nothing(course):
    place = release_lab(course, "tiny").place
    before = read_all(place)
    place.rename(place.with_name(".tiny.before"))
    assert release_lab(course, "tiny").unchanged == ("ann", "bob", "cho")
    assert read_all(place) == before


def test_what_cannot_be_released_says_why(course, tmp_path):
    with pytest.raises(ParameterError, match="no lab 'other'"):
        release_lab(course, "other")
    (course.place / "release").write_text("a file")
    with pytest.raises(RunError, match="Nothing was released"):
        release_lab(course, "tiny")
    with pytest.raises(ParameterError, match=r"roster\.csv"):
        release_lab(make_class(tmp_path / "empty", ids=()), "tiny")


def test_the_note_names_no_seed_but_the_course_s_language(tmp_path):
    place = release_lab(make_class(tmp_path / "zh", language="zh"), "tiny").place
    note = json.loads((place / "cho" / "data" / "lab.json").read_text())
    assert note.keys() == {"lab", "student", "language", "tables"}
    assert note["language"] == "zh"
