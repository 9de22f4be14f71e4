"""Points tables as files that an analyst edits: rules in, one checked table out, or all problems at once."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from leadline.errors import ParameterError
from leadline.language import _
from leadline.target.plan_words import name_unknown
from leadline.target.points import (
    LARGEST_POINTS,
    AttributePoints,
    Cut,
    LevelPoints,
    NumberPoints,
    PointsTable,
    write_level,
)

_TABLE_KEYS = ("name", "base", "attributes")
_ATTRIBUTE_KEYS = ("column", "label", "rules", "otherwise", "missing")
_RULE_KEYS = ("under", "at_most", "over", "at_least", "equals", "points")
_BOUNDS = ("under", "at_most", "over", "at_least")


def parse_points(document: Any, columns: Sequence[str] | None = None) -> PointsTable:
    """Turn a document (YAML, read) into a `PointsTable`.

    Parameters
    ----------
    document
        ``{"name", "base", "attributes": [{"column", "label", "rules", "otherwise", "missing"}, …]}``. A rule
        has ``points`` and either bounds of a number (``under`` or ``at_most``, ``over`` or ``at_least``) or
        ``equals`` with one level or a list. Number rules must cover every number exactly once; level rules
        need ``otherwise``. ``missing`` is 0 unless said. ``base`` and ``label`` may be left out.
    columns
        The columns of the table to be scored, if known; others are problems.

    Raises
    ------
    ParameterError
        With all problems at once: gaps, overlaps, unknown keys or columns, points that are no whole numbers.
    """
    problems: list[str] = []
    if not isinstance(document, Mapping):
        raise ParameterError.of(
            _("The points table cannot be used"), _("it is not a mapping. Begin it with 'name:'.")
        )
    problems += [name_unknown("key", key, _TABLE_KEYS) for key in document if key not in _TABLE_KEYS]
    base = _read_points(document.get("base", "0"), "base", problems)
    entries = document.get("attributes")
    if not isinstance(entries, Sequence) or isinstance(entries, str) or not entries:
        problems.append(_("it names no attributes. List at least one under 'attributes:'."))
        entries = []
    attributes = [_read_attribute(entry, number, problems) for number, entry in enumerate(entries, start=1)]
    found = [attribute for attribute in attributes if attribute is not None]
    names = [attribute.column for attribute in found]
    problems += [
        _("{name}: is given points twice. Put its rules together.", name=name) for name in _repeated(names)
    ]
    if columns is not None:
        problems += [
            name_unknown("column", name, columns) for name in dict.fromkeys(names) if name not in columns
        ]
    if problems:
        raise ParameterError(_("The points table cannot be used"), problems)
    return PointsTable(name=str(document.get("name") or "points"), attributes=tuple(found), base=base or 0)


def write_points(table: PointsTable) -> dict[str, Any]:
    """Return the table as a document that `parse_points` reads back to the same table."""
    return {
        "name": table.name,
        "base": table.base,
        "attributes": [_write_attribute(attribute) for attribute in table.attributes],
    }


@dataclass(frozen=True)
class _Bin:
    """The numbers of one rule: from ``lower`` to ``upper``, ends belonging to it where closed."""

    lower: float
    upper: float
    has_lower: bool
    has_upper: bool
    points: int


def _read_attribute(entry: Any, number: int, problems: list[str]) -> AttributePoints | None:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("column"), str):
        problems.append(
            _("attribute {number}: it is not a mapping with 'column' and 'rules'.", number=number)
        )
        return None
    column, count = entry["column"], len(problems)
    problems += [
        f"{column}: {name_unknown('key', key, _ATTRIBUTE_KEYS)}"
        for key in entry
        if key not in _ATTRIBUTE_KEYS
    ]
    rules = entry.get("rules")
    if not isinstance(rules, Sequence) or isinstance(rules, str) or not rules:
        problems.append(_("{column}: it has no rules. List at least one under 'rules:'.", column=column))
        return None
    missing = _read_points(entry.get("missing", "0"), f"{column}: missing", problems)
    label = str(entry.get("label") or column)
    if any(isinstance(rule, Mapping) and any(key in rule for key in _BOUNDS) for rule in rules):
        if "otherwise" in entry:
            problems.append(
                _("{column}: rules with bounds cover every number; take 'otherwise' out.", column=column)
            )
        bins = [_read_bin(rule, column, problems) for rule in rules]
        if len(problems) > count:
            return None
        return _join_bins(column, label, [one for one in bins if one], missing or 0, problems)
    levels = _read_levels(rules, column, problems)
    otherwise = _read_points(entry.get("otherwise"), f"{column}: otherwise", problems)
    if len(problems) > count:
        return None
    return LevelPoints(
        column=column, label=label, levels=levels, otherwise=otherwise or 0, missing=missing or 0
    )


def _read_bin(rule: Any, column: str, problems: list[str]) -> _Bin | None:
    if not isinstance(rule, Mapping):
        problems.append(
            _(
                "{column}: the rule {rule} is not a mapping of bounds and points.",
                column=column,
                rule=repr(rule),
            )
        )
        return None
    problems += [f"{column}: {name_unknown('key', key, _RULE_KEYS)}" for key in rule if key not in _RULE_KEYS]
    points = _read_points(rule.get("points"), f"{column}: points", problems)
    values = {}
    for key in (*_BOUNDS, "equals"):
        if key in rule:
            try:
                values[key] = float(rule[key])
            except (TypeError, ValueError):
                values[key] = math.nan
            if not math.isfinite(values[key]):
                problems.append(
                    _(
                        "{column}: {key} == {rule}, must be a number.",
                        column=column,
                        key=key,
                        rule=repr(rule[key]),
                    )
                )
                return None
    if "equals" in values:
        return _Bin(values["equals"], values["equals"], True, True, points or 0)  # noqa: FBT003
    if len(values) == 0 or {"under", "at_most"} <= values.keys() or {"over", "at_least"} <= values.keys():
        problems.append(
            _(
                "{column}: the rule {rule} needs one lower bound (over, at_least), one upper (under, "
                "at_most), or both.",
                column=column,
                rule=dict(rule),
            )
        )
        return None
    lower = values.get("over", values.get("at_least", -math.inf))
    upper = values.get("under", values.get("at_most", math.inf))
    found = _Bin(lower, upper, "at_least" in values, "at_most" in values, points or 0)
    if lower > upper or (lower == upper and not (found.has_lower and found.has_upper)):
        problems.append(
            _(
                "{column}: no number keeps the rule {rule}. Turn its bounds round.",
                column=column,
                rule=dict(rule),
            )
        )
    return found


def _join_bins(
    column: str, label: str, bins: list[_Bin], missing: int, problems: list[str]
) -> NumberPoints | None:
    """Order the bins; every number must lie in exactly one."""
    bins = sorted(bins, key=lambda one: (one.lower, not one.has_lower, one.upper))
    count = len(problems)
    if bins[0].lower != -math.inf:
        problems.append(
            _(
                "{column}: a gap below {lower}. Let the first rule have no lower bound.",
                column=column,
                lower=f"{bins[0].lower:g}",
            )
        )
    if bins[-1].upper != math.inf:
        problems.append(
            _(
                "{column}: a gap above {upper}. Let the last rule have no upper bound.",
                column=column,
                upper=f"{bins[-1].upper:g}",
            )
        )
    for one, other in pairwise(bins):
        if one.upper > other.lower or (one.upper == other.lower and one.has_upper and other.has_lower):
            problems.append(
                _(
                    "{column}: two rules overlap at {lower}. Let one end where the next begins.",
                    column=column,
                    lower=f"{other.lower:g}",
                )
            )
        elif one.upper < other.lower or not (one.has_upper or other.has_lower):
            told = {"column": column, "upper": f"{one.upper:g}", "lower": f"{other.lower:g}"}
            problems.append(
                _("{column}: a gap at {upper}. Let one rule end where the next begins.", **told)
                if one.upper == other.lower
                else _(
                    "{column}: a gap from {upper} to {lower}. Let one rule end where the next begins.", **told
                )
            )
    if len(problems) > count:
        return None
    cuts = tuple(Cut(value=one.upper, closed=one.has_upper) for one in bins[:-1])
    return NumberPoints(
        column=column, label=label, cuts=cuts, points=tuple(one.points for one in bins), missing=missing
    )


def _read_levels(rules: Sequence[Any], column: str, problems: list[str]) -> dict[str, int]:
    levels: dict[str, int] = {}
    for rule in rules:
        if not isinstance(rule, Mapping) or "equals" not in rule:
            problems.append(
                _(
                    "{column}: the rule {rule} needs bounds of a number or 'equals', and 'points'.",
                    column=column,
                    rule=repr(rule),
                )
            )
            continue
        problems += [
            f"{column}: {name_unknown('key', key, _RULE_KEYS)}" for key in rule if key not in _RULE_KEYS
        ]
        points = _read_points(rule.get("points"), f"{column}: points", problems)
        named = rule["equals"] if isinstance(rule["equals"], list) else [rule["equals"]]
        names = [write_level(level) for level in named]
        problems += [
            _("{column}: two rules overlap at {name}.", column=column, name=repr(name))
            for name in names
            if name in levels
        ]
        levels |= dict.fromkeys(names, points or 0)
    return levels


def _read_points(value: Any, where: str, problems: list[str]) -> int | None:
    try:
        points = int(str(value).strip())
    except ValueError:
        problems.append(_("{where} == {value}, must be a whole number.", where=where, value=repr(value)))
        return None
    if abs(points) > LARGEST_POINTS:
        problems.append(
            _(
                "{where} == {points}, must be at most {largest_points} in size.",
                where=where,
                points=f"{points:,}",
                largest_points=f"{LARGEST_POINTS:,}",
            )
        )
    return points


def _write_attribute(attribute: AttributePoints) -> dict[str, Any]:
    entry: dict[str, Any] = {"column": attribute.column, "label": attribute.label}
    if isinstance(attribute, LevelPoints):
        rules = [{"equals": level, "points": points} for level, points in attribute.levels.items()]
        return entry | {"rules": rules, "otherwise": attribute.otherwise, "missing": attribute.missing}
    rules = []
    for place, points in enumerate(attribute.points):
        rule: dict[str, Any] = {}
        if place:
            above = attribute.cuts[place - 1]
            rule["over" if above.closed else "at_least"] = above.value
        if place < len(attribute.cuts):
            below = attribute.cuts[place]
            rule["at_most" if below.closed else "under"] = below.value
        rules.append(rule | {"points": points})
    if len(rules) == 1:  # one bin has no bound, and a rule needs one
        rules = [{"at_most": 0, "points": attribute.points[0]}, {"over": 0, "points": attribute.points[0]}]
    return entry | {"rules": rules, "missing": attribute.missing}


def _repeated(names: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]
