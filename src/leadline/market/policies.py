"""Reference policies: what a desk could do, by how much it knows. They are handed no truth at all.

They stand for the three stages of the case (system T3) and calibrate the market; the workbench's own
analyses are compared with them, never used by them.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from leadline.market.assignment import Assignment, Terms, assign_channel, take_best
from leadline.market.composite import score_composite
from leadline.market.observed import Observed
from leadline.market.truth import ARMS, Codes, Flags

Policy = Callable[[Observed, Terms, np.random.Generator], Assignment]
Rows = NDArray[np.int64]

TELECOM = (
    "data_months",
    "traffic_mb",
    "sessions",
    "bank_calls",
    "broker_calls",
    "fund_calls",
    "branch_days",
    "spend_cny",
    "pushes_answered",
)
PARTNER = ("trades_3m", "assets_cny")
_FIFTHS = (0.2, 0.4, 0.6, 0.8)
_SMS, _CALL, _BRANCH, _TRIAL = (ARMS.index(name) for name in ("sms", "call", "branch", "trial"))
_OLD_YEARS = 60
_MOSTLY = 0.5
_NEAR_KM = 2.0
_THRIFTY = 0.4
_TIERS_A_AND_B = 0.6  # of the list, best first


def find_candidates(observed: Observed, terms: Terms, among: Flags | None = None) -> Rows:
    """Return the rows that may be listed; a list without consent still leaves users and pilot in peace."""
    free = ~observed.subscribed_before & ~observed.recently_contacted
    allowed = observed.permitted if terms.keep_consent else free
    return np.flatnonzero(allowed if among is None else allowed & among)


def choose_random(observed: Observed, terms: Terms, rng: np.random.Generator) -> Assignment:
    """Call anybody permitted."""
    candidates = find_candidates(observed, terms)
    count = min(terms.list_size, len(candidates))
    return assign_channel(rng.choice(candidates, count, replace=False), "call")


def choose_by_telecom(observed: Observed, terms: Terms, _rng: np.random.Generator) -> Assignment:
    """Stage 1: the operator's own attributes as one index; everybody is called."""
    candidates = find_candidates(observed, terms)
    score = score_composite(_take(observed, TELECOM, candidates))
    return assign_channel(take_best(score, candidates, terms.list_size), "call")


def choose_by_partner(observed: Observed, terms: Terms, _rng: np.random.Generator) -> Assignment:
    """Stage 2: only the partner's clients, with their trading in the index; everybody is called."""
    candidates = find_candidates(observed, terms, observed.matched)
    score = score_composite(_take(observed, (*TELECOM, *PARTNER), candidates))
    return assign_channel(take_best(score, candidates, terms.list_size), "call")


def choose_by_rules(observed: Observed, terms: Terms, _rng: np.random.Generator) -> Assignment:
    """Stage 3 without its channels: the rules' points among the partner's clients; everybody is called."""
    return assign_channel(_rank_by_rules(observed, terms), "call")


def choose_with_channels(observed: Observed, terms: Terms, _rng: np.random.Generator) -> Assignment:
    """Stage 3: the rules' list, in tiers, each customer by the channel that meets the likely obstacle."""
    row = _rank_by_rules(observed, terms)
    return Assignment(row=row, channel=_match_channels(observed, terms, row))


#: The policies in the order of the case; what each knows contains what the one before it knew.
POLICIES: Mapping[str, Policy] = {
    "random": choose_random,
    "telecom": choose_by_telecom,
    "partner": choose_by_partner,
    "rules": choose_by_rules,
    "channels": choose_with_channels,
}


def _take(observed: Observed, names: Sequence[str], rows: Rows) -> list[NDArray[np.generic]]:
    return [getattr(observed, name)[rows] for name in names]


def _rank_by_rules(observed: Observed, terms: Terms) -> Rows:
    """Rank by points for need, mobile use and obstacles, as a desk wrote them once; not fitted, not tuned."""
    candidates = find_candidates(observed, terms, observed.matched & ~observed.staff)
    if not len(candidates):
        return candidates
    mobile = score_composite(_take(observed, TELECOM, candidates))
    points = (
        10 * _band(observed.trades_3m[candidates])
        + 4 * _band(mobile)
        + 6 * observed.phone_orders[candidates]
        - 8 * (observed.pc_share[candidates] > _MOSTLY)
        - 4 * observed.broadband[candidates]
        + 2 * (observed.pushes_answered[candidates] > 0)
        - 2 * (observed.age_years[candidates] > _OLD_YEARS)
    )
    return take_best(points + 1e-3 * mobile, candidates, terms.list_size)


def _band(values: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return 0 to 4: the fifth of the candidates in which each value lies."""
    return np.searchsorted(np.quantile(values, _FIFTHS), values, side="right")


def _match_channels(observed: Observed, terms: Terms, row: Rows) -> Codes:
    """Match a channel to each customer of a ranked list; where it is full, the next ones get a message."""
    if not len(row):
        return np.empty(0, np.int8)
    rank = np.arange(len(row)) / len(row)
    candidates = find_candidates(observed, terms, observed.matched & ~observed.staff)
    thrifty = observed.spend_cny[row] < np.quantile(observed.spend_cny[candidates], _THRIFTY)
    near = (observed.branch_distance_km[row] < _NEAR_KM) | observed.hall_orders[row]
    channel = np.where(thrifty, _TRIAL, _CALL).astype(np.int8)
    to_branch = np.flatnonzero(near & (rank < _TIERS_A_AND_B))
    channel[to_branch[: terms.capacity_of("branch")]] = _BRANCH
    for name, code in (("trial", _TRIAL), ("call", _CALL)):
        channel[np.flatnonzero(channel == code)[terms.capacity_of(name) :]] = _SMS
    return channel
