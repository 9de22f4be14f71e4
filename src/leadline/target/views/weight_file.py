"""Weights of a customer score as a file that a manager edits: all problems at once."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leadline.data.raw import suggest
from leadline.errors import ParameterError
from leadline.language import _

_FULL = 100.0
_ROUNDING = 1e-6
_FILE_KEYS = ("name", "criteria")
_CRITERION_KEYS = ("name", "weight", "columns")
_COLUMN_KEYS = ("column", "worst", "best")


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A column whose ``worst`` value scores 0 and ``best`` 100; straight between, flat beyond."""

    column: str
    worst: float
    best: float


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """What counts, how much (``weight``, of 100), and the columns that measure it, which count alike."""

    name: str
    weight: float
    scales: tuple[Scale, ...]


@dataclass(frozen=True, kw_only=True)
class ScoreWeights:
    """Criteria whose weights sum to 100."""

    name: str
    criteria: tuple[Criterion, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is used, each once."""
        return tuple(dict.fromkeys(scale.column for one in self.criteria for scale in one.scales))


def parse_weights(document: Any, columns: Sequence[str] | None = None) -> ScoreWeights:
    """Turn a document (YAML, read by `leadline.plain_yaml.read_yaml`) into `ScoreWeights`.

    Parameters
    ----------
    document
        ``{"name", "criteria": [{"name", "weight", "columns": [{"column", "worst", "best"}, …]}, …]}``.
        Weights are above 0 and sum to 100. ``worst`` may be above ``best``, as for a cost. A score made
        elsewhere, such as ``value_points`` of `leadline.features.value_points`, has its own ends, 1 and 5.
    columns
        The columns of the table to be scored, if known; others are problems.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    problems: list[str] = []
    if not isinstance(document, Mapping):
        document = {}
        problems.append(_("it is not a mapping. Begin it with 'name:' and 'criteria:'."))
    problems += _find_unknown(document, _FILE_KEYS, "")
    entries = document.get("criteria")
    if not isinstance(entries, list) or not entries:
        entries = []
        problems += [_("it names no criteria. List at least one under 'criteria:'.")] if document else []
    read = [_read_criterion(entry, number, columns, problems) for number, entry in enumerate(entries, 1)]
    criteria = [one for one in read if one is not None]
    names = [one.name for one in criteria]
    problems += [
        _("{name}: is listed twice. Join the two.", name=name)
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    total = sum(one.weight for one in criteria)
    if criteria and len(criteria) == len(entries) and abs(total - _FULL) > _ROUNDING:
        problems.append(_("the weights sum to {total}, must sum to 100.", total=f"{total:g}"))
    if problems:
        raise ParameterError(_("The weight file cannot be used"), problems)
    return ScoreWeights(name=str(document.get("name") or "score"), criteria=tuple(criteria))


def _read_criterion(
    entry: Any, number: int, columns: Sequence[str] | None, problems: list[str]
) -> Criterion | None:
    if not isinstance(entry, Mapping):
        problems.append(
            _("criterion {number}: it is not a mapping of name, weight and columns.", number=number)
        )
        return None
    name = entry.get("name")
    title = name if isinstance(name, str) and name.strip() else _("criterion {number}", number=number)
    before = len(problems)
    problems += [] if title == name else [_("{title}: it has no name.", title=title)]
    problems += _find_unknown(entry, _CRITERION_KEYS, f"{title}: ")
    weight = _read_number(entry, "weight", title, problems)
    if weight is not None and weight <= 0:
        problems.append(
            _(
                "{title}: weight == {weight}, must be above 0. Leave out what does not count.",
                title=title,
                weight=f"{weight:g}",
            )
        )
    listed = entry.get("columns")
    if not isinstance(listed, list) or not listed:
        problems.append(_("{title}: it names no columns. List at least one under 'columns:'.", title=title))
        listed = []
    scales = [_read_scale(one, title, columns, problems) for one in listed]
    if len(problems) > before or weight is None:
        return None
    return Criterion(name=title, weight=weight, scales=tuple(scale for scale in scales if scale))


def _read_scale(entry: Any, title: str, columns: Sequence[str] | None, problems: list[str]) -> Scale | None:
    column = entry.get("column") if isinstance(entry, Mapping) else None
    if not isinstance(column, str):
        problems.append(
            _("{title}: {entry} is not a mapping of column, worst and best.", title=title, entry=repr(entry))
        )
        return None
    where = f"{title}: {column}"
    problems += _find_unknown(entry, _COLUMN_KEYS, f"{where}: ")
    if columns is not None and column not in columns:
        problems.append(
            _("{where}: the table has no such column.{hint}", where=where, hint=suggest(column, columns))
        )
    worst, best = (_read_number(entry, key, where, problems) for key in ("worst", "best"))
    if worst is None or best is None:
        return None
    if worst == best:
        problems.append(
            _(
                "{where}: worst and best are both {worst}. Set two different values.",
                where=where,
                worst=f"{worst:g}",
            )
        )
    return Scale(column=column, worst=worst, best=best)


def _read_number(entry: Mapping[Any, Any], key: str, where: str, problems: list[str]) -> float | None:
    try:
        number = float(entry[key])
    except KeyError:
        problems.append(_("{where}: {key} is missing.", where=where, key=key))
        return None
    except (TypeError, ValueError):
        number = math.nan
    if math.isfinite(number):
        return number
    problems.append(
        _("{where}: {key} == {entry}, must be a number.", where=where, key=key, entry=repr(entry[key]))
    )
    return None


def _find_unknown(entry: Mapping[Any, Any], known: Sequence[str], where: str) -> list[str]:
    others = " " + _("Known: {known}.", known=_(", ").join(known))
    return [
        f"{where}unknown key {key!r}.{suggest(str(key), known) or others}"
        for key in entry
        if key not in known
    ]
