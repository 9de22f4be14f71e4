"""One planned time of a job, from taking it to telling how it ended. The same path for every caller."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from leadline.errors import DataError, LeadlineError, ParameterError, RunError
from leadline.language import _, plural, speaking
from leadline.run.notify import Event, notify
from leadline.run.portal import build_portal
from leadline.run.portal.texts import name_status
from leadline.run.schedule.clock import Clock
from leadline.run.schedule.job import Job
from leadline.run.schedule.job_runs import JobRuns
from leadline.run.schedule.log import Log, write_planned
from leadline.run.schedule.retention import remove_old_runs
from leadline.run.schedule.work import Worked, work_off

#: Ends after which another attempt would end the same way, or was not wanted.
_FINAL = frozenset({"done", "refused", "killed"})


@dataclass(frozen=True, kw_only=True)
class Performed:
    """How a planned time of a job ended; ``report`` is its page, if there is one."""

    status: str
    message: str
    report: Path | None = None

    @property
    def exit_code(self) -> int:
        """0: done; 1: failed; 2: data or parameters were refused."""
        return {"done": 0, "refused": 2}.get(self.status, 1)


def perform(
    job: Job, planned: dt.datetime, clock: Clock, log: Log, *, again: bool = False, warm: Path | None = None
) -> Performed:
    """Run a job for a planned time, unless that was done; enter, tell and tidy up after it.

    Parameters
    ----------
    again
        Whether to run also what was entered as failed, missed or skipped.
    warm
        Socket of a server of warm kernels.

    Raises
    ------
    RunError
        If another process runs the job now, or its ledger cannot be used.
    """
    from leadline.run.runner import sweep  # noqa: PLC0415 (heavy, and only who runs needs it)

    task = _Task(job, planned, clock, log)
    with speaking(job.language), task.runs.hold(job.name) as held:
        if not held:
            raise RunError(_("Job {job} is being run by another process; nothing was done.", job=job.name))
        with suppress(LeadlineError):
            sweep(job.out)
        if row := task.runs.begin(job, planned, clock.now(), again=again):
            message = row["message"] or _("{time} was run before.", time=task.time)
            report = job.out / row["run_id"] / "report.html" if row["run_id"] else None
            return Performed(status=row["status"], message=message, report=report)
        return task.finish(task.attempt_all(warm))


def settle_lost(job: Job, planned: dt.datetime, clock: Clock, log: Log) -> None:
    """Tell of a run that was killed and has no attempt left."""
    with speaking(job.language):
        message = _("The program that ran it was killed.")
        log(clock.now(), job.name, message)
        _Task(job, planned, clock, log).tell(Worked(status="killed", message=message))


class _Task:
    """A planned time that this process holds."""

    def __init__(self, job: Job, planned: dt.datetime, clock: Clock, log: Log) -> None:
        self.runs = JobRuns(job.out)
        self.time = write_planned(planned, job.timetable.zone)
        self._job = job
        self._planned = planned
        self._clock = clock
        self._log = log

    def attempt_all(self, warm: Path | None) -> Worked:
        job = self._job
        while True:
            attempt = self.runs.attempt(job.name, self._planned)
            self._say(_("runs for {time} (attempt {attempt})", time=self.time, attempt=attempt))
            worked = self._attempt(attempt, warm)
            if worked.status in _FINAL or attempt > job.retries or self._clock.stopped:
                return worked
            self._say(f"{name_status(worked.status)}: {worked.message}")
            self._say(_("is tried again in {minutes:g} minutes", minutes=job.retry_pause_minutes))
            self._clock.pause(60 * job.retry_pause_minutes)

    def finish(self, worked: Worked) -> Performed:
        """Enter the end first: nothing that fails after it can undo the run."""
        self._enter(worked, worked.message)
        told = [name_status(worked.status), worked.message, str(worked.page or "")]
        self._say(": ".join(filter(None, told)))
        problems = self.tell(worked)
        message = "\n".join(filter(None, [worked.message, *problems]))
        if problems:
            self._enter(worked, message)
        self._guard(self._tidy)
        self._guard(lambda: build_portal(self._job.out, language=self._job.language))
        return Performed(status=worked.status, message=message, report=worked.page)

    def tell(self, worked: Worked) -> list[str]:
        """Send the notices; return what went wrong with them."""
        moment = self._planned.astimezone(self._job.timetable.zone)
        event = Event(
            name=self._job.name,
            status=worked.status,
            message=worked.message.partition("\n")[0],
            planned=moment,
            ended=self._clock.now(),
            report=worked.page,
            base_url=self._job.base_url,
            out=self._job.out,
            language=self._job.language,
        )
        if worked.record and worked.page:
            event = Event.of_record(
                worked.record,
                name=self._job.name,
                folder=worked.page.parent,
                planned=moment,
                base_url=self._job.base_url,
            )
        problems = [_("Notice: {problem}", problem=problem) for problem in notify(self._job.notify, event)]
        for problem in problems:
            self._say(problem)
        return problems

    def _attempt(self, attempt: int, warm: Path | None) -> Worked:
        today = self._job.day_of(self._clock.now())
        try:
            return work_off(self._job, self._planned, attempt, today=today, warm=warm)
        except (ParameterError, DataError) as error:
            return Worked(status="refused", message=str(error))
        except LeadlineError as error:
            return Worked(status="failed", message=str(error))
        except Exception as error:  # noqa: BLE001 (whatever happened, the end must be entered and told)
            return Worked(status="failed", message=f"{type(error).__name__}: {error}")

    def _enter(self, worked: Worked, message: str) -> None:
        run_id = worked.record["run_id"] if worked.record else None
        self.runs.end(
            self._job.name,
            self._planned,
            self._clock.now(),
            status=worked.status,
            run_id=run_id,
            message=message,
        )

    def _tidy(self) -> None:
        job = self._job
        if removed := remove_old_runs(job.out, job.name, job.keep, self._clock.now()):
            self._say(plural("removed {count} old report", "removed {count} old reports", len(removed)))

    def _guard(self, act: Callable[[], object]) -> None:
        """Do what a finished run must not fail for; say what went wrong."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 (see above)
            self._say(f"{type(error).__name__}: {error}")

    def _say(self, text: str) -> None:
        self._log(self._clock.now(), self._job.name, text)
