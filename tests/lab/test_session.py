from pathlib import Path

import pytest

from leadline.errors import ParameterError
from leadline.lab.session import find_out, open_session
from leadline.language import current_language, use_language
from leadline.paths import NOTEBOOKS, PROJECT
from tests.lab.saved import SOURCES, save


def test_a_kernel_has_one_session(session):
    assert open_session() is session
    assert session.path.name == "shares.ipynb"


def test_it_knows_what_ran_and_when(session, shell):
    assert session.ended_at == 1_000.0
    assert session.history == dict(enumerate(SOURCES, start=1))
    assert session.next_count == 5
    session.clock = lambda: 2_000.0
    shell.user_ns["export_report"] = lambda: None
    shell.run_cell("export_report()", store_history=True)
    assert session.ended_at == 1_000.0, "an export changes nothing of the report"
    assert 5 not in session.history
    shell.user_ns["seen"] = lambda: session.is_running
    shell.run_cell("was_running = seen()", store_history=True)
    assert shell.user_ns["was_running"]
    assert not session.is_running
    assert session.ended_at == 2_000.0


def test_the_next_cell_speaks_the_language_that_was_set(session, shell):
    session.language = "zh"
    try:
        shell.run_cell("1", store_history=True)
        assert current_language() == "zh"
        assert session.language is None
    finally:
        use_language("en")


def test_a_notebook_is_told_by_vs_code_or_by_hand(shell, working_folder, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    with pytest.raises(ParameterError, match="not told its own file"):
        open_session()
    path = save(working_folder)
    shell.user_ns["__vsc_ipynb_file__"] = str(path)
    assert open_session().path == path
    assert open_session("shares.ipynb").path == path
    monkeypatch.setenv("JPY_SESSION_NAME", str(working_folder / "renamed.ipynb"))
    with pytest.raises(ParameterError, match="renamed"):
        open_session()


def test_reports_go_to_the_project_or_beside_the_notebook(tmp_path):
    assert find_out(NOTEBOOKS / "0_start" / "tour.ipynb") == PROJECT / "reports" / "output"
    assert find_out(tmp_path / "deep" / "a.ipynb") == tmp_path / "deep" / "reports" / "output"
    assert find_out(Path("/a.ipynb")).is_absolute()
