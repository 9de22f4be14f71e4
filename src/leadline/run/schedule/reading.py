"""Reads a job from its mapping: closed keys, typed values, all problems at once."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leadline.errors import ParameterError
from leadline.language import LANGUAGES, _
from leadline.language.formats import format_exactly
from leadline.run.freshness import Action
from leadline.run.notify import read_targets
from leadline.run.notify.event import check_base_url
from leadline.run.request import DEFAULT_LIMIT_SECONDS, DEFAULT_OUT
from leadline.run.schedule.dates import fill_dates
from leadline.run.schedule.job import Job, Keep, Missed
from leadline.run.schedule.times import Timetable

Value = TypeVar("Value")

_NAME = re.compile(r"[^\W_][\w-]{0,59}")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
KEYS = (
    *("name", "notebook", "batch", "cron", "time_zone", "parameters", "out", "allow", "language"),
    *("time_limit_seconds", "retries", "retry_pause_minutes", "freshness", "missed", "grace_hours", "keep"),
    *("notify", "base_url"),
)
_HIGHEST_RETRIES = 10


def read_job(document: Any, where: str) -> Job:
    """Read a job.

    Parameters
    ----------
    document
        As `leadline.plain_yaml.read_yaml` returns it, the schedule's defaults merged in.
    where
        What holds it, for messages: ``job 2``.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    if not isinstance(document, dict):
        raise ParameterError.of(where, _("it must be a mapping, one 'key: value' a line."))
    reader = _Reader(document)
    reader.refuse_unknown(document, KEYS)
    job = reader.read_job()
    name = document.get("name")
    label = _("job {name}", name=name) if isinstance(name, str) else where
    try:
        targets = tuple(read_targets(document.get("notify"), label))
    except ParameterError as error:
        targets = ()
        reader.problems += error.problems
    if job is None or reader.problems:
        raise ParameterError(_("{job} cannot be used as written", job=label), reader.problems)
    return Job(**job, notify=targets, document=document)


