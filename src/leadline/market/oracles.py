"""The best lists there are, made from the truth: what no desk can do, and a bound for all that it can."""

import numpy as np

from leadline.market.assignment import Assignment, Terms, assign_channel, take_best
from leadline.market.market import Market
from leadline.market.truth import ARMS

_CALL = ARMS.index("call")


def choose_by_chance(market: Market, terms: Terms, *, partner_only: bool = False) -> Assignment:
    """Call those permitted who are likeliest to subscribe when called; at will only the partner's clients."""
    among = market.observed.permitted & (market.observed.matched if partner_only else np.True_)
    candidates = np.flatnonzero(among)
    row = take_best(market.truth.chance[candidates, _CALL], candidates, terms.list_size)
    return assign_channel(row, "call")


def choose_by_uplift(market: Market, terms: Terms) -> Assignment:
    """Call those permitted whose chance a call raises most."""
    candidates = np.flatnonzero(market.observed.permitted)
    uplift = market.truth.chance[candidates, _CALL] - market.truth.chance[candidates, 0]
    return assign_channel(take_best(uplift, candidates, terms.list_size), "call")
