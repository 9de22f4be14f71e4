"""The stage plan: which columns each stage adds, and how it scores customers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, Literal, get_args

from leadline.errors import ParameterError
from leadline.target.points import PointsTable
from leadline.target.points_file import parse_points

Method = Literal["pca_index", "pca_scorecard", "logistic", "boosting", "points"]
METHODS: tuple[str, ...] = get_args(Method)
_STAGE_KEYS = ("name", "columns", "method", "rules")
_REQUIRED_KEYS = ("name", "method")
_PLAN_KEYS = ("stages", "labels")
_WILDCARDS = frozenset("*?[")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage: the columns that it adds to those of the stages before it, and its method.

    ``rules`` is the points table of the method ``points``; it scores alone, without the columns before.
    """

    name: str
    columns: tuple[str, ...]
    method: Method
    rules: PointsTable | None = None


@dataclass(frozen=True, kw_only=True)
class StagePlan:
    """Stages in order, and what a reader calls the columns.

    ``labels`` maps a column to the words that figures and tables show for it.
    """

    stages: tuple[Stage, ...]
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def columns_up_to(self, stage: Stage) -> tuple[str, ...]:
        """Return the columns that ``stage`` scores with: its own and all before, each once."""
        known = self.stages[: self.stages.index(stage) + 1]
        return tuple(dict.fromkeys(column for one in known for column in one.columns))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the plan, each once, in order of first use."""
        return self.columns_up_to(self.stages[-1])

    def label(self, column: str) -> str:
        """Return what a reader calls ``column``."""
        return self.labels.get(column, column)


def parse_plan(document: Any, columns: Iterable[str], *, reserved: Sequence[str | None] = ()) -> StagePlan:
    """Turn a plan document (YAML, read) into a `StagePlan` for a table.

    Parameters
    ----------
    document
        ``{"stages": [{"name", "columns", "method", "rules"}, …], "labels": {column: words}}``; ``labels``
        may be left out. ``columns`` lists names or patterns such as ``M*``; an empty list keeps those before
        and changes the method alone. ``rules``, for the method ``points`` only and in place of ``columns``,
        lists attributes as a points file does (`leadline.target.points_file.parse_points`).
    columns
        The columns of the table.
    reserved
        Columns that no stage may use (the target, the hold-out column): a pattern passes over them, naming
        one is a problem. None is passed over.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    table = [str(column) for column in columns]
    banned = {name for name in reserved if name is not None}
    problems: list[str] = []
    stages: list[Stage] = []
    for number, entry in enumerate(_entries(document, problems), start=1):
        stage = _parse_stage(entry, f"stage {number}", table, banned, problems)
        if stage:
            stages.append(stage)
    labels = _parse_labels(document, table, problems)
    problems += _find_repeats(stages)
    if problems:
        raise ParameterError("The stage plan does not fit the table", problems)
    return StagePlan(stages=tuple(stages), labels=MappingProxyType(labels))


def _entries(document: Any, problems: list[str]) -> list[Any]:
    if not isinstance(document, Mapping):
        problems.append("it is not a mapping. Begin it with the line 'stages:'.")
        return []
    problems += [_unknown("key", key, _PLAN_KEYS) for key in document if key not in _PLAN_KEYS]
    stages = document.get("stages")
    if not isinstance(stages, list) or not stages:
        problems.append("it names no stages. List at least one under 'stages:'.")
        return []
    return stages


def _parse_stage(
    entry: Any, where: str, table: list[str], banned: set[str], problems: list[str]
) -> Stage | None:
    if not isinstance(entry, Mapping):
        problems.append(f"{where}: it is not a mapping of name, columns and method.")
        return None
    found: list[str] = [_unknown("key", key, _STAGE_KEYS) for key in entry if key not in _STAGE_KEYS]
    wants_rules = entry.get("method") == "points"
    required = (*_REQUIRED_KEYS, "rules" if wants_rules else "columns")
    found += [f"{key} is missing." for key in required if key not in entry]
    if "rules" in entry and not wants_rules:
        found.append("rules are for the method points only. Take them out, or change the method.")
    name, method, patterns = entry.get("name"), entry.get("method"), entry.get("columns", [])
    if "name" in entry and not (isinstance(name, str) and name.strip()):
        found.append(f"name == {name!r}, must be a text.")
    if "method" in entry and method not in METHODS:
        found.append(_unknown("method", method, METHODS))
    if isinstance(patterns, str):
        patterns = [patterns]
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
        found.append(f"columns == {patterns!r}, must be a list of names or patterns.")
        patterns = []
    chosen = [column for pattern in patterns for column in _expand(pattern, table, banned, found)]
    rules = (
        _parse_rules(entry["rules"], name, table, banned, found) if wants_rules and "rules" in entry else None
    )
    if rules:
        chosen = [*chosen, *rules.columns]
    title = f"{where} ({name})" if isinstance(name, str) else where
    problems += [f"{title}: {problem}" for problem in found]
    if found:
        return None
    return Stage(name=str(name), columns=tuple(dict.fromkeys(chosen)), method=method, rules=rules)  # type: ignore[arg-type]  # checked above


def _parse_rules(
    rules: Any, name: Any, table: list[str], banned: set[str], found: list[str]
) -> PointsTable | None:
    allowed = [column for column in table if column not in banned]
    try:
        return parse_points({"name": str(name), "attributes": rules}, allowed)
    except ParameterError as error:
        found += error.problems
        return None


def _expand(pattern: str, table: list[str], banned: set[str], found: list[str]) -> list[str]:
    if pattern in banned:
        found.append(f"column {pattern!r} is the target or the hold-out column. Take it out of the stage.")
        return []
    if pattern in table:
        return [pattern]
    if not _WILDCARDS & set(pattern):
        found.append(_unknown("column", pattern, table))
        return []
    matches = [column for column in table if fnmatchcase(column, pattern) and column not in banned]
    if not matches:
        found.append(f"no column matches the pattern {pattern!r}.")
    return matches


def _parse_labels(document: Any, table: list[str], problems: list[str]) -> dict[str, str]:
    labels = document.get("labels") if isinstance(document, Mapping) else None
    if labels is None:
        return {}
    if not isinstance(labels, Mapping) or not all(isinstance(text, str) for text in labels.values()):
        problems.append("labels is not a mapping of columns to words.")
        return {}
    return {column: text for column, text in labels.items() if column in table}


def _find_repeats(stages: Sequence[Stage]) -> list[str]:
    """Stages that share a name, and stages that change nothing."""
    problems = []
    names = [stage.name for stage in stages]
    problems += [
        f"the name {name!r} is given to {names.count(name)} stages. Give each its own."
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    known: set[str] = set()
    method = None
    for stage in stages:
        if set(stage.columns) <= known and stage.method == method and not stage.rules:
            problems.append(f"stage {stage.name!r} adds no column and keeps the method. Take it out.")
        if not known | set(stage.columns):
            problems.append(f"stage {stage.name!r} has no columns to score with. Name some.")
        known |= set(stage.columns)
        method = stage.method
    return problems


def _unknown(kind: str, given: object, known: Sequence[str]) -> str:
    near = get_close_matches(str(given), known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known: {_some(known)}."
    return f"unknown {kind} {given!r}. {hint}"


def _some(names: Sequence[str], shown: int = 8) -> str:
    return ", ".join(names[:shown]) + (f" and {len(names) - shown} more" if len(names) > shown else "")
