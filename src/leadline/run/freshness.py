"""Whether a report's data are as recent as was asked: said on the report, or the report is refused."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from leadline.datasets import cache_folder
from leadline.language import _, format_value
from leadline.paths import PROJECT

Action = Literal["warn", "refuse"]


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """The newest date in the data may lie at most ``max_age_days`` before ``day``.

    Where no source holds dates, the day on which its file was written counts. Data whose day nobody
    can tell are taken as too old.
    """

    max_age_days: float
    action: Action
    day: dt.date

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Self | None:
        """Return what a run was asked for, from its record."""
        asked = record.get("freshness")
        return cls(**asked | {"day": dt.date.fromisoformat(asked["day"])}) if asked else None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"max_age_days": self.max_age_days, "action": self.action, "day": self.day.isoformat()}

    def find_problem(self, sources: Iterable[Mapping[str, Any]], today: dt.date | None = None) -> str:
        """Say how the data of ``sources`` (of a run record) are too old; empty where they are not.

        A date still to come tells no age. ``day`` alone does not bound dates: a report made up for later
        reads what was entered since; the later of it and ``today`` (by default the machine's) does.
        """
        sources = list(sources)
        latest = max(self.day, today or dt.datetime.now().astimezone().date())
        dates = [dt.date.fromisoformat(source["last_date"]) for source in sources if source["last_date"]]
        newest = max((date for date in dates if date <= latest), default=None) or max(
            filter(None, map(_written_on, sources)), default=None
        )
        allowed = format_value(self.max_age_days, "number")
        if newest is None:
            return _(
                "How old the data are is not known: they hold no date. At most {allowed} days are allowed.",
                allowed=allowed,
            )
        age = (self.day - newest).days
        if age <= self.max_age_days:
            return ""
        return _(
            "The newest data are of {newest}, {age} days before {day}; at most {allowed} are allowed.",
            newest=format_value(newest),
            age=format_value(age, "count"),
            day=format_value(self.day),
            allowed=allowed,
        )


def _written_on(source: Mapping[str, Any]) -> dt.date | None:
    """Day on which a source's file was last written, by the clock on the wall here."""
    path = Path(source["path"])
    places = [Path.cwd() / path, PROJECT / path]
    if path.parts[:1] == ("cache",):  # as leadline.datasets.name_place writes what was fetched
        places.append(cache_folder().joinpath(*path.parts[1:]))
    for place in places:
        try:
            written = place.stat().st_mtime
        except (OSError, ValueError):
            continue
        return dt.datetime.fromtimestamp(written).astimezone().date()
    return None
