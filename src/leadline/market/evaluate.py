"""What an assignment of channels to customers truly brings: exact, since every potential outcome is known."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from leadline.market.assignment_result import AssignmentResult
from leadline.market.luck import luck_of_share
from leadline.market.market import Market
from leadline.market.response import may_subscribe, peer_utility
from leadline.market.truth import ARMS, Codes, Flags, Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class _Contacts:
    """What is known of each contact; shape (contacted,)."""

    arm: Codes
    is_subscribed: Flags
    chance: Floats
    organic: Floats
    value_cny: Floats
    cost_cny: NDArray[np.float64]


def evaluate_assignment(market: Market, rows: ArrayLike, channel: ArrayLike) -> AssignmentResult:
    """Score a list that anyone made by any means.

    Parameters
    ----------
    market
        The market, with its truth.
    rows
        Rows of the customers listed, each once. Shape (listed,).
    channel
        Code of `ARMS` for each of them, or one for all; 0 is the hold-out, which counts as not contacted.

    Raises
    ------
    ValueError
        If a row is listed twice or outside the market, or a code is none of `ARMS`.
    """
    listed = np.asarray(rows, dtype=np.int64)
    arm = np.broadcast_to(np.asarray(channel, dtype=np.int8), listed.shape)
    _check(market, listed, arm)
    contacted, arm = listed[arm > 0], arm[arm > 0]
    truth = market.truth
    contacts = _Contacts(
        arm=arm,
        is_subscribed=truth.outcome[contacted, arm],
        chance=truth.chance[contacted, arm],
        organic=truth.chance[contacted, 0],
        value_cny=truth.value_cny[contacted],
        cost_cny=np.array(market.parameters.contact_costs())[arm],
    )
    by_channel = [
        {"channel": ARMS[code], **_measure(contacts, arm == code)} for code in np.unique(arm).tolist()
    ]
    every = _measure(contacts, np.ones(len(arm), bool))
    return AssignmentResult(
        listed=len(listed),
        spillover_subscribers=count_spillover(market, contacted, arm),
        channels=pd.DataFrame(by_channel, columns=["channel", *every]),
        **every,
    )


def count_spillover(market: Market, rows: NDArray[np.int64], arm: Codes) -> int:
    """Count who subscribes in a second wave because friends were won by the contacts.

    Friends of those won decide anew with the same noise, uncontacted, with so many more friends who use the
    service (Manski 1993, Review of Economic Studies 60:531-542, endogenous effect); one wave only.
    """
    truth = market.truth
    has_it = np.zeros(market.customers, bool)
    has_it[rows] = truth.outcome[rows, arm]
    won = has_it & ~truth.outcome[:, 0]
    first, second = market.ties
    more = np.bincount(first, won[second], market.customers)
    more += np.bincount(second, won[first], market.customers)
    asked = np.flatnonzero((more > 0) & may_subscribe(truth) & ~has_it & ~truth.outcome[:, 0])
    friends = truth.friends_using[asked]
    push = peer_utility(market.parameters, friends + more[asked]) - peer_utility(market.parameters, friends)
    return int((truth.utility[asked] + push + truth.noise[asked] > 0).sum())


def _measure(contacts: _Contacts, chosen: Flags) -> dict[str, Any]:
    """Measure some of the contacts; shares are missing where there is none."""
    count = int(chosen.sum())
    chance, organic = contacts.chance[chosen].astype(float), contacts.organic[chosen].astype(float)
    subscribers = int(contacts.is_subscribed[chosen].sum())
    lower, upper = luck_of_share(chance)
    added = chance - organic
    cost = float(contacts.cost_cny[chosen].sum())
    revenue = float((added * contacts.value_cny[chosen]).sum())
    return {
        "contacted": count,
        "subscribers": subscribers,
        "precision": subscribers / count if count else np.nan,
        "expected_precision": float(chance.mean()) if count else np.nan,
        "precision_luck_lower": lower,
        "precision_luck_upper": upper,
        "organic_rate": float(organic.mean()) if count else np.nan,
        "uplift": float(added.mean()) if count else np.nan,
        "incremental_subscribers": float(added.sum()),
        "cost_cny": cost,
        "revenue_cny": revenue,
        "profit_cny": revenue - cost,
    }


def _check(market: Market, rows: NDArray[np.int64], arm: Codes) -> None:
    if rows.size and not 0 <= rows.min() <= rows.max() < market.customers:
        raise ValueError(f"rows must lie within 0 and {market.customers - 1}.")
    if len(np.unique(rows)) < len(rows):
        raise ValueError("A row is listed twice.")
    if arm.size and not 0 <= arm.min() <= arm.max() < len(ARMS):
        raise ValueError(f"channel must lie within 0 and {len(ARMS) - 1}.")
