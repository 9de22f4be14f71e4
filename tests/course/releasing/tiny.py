"""A lab of two exercises, and a course that teaches it to three students."""

import json

from leadline.course.folder import make_course, open_course

SETUP = """from leadline.course import check, open_lab
### BEGIN HIDDEN TESTS
from leadline.course.instructor import Mistake, N_, judge, makes_data

@makes_data(customers=2_000)
def make_data(world):
    people = world.market.truth
    return {"city": __import__("pandas").DataFrame({"holds_account": people.is_holder})}
### END HIDDEN TESTS
lab = open_lab()"""
SHARE = """share_percent = ...
### BEGIN SOLUTION
share_percent = 100 * lab["city"]["holds_account"].mean()
### END SOLUTION"""
SHARE_TEST = """check("share_percent", share_percent)
### BEGIN HIDDEN TESTS
holders = judge.data["city"]["holds_account"]
judge.number("share", share_percent, points=2, unit="percent", truth=100 * holders.mean(), tolerance=0.5,
    mistakes=[Mistake("counted", holders.sum(), N_("You counted, and did not divide."), 0.25)])
### END HIDDEN TESTS"""
BEST = """best = ...
### BEGIN SOLUTION
best = "hold-out"
### END SOLUTION"""
BEST_TEST = """check("best", best, "choice", options=("hold-out", "before"))
### BEGIN HIDDEN TESTS
judge.choice("best", best, points=1, right="hold-out",
    mistakes={"before": Mistake("before_after", 0, N_("Before is no control group of after."), 0)})
### END HIDDEN TESTS"""
TASK = """## For discussion

Why?

### BEGIN MARK SCHEME
Because chance pushes both groups alike.
### END MARK SCHEME"""
GIVEN = {"grade": False, "solution": False, "locked": True, "task": False}
TEST = GIVEN | {"grade": True}
ANSWER = GIVEN | {"solution": True, "locked": False}


def make_cell(kind, ident, source, data=None, **more):
    known = {"schema_version": 3, "cell_type": kind, "grade_id": ident}
    cell = {"cell_type": kind, "id": ident, "source": source, "metadata": {}}
    if data is not None:
        cell["metadata"] = {"nbgrader": known | data}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {}) | more


def make_lab():
    cells = [
        make_cell("markdown", "title", "# Lab: who holds an account?"),
        make_cell("markdown", "reading", "## Reading: a share\n\nDivide."),
        make_cell("code", "setup", SETUP, TEST | {"points": 0}),
        make_cell("code", "given", 'city = lab["city"]', GIVEN),
        make_cell(
            "markdown", "ex-share", "## Exercise 1: the share (2 points)\n\nIn percent, as `share_percent`."
        ),
        make_cell("code", "share", SHARE, ANSWER),
        make_cell("code", "share-test", SHARE_TEST, TEST | {"points": 2}),
        make_cell("markdown", "ex-best", "## Exercise 2: the control (1 point)\n\nAs `best`."),
        make_cell("code", "best", BEST, ANSWER),
        make_cell("code", "best-test", BEST_TEST, TEST | {"points": 1}),
        make_cell("markdown", "talk", TASK, GIVEN | {"task": True, "points": 0}),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def cell_of(notebook, ident):
    return next(cell for cell in notebook["cells"] if cell["id"] == ident)


def save_source(course, notebook, lab="tiny"):
    path = course.place / "source" / lab / f"{lab}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), "utf-8")


def make_class(place, *, language="en", ids=("ann", "bob", "cho"), notebook=None):
    course = make_course(place, name="Fintech marketing", language=language)
    lines = "".join(f"{name},{name.title()}\n" for name in ids)
    (place / "roster.csv").write_text(f"student_id,name\n{lines}", "utf-8")
    save_source(course, notebook or make_lab())
    return open_course(place)
