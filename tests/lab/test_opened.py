import subprocess
import sys

import pytest
from IPython.utils.capture import capture_output

from leadline.lab import export_report, parameter_form
from leadline.lab.style import STYLE_MIME
from leadline.run.recording import TABLES_VARIABLE


def test_in_a_run_nothing_is_shown_and_no_widgets_are_loaded(tmp_path):
    code = (
        "import sys; from leadline.lab import export_report, parameter_form\n"
        "parameter_form(); export_report()\n"
        "print([name for name in ('ipywidgets', 'papermill', 'leadline.lab.form') if name in sys.modules])"
    )
    environment = {TABLES_VARIABLE: str(tmp_path), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.fixture
def by_hand(session, monkeypatch):
    monkeypatch.delenv(TABLES_VARIABLE, raising=False)
    return session


def test_by_hand_a_form_is_shown_and_brings_the_style(by_hand):
    with capture_output() as shown:
        parameter_form()
    style, form = shown.outputs
    assert style.data["text/html"].startswith("<style>")
    assert STYLE_MIME in style.data
    assert "application/vnd.jupyter.widget-view+json" in form.data


def test_by_hand_the_report_is_exported_and_linked(by_hand):
    with capture_output() as shown:
        export_report()
    (page,) = by_hand.out.glob("*/report.html")
    assert f"reports/output/{page.parent.name}/report.html" in shown.outputs[0].data["text/html"]


def test_a_notebook_whose_file_is_not_known_runs_on_and_says_so(shell, monkeypatch):
    monkeypatch.delenv(TABLES_VARIABLE, raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    with capture_output() as shown:
        parameter_form()
    assert "not told its own file" in shown.outputs[0].data["text/html"]
