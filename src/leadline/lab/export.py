"""The report of a notebook as its author saved it, with a record that says that it was made by hand."""

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

from leadline.errors import RunError
from leadline.lab.order import is_export, judge_order
from leadline.lab.session import Session
from leadline.lab.style import STYLE_MIME
from leadline.lab.values import find_changed, to_plain, write_lines
from leadline.language import _, speaking
from leadline.parameters.declared import declared_parameters, read_notebook
from leadline.results import RESULT_MIME
from leadline.run.execute import step_titles
from leadline.run.ledger import RunLedger
from leadline.run.masking import Mask
from leadline.run.record import begin_record, end_record
from leadline.run.request import Request, make_request
from leadline.run.runner import make_run_id, publish
from leadline.run.staging import Staging

_WIDGET_MIME = "application/vnd.jupyter.widget-view+json"


def publish_saved(session: Session, forms: tuple[str, ...] = ()) -> Path:
    """Publish a run folder of the notebook as it was saved, without running anything; return the folder.

    ``forms`` are further ones of the report (`leadline.report.forms.FORMS`). The parameters of its record are
    those that the kernel holds. Files under ``tables/`` are a run's alone.

    Raises
    ------
    RunError
        If the notebook was not saved after its last cell ran, a cell ended in an error, or the folder
        cannot be written.
    ParameterError
        If a parameter that the kernel holds does not fit, or a form cannot be made.
    """
    notebook = nbformat.read(session.path, as_version=4)
    _check_saved(session, notebook)
    _check_errors(notebook)
    request = _make_request(session, forms)
    with speaking(request.language):
        record = _make_record(session, notebook, request)
        Mask.of(request.checked.values()).apply(notebook)
        _keep_report(notebook, request.given)
        return _publish(request, notebook, record)


def _check_saved(session: Session, notebook: NotebookNode) -> None:
    if session.ended_at is None:  # only now does somebody ask: compare what ran with what was saved
        counts = [cell.get("execution_count") or 0 for cell in notebook.cells]
        is_saved = max(session.history, default=0) <= max(counts, default=0)
    else:
        is_saved = session.path.stat().st_mtime >= session.ended_at
    if not is_saved:
        raise RunError(
            _(
                "{name} was not saved after its last cell ran. Save it (Ctrl+S), then export again.",
                name=session.path.name,
            )
        )


def _check_errors(notebook: NotebookNode) -> None:
    for cell, title in zip(notebook.cells, step_titles(notebook), strict=True):
        failed = any(output.output_type == "error" for output in cell.get("outputs", []))
        if failed and not is_export(cell.source) and "raises-exception" not in cell.metadata.get("tags", []):
            raise RunError(
                _(
                    "A cell at the step “{step}” ended in an error. Put it right, run all, save, export.",
                    step=title,
                )
            )


def _make_request(session: Session, forms: tuple[str, ...]) -> Request:
    declared = declared_parameters(read_notebook(session.path), session.path.stem)
    held = {name: to_plain(session.values[name]) for name in declared if name in session.values}
    return make_request(str(session.path), find_changed(declared, held), out=session.out, forms=forms)


def _make_record(session: Session, notebook: NotebookNode, request: Request) -> dict[str, Any]:
    record = begin_record(make_run_id(request.notebook.name), request)
    doubts = judge_order(notebook, session.history, session.applied_at)
    if not any(RESULT_MIME in output.get("data", {}) for output in _outputs(notebook)):
        doubts.append(_("Nothing is recorded: the cell with record(…) was not run."))
    if doubts:
        record["warnings"] += [
            _("Exported by hand from a notebook whose cells did not all run once, in order:"),
            *doubts,
        ]
    record["made"] = (
        _("exported by hand from the saved notebook; its files under tables/ are written by runs only")
        if doubts
        else _(
            "exported by hand from the saved notebook, every cell run once, from top to bottom; its files "
            "under tables/ are written by runs only"
        )
    )
    end_record(record, None)
    return record


def _keep_report(notebook: NotebookNode, given: dict[str, Any]) -> None:
    """Leave out what is no part of a report, and say in the notebook which parameters the form set."""
    notebook.cells = [
        cell for cell in notebook.cells if cell.cell_type != "code" or not is_export(cell.source)
    ]
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if "outputs" in cell:
            cell.outputs = [
                output
                for output in cell.outputs
                if not {_WIDGET_MIME, STYLE_MIME} & output.get("data", {}).keys()
            ]
    for output in _outputs(notebook):
        if RESULT_MIME in output.get("data", {}):
            output.data[RESULT_MIME]["tables"] = []
    if given:
        place = next(
            place
            for place, cell in enumerate(notebook.cells, start=1)
            if "parameters" in cell.metadata.get("tags", [])
        )
        tags = {"tags": ["injected-parameters"]}
        notebook.cells.insert(place, v4.new_code_cell(write_lines(given), metadata=tags, id="injected"))


def _publish(request: Request, notebook: NotebookNode, record: dict[str, Any]) -> Path:
    out = request.out
    staging = Staging.create(out, record["run_id"])
    try:
        folder = publish(staging, notebook, record, request.forms)
    except OSError as error:
        staging.discard()
        reason = error.strerror or str(error)
        raise RunError(
            _("The report could not be written to {out}: {reason}.", out=out, reason=reason)
        ) from None
    except BaseException:
        staging.discard()
        raise
    RunLedger(out).end(record)
    return folder


def _outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]
