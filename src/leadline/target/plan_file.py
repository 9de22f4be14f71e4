"""Stage plans as files that an analyst edits: one checked plan out, or all problems at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from leadline.errors import DataError, ParameterError
from leadline.language import _
from leadline.target.channel_rules_file import parse_contacts
from leadline.target.plan import METHODS, Stage, StagePlan
from leadline.target.plan_words import expand_pattern, is_pattern, list_some, name_unknown, parse_labels
from leadline.target.points import PointsTable
from leadline.target.points_file import parse_points

_STAGE_KEYS = (
    "name",
    "columns",
    "method",
    "rules",
    "among",
    "brings",
    "channels",
    "capacity",
    "tiers",
    "ingredient",
)
_CONTACT_KEYS = ("channels", "capacity", "tiers")
_PLAN_KEYS = ("stages", "labels")
_FEW, _NEAR = 2, 0.75

#: Reads a file that the plan names, by its name.
ReadRules = Callable[[str], Any]


def parse_plan(
    document: Any,
    columns: Iterable[str],
    *,
    reserved: Sequence[str | None] = (),
    read_rules: ReadRules | None = None,
) -> StagePlan:
    """Turn a plan document (YAML, read) into a `StagePlan` for a table.

    Parameters
    ----------
    document
        ``{"stages": [{"name", "columns", "method", …}, …], "labels": {column: words}}``; ``labels`` may be
        left out. Keys of a stage:

        - ``columns``: names or patterns such as ``M*``; an empty list keeps those before and changes the
          method alone;
        - ``method``: one of `leadline.target.plan.METHODS`; a stage of channels or tiers alone needs none and
          keeps the ranking before;
        - ``rules``, for the method ``points`` only and in place of ``columns``: attributes as in a points
          file (`leadline.target.points_file.parse_points`), or the name of such a file;
        - ``among``: yes/no column of the customers who can be listed;
        - ``brings``: columns that come with the stage's data, for the rules and channels of later stages;
        - ``channels``, ``capacity``, ``tiers``: how listed customers are contacted, kept by later stages
          (`leadline.target.channel_rules_file.parse_contacts`);
        - ``ingredient``: what the stage counts as when the gain is split; its name unless given.
    columns
        The columns of the table.
    reserved
        Columns that no stage may use (the target, the hold-out column): a pattern passes over them, naming
        one is a problem. None is passed over.
    read_rules
        Reads the points file that a stage names.

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
        stage = _Entry(entry, table, banned, read_rules).read(_("stage {number}", number=number), problems)
        if stage:
            stages.append(stage)
    labels = parse_labels(document, table, problems)
    problems += _find_repeats(stages)
    if problems:
        raise ParameterError(_("The stage plan does not fit the table"), problems)
    return StagePlan(stages=tuple(stages), labels=MappingProxyType(labels))


def _entries(document: Any, problems: list[str]) -> list[Any]:
    if not isinstance(document, Mapping):
        problems.append(_("it is not a mapping. Begin it with the line 'stages:'."))
        return []
    problems += [name_unknown("key", key, _PLAN_KEYS) for key in document if key not in _PLAN_KEYS]
    stages = document.get("stages")
    if not isinstance(stages, list) or not stages:
        problems.append(_("it names no stages. List at least one under 'stages:'."))
        return []
    return stages


