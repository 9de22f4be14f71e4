"""What a job runs for a planned time, once: a notebook or a batch."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from leadline.errors import ParameterError
from leadline.language import _, plural
from leadline.parameters.check import describe_type
from leadline.parameters.declared import declared_parameters, read_notebook
from leadline.parameters.places import allow_folders
from leadline.run.batch.plan import BatchPlan, read_plan
from leadline.run.batch.rows import PlannedReport, check_rows
from leadline.run.freshness import Freshness
from leadline.run.notebooks import find_notebook
from leadline.run.request import Origin, Request, make_request
from leadline.run.schedule.dates import has_dates
from leadline.run.schedule.job import Job


@dataclass(frozen=True, kw_only=True)
class Worked:
    """How an attempt ended: its ``page``, if there is one, and the run's ``record``, if it was a run."""

    status: str
    message: str = ""
    page: Path | None = None
    record: Mapping[str, Any] | None = None


def work_off(job: Job, planned: dt.datetime, attempt: int, *, today: dt.date, warm: Path | None) -> Worked:
    """Run a job for a planned time.

    Raises
    ------
    ParameterError, DataError
        If it cannot run as it is; nothing was started.
    RunError
        If the result cannot be written.
    """
    if job.batch is not None:
        return _run_batch(job, planned, attempt, today)
    from leadline.run.runner import run_notebook  # noqa: PLC0415 (heavy, and only who runs needs it)

    outcome = run_notebook(_request(job, planned, attempt), warm=warm)
    record = outcome.record
    return Worked(
        status=record["status"], message=_tell(record), page=outcome.folder / "report.html", record=record
    )


def _tell(record: Mapping[str, Any]) -> str:
    """Say why a run failed, or that the data of one that was done are older than the job allows."""
    if record["failure"]:
        return str(record["failure"]["message"])
    asked = Freshness.of_record(record)
    return asked.find_problem(record["sources"]) if asked else ""


def check_work(job: Job, planned: dt.datetime) -> None:
    """Check a job against its notebook or plan for a planned time.

    A file whose name holds a date need not be there yet.

    Raises
    ------
    ParameterError, DataError
        With all problems.
    """
    if job.batch is not None:
        _check_batch(job, planned)
    else:
        _request(job, planned, 1, ahead=True)


def _request(job: Job, planned: dt.datetime, attempt: int, *, ahead: bool = False) -> Request:
    assert job.notebook is not None  # noqa: S101 (for the type checker)
    allow_folders(job.allow)
    notebook = find_notebook(job.notebook)
    declared = declared_parameters(read_notebook(notebook.path), notebook.name)
    given = job.fill_parameters(planned)
    if "language" in declared and "language" not in given:
        given["language"] = job.language
    if ahead:
        files = [
            name
            for name in declared
            if describe_type(declared[name].annotation)[0].name in ("File", "Dataset")
        ]
        given = {
            name: value
            for name, value in given.items()
            if not (name in files and has_dates(job.parameters.get(name)))
        }
    return make_request(
        str(notebook.path),
        given,
        out=job.out,
        allow=job.allow,
        limit_seconds=job.time_limit_seconds,
        origin=Origin(job=job.name, attempt=attempt),
        freshness=job.freshness_on(planned),
    )


def _check_batch(job: Job, planned: dt.datetime) -> tuple[BatchPlan, list[PlannedReport]]:
    assert job.batch is not None  # noqa: S101 (for the type checker)
    if job.freshness or job.keep.last or job.keep.days:
        raise ParameterError(_("freshness and keep are for the job of a notebook; leave them out here."))
    plan = read_plan(job.batch)
    plan = replace(plan, parameters=plan.parameters | job.fill_parameters(planned))
    language = job.language if "language" in job.document else None
    limit_seconds = job.time_limit_seconds if "time_limit_seconds" in job.document else None
    return plan, check_rows(
        plan, out=job.out, allow=job.allow, language=language, limit_seconds=limit_seconds
    )


def _run_batch(job: Job, planned: dt.datetime, attempt: int, today: dt.date) -> Worked:
    from leadline.run.batch.batch import run_batch  # noqa: PLC0415 (heavy)
    from leadline.run.batch.compare import write_comparison  # noqa: PLC0415
    from leadline.run.batch.crew import default_workers  # noqa: PLC0415
    from leadline.run.batch.ledger import FINISHED  # noqa: PLC0415

    plan, reports = _check_batch(job, planned)
    outcome = run_batch(
        plan,
        reports,
        out=job.out,
        workers=default_workers(len(reports)),
        retries=plan.retries,
        listener=_Silent(),
        today=today,
        resume=attempt > 1,
    )
    page = write_comparison(plan, reports, out=job.out, now=dt.datetime.now().astimezone())
    failed = [state for state in outcome.states if state.status not in FINISHED]
    if not failed and not outcome.stopped_by:
        return Worked(status="done", page=page)
    message = plural(
        "{count} report of {total} failed, first: {first}.",
        "{count} reports of {total} failed, first: {first}.",
        len(failed),
        total=len(outcome.states),
        first=failed[0].name if failed else "",
    )
    return Worked(status="killed" if outcome.stopped_by else "failed", message=message, page=page)


class _Silent:
    """Nobody looks on."""

    def begin(self, total: int, unchanged: int) -> None:
        """Do nothing."""

    def settled(self, state: Any) -> None:
        """Do nothing."""
