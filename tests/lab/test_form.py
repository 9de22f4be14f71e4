from threading import Thread

import ipywidgets as widgets
import nbformat
import pytest

from leadline.lab.form import ParameterForm
from tests.lab.saved import write


def walk(box):
    yield box
    for child in getattr(box, "children", ()):
        yield from walk(child)


@pytest.fixture
def form(session):
    return ParameterForm(session)


@pytest.fixture
def press(form):
    """Press a button as JupyterLab does: from a thread that is not the notebook's."""

    def press(words):
        button = next(w for w in walk(form.box) if getattr(w, "description", "") == words)
        pressing = Thread(target=button.click)
        pressing.start()
        pressing.join()
        return form._told.value

    return press


@pytest.fixture
def enter(form):
    def enter(name, value):
        next(w for w in walk(form.box) if getattr(w, "description", "") == name).value = value

    return enter


def test_it_shows_every_parameter_folded_and_rare_ones_folded_again(form):
    labels = [part.description for part in walk(form.box) if getattr(part, "description", "")]
    assert {"size", "as_of", "names", "loud", "language", "label"} <= set(labels)
    assert labels.index("Further parameters") < labels.index("label")
    top, body = form.box.children
    assert body.layout.display == "none"
    top.value = True
    assert body.layout.display is None


def test_apply_sets_all_the_notebooks_values_typed(form, enter, press, session, shell):
    enter("size", 0.5)
    enter("names", ["b", "c"])
    told = press("Apply")
    assert shell.user_ns["size"] == 0.5
    assert shell.user_ns["names"] == ["b", "c"]
    assert shell.user_ns["as_of"].isoformat() == "2026-01-31"
    assert "size = 0.5; names = [&#x27;b&#x27;, &#x27;c&#x27;]; check_parameters(globals())" in told
    assert session.applied_at == 5
    assert "has these values already" in press("Apply")


@pytest.mark.covers("parameters", "door_form")
def test_apply_sets_nothing_where_one_value_does_not_fit(enter, press, shell, session):
    enter("size", 1.5)
    enter("names", ["b"])
    enter("as_of", None)
    told = press("Apply")
    assert "size == 1.5" in told
    assert "as_of is empty" in told
    assert shell.user_ns["size"] == 0.2
    assert shell.user_ns["names"] == ["a"]
    assert session.applied_at == 0


def test_the_next_cell_speaks_the_language_that_was_applied(enter, press, session):
    enter("language", "zh")
    assert "use_language(language)" in press("Apply")
    assert session.language == "zh"


def test_the_command_says_what_differs_from_the_defaults(enter, press):
    enter("size", 0.5)
    told = press("Show command")
    assert "leadline run " in told
    assert "-p size=0.5 --out" in told
    assert "names" not in told


def test_export_publishes_and_links_the_report(form, press, session):
    press("Export report")
    (output,) = form._links.outputs
    (page,) = session.out.glob("*/report.html")
    assert f'href="reports/output/{page.parent.name}/report.html"' in output["data"]["text/html"]


def test_export_says_what_to_do_first(form, press, session):
    write(nbformat.read(session.path, as_version=4), session.path, at=999.0)
    assert "Save it" in press("Export report")
    session.is_running = True
    assert "Cells are running" in press("Export report")
    assert form._links.outputs == ()


def test_run_report_runs_the_saved_notebook_with_what_stands_in_the_form(form, enter, press, session):
    notebook = nbformat.read(session.path, as_version=4)
    notebook.cells[8].source = "assert size == 0.5"
    write(notebook, session.path)
    enter("size", 0.5)
    press("Run report")
    assert form._run_button.description == "Stop the run"
    form._run.wait()
    assert form._run_button.description == "Run report"
    (page,) = session.out.glob("*/report.html")
    assert page.parent.name in form._links.outputs[0]["data"]["text/html"]
    assert "leadline-problem" not in form._told.value


def test_run_report_starts_nothing_where_a_value_does_not_fit(form, enter, press, session):
    enter("size", 1.5)
    assert "size == 1.5" in press("Run report")
    assert form._run is None
    assert not session.out.exists()


@pytest.mark.covers("parameters", "door_form")
def test_what_is_told_is_escaped(form):
    form._hear({"folder": "/x", "status": "failed", "message": "<script>"})
    assert "&lt;script&gt;" in form._told.value
    assert isinstance(form._told, widgets.HTML)
