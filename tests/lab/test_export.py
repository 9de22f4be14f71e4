import json
import os

import nbformat
import pytest
from nbformat import v4

from leadline.errors import ParameterError, RunError
from leadline.lab.export import publish_saved
from leadline.lab.session import open_session
from leadline.results import RESULT_MIME
from leadline.run.ledger import RunLedger
from tests.lab.saved import PAYLOAD, SOURCES, save, write


@pytest.fixture
def saved(session):
    """The saved notebook, and a way to save it again, changed."""
    notebook = nbformat.read(session.path, as_version=4)
    return notebook, lambda at=1_001.0: write(notebook, session.path, at=at)


def read_record(folder):
    return json.loads((folder / "record.json").read_text("utf-8"))


def test_a_notebook_that_ran_in_order_gives_a_report_that_says_so(session):
    folder = publish_saved(session)
    record = read_record(folder)
    assert record["status"] == "done"
    assert record["made"].startswith("exported by hand from the saved notebook, every cell run once")
    assert record["answer"] == "A fifth of them."
    assert record["results"] == {"share": 0.2}
    assert record["warnings"] == ["Few of them."]
    assert record["parameters"]["size"] == 0.2
    page = (folder / "report.html").read_text("utf-8")
    assert "A fifth of them." in page
    assert "exported by hand" in page
    (row,) = RunLedger(session.out).runs()
    assert (row["run_id"], row["status"], row["answer"]) == (folder.name, "done", "A fifth of them.")
    assert not list(session.out.glob(".*")), "nothing half-written is left"


def test_it_says_in_which_order_cells_ran(session, saved):
    notebook, save_again = saved
    notebook.cells[6].source = "shown = size * 3"
    notebook.cells.append(v4.new_code_cell("1 + 1"))
    save_again()
    record = read_record(publish_saved(session))
    assert "did not all run once" in record["warnings"][0]
    assert "1 cell was not run" in record["warnings"][1]
    assert "changed after it ran" in record["warnings"][2]
    assert "every cell run once" not in record["made"]


def test_the_record_holds_the_parameters_that_the_kernel_holds(session, shell):
    shell.user_ns["size"] = 0.3
    session.applied_at = 5
    folder = publish_saved(session)
    record = read_record(folder)
    assert record["parameters"]["size"] == 0.3
    assert any("before the parameters were changed" in warning for warning in record["warnings"])
    published = nbformat.read(folder / "notebook.ipynb", as_version=4)
    assert published.cells[3].source == "size = 0.3"
    assert published.cells[3].metadata.tags == ["injected-parameters"]


def test_a_value_that_does_not_fit_is_refused(session, shell):
    shell.user_ns["size"] = 3
    with pytest.raises(ParameterError, match="size == 3, must be a share"):
        publish_saved(session)


def test_what_was_not_saved_after_its_last_cell_is_refused(session, saved):
    _notebook, save_again = saved
    save_again(at=999.0)
    with pytest.raises(RunError, match=r"shares.ipynb was not saved .* Save it"):
        publish_saved(session)
    assert not session.out.exists()


def test_a_session_that_begins_with_the_export_compares_what_ran_with_the_file(shell, working_folder):
    path = save(working_folder)
    for source in (*SOURCES, "more = 1"):
        shell.run_cell(source, store_history=True)
    with pytest.raises(RunError, match="not saved"):
        publish_saved(open_session(path))
    save(working_folder, "more = 1")
    assert read_record(publish_saved(open_session(path)))["answer"] == "A fifth of them."


def test_a_cell_that_ended_in_an_error_is_refused_with_its_step(session, saved):
    notebook, save_again = saved
    notebook.cells[6].outputs = [v4.new_output("error", ename="ValueError", evalue="x", traceback=[])]
    save_again()
    with pytest.raises(RunError, match="step “Step 3”"):
        publish_saved(session)
    notebook.cells[6].metadata["tags"] = ["raises-exception"]
    save_again()
    assert publish_saved(session)


def test_the_form_and_the_exporting_cell_are_no_part_of_the_report(session, saved):
    notebook, save_again = saved
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "VBox(…)"}
    notebook.cells[6].outputs = [v4.new_output("display_data", view)]
    failed = v4.new_output("error", ename="RunError", evalue="Save it", traceback=[])
    notebook.cells.append(v4.new_code_cell("export_report()", outputs=[failed]))
    save_again()
    page = (publish_saved(session) / "report.html").read_text("utf-8")
    assert "VBox" not in page
    assert "export_report" not in page
    assert "cannot be shown" not in page


def test_nothing_recorded_is_said(session, saved):
    notebook, save_again = saved
    notebook.cells[8].outputs = []
    save_again()
    assert any(
        "Nothing is recorded" in warning for warning in read_record(publish_saved(session))["warnings"]
    )


@pytest.mark.covers("parameters", "secret_in_lab")
def test_secrets_are_masked(session, shell, saved, monkeypatch):
    monkeypatch.setenv("CRM_KEY", "open-sesame")
    notebook, save_again = saved
    notebook.cells[2].source += "\nfrom leadline.parameters import Secret\nkey: Secret = 'env:CRM_KEY'  # key"
    notebook.cells[6].outputs = [v4.new_output("stream", text="key open-sesame")]
    notebook.cells[8].outputs[0].data[RESULT_MIME] = PAYLOAD | {"results": {"note": "open-sesame"}}
    save_again()
    folder = publish_saved(session)
    for path in folder.rglob("*.*"):
        assert "open-sesame" not in path.read_text("utf-8"), path


def test_the_report_speaks_the_notebooks_language(session, shell):
    shell.user_ns["language"] = "zh"
    folder = publish_saved(session)
    assert 'lang="zh-Hans"' in (folder / "report.html").read_text("utf-8")


def test_further_forms_are_written_and_unknown_ones_refused(session):
    folder = publish_saved(session, ("email",))
    assert (folder / "email.html").is_file()
    with pytest.raises(ParameterError, match="docx"):
        publish_saved(session, ("docx",))


def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_left(session, monkeypatch):
    session.out.mkdir(parents=True)

    def full(_source: object, _place: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("pathlib.Path.rename", full)
    with pytest.raises(RunError, match="No space left"):
        publish_saved(session)
    assert not list(session.out.glob("*"))
    assert not list(session.out.glob(".*"))
