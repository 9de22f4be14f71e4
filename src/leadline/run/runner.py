"""From a checked request to a published run folder."""

import datetime as dt
import json
import re
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, v4

from leadline.errors import RunError
from leadline.language import _, speaking
from leadline.report.forms import FORMS, Report
from leadline.report.page import render_page
from leadline.run.entering import enter_published, find_published
from leadline.run.execute import Failure, execute
from leadline.run.forms import write_forms
from leadline.run.kernels import Brake, start_kernel, stopping_at
from leadline.run.ledger import LEDGER_FILE, RunLedger
from leadline.run.masking import Mask
from leadline.run.record import begin_record, collect_results, end_record, judge_freshness, usage
from leadline.run.request import Request
from leadline.run.staging import Staging
from leadline.run.warm.provisioner import outside_usage

#: What the progress bar hears: cells done, title of the step that begins.
Progress = Callable[[int, str], None]


STATE_FILE = "state.json"


@dataclass(frozen=True, kw_only=True)
class RunOutcome:
    """A published run: its folder and its record."""

    folder: Path
    record: dict[str, Any]

    @property
    def exit_code(self) -> int:
        """0: done; 1: the run failed; 2: the data or a parameter was refused by a cell."""
        return {"done": 0, "refused": 2}.get(self.record["status"], 1)


def run_notebook(
    request: Request, progress: Progress = lambda *_: None, *, warm: Path | None = None
) -> RunOutcome:
    """Run a notebook and publish ``OUT/<run_id>/``, whether it was done or failed.

    Parameters
    ----------
    request
        What to run.
    progress
        Hears how far the run is.
    warm
        Socket of a server of warm kernels (`leadline.run.warm`); without it, or where it does not answer, a
        kernel is started cold.

    Raises
    ------
    RunError
        If the folder cannot be written. Earlier reports are untouched and nothing half-written is left.
    """
    with speaking(request.language):
        return _run(request, progress, warm)


def _run(request: Request, progress: Progress, warm: Path | None) -> RunOutcome:
    notebook = v4.reads(request.notebook.path.read_text("utf-8-sig"))
    run_id = make_run_id(request.notebook.name)
    staging = Staging.create(request.out, run_id)
    record = begin_record(run_id, request)
    ledger = RunLedger(request.out)
    brake = Brake(run_id)
    with stopping_at(brake, request.limit_seconds):
        try:
            diary = _Diary(staging, record, Mask.of(request.checked.values()), progress)
            diary.save(notebook)
            diary.cell_started(0, "")
            ledger.begin(record)
            _execute(request, notebook, diary, brake, warm)
            folder = publish(staging, notebook, record, request.forms)
        except OSError as error:
            folder = _publish_without_outputs(staging, notebook, record, error)
        except BaseException as error:
            staging.discard()
            message = f"{type(error).__name__}: {error}"
            end_record(record, Failure(kind="engine", step="", cell=0, message=message))
            with suppress(RunError):
                ledger.end(record)
            raise
    ledger.end(record)
    return RunOutcome(folder=folder, record=record)


def make_run_id(notebook: str) -> str:
    """Return a new name for a run's folder: when, what, and a few letters of chance."""
    moment = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    name = re.sub(r"[^\w-]", "_", notebook)[:60]
    return f"{moment}-{name}-{secrets.token_hex(3)}"


def publish(
    staging: Staging, notebook: NotebookNode, record: dict[str, Any], forms: Sequence[str] = ()
) -> Path:
    """Write notebook, record, page and the other ``forms`` (of a run that was done), and publish it all."""
    try:
        collect_results(record, notebook, staging.tables)
        judge_freshness(record, notebook)
    except ValueError as error:
        record["tables"] = []
        failure = Failure(kind="error", step="", cell=len(notebook.cells) - 1, message=f"{error}")
        end_record(record, failure)
    staging.keep_tables({table["name"] for table in record["tables"]})
    staging.write("notebook.ipynb", _to_json(notebook))
    page = _render(notebook, record)
    staging.write("report.html", page.encode("utf-8", "replace"))
    staging.remove(FORMS.values())  # a killed run may have left one
    report = Report(notebook=notebook, record=record, page=page, tables=staging.tables)
    wanted = forms if record["status"] == "done" else ()
    record["forms"], record["forms_failed"] = write_forms(report, wanted, staging.write)
    staging.remove(FORMS[form] for form in record["forms_failed"])
    staging.write("record.json", _to_json(record))  # last: where it stands, all is there
    return staging.publish()


