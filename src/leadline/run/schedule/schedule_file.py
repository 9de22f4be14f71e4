"""The schedule: a YAML file of jobs, all problems of all jobs at once."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.errors import ParameterError, ProblemsError
from leadline.language import _, use_language
from leadline.plain_yaml import read_yaml
from leadline.run.schedule.job import Job
from leadline.run.schedule.reading import KEYS, read_job
from leadline.run.schedule.work import check_work

DEFAULT_SCHEDULE = Path("reports/schedule.yml")
#: What no two jobs share has no default.
_OWN = ("name", "notebook", "batch", "cron")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The jobs of a schedule file, in its order."""

    path: Path
    jobs: tuple[Job, ...]

    def find(self, name: str) -> Job:
        """Return the job of a name.

        Raises
        ------
        ParameterError
            If there is none.
        """
        for job in self.jobs:
            if job.name == name:
                return job
        raise ParameterError(
            _("{path} has no job {name!r}. It has: {names}.",
              path=self.path, name=name, names=", ".join(job.name for job in self.jobs))
        )  # fmt: skip


def read_schedule(path: Path, now: dt.datetime | None = None) -> Schedule:
    """Read a schedule; with ``now``, check every job also against its notebook, for its next planned time.

    Who runs a job reads the form alone: what one job lacks must stop no other, and is told at its run.

    Raises
    ------
    DataError
        If the file cannot be read.
    ParameterError
        With all problems of all jobs.
    """
    document = read_yaml(path)
    headline = _("{path} is no schedule that can be run", path=path)
    if not isinstance(document, dict) or not isinstance(document.get("jobs"), list) or not document["jobs"]:
        raise ParameterError.of(headline, _("it must hold jobs: and below it a list, each job with a dash."))
    defaults, problems = _read_defaults(document)
    jobs = []
    for number, entry in enumerate(document["jobs"], start=1):
        try:
            merged = defaults | entry if isinstance(entry, dict) else entry
            job = read_job(merged, _("job {name}", name=number))
            jobs.append(job)
            if now:
                check_work(job, next(job.timetable.after(now)))
        except ProblemsError as error:
            label = entry.get("name") if isinstance(entry, dict) else None
            found = error.problems or (error.headline,)
            problems += [
                _("job {name}: {problem}", name=label or number, problem=problem) for problem in found
            ]
    names = [job.name.lower() for job in jobs]
    problems += [
        _("job {name}: there are two jobs of this name.", name=name)
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if problems:
        raise ParameterError(headline, problems)
    return Schedule(path=path, jobs=tuple(jobs))


def _read_defaults(document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return what holds for jobs that do not say otherwise; messages speak its language from here on."""
    defaults = document.get("defaults") or {}
    problems = [
        _("{key!r} is not known here; there are {keys}.", key=key, keys="defaults, jobs")
        for key in document
        if key not in ("defaults", "jobs")
    ]
    if not isinstance(defaults, dict):
        return {}, [*problems, _("{key} must hold one 'name: value' a line.", key="defaults")]
    allowed = [key for key in KEYS if key not in _OWN]
    problems += [
        _("defaults: {key!r} is not known here; there are {keys}.", key=key, keys=", ".join(allowed))
        for key in defaults
        if key not in allowed
    ]
    if defaults.get("language") == "zh":
        use_language("zh")
    return {key: value for key, value in defaults.items() if key in allowed}, problems
