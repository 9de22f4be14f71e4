"""The stage plan: which data and which method each stage adds, whom it can list and how it contacts them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, get_args

from leadline.target.channel_rules import ContactPlan
from leadline.target.points import PointsTable

Method = Literal["pca_index", "pca_scorecard", "logistic", "boosting", "points"]
METHODS: tuple[str, ...] = get_args(Method)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage: what it adds to the stages before it.

    Attributes
    ----------
    name
        What a reader calls it.
    columns
        Columns added to those that score.
    method
        How customers are scored; None keeps the ranking of the stage before.
    rules
        The points table of the method ``points``; it scores alone, without the columns before.
    among
        Yes/no column: only who says yes can be listed; None is everybody.
    brings
        Columns that come with the stage's data and do not score by its method; later stages may use them.
    contacts
        Channels and tiers; None keeps those of the stage before.
    ingredient
        What the stage counts as when the gain is split; stages of one ingredient count together.
    """

    name: str
    columns: tuple[str, ...] = ()
    method: Method | None
    rules: PointsTable | None = None
    among: str | None = None
    brings: tuple[str, ...] = ()
    contacts: ContactPlan | None = None
    ingredient: str = ""

    @property
    def scored(self) -> tuple[str, ...]:
        """The columns that it adds to the score, those of its rules too."""
        return tuple(dict.fromkeys([*self.columns, *(self.rules.columns if self.rules else ())]))

    @property
    def data(self) -> tuple[str, ...]:
        """The columns that are not there without the stage, unless an earlier one has them."""
        return tuple(dict.fromkeys([*self.columns, *self.brings, *([self.among] if self.among else ())]))


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one list is made: by what columns and method, among whom, and how it is contacted."""

    method: Method
    columns: tuple[str, ...]
    rules: PointsTable | None = None
    among: str | None = None
    contacts: ContactPlan = field(default_factory=ContactPlan)


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
        return tuple(dict.fromkeys(column for one in known for column in one.scored))

    def recipe_up_to(self, stage: Stage) -> Recipe:
        """Return how ``stage`` makes its list."""
        recipe = self.mix(self.stages[: self.stages.index(stage) + 1])
        assert recipe is not None  # noqa: S101 (the parser saw that every stage has something to score with)
        return recipe

    def mix(self, chosen: Sequence[Stage]) -> Recipe | None:
        """Return how a list is made with the ``chosen`` stages alone; None if nothing is left to score with.

        Columns that only a left-out stage has (its `Stage.data`) are not there: rules of points and of
        channels that ask for them fall away, and so does an ``among``.
        """
        gone = self._find_gone(chosen)
        scoring = [stage for stage in chosen if stage.method][-1:]
        if not scoring:
            return None
        last = scoring[0]
        rules = _without(last.rules, gone) if last.rules else None
        columns = tuple(dict.fromkeys(name for one in chosen for name in one.scored if name not in gone))
        if not columns or (last.rules and not rules):
            return None
        assert last.method  # noqa: S101 (chosen for it)
        return Recipe(
            method=last.method,
            columns=columns,
            rules=rules,
            among=None if last.among in gone else last.among,
            contacts=_join_contacts([one.contacts for one in chosen if one.contacts], gone),
        )

    def _find_gone(self, chosen: Sequence[Stage]) -> frozenset[str]:
        """Return the columns whose first stage is not chosen."""
        gone: dict[str, bool] = {}
        for stage in self.stages:
            for column in stage.data:
                gone.setdefault(column, stage not in chosen)
        return frozenset(column for column, is_gone in gone.items() if is_gone)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that scores, each once, in order of first use."""
        return self.columns_up_to(self.stages[-1])

    @property
    def asked(self) -> tuple[str, ...]:
        """Columns that decide who is listed or how he is contacted."""
        among = [stage.among for stage in self.stages if stage.among]
        rules = [rule for stage in self.stages if stage.contacts for rule in stage.contacts.rules]
        return tuple(dict.fromkeys([*among, *(column for rule in rules for column in rule.columns)]))

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel of the plan, each once."""
        found = [stage.contacts.channels for stage in self.stages if stage.contacts]
        return tuple(dict.fromkeys(channel for channels in found for channel in channels))

    @property
    def ingredients(self) -> tuple[str, ...]:
        """What the stages after the first count as, each once."""
        return tuple(dict.fromkeys(stage.ingredient or stage.name for stage in self.stages[1:]))

    def with_ingredients(self, chosen: Iterable[str]) -> tuple[Stage, ...]:
        """Return the first stage and those of the ``chosen`` ingredients, in order."""
        wanted = set(chosen)
        return (
            self.stages[0],
            *(stage for stage in self.stages[1:] if (stage.ingredient or stage.name) in wanted),
        )

    def label(self, column: str) -> str:
        """Return what a reader calls ``column``."""
        return self.labels.get(column, column)


def _without(rules: PointsTable, gone: frozenset[str]) -> PointsTable | None:
    kept = tuple(attribute for attribute in rules.attributes if attribute.column not in gone)
    return replace(rules, attributes=kept) if kept else None


def _join_contacts(plans: Sequence[ContactPlan], gone: frozenset[str]) -> ContactPlan:
    """Take the last channels and the last tiers."""
    by_channel = [plan for plan in plans if plan.rules][-1:]
    tiers = [plan.tiers for plan in plans if plan.tiers][-1:]
    if not by_channel:
        return ContactPlan(tiers=tiers[0] if tiers else ())
    rules = tuple(rule for rule in by_channel[0].rules if not gone & set(rule.columns))
    return ContactPlan(rules=rules, capacity=by_channel[0].capacity, tiers=tiers[0] if tiers else ())