class _Entry:
    """One stage as written, and the problems found in it."""

    def __init__(self, entry: Any, table: list[str], banned: set[str], read_rules: ReadRules | None) -> None:
        self.entry, self.table, self.banned, self.read_rules = entry, table, banned, read_rules
        self.allowed = [column for column in table if column not in banned]
        self.found: list[str] = []

    def read(self, where: str, problems: list[str]) -> Stage | None:
        entry = self.entry
        if not isinstance(entry, Mapping):
            problems.append(_("{where}: it is not a mapping of name, columns and method.", where=where))
            return None
        self.found += [name_unknown("key", key, _STAGE_KEYS) for key in entry if key not in _STAGE_KEYS]
        self._check_keys()
        name, method = entry.get("name"), entry.get("method")
        if "name" in entry and not (isinstance(name, str) and name.strip()):
            self.found.append(_("name == {name}, must be a text.", name=repr(name)))
        if "method" in entry and method not in METHODS:
            self.found.append(name_unknown("method", method, METHODS))
        ingredient = entry.get("ingredient", "")
        if not isinstance(ingredient, str):
            self.found.append(_("ingredient == {ingredient}, must be a text.", ingredient=repr(ingredient)))
        chosen, brought, among = self._read_columns()
        rules = self._read_rules(name) if method == "points" and "rules" in entry else None
        contacts = parse_contacts(
            entry.get("channels"), entry.get("capacity"), entry.get("tiers"), self.allowed, self.found
        )
        title = f"{where} ({name})" if isinstance(name, str) else where
        problems += [f"{title}: {problem}" for problem in self.found]
        if self.found:
            return None
        return Stage(
            name=str(name),
            columns=chosen,
            method=method,
            rules=rules,
            among=among,
            brings=brought,
            contacts=contacts,
            ingredient=ingredient or str(name),
        )

    def _check_keys(self) -> None:
        """Find keys that are missing, and those that do not go together."""
        entry, wants_rules = self.entry, self.entry.get("method") == "points"
        keeps = "method" not in entry and any(entry.get(key) for key in _CONTACT_KEYS)
        if keeps:
            required: tuple[str, ...] = ("name",)
            if idle := [key for key in ("columns", "rules", "among") if entry.get(key)]:
                self.found.append(
                    _(
                        "method is missing, and without one {idle} change nothing.",
                        idle=_(" and ").join(idle),
                    )
                )
        else:
            required = ("name", "method", "rules" if wants_rules else "columns")
        self.found += [_("{key} is missing.", key=key) for key in required if key not in entry]
        if "rules" in entry and not wants_rules and not keeps:
            self.found.append(_("rules are for the method points only. Take them out, or change the method."))

    def _read_columns(self) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
        """Return the columns that score, those that come along, and the one of whom can be listed."""
        scored = self._read_patterns("columns")
        brought = self._read_patterns("brings")
        among = self.entry.get("among")
        if among is not None and not isinstance(among, str):
            self.found.append(_("among == {among}, must be the name of a yes/no column.", among=repr(among)))
            among = None
        named = [*scored, *brought, *([among] if among else [])]
        if self._is_all_absent(named):
            self.found.append(
                _(
                    "none of its columns is in the table: {named}. If a partner knows them, join its "
                    "list first (leadline partner join); else take the stage out.",
                    named=list_some(named),
                )
            )
            return (), (), None
        columns, along = (
            tuple(dict.fromkeys(column for pattern in patterns for column in self._expand(pattern)))
            for patterns in (scored, brought)
        )
        found = self._expand(among) if among else []
        return columns, along, found[0] if found else None

    def _read_patterns(self, key: str) -> list[str]:
        patterns = self.entry.get(key, [])
        if isinstance(patterns, str):
            patterns = [patterns]
        if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
            self.found.append(
                _(
                    "{key} == {patterns}, must be a list of names or patterns.",
                    key=key,
                    patterns=repr(patterns),
                )
            )
            return []
        return patterns

    def _is_all_absent(self, named: Sequence[str]) -> bool:
        """Tell whether the stage's data are not there at all, rather than one name being misspelt."""
        if not named or any(name in self.table or is_pattern(name) for name in named):
            return False
        near = any(get_close_matches(name, self.table, n=1, cutoff=_NEAR) for name in named)
        return not near or len(set(named)) > _FEW

    def _read_rules(self, name: Any) -> PointsTable | None:
        rules = self.entry["rules"]
        try:
            if isinstance(rules, str):
                if self.read_rules is None:
                    self.found.append(
                        _(
                            "rules == {rules}, must be a list of attributes: no file is read here.",
                            rules=repr(rules),
                        )
                    )
                    return None
                document = self.read_rules(rules)
            else:
                document = {"name": str(name), "attributes": rules}
            return parse_points(document, self.allowed)
        except (DataError, ParameterError) as error:
            file = f"{rules}: " if isinstance(rules, str) else ""
            self.found += [f"{file}{problem}" for problem in error.problems]
            return None

    def _expand(self, pattern: str) -> list[str]:
        if pattern in self.banned:
            self.found.append(
                _(
                    "column {pattern} is the target or the hold-out column. Take it out of the stage.",
                    pattern=repr(pattern),
                )
            )
            return []
        return expand_pattern(pattern, self.allowed if is_pattern(pattern) else self.table, self.found)


def _find_repeats(stages: Sequence[Stage]) -> list[str]:
    """Stages that share a name, and stages that change nothing."""
    problems = []
    names = [stage.name for stage in stages]
    problems += [
        _(
            "the name {name} is given to {count} stages. Give each its own.",
            name=repr(name),
            count=names.count(name),
        )
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    known: set[str] = set()
    method = among = None
    for stage in stages:
        is_idle = set(stage.scored) <= known and stage.method == method and stage.among == among
        if is_idle and not stage.rules and not stage.contacts:
            problems.append(
                _("stage {name} adds no column and keeps the method. Take it out.", name=repr(stage.name))
            )
        if not known | set(stage.scored):
            problems.append(_("stage {name} has no columns to score with. Name some.", name=repr(stage.name)))
        known |= set(stage.scored)
        if stage.method:
            method, among = stage.method, stage.among
    return problems
