"""Segment plans as files that an analyst edits: one checked plan out, or all problems at once."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from leadline.errors import ParameterError
from leadline.language import _
from leadline.target.plan_words import expand_pattern, name_unknown, parse_labels
from leadline.target.segments.bases import KINDS, BasisKind
from leadline.target.segments.plan import NOT, SegmentPlan
from leadline.target.views.weight_file import ScoreWeights, parse_weights

_KEYS = (
    *("bases", "logged", "kinds", "orders", "describe", "known", "media", "profit", "cost", "potential"),
    *("channels", "labels", "names", "attractiveness", "fit"),
)
_IS = "="


def parse_segment_plan(document: Any, columns: Sequence[str]) -> SegmentPlan:
    """Turn a plan document (YAML, read by `leadline.plain_yaml.read_yaml`) into a `SegmentPlan` for a table.

    Parameters
    ----------
    document
        ``{"bases": {group: [columns or patterns such as "M*"]}}`` and, where wanted, ``logged`` (columns of
        which log(1 + x) counts), ``kinds`` {column: kind}, ``orders`` {column: [values, lowest first]},
        ``describe``, ``known``, ``media`` [columns], ``profit``, ``cost``, ``potential`` (a column each),
        ``channels`` {channel: [yes/no columns, or "not " and one]}, ``labels`` {column: words}, ``names``
        [words], ``attractiveness`` and ``fit`` (lists of criteria as in
        `leadline.target.views.parse_weights`).
    columns
        The columns of the table.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    problems: list[str] = []
    if not isinstance(document, Mapping):
        problems.append(_("it is not a mapping. Begin it with the line 'bases:'."))
        document = {}
    problems += [name_unknown("key", key, _KEYS) for key in document if key not in _KEYS]
    table = [str(column) for column in columns]
    plan = _Plan(document, table, problems)
    read = SegmentPlan(
        bases=plan.read_bases(),
        kinds=plan.read_kinds(),
        orders=plan.read_orders(),
        describe=plan.read_columns("describe"),
        known=plan.read_columns("known"),
        media=plan.read_columns("media"),
        profit=plan.read_column("profit"),
        cost=plan.read_column("cost"),
        potential=plan.read_column("potential"),
        channels=plan.read_channels(),
        labels=MappingProxyType(parse_labels(document, table, problems)),
        names=plan.read_texts("names"),
        attractiveness=plan.read_weights("attractiveness"),
        fit=plan.read_weights("fit"),
    )
    if problems and not read.bases and document:
        remedy = _("Write a plan for this table, or name the bases with columns and leave the plan out.")
        problems = [_("none of its bases is in the table. {remedy}", remedy=remedy)]
    if problems:
        raise ParameterError(_("The segment plan does not fit the table"), problems)
    return read


class _Plan:
    """A plan as written; what is wrong goes to ``problems``."""

    def __init__(self, document: Mapping[str, Any], table: list[str], problems: list[str]) -> None:
        self.document, self.table, self.problems = document, table, problems

    def read_columns(self, key: str) -> tuple[str, ...]:
        return self._expand(self.document.get(key), key)

    def _expand(self, given: Any, where: str) -> tuple[str, ...]:
        if given is None:
            return ()
        patterns = [given] if isinstance(given, str) else given
        if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
            self.problems.append(
                _(
                    "{where} == {given}, must be a list of columns or patterns.",
                    where=where,
                    given=repr(given),
                )
            )
            return ()
        found: list[str] = []
        expanded = [column for one in patterns for column in expand_pattern(one, self.table, found)]
        self.problems += [f"{where}: {problem}" for problem in found]
        return tuple(dict.fromkeys(expanded))

    def read_column(self, key: str) -> str | None:
        given = self.document.get(key)
        if given is None:
            return None
        if not isinstance(given, str):
            self.problems.append(_("{key} == {given}, must be one column.", key=key, given=repr(given)))
            return None
        if given not in self.table:
            self.problems.append(f"{key}: {name_unknown('column', given, self.table)}")
            return None
        return given

    def read_bases(self) -> Mapping[str, tuple[str, ...]]:
        groups = self._read_mapping("bases")
        if not groups:
            self.problems.append(_("it names no bases. Write groups of columns under 'bases:'."))
        read = {name: self._expand(given, f"bases, {name}") for name, given in groups.items()}
        return MappingProxyType({name: chosen for name, chosen in read.items() if chosen})

    def read_kinds(self) -> Mapping[str, BasisKind]:
        logged = self.read_columns("logged")
        kinds: dict[str, BasisKind] = dict.fromkeys(logged, "logged")
        for column, kind in self._read_mapping("kinds").items():
            if kind not in KINDS:
                self.problems.append(
                    _("kinds, {column}: {unknown}", column=column, unknown=name_unknown("kind", kind, KINDS))
                )
            elif self._is_there(column, "kinds"):
                kinds[column] = kind
        return MappingProxyType(kinds)

    def read_orders(self) -> Mapping[str, tuple[str, ...]]:
        orders: dict[str, tuple[str, ...]] = {}
        for column, values in self._read_mapping("orders").items():
            if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
                self.problems.append(
                    _("orders, {column}: must be a list of values, the lowest first.", column=column)
                )
            elif self._is_there(column, "orders"):
                orders[column] = tuple(values)
        return MappingProxyType(orders)

    def read_channels(self) -> Mapping[str, tuple[str, ...]]:
        channels: dict[str, tuple[str, ...]] = {}
        for channel, given in self._read_mapping("channels").items():
            conditions = [given] if isinstance(given, str) else given
            if not isinstance(conditions, list) or not all(isinstance(one, str) for one in conditions):
                self.problems.append(
                    _("channels, {channel}: must be a list of yes/no columns.", channel=channel)
                )
                continue
            for condition in conditions:
                self._is_there(condition.removeprefix(NOT).strip(), f"channels, {channel}")
            channels[channel] = tuple(conditions)
        return MappingProxyType(channels)

    def read_texts(self, key: str) -> tuple[str, ...]:
        given = self.document.get(key) or []
        if not isinstance(given, list) or not all(isinstance(one, str) and one.strip() for one in given):
            self.problems.append(_("{key} == {given}, must be a list of words.", key=key, given=repr(given)))
            return ()
        if len(set(given)) < len(given):
            self.problems.append(_("{key}: a name is given twice. Give each segment its own.", key=key))
        return tuple(given)

    def read_weights(self, key: str) -> ScoreWeights | None:
        criteria = self.document.get(key)
        if criteria is None:
            return None
        try:
            weights = parse_weights({"name": key, "criteria": criteria})
        except ParameterError as error:
            self.problems += [f"{key}: {problem}" for problem in error.problems]
            return None
        ordered = self._read_mapping("orders")
        self.problems += [
            _(
                "{key}: {name} is a value of an ordered column, which counts by its rank. Weigh "
                "{name_2} from worst to best rank.",
                key=key,
                name=name,
                name_2=name.partition(_IS)[0],
            )
            for name in weights.columns
            if name not in self.table and name.partition(_IS)[0] in ordered
        ]
        return weights

    def _read_mapping(self, key: str) -> Mapping[str, Any]:
        given = self.document.get(key)
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            self.problems.append(
                _("{key} == {given}, must be a mapping, one line a name.", key=key, given=repr(given))
            )
            return {}
        return given

    def _is_there(self, column: str, where: str) -> bool:
        if column in self.table:
            return True
        self.problems.append(f"{where}: {name_unknown('column', column, self.table)}")
        return False