def _render(notebook: NotebookNode, record: dict[str, Any]) -> str:
    try:
        return render_page(notebook, record)
    except Exception as error:  # noqa: BLE001 (whatever a cell showed, the run's page must say what happened)
        message = _(
            "The page could not be made from the notebook's outputs ({name}: {error}).",
            name=type(error).__name__,
            error=error,
        )
        end_record(record, Failure(kind="page", step="", cell=len(notebook.cells) - 1, message=message))
        return render_page(v4.new_notebook(), record)


def sweep(out: Path) -> list[Path]:
    """Complete and publish what runs left behind that were killed; return the folders."""
    folders = []
    for staging in Staging.abandoned(out):
        try:
            if folder := _complete(staging):
                folders.append(folder)
        except OSError:  # no room now: the next command tries again
            staging.unlock()
    _settle_ledger(out)
    return folders


def _complete(staging: Staging) -> Path | None:
    """Publish what a killed run left; nothing, where it was killed before its first save."""
    if (staging.folder / "record.json").exists():
        return staging.publish()
    try:
        state = json.loads((staging.work / STATE_FILE).read_bytes())
        notebook = v4.reads((staging.folder / "notebook.ipynb").read_text("utf-8"))
    except (OSError, ValueError):
        staging.discard()
        return None
    with speaking(state["record"]["language"]):
        message = _("The program that ran this report was killed; what it had kept is shown below.")
        failure = Failure(kind="killed", step=state["step"], cell=state["cell"], message=message)
        end_record(state["record"], failure)
        return publish(staging, notebook, state["record"])


def _settle_ledger(out: Path) -> None:
    """Enter how published runs ended that were killed before they entered that, or even their begin."""
    rows = RunLedger(out).runs() if (out / LEDGER_FILE).exists() else []
    ended = {row["run_id"] for row in rows if row["status"] != "running"}
    enter_published(out, find_published(out, {path.name for path in out.glob("[!.]*")} - ended))


class _Diary:
    """Keeps a run's state on disk, so that a killed run can be told later."""

    def __init__(self, staging: Staging, record: dict[str, Any], mask: Mask, progress: Progress) -> None:
        self.staging = staging
        self.record = record
        self.mask = mask
        self._progress = progress

    def cell_started(self, index: int, title: str) -> None:
        state = {"cell": index, "step": title, "record": self.record}
        self.staging.write(f"{self.staging.work.name}/{STATE_FILE}", _to_json(state))
        self._progress(index, title)

    def save(self, notebook: NotebookNode) -> None:
        self.staging.write("notebook.ipynb", _to_json(self.mask.apply(notebook)))


def _execute(
    request: Request, notebook: NotebookNode, diary: _Diary, brake: Brake, warm: Path | None
) -> None:
    record, mask, work = diary.record, diary.mask, diary.staging.work
    began, cpu_before = time.monotonic(), usage()[0]
    with start_kernel(record["run_id"], work, brake, diary.staging.tables, warm=warm) as manager:
        failure = execute(notebook, request.given, manager, diary)
    record["seconds"] = round(time.monotonic() - began, 3)
    (cpu_seconds, peak), (forked_cpu_seconds, forked_peak) = usage(), outside_usage(manager)
    record["cpu_seconds"] = round(cpu_seconds - cpu_before + forked_cpu_seconds, 3)
    record["peak_memory_mb"] = forked_peak or peak
    if failure and brake.reason:
        failure = _stopped(failure, brake.reason, request.limit_seconds)
    if failure:
        failure = replace(failure, message=mask.apply(failure.message))
    mask.apply(notebook)
    end_record(record, failure, mask.apply((work / "kernel.log").read_text("utf-8", "replace")))


def _stopped(failure: Failure, reason: str, limit_seconds: float) -> Failure:
    message = {
        "timed_out": _(
            "This step was still running at the time limit of {seconds} s.", seconds=f"{limit_seconds:,.0f}"
        ),
        "killed": _("The run was told to stop while this step was running."),
    }[reason]
    return replace(failure, kind=reason, message=message)


def _publish_without_outputs(
    staging: Staging, notebook: NotebookNode, record: dict[str, Any], error: OSError
) -> Path:
    """Publish a page that says what went wrong; where even that has no room, leave nothing."""
    reason = error.strerror or str(error)
    for cell in notebook.cells:
        if "outputs" in cell:
            cell.outputs = []
    message = _("The report could not be written: {reason}.", reason=reason)
    end_record(record, Failure(kind="disk", step="", cell=0, message=message))
    record["tables"], record["kpis"], record["answer"] = [], [], None
    try:
        staging.clear()
        return publish(staging, notebook, record)
    except OSError:
        staging.discard()
        with suppress(RunError):
            RunLedger(staging.out).end(record)
        raise RunError(
            _("{text} Earlier reports in {out} are untouched.", text=message, out=staging.out)
        ) from None


def _to_json(document: Any) -> bytes:
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode("utf-8", "replace")
