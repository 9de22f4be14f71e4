"""What all teams' worlds share: the hidden market, and the luck that each customer has in each quarter."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from leadline.channels import CHANNELS
from leadline.market.circles import count_friends
from leadline.market.market import Market
from leadline.market.response import find_lift, find_reach, may_subscribe, own_utility
from leadline.market.truth import Codes, Flags, Floats, Traits

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Luck:
    """The draws of one quarter; every field has shape (customers,).

    ``noise`` is logistic; ``reach`` and ``opt_out`` are uniform. The same in every team's world.
    """

    noise: NDArray[np.float64]
    reach: NDArray[np.float64]
    opt_out: NDArray[np.float64]


def draw_luck(seed: int, quarter: int, customers: int) -> Luck:
    """Draw a quarter's luck from the raw bits of PCG64, whose stream no version of NumPy changes (NEP 19)."""
    stream = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(quarter,)))
    bits = stream.random_raw(3 * customers).reshape(3, customers)
    uniform = ((bits >> np.uint64(11)) + 0.5) * 2.0**-53
    return Luck(noise=np.log(uniform[0] / (1 - uniform[0])), reach=uniform[1], opt_out=uniform[2])


@dataclass(frozen=True, eq=False)
class Ground:
    """The market and its luck, and what of it never changes in a game.

    ``able`` are the rows of the customers who can subscribe at all; arrays "of the able" have its shape.
    """

    market: Market
    luck_seed: int

    @cached_property
    def able(self) -> Rows:
        """Rows of the account holders who are no staff and had not subscribed before."""
        return np.flatnonzero(may_subscribe(self.market.truth))

    @cached_property
    def traits(self) -> Traits:
        """Traits of the able."""
        return self.market.truth.take(self.able)

    @cached_property
    def own_utility(self) -> Floats:
        """Log-odds of the able without friends."""
        return own_utility(self.market.parameters, self.traits)

    @cached_property
    def value_cny(self) -> NDArray[np.float64]:
        """Contribution in twelve months of each of the able, if subscribed."""
        return self.market.truth.value_cny[self.able].astype(float)

    @cached_property
    def lift(self) -> Mapping[int, Floats]:
        """Log-odds that a contact adds to each of the able, by code of the channel."""
        return {
            code: find_lift(self.market.parameters, channel, self.traits)
            for code, channel in enumerate(CHANNELS, start=1)
        }

    @cached_property
    def _lucks(self) -> dict[int, Luck]:
        return {}

    def luck(self, quarter: int) -> Luck:
        """Return the luck of a quarter."""
        if quarter not in self._lucks:
            self._lucks[quarter] = draw_luck(self.luck_seed, quarter, self.market.customers)
        return self._lucks[quarter]

    def count_friends(self, subscribes: Flags) -> Floats:
        """Count each customer's friends who use the service. Shape (customers,)."""
        return count_friends(self.market.ties, subscribes)

    def find_reach(self, rows: Rows, arm: Codes, friends: Floats) -> NDArray[np.float64]:
        """Chance that a contact of each of ``rows`` through ``arm`` gets through, before any fatigue."""
        market = self.market
        reach = np.zeros(len(rows))
        for code in np.unique(arm).tolist():
            chosen = np.flatnonzero(arm == code)
            at = rows[chosen]
            traits = replace(market.truth.take(at), friends_using=friends[at])
            seen = market.observed
            reach[chosen] = find_reach(
                market.parameters,
                CHANNELS[code - 1],
                traits,
                seen.branch_distance_km[at],
                seen.pushes_answered[at],
            )
        return reach
