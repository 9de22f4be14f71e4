"""The best lists there are, made from the truth: what no desk can do, and a bound for all that it can."""

from leadline.market.assignment import Assignment, Terms, assign_channel, take_best
from leadline.market.market import Market
from leadline.market.policies import find_candidates
from leadline.market.truth import ARMS, Flags

_CALL = ARMS.index("call")


def choose_by_chance(market: Market, terms: Terms, *, among: Flags | None = None) -> Assignment:
    """Call those permitted who are likeliest to subscribe when called; at will only some of the customers.

    ``among`` has shape (customers,).
    """
    candidates = find_candidates(market.observed, terms, among)
    row = take_best(market.truth.chance[candidates, _CALL], candidates, terms.list_size)
    return assign_channel(row, "call")


def choose_by_uplift(market: Market, terms: Terms, *, among: Flags | None = None) -> Assignment:
    """Call those permitted whose chance a call raises most; ``among`` as in `choose_by_chance`."""
    candidates = find_candidates(market.observed, terms, among)
    uplift = market.truth.chance[candidates, _CALL] - market.truth.chance[candidates, 0]
    return assign_channel(take_best(uplift, candidates, terms.list_size), "call")
