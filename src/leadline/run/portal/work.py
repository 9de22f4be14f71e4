"""Scheduled jobs and batches, as the portal tells them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from leadline.language import _, format_value
from leadline.language.times import write_time
from leadline.run.portal.gather import Found
from leadline.run.portal.texts import STATUSES, name_status

_MOST_JOBS = 100
_MOST_EVENTS = 200
_MOST_BATCHES = 200
_LONGEST = 300
_GOOD = frozenset({"done", "running", "unchanged", "waiting"})


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many ended in one way."""

    status: str
    name: str
    count: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """A scheduled job: its last planned time, and how its planned times ended."""

    name: str
    planned: str
    status: str
    told: str
    counts: tuple[Count, ...]


@dataclass(frozen=True, kw_only=True)
class Event:
    """A planned time of a job that did not end as planned; ``run`` has the report that tells why."""

    job: str
    planned: str
    status: str
    told: str
    message: str
    run: str


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A batch: when, of which notebook, and how its reports ended; ``page`` compares them, if it stands."""

    id: str
    name: str
    notebook: str
    rows: int
    started: str
    counts: tuple[Count, ...]
    page: str


def tell_jobs(found: Found) -> tuple[Job, ...]:
    """Tell each job, that of the newest planned time first."""
    by_job: dict[str, list[dict[str, Any]]] = {}
    for row in found.job_runs:
        by_job.setdefault(row["job"], []).append(row)
    return tuple(
        Job(
            name=name,
            planned=_write_time(rows[0]["planned"]),
            status=_class(rows[0]["status"]),
            told=name_status(rows[0]["status"]),
            counts=_count(row["status"] for row in rows),
        )
        for name, rows in list(by_job.items())[:_MOST_JOBS]
    )


def tell_events(found: Found) -> tuple[tuple[Event, ...], str]:
    """Tell what was missed, skipped or failed, the newest first; and how many more there are, if any."""
    rows = [row for row in found.job_runs if row["status"] not in _GOOD]
    reports = {run.row["run_id"] for run in found.runs if run.place == ""}
    events = tuple(
        Event(
            job=row["job"],
            planned=_write_time(row["planned"]),
            status=_class(row["status"]),
            told=name_status(row["status"]),
            message=(row["message"] or "")[:_LONGEST],
            run=row["run_id"] if row["run_id"] in reports else "",
        )
        for row in rows[:_MOST_EVENTS]
    )
    shown, total = (format_value(count, "count") for count in (len(events), len(rows)))
    more = _("The newest {count} of {total} are shown.", count=shown, total=total)
    return events, more if len(rows) > len(events) else ""


def tell_batches(found: Found) -> tuple[Batch, ...]:
    """Tell each batch, the newest first."""
    return tuple(_tell_batch(row, found) for row in found.batches[:_MOST_BATCHES])


def _tell_batch(row: dict[str, Any], found: Found) -> Batch:
    page = f"batch_{row['name']}.html"
    return Batch(
        id=row["batch_id"],
        name=f"{row['name']} ({row['shard']})" if row["shard"] else row["name"],
        notebook=row["notebook"],
        rows=row["rows"],
        started=_write_time(row["started"]),
        counts=_list_counts(found.batch_rows[row["batch_id"]]),
        page=page if page in found.pages else "",
    )


def tell_unread(names: Sequence[str]) -> str:
    """Say which folders could not be entered; empty where all could."""
    shown = ", ".join(names[:10])
    if not names:
        return ""
    if len(names) > 10:  # noqa: PLR2004 (as many as one line holds)
        return _("{count} folders hold no readable record: {names} …", count=len(names), names=shown)
    return _("These folders hold no readable record: {names}", names=shown)


def _count(statuses: Iterable[str]) -> tuple[Count, ...]:
    return _list_counts(Counter(statuses))


def _list_counts(counts: Counter[str]) -> tuple[Count, ...]:
    return tuple(
        Count(status=_class(status), name=name_status(status), count=format_value(count, "count"))
        for status, count in counts.most_common()
    )


def _class(status: str) -> str:
    return status if status in STATUSES else "other"


def _write_time(time: str) -> str:
    try:
        return write_time(time)
    except ValueError:
        return time
