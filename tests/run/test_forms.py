"""Other forms of a report: written with the run or afterwards, and never at the page's cost."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import nbformat
import pytest

from leadline.errors import ParameterError, RunError
from leadline.report.page import render_page
from leadline.run.forms import export_forms
from leadline.run.request import make_request
from leadline.run.runner import run_notebook
from tests.report.sample import make_notebook, make_record


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a run that was done."""
    return publish(tmp_path / "run")


def publish(folder: Path, **changes: object) -> Path:
    record = make_record(tables=[], **changes)
    folder.mkdir()
    nbformat.write(make_notebook(), folder / "notebook.ipynb")
    (folder / "report.html").write_text(render_page(make_notebook(), record), "utf-8")
    (folder / "record.json").write_text(json.dumps(record), "utf-8")
    return folder


@pytest.fixture
def no_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Chromium that ends without a print."""
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho no display >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("LEADLINE_CHROMIUM", str(program))


@pytest.mark.usefixtures("no_print")
def test_a_run_has_the_forms_asked_for_and_stands_without_one_that_failed(write: Callable[..., Path]) -> None:
    request = make_request(str(write("1 + 1")), {}, out=Path("out"), forms=("email", "pdf", "xlsx"))
    outcome = run_notebook(request)
    assert outcome.exit_code == 0
    assert sorted(path.name for path in outcome.folder.iterdir()) == [
        *("email.html", "notebook.ipynb", "record.json", "report.html", "tables.xlsx"),
    ]
    record = json.loads((outcome.folder / "record.json").read_bytes())
    assert [(entry["form"], entry["name"]) for entry in record["forms"]] == [
        ("xlsx", "tables.xlsx"),
        ("email", "email.html"),
    ]
    for entry in record["forms"]:
        assert entry["sha256"] == sha256((outcome.folder / entry["name"]).read_bytes()).hexdigest()
    assert record["forms_failed"] == {"pdf": "Chromium did not print the page: no display"}


def test_a_run_that_failed_has_none(write: Callable[..., Path]) -> None:
    outcome = run_notebook(make_request(str(write("1 / 0")), {}, out=Path("out"), forms=("email",)))
    assert outcome.record["status"] == "failed"
    assert outcome.record["forms"] == []
    assert not (outcome.folder / "email.html").exists()


def test_a_form_that_cannot_be_made_here_is_refused_before_the_run(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("1 + 1")
    monkeypatch.setenv("LEADLINE_CHROMIUM", "/no/chromium")
    with pytest.raises(ParameterError) as refused:
        make_request(str(path), {}, out=Path("out"), forms=("pdf", "docx"))
    assert [problem.partition(" ")[0] for problem in refused.value.problems] == ["'docx'", "pdf:"]


def test_a_report_that_stands_gets_further_forms(folder: Path) -> None:
    before = (folder / "report.html").read_bytes()
    export_forms(folder, ["email"])
    record = export_forms(folder, ["xlsx", "xlsx"])
    assert [entry["form"] for entry in record["forms"]] == ["xlsx", "email"]
    assert json.loads((folder / "record.json").read_bytes()) == record
    assert record["answer"] == make_record()["answer"]
    assert (folder / "report.html").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == [
        *("email.html", "notebook.ipynb", "record.json", "report.html", "tables.xlsx"),
    ]


@pytest.mark.usefixtures("no_print")
def test_an_export_that_fails_says_so_and_keeps_what_was_there(folder: Path) -> None:
    (folder / "report.pdf").write_bytes(b"earlier")
    with pytest.raises(RunError, match=r"report\.pdf could not be made: Chromium did not print"):
        export_forms(folder, ["pdf", "email"])
    assert (folder / "report.pdf").read_bytes() == b"earlier"
    assert (folder / "email.html").exists()
    record = json.loads((folder / "record.json").read_bytes())
    assert [entry["form"] for entry in record["forms"]] == ["email"]
    assert list(record["forms_failed"]) == ["pdf"]


def test_only_the_folder_of_a_finished_report_is_exported(tmp_path: Path) -> None:
    failure = {"kind": "error", "step": "", "cell": 1, "message": "x", "log": ""}
    failed = publish(tmp_path / "failed", status="failed", failure=failure)
    with pytest.raises(ParameterError, match=r"is not finished \(failed\)"):
        export_forms(failed, ["email"])
    with pytest.raises(ParameterError, match="is no folder of a report"):
        export_forms(tmp_path, ["email"])
    with pytest.raises(ParameterError, match="--pdf, --xlsx, --pptx, --email"):
        export_forms(failed, [])
    assert not (failed / "email.html").exists()
