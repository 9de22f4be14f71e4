"""The segment plan: what segments are made from, and what else is known of the customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import pandas as pd

from leadline.data.flags import read_yes
from leadline.errors import ParameterError
from leadline.language import _
from leadline.target.plan_words import name_unknown
from leadline.target.segments.bases import Bases, BasisKind, read_bases
from leadline.target.views.checks import is_number
from leadline.target.views.weight_file import ScoreWeights

#: Before a column of a channel that must not hold.
NOT = "not "


def _empty() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class SegmentPlan:
    """What an analyst decides before segments are made.

    Attributes
    ----------
    bases
        Group (demographic, geographic, psychographic, behavioural, or any other) → its columns.
    kinds, orders
        Columns read otherwise than their values suggest, and ordered columns from lowest to highest
        (`leadline.target.segments.read_bases`).
    describe
        Columns that describe segments and did not make them.
    known
        Columns known of every customer, new ones too: the rule that finds a segment reads them alone.
    media
        Columns that tell by what a customer is reached.
    profit, cost, potential
        Columns: what a customer brings (CNY), costs to serve (CNY), and may still bring.
    channels
        Channel → yes/no columns that must all hold; a column after "not " must not.
    labels
        Column → what a reader calls it.
    names
        What the segments are called, from the largest; none: they are numbered.
    attractiveness, fit
        Criteria and weights of the choice of segments (system T2); None leaves it out.
    """

    bases: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, BasisKind] = field(default_factory=lambda: MappingProxyType({}))
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    describe: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    profit: str | None = None
    cost: str | None = None
    potential: str | None = None
    channels: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    labels: Mapping[str, str] = field(default_factory=_empty)
    names: tuple[str, ...] = ()
    attractiveness: ScoreWeights | None = None
    fit: ScoreWeights | None = None

    def choose(self, groups: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the columns of some groups of bases, of all unless named, each once.

        Raises
        ------
        ParameterError
            If a group is not in the plan.
        """
        known = list(self.bases)
        if problems := [name_unknown("group", one, known) for one in groups if one not in known]:
            raise ParameterError(_("The groups of bases are not those of the plan"), problems)
        return tuple(dict.fromkeys(column for group in groups or known for column in self.bases[group]))

    def check(self, customers: pd.DataFrame) -> None:
        """Refuse columns of channels and money that cannot be read, before anything is computed.

        Raises
        ------
        ParameterError
            With all problems at once.
        """
        problems: list[str] = []
        for channel, conditions in self.channels.items():
            for condition in conditions:
                found: list[str] = []
                read_yes(customers[condition.removeprefix(NOT).strip()], found)
                problems += [
                    _("channels, {channel}: {problem}", channel=channel, problem=problem) for problem in found
                ]
        for role in ("profit", "cost", "potential"):
            name = getattr(self, role)
            if name is not None and not (is_number(customers[name])):
                problems.append(
                    _(
                        "{role}: {name} holds {dtype}, must be numbers.",
                        role=role,
                        name=name,
                        dtype=customers[name].dtype,
                    )
                )
        if problems:
            raise ParameterError(_("The segment plan does not fit the table"), problems)

    def read(self, customers: pd.DataFrame, columns: Sequence[str], *, weight: str | None = None) -> Bases:
        """Read some columns as the plan has them (`leadline.target.segments.read_bases`)."""
        bases = read_bases(
            customers,
            columns,
            kinds={name: kind for name, kind in self.kinds.items() if name in columns},
            orders={name: order for name, order in self.orders.items() if name in columns},
            weight=weight,
        )
        if weight is None:
            return bases
        told = _(
            "Weights count in making the segments and in the evidence on their number. Profiles, personas, "
            "criteria and the choice count every row once: they tell of the rows, not of the people behind."
        )
        return replace(bases, warnings=(*bases.warnings, told))

    def name_segments(self, count: int) -> tuple[str, ...]:
        """Return what ``count`` segments are called: the plan's names if it has as many, else numbered."""
        if len(self.names) == count:
            return self.names
        return tuple(_("Segment {number}", number=number) for number in range(1, count + 1))
