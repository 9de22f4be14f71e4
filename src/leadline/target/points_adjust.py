"""Points changed by hand: which attributes count more, less or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import floor, isfinite
from typing import Any

from leadline.errors import ParameterError
from leadline.language import N_, _
from leadline.target.plan_words import name_unknown
from leadline.target.points import AttributePoints, LevelPoints, PointsTable

_HEADLINE = N_("The points cannot be changed so")
_KEYS = ("column", "times", "points", "missing")
_MOST_TIMES = 100.0


@dataclass(frozen=True, kw_only=True)
class PointsChange:
    """A change of one attribute: its points ``times`` so many, or new ``points`` bin by bin.

    ``points`` stand in the order of the points table; for levels ``otherwise`` is the last of them. None
    leaves what is there.
    """

    column: str
    times: float = 1.0
    points: tuple[int, ...] | None = None
    missing: int | None = None


def parse_changes(document: Any, table: PointsTable) -> tuple[PointsChange, ...]:
    """Turn a document (YAML, read) into changes of ``table``.

    Parameters
    ----------
    document
        ``{"changes": [{"column", "times"} or {"column", "points": […], "missing"}, …]}``. ``times: 0`` takes
        an attribute out, ``times: 2`` doubles its weight.
    table
        The table to be changed.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    entries = document.get("changes") if isinstance(document, Mapping) else None
    if not isinstance(entries, Sequence) or isinstance(entries, str) or not entries:
        raise ParameterError.of(
            _(_HEADLINE), _("the file lists no changes. List at least one under 'changes:'.")
        )
    problems: list[str] = []
    changes = [_read_change(entry, place, table, problems) for place, entry in enumerate(entries, start=1)]
    found = [change for change in changes if change is not None]
    names = [change.column for change in found]
    problems += [
        _("{name}: is changed twice. Put its changes together.", name=name)
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if problems:
        raise ParameterError(_(_HEADLINE), problems)
    return tuple(found)


def adjust_points(table: PointsTable, changes: Sequence[PointsChange]) -> PointsTable:
    """Return the table with changes made; halves are rounded up, so that the same change gives the same."""
    by_column = {change.column: change for change in changes}
    attributes = tuple(
        _change(attribute, by_column[attribute.column]) if attribute.column in by_column else attribute
        for attribute in table.attributes
    )
    return replace(table, attributes=attributes)


def write_changes(changes: Sequence[PointsChange]) -> dict[str, Any]:
    """Return changes as a document that `parse_changes` reads back."""
    return {
        "changes": [
            {"column": change.column}
            | ({"times": change.times} if change.points is None else {"points": list(change.points)})
            | ({} if change.missing is None else {"missing": change.missing})
            for change in changes
        ]
    }


def count_bins(attribute: AttributePoints) -> int:
    """Return how many points a change of the attribute may list: its bins, or its levels and all others."""
    return len(attribute.levels) + 1 if isinstance(attribute, LevelPoints) else len(attribute.points)


def _change(attribute: AttributePoints, change: PointsChange) -> AttributePoints:
    old = (
        (*attribute.levels.values(), attribute.otherwise)
        if isinstance(attribute, LevelPoints)
        else attribute.points
    )
    new = (
        tuple(floor(change.times * points + 0.5) for points in old)
        if change.points is None
        else change.points
    )
    missing = change.missing
    if missing is None:
        missing = floor(change.times * attribute.missing + 0.5)
    if isinstance(attribute, LevelPoints):
        levels = dict(zip(attribute.levels, new, strict=False))
        return replace(attribute, levels=levels, otherwise=new[-1], missing=missing)
    return replace(attribute, points=new, missing=missing)


def _read_change(entry: Any, place: int, table: PointsTable, problems: list[str]) -> PointsChange | None:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("column"), str):
        problems.append(
            _("change {place}: it is not a mapping with 'column' and 'times' or 'points'.", place=place)
        )
        return None
    column, before = entry["column"], len(problems)
    problems += [f"{column}: {name_unknown('key', key, _KEYS)}" for key in entry if key not in _KEYS]
    attribute = next((one for one in table.attributes if one.column == column), None)
    if attribute is None:
        problems.append(f"{column}: {name_unknown('attribute', column, table.columns)}")
        return None
    if ("times" in entry) == ("points" in entry):
        problems.append(_("{column}: give either 'times' or 'points'.", column=column))
        return None
    missing = _read_whole(entry["missing"], f"{column}: missing", problems) if "missing" in entry else None
    if "times" in entry:
        times = _read_times(entry["times"], column, problems)
        return PointsChange(column=column, times=times, missing=missing) if len(problems) == before else None
    listed = entry["points"] if isinstance(entry["points"], list) else [entry["points"]]
    if len(listed) != count_bins(attribute):
        problems.append(
            _(
                "{column}: {count} points for {bins} bins. Give one a bin.",
                column=column,
                count=len(listed),
                bins=count_bins(attribute),
            )
        )
    points = tuple(_read_whole(value, f"{column}: points", problems) for value in listed)
    return PointsChange(column=column, points=points, missing=missing) if len(problems) == before else None


def _read_times(value: Any, column: str, problems: list[str]) -> float:
    try:
        times = float(value)
    except (TypeError, ValueError):
        times = float("nan")
    if not isfinite(times) or not 0 <= times <= _MOST_TIMES:
        problems.append(
            _(
                "{column}: times == {value}, must be a number from 0 to {most_times}.",
                column=column,
                value=repr(value),
                most_times=f"{_MOST_TIMES:g}",
            )
        )
    return times


def _read_whole(value: Any, where: str, problems: list[str]) -> int:
    try:
        return int(str(value).strip())
    except ValueError:
        problems.append(_("{where} == {value}, must be a whole number.", where=where, value=repr(value)))
        return 0