class _Reader:
    """Reads the values of a mapping; what is wrong is kept in ``problems``."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.problems: list[str] = []
        self._document = document

    def refuse_unknown(self, mapping: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in (key for key in mapping if key not in known):
            near = get_close_matches(key, known, n=1)
            self.problems.append(
                _("{key!r} is not known here. Did you mean {near!r}?", key=key, near=near[0])
                if near
                else _("{key!r} is not known here; there are {keys}.", key=key, keys=", ".join(known))
            )

    def read_job(self) -> dict[str, Any] | None:
        job = {
            "name": self._text("name", self._check_name, ""),
            "timetable": self._timetable(),
            "parameters": self._parameters(),
            "out": self._text("out", Path, DEFAULT_OUT),
            "allow": tuple(Path(folder) for folder in self._list("allow")),
            "language": self._choice("language", tuple(LANGUAGES), "en"),
            "time_limit_seconds": self._number("time_limit_seconds", DEFAULT_LIMIT_SECONDS, lowest=1),
            "retries": int(self._number("retries", 1, highest=_HIGHEST_RETRIES, whole=True)),
            "retry_pause_minutes": self._number("retry_pause_minutes", 5, highest=1440),
            "freshness": self._freshness(),
            "missed": self._choice("missed", get_args(Missed), "latest"),
            "grace_hours": self._number("grace_hours", 24, highest=24 * 31),
            "keep": self._keep(),
            "base_url": self._text("base_url", check_base_url, None),
        }
        return job | self._target()

    def _target(self) -> dict[str, Any]:
        notebook, batch = self._text("notebook", str, None), self._text("batch", Path, None)
        if (notebook is None) == (batch is None):
            self.problems.append(_("it must name a notebook or a batch, and not both."))
        return {"notebook": notebook, "batch": batch}

    def _timetable(self) -> Timetable | None:
        try:
            zone = ZoneInfo(str(self._document.get("time_zone") or ""))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.problems.append(
                _("time_zone == {value!r} is no time zone. Write it as Asia/Shanghai.",
                  value=self._document.get("time_zone"))
            )  # fmt: skip
            zone = None
        expression = self._text("cron", str, None)
        try:
            timetable = Timetable.read(expression or "", zone or ZoneInfo("UTC"))
        except ValueError as error:
            self.problems.append(
                _("cron == {value!r}: {problem}. Write it as 0 7 * * 1-5 (at 7:00 from Monday to Friday).",
                  value=expression, problem=error)
            )  # fmt: skip
            return None
        return timetable

    def _parameters(self) -> dict[str, Any]:
        given = self._mapping("parameters")
        for name, value in given.items():
            try:
                fill_dates(value, dt.date(2000, 2, 29))
            except ValueError as error:
                self.problems.append(_("parameter {parameter}: {problem}.", parameter=name, problem=error))
        return given

    def _freshness(self) -> tuple[float, Action] | None:
        if self._document.get("freshness") is None:
            return None
        mapping = self._mapping("freshness")
        self.refuse_unknown(mapping, ("max_age_days", "action"))
        inner = _Reader(mapping)
        if "max_age_days" not in mapping:
            inner.problems.append(_("freshness must say max_age_days."))
        found = (inner._number("max_age_days", 0), inner._choice("action", get_args(Action), "warn"))
        self.problems += inner.problems
        return found

    def _keep(self) -> Keep:
        mapping = self._mapping("keep")
        self.refuse_unknown(mapping, ("last", "days"))
        if len(mapping) > 1:
            self.problems.append(_("keep must say either last or days."))
        inner = _Reader(mapping)
        last = inner._number("last", 0, lowest=1, whole=True) if "last" in mapping else None
        days = inner._number("days", 0, lowest=1) if "days" in mapping else None
        self.problems += inner.problems
        return Keep(last=None if last is None else int(last), days=days)

    def _text(self, key: str, read: Callable[[str], Value], default: Value) -> Value:
        value = self._document.get(key)
        if value is None:
            if key == "name":
                self.problems.append(_("it has no name. Write name: and one word."))
            return default
        if not isinstance(value, str) or not value.isprintable() or not value.strip():
            self.problems.append(_("{key} must be a text of one line.", key=key))
            return default
        try:
            return read(value.strip())
        except (ValueError, ParameterError) as error:
            self.problems.append(str(error))
            return default

    @staticmethod
    def _check_name(name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(
                _("name == {value!r} must be one word of at most 60 letters, digits, - and _.", value=name)
            )
        return name

    def _number(
        self, key: str, default: float, *, lowest: float = 0, highest: float = 100_000, whole: bool = False
    ) -> float:
        value = self._document.get(key)
        if value is None:
            return default
        number = float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else -1.0
        if lowest <= number <= highest and not (whole and not number.is_integer()):
            return number
        ends = {"lowest": format_exactly(lowest), "highest": format_exactly(highest)}
        self.problems.append(
            _("{key} == {value!r}, must be a whole number from {lowest} to {highest}.",
              key=key, value=value, **ends)
            if whole
            else _("{key} == {value!r}, must be a number from {lowest} to {highest}.",
                   key=key, value=value, **ends)
        )  # fmt: skip
        return default

    def _choice(self, key: str, allowed: tuple[str, ...], default: str) -> Any:
        value = self._document.get(key)
        if value is None or value in allowed:
            return value or default
        self.problems.append(
            _(
                "{key} == {value!r}, must be one of {allowed}.",
                key=key,
                value=value,
                allowed=", ".join(allowed),
            )
        )
        return default

    def _mapping(self, key: str) -> dict[str, Any]:
        value = self._document.get(key)
        if value is None or isinstance(value, dict):
            return value or {}
        self.problems.append(_("{key} must hold one 'name: value' a line.", key=key))
        return {}

    def _list(self, key: str) -> list[str]:
        value = self._document.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.problems.append(_("{key} must be a list of texts.", key=key))
            return []
        return value
