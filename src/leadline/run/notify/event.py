"""What a notice tells of a run or a batch that ended: no more than may leave the house."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from leadline.errors import ParameterError
from leadline.language import _

MAXIMUM_CARDS = 6


@dataclass(frozen=True, kw_only=True)
class Event:
    """How a scheduled report or batch ended.

    Nothing in it may speak of single customers: ``message`` is the first line of an error of leadline's own,
    or the mere kind of any other (`of_record` sees to it); what a cell printed stays in the report.

    Attributes
    ----------
    name
        Job, or batch.
    status
        As in the run record: ``done``, ``failed``, ``refused``, ``timed_out``, ``killed``, or ``skipped``.
    title, answer
        The report's question, and its answer in one sentence.
    kpis
        The report's cards, as the run record keeps them.
    step, message
        Where and why it failed.
    planned, ended
        With a time zone: the time it was meant for, and the one at which it ended.
    report
        The page, if there is one.
    base_url
        Web address of the folder of reports, if they are served: the notice then links to the page.
    out
        That folder, by default the one that holds the run's.
    run_id
        Of the run, empty for a batch.
    language
        Of the notice, a key of `leadline.language.LANGUAGES`.
    """

    name: str
    status: str
    title: str = ""
    answer: str = ""
    kpis: tuple[Mapping[str, Any], ...] = ()
    step: str = ""
    message: str = ""
    planned: dt.datetime | None = None
    ended: dt.datetime | None = None
    report: Path | None = None
    base_url: str | None = None
    out: Path | None = None
    run_id: str = ""
    language: str = "en"

    @classmethod
    def of_record(
        cls,
        record: Mapping[str, Any],
        *,
        name: str,
        folder: Path,
        planned: dt.datetime | None = None,
        base_url: str | None = None,
    ) -> Self:
        """Tell of the run whose record is ``record`` and whose folder is ``folder``."""
        failure = record["failure"] or {}
        return cls(
            name=name,
            status=record["status"],
            title=record["title"] or "",
            answer=record["answer"] or "",
            kpis=tuple(record["kpis"][:MAXIMUM_CARDS]),
            step=failure.get("step", ""),
            message=_tell_failure(failure),
            planned=planned,
            ended=dt.datetime.fromisoformat(record["ended"]) if record["ended"] else None,
            report=folder / "report.html",
            base_url=base_url,
            run_id=record["run_id"],
            language=record["language"],
        )

    @property
    def succeeded(self) -> bool:
        """Whether there is a finished report."""
        return self.status == "done"

    @property
    def link(self) -> str:
        """Web address of the page; empty where reports are not served."""
        if not self.base_url or self.report is None:
            return ""
        place = self.report.relative_to(self.out or self.report.parent.parent)
        return f"{self.base_url.rstrip('/')}/{quote(place.as_posix())}"


def check_base_url(address: str) -> str:
    """Return the web address under which the folder of reports is served.

    Raises
    ------
    ParameterError
        If it is not an http(s) address.
    """
    is_plain = address.isprintable() and not set(address) & set(" <>|\"'()[]`")
    if not is_plain or not address.startswith(("http://", "https://")):
        raise ParameterError(
            _(
                "base_url == {address!r} must be a web address such as https://reports.example.com/daily.",
                address=address,
            )
        )
    return address


def _tell_failure(failure: Mapping[str, Any]) -> str:
    """Return of a failure what may be sent: an exception's own text may quote a customer's data."""
    message = str(failure.get("message", ""))
    if failure.get("kind") in ("error", "failed"):
        return message.partition(":")[0]
    return message.partition("\n")[0]
