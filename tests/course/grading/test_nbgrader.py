"""nbgrader itself releases and grades the same notebook in the course folder."""

import json
import os
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from leadline.course.cells import grade_id, source_of
from tests.course.grading.class_of import RIGHT
from tests.course.releasing.tiny import make_class

#: One answer is a known mistake, the other is left blank.
PLANTED = {"share": 'share_percent = lab["city"]["holds_account"].sum()'}


@pytest.fixture(scope="module")
def nbgrader(tmp_path_factory):
    """The course after nbgrader's own generate_assignment and autograde."""
    course = make_class(tmp_path_factory.mktemp("nbgrader") / "course")
    settings = Config()
    settings.CourseDirectory.root = str(course.place)
    settings.CourseDirectory.db_url = f"sqlite:///{course.place}/gradebook.db"
    settings.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.place)
        patch.setenv("LEADLINE_COURSE", str(course.place))
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")  # its alembic
        api = NbGraderAPI(config=settings)
        made = api.generate_assignment("tiny")
        assert made["success"], made["log"]
        released = json.loads((course.place / "release/tiny/tiny.ipynb").read_text("utf-8"))
        for student_id, changed in (("ann", RIGHT), ("bob", PLANTED)):
            handed_in = json.loads(json.dumps(released))
            for cell in handed_in["cells"]:
                cell["source"] = changed.get(grade_id(cell), cell["source"])
            path = course.find_submission(student_id, "tiny")
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(handed_in), "utf-8")
            found = api.autograde("tiny", student_id)
            assert found["success"], found["log"]
    return course, released


def test_its_release_hides_solutions_and_tests(nbgrader):
    text = "\n".join(map(source_of, nbgrader[1]["cells"]))
    assert text.count("YOUR CODE HERE") == 2
    for hidden in ("judge.", "makes_data", 'best = "hold-out"', ".mean()", "BEGIN", "chance pushes"):
        assert hidden not in text


def test_its_autograde_gives_the_points_that_ours_gives(nbgrader):
    course, _ = nbgrader
    with Gradebook(f"sqlite:///{course.place}/gradebook.db") as book:
        scores = {name: book.find_submission("tiny", name).score for name in ("ann", "bob")}
    assert scores == {"ann": 3, "bob": 0.5}
