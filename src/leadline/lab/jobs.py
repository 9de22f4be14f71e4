"""Notebook jobs of JupyterLab (jupyter-scheduler) that run as leadline runs: checked first, published whole.

``lab/jupyter/jupyter_server_config.json`` names the classes; the server reads it when that folder is in
``JUPYTER_CONFIG_PATH``.
"""

import datetime as dt
import sys
from os import chdir
from pathlib import Path
from typing import Any

from jupyter_scheduler.environments import EnvironmentManager
from jupyter_scheduler.exceptions import SchedulerError
from jupyter_scheduler.executors import DefaultExecutionManager
from jupyter_scheduler.models import CreateJob, CreateJobDefinition, RuntimeEnvironment
from jupyter_scheduler.scheduler import Scheduler
from traitlets import Type

from leadline.durable import replace_file
from leadline.errors import ParameterError, RunError
from leadline.language import _
from leadline.run.request import DEFAULT_OUT, Origin, make_request
from leadline.run.runner import run_notebook, sweep
from leadline.run.schedule.dates import fill_dates

#: Output format → file of the run's folder.
_FILES = {"html": "report.html", "ipynb": "notebook.ipynb"}


class ReportEnvironment(EnvironmentManager):  # type: ignore[misc] # jupyter-scheduler is untyped
    """The one environment of a job, this Python, and the forms in which its report is handed out."""

    def list_environments(self) -> list[RuntimeEnvironment]:
        """Return this Python."""
        environment = RuntimeEnvironment(
            name="leadline",
            label="leadline",
            description=_("Parameters are checked before anything runs; the report is published."),
            file_extensions=["ipynb"],
            output_formats=list(_FILES),
            metadata={"path": sys.executable},
        )
        return [environment]

    def output_formats_mapping(self) -> dict[str, str]:
        """Return what each form is called."""
        return {"html": _("Report"), "ipynb": _("Notebook")}

    def manage_environments_command(self) -> str:
        """Return nothing: there is nothing to manage."""
        return ""


class ReportRun(DefaultExecutionManager):  # type: ignore[misc] # jupyter-scheduler is untyped
    """Runs one job, in a process of its own that the scheduler has started."""

    def execute(self) -> None:
        """Publish the run under ``reports/output`` and hand its files to the job, also when it failed.

        Raises
        ------
        ParameterError
            If a parameter or the notebook is refused; nothing was run.
        RunError
            If the run did not finish; the job shows the message.
        """
        job, staged = self.model, Path(self.staging_paths["input"])
        if job.package_input_folder:  # files beside the notebook were brought along
            chdir(staged.parent)
        out = Path(self.root_dir) / DEFAULT_OUT
        given = _fill(job.parameters, dt.datetime.fromtimestamp(job.create_time / 1000).astimezone())
        request = make_request(str(staged), given, out=out, origin=Origin(job=f"lab:{job.name}"))
        sweep(out)
        outcome = run_notebook(request)
        for form in job.output_formats or []:
            content = (outcome.folder / _FILES[form]).read_bytes()
            replace_file(Path(self.staging_paths[form]), content)
        if failure := outcome.record["failure"]:
            raise RunError(
                _("The step “{step}” failed: {message}", step=failure["step"], message=failure["message"])
                if failure["step"]
                else failure["message"]
            )


class ReportScheduler(Scheduler):  # type: ignore[misc] # jupyter-scheduler is untyped
    """Refuses a job whose parameters do not fit when it is made, not when it runs."""

    execution_manager_class = Type(
        klass="jupyter_scheduler.executors.ExecutionManager",
        default_value="leadline.lab.jobs.ReportRun",
        config=True,
    )

    def create_job(self, model: CreateJob) -> str:
        """Make a job; one of a schedule is checked as it runs, so that its failure is seen among the jobs."""
        if not model.job_definition_id:
            self._check(model)
        return str(super().create_job(model))

    def create_job_definition(self, model: CreateJobDefinition) -> str:
        """Make a schedule."""
        self._check(model)
        return str(super().create_job_definition(model))

    def _check(self, model: CreateJob | CreateJobDefinition) -> None:
        if model.package_input_folder or not self.file_exists(model.input_uri):
            return  # its files are elsewhere when it runs; or the scheduler itself says what is missing
        root = Path(self.root_dir)
        try:
            given = _fill(model.parameters, dt.datetime.now().astimezone())
            make_request(str(root / model.input_uri), given, out=root / DEFAULT_OUT)
        except (ParameterError, ValueError) as error:
            raise SchedulerError(str(error)) from None


def _fill(parameters: dict[str, str] | None, moment: dt.datetime) -> dict[str, Any]:
    """Fill in dates such as ``{{ yesterday }}``: days of this computer's time zone."""
    return {name: fill_dates(value, moment.date()) for name, value in (parameters or {}).items()}
