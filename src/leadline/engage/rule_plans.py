"""The ways to assign channels that need no optimisation: the case's tier rule, and one channel for all."""

from collections.abc import Mapping, Sequence

import numpy as np

from leadline.engage.channels import ChannelCase
from leadline.engage.problem import NO_CHANNEL, FloatArray, IntArray

_ROUNDING = 1e-9


class _Purse:
    """What capacity, budget and contacts are left."""

    def __init__(self, case: ChannelCase, budget_cny: float, contacts: float) -> None:
        self.cost_cny = case.cost_cny
        self.capacity = case.capacity.copy()
        self.budget_cny, self.contacts = budget_cny, contacts

    def afford(self, channel: int) -> int:
        """Return how many contacts by ``channel`` are still possible."""
        cost = self.cost_cny[channel]
        paid = np.floor(self.budget_cny / cost + _ROUNDING) if cost > 0 else np.inf
        return int(max(0.0, min(self.capacity[channel], self.contacts, paid)))

    def pay(self, channel: int, made: int) -> None:
        """Take off what ``made`` contacts use."""
        self.capacity[channel] -= made
        self.contacts -= made
        self.budget_cny -= made * self.cost_cny[channel]


def follow_tiers(
    case: ChannelCase,
    tier_rule: Mapping[str, Sequence[str]],
    order: IntArray,
    *,
    budget_cny: float,
    contacts: float,
) -> IntArray:
    """Serve tier after tier: its first channel takes its best customers until full, then its second.

    Parameters
    ----------
    case
        Customers and channels.
    tier_rule
        Tier, best first → channels in order of preference.
    order
        Customers, best score first. Shape: (customers,).
    budget_cny, contacts
        Limits; infinity for none.

    Returns
    -------
    array
        Channel of each customer or `NO_CHANNEL`. Shape: (customers,).
    """
    chosen = np.full(len(order), NO_CHANNEL, dtype=np.int64)
    purse = _Purse(case, budget_cny, contacts)
    for tier, wanted in tier_rule.items():
        waiting = order[(case.tier == tier).to_numpy(dtype=bool)[order]]
        for name in wanted:
            channel = case.names.index(name)
            takes = waiting[case.is_allowed[channel, waiting]][: purse.afford(channel)]
            chosen[takes] = channel
            purse.pay(channel, len(takes))
            waiting = waiting[chosen[waiting] == NO_CHANNEL]
    return chosen


def use_one_channel(case: ChannelCase, channel: int, *, budget_cny: float, contacts: float) -> IntArray:
    """Contact those with the highest chance by one channel, as many as the limits allow.

    Customers stand in the order in which equal chances are settled. Shape: (customers,).
    """
    chosen = np.full(len(case.score), NO_CHANNEL, dtype=np.int64)
    able = np.flatnonzero(case.is_allowed[channel])
    best_first = able[np.argsort(-case.chance[channel, able], kind="stable")]
    chosen[best_first[: _Purse(case, budget_cny, contacts).afford(channel)]] = channel
    return chosen


def order_by_score(score: FloatArray) -> IntArray:
    """Return positions, best score first; equal scores keep the order of the customers."""
    return np.argsort(-score, kind="stable")
