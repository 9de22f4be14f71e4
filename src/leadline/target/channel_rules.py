"""How the customers of a list are contacted: rules in order, each taking its best-ranked customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.target.metrics import BoolArray
from leadline.target.points import write_level

TIER_NAMES = "ABCDE"
IntArray = npt.NDArray[np.int64]
TextArray = npt.NDArray[np.str_]
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What a column must hold: a level, a number within bounds, or one of the lowest or highest values.

    ``lowest`` and ``highest`` are shares of the customers that the stage can list: 0.4 means below (above)
    the value that 40% of them stay below (above). A missing value meets no condition.
    """

    column: str
    equals: tuple[str, ...] = ()
    under: float | None = None
    at_most: float | None = None
    over: float | None = None
    at_least: float | None = None
    lowest: float | None = None
    highest: float | None = None

    def test(self, values: pd.Series, can_be_listed: BoolArray) -> BoolArray:
        """Mark the customers who meet it; ``values`` and ``can_be_listed`` have one row a customer."""
        if self.equals:
            levels = values.map(write_level, na_action="ignore")
            return levels.isin(self.equals).to_numpy(dtype=bool) & values.notna().to_numpy()
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        met: BoolArray = ~np.isnan(numbers)
        if self.under is not None:
            met &= numbers < self.under
        if self.at_most is not None:
            met &= numbers <= self.at_most
        if self.over is not None:
            met &= numbers > self.over
        if self.at_least is not None:
            met &= numbers >= self.at_least
        known = numbers[met & can_be_listed]
        if self.lowest is not None:
            met &= numbers < (np.quantile(known, self.lowest) if len(known) else -np.inf)
        if self.highest is not None:
            met &= numbers > (np.quantile(known, 1 - self.highest) if len(known) else np.inf)
        return met


@dataclass(frozen=True, kw_only=True)
class ChannelRule:
    """Contacts by ``channel`` for listed customers who meet all of ``where`` and stand in one of ``tiers``.

    Empty ``tiers`` means all tiers. ``share`` limits the rule to so much of the list, best customers first.
    """

    channel: str
    where: tuple[Condition, ...] = ()
    tiers: tuple[str, ...] = ()
    share: float | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the rule asks for."""
        return tuple(dict.fromkeys(condition.column for condition in self.where))


@dataclass(frozen=True, kw_only=True)
class ContactPlan:
    """How a list is contacted.

    ``rules`` go in order: each takes the customers whom none before it took. ``capacity`` limits a channel
    to a share of the list. ``tiers`` are shares of the list, best customers first, called A, B, C.
    """

    rules: tuple[ChannelRule, ...] = ()
    capacity: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    tiers: tuple[float, ...] = ()

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel of the plan, each once."""
        return tuple(dict.fromkeys(rule.channel for rule in self.rules))


def cut_tiers(customers: int, list_size: int, shares: Sequence[float]) -> TextArray:
    """Return the tier of each of ``customers`` ranked best first; empty texts without ``shares``.

    The tiers cut the first ``list_size``; whoever stands below the list has the last tier.
    """
    if not shares:
        return np.full(customers, "")
    ends = np.round(np.cumsum(shares)[:-1] * list_size).astype(int)
    return np.array(list(TIER_NAMES))[np.searchsorted(ends, np.arange(customers), side="right")]


def match_channels(
    plan: ContactPlan,
    ranked: IntArray,
    frame: pd.DataFrame,
    can_be_listed: BoolArray,
    *,
    list_size: int | None = None,
) -> TextArray:
    """Give each customer a channel: those listed, and those below as if they were listed after them.

    Parameters
    ----------
    plan
        The rules, at least one; whoever no rule takes is contacted as the last one says.
    ranked
        Positions in ``frame`` of the customers, best first.
    frame, can_be_listed
        The customers, one row each, and whom the stage can list.
    list_size
        How many of ``ranked`` stand on the list, of which tiers and capacities are shares; None for all.
        Whoever is listed gets the same channel whatever number stands below.

    Returns
    -------
    array
        One channel for each of ``ranked``.
    """
    listed = len(ranked) if list_size is None else list_size
    tier = cut_tiers(len(ranked), listed, plan.tiers)
    chosen = np.full(len(ranked), "", dtype="U16")
    room = {
        channel: _count_room(plan.capacity.get(channel), listed, len(ranked)) for channel in plan.channels
    }
    for rule in plan.rules:
        wanted = chosen == ""
        if rule.tiers:
            wanted &= np.isin(tier, rule.tiers)
        for condition in rule.where:
            wanted &= condition.test(frame[condition.column], can_be_listed)[ranked]
        most = min(room[rule.channel], _count_room(rule.share, listed, len(ranked)))
        takes = np.flatnonzero(wanted)[:most]
        chosen[takes] = rule.channel
        room[rule.channel] -= len(takes)
    chosen[chosen == ""] = plan.rules[-1].channel
    return chosen


def _count_room(share: float | None, listed: int, customers: int) -> int:
    return customers if share is None else int(np.floor(share * listed + _ROUNDING))
