"""One team's world: the shared market as this team's contacts, and nobody else's, have changed it.

Every quarter each customer decides anew by the market's random-utility model (`leadline.market.response`).
Worlds share all luck (common random numbers), so that they differ by what teams do alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadline.course.game.ground import Ground, Luck, Rows
from leadline.course.game.rules import BEFORE, FATIGUE, FATIGUE_QUARTERS, OPT_OUT, OPT_OUT_QUARTERS
from leadline.market.logit import to_chance
from leadline.market.response import peer_utility
from leadline.market.truth import Codes, Flags, Floats

_NEVER = -1
_NOBODY, _NOTHING = np.empty(0, np.int64), np.empty(0, np.int8)


@dataclass(frozen=True, eq=False, kw_only=True)
class Played:
    """What one quarter was.

    Attributes
    ----------
    listed, planned
        Rows of the list, in its order, and the code of `ARMS` planned for each; 0 is the hold-out.
    contacted, arm, is_reached
        Rows that were contacted, through what, and whether it got through. Who subscribed already or had
        opted out was not.
    at_risk
        Of the able: who had not subscribed when the quarter began.
    chance, alone
        Of the able: the chance of subscribing in the quarter if at risk, as it was and if not contacted in
        this quarter.
    subscribed, opted_out
        Rows of the customers who did.
    cost_cny
        Of the contacts made.
    """

    listed: Rows
    planned: Codes
    contacted: Rows
    arm: Codes
    is_reached: Flags
    at_risk: Flags
    chance: NDArray[np.float64]
    alone: NDArray[np.float64]
    subscribed: Rows
    opted_out: Rows
    cost_cny: float


@dataclass(frozen=True, eq=False, kw_only=True)
class _Arms:
    """A quarter's contacts spread over all customers; arm and reach are 0 for who is not contacted."""

    arm: Codes
    reach: NDArray[np.float64]
    is_reached: Flags

    @classmethod
    def spread(
        cls, customers: int, rows: Rows, *, arm: Codes, reach: NDArray[np.float64], is_reached: Flags
    ) -> "_Arms":
        """Put what is known of the contacts at ``rows`` in their places."""
        wide = cls(
            arm=np.zeros(customers, np.int8),
            reach=np.zeros(customers),
            is_reached=np.zeros(customers, bool),
        )
        wide.arm[rows], wide.reach[rows], wide.is_reached[rows] = arm, reach, is_reached
        return wide


class World:
    """The state of the market for one team, after any number of quarters.

    Attributes
    ----------
    subscribed_in, opted_out_in
        Quarter in which each customer subscribed or opted out in the game, -1 for never; 0 is the quarter
        before the first. Shape (customers,).
    played
        The quarters played, the one before the first being number 0.
    """

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        customers = ground.market.customers
        self.subscribed_in = np.full(customers, _NEVER, np.int16)
        self.opted_out_in = np.full(customers, _NEVER, np.int16)
        self._contacts: list[Flags] = []
        self.played: list[Played] = []
        self.play(_NOBODY, _NOTHING)

    @property
    def subscribes(self) -> Flags:
        """Tell who uses the service by now. Shape (customers,)."""
        return self.subscribed_until(len(self.played))

    def subscribed_until(self, quarter: int) -> Flags:
        """Tell who used the service when ``quarter`` began. Shape (customers,)."""
        won: Flags = (self.subscribed_in != _NEVER) & (self.subscribed_in < quarter)
        return won | self.ground.market.truth.subscribed_before

    def opted_out_until(self, quarter: int) -> Flags:
        """Tell who had opted out in the game when ``quarter`` began. Shape (customers,)."""
        gone: Flags = (self.opted_out_in != _NEVER) & (self.opted_out_in < quarter)
        return gone

    @property
    def has_opted_out(self) -> Flags:
        """Tell who opted out in the game. Shape (customers,)."""
        return self.opted_out_until(len(self.played))

    @property
    def cost_cny(self) -> float:
        """What all contacts cost so far."""
        return sum(quarter.cost_cny for quarter in self.played)

    def count_contacts(self, quarters: int) -> NDArray[np.int64]:
        """Count each customer's contacts in the last ``quarters`` played. Shape (customers,)."""
        recent = self._contacts[-quarters:]
        return np.sum(recent, axis=0, dtype=np.int64) if recent else np.zeros(len(self.subscribed_in), int)

    def find_followed(self, quarter: int) -> Rows:
        """Return the rows of all customers listed up to ``quarter``: the team is told of them alone."""
        return np.unique(np.concatenate([played.listed for played in self.played[: quarter + 1]]))

    def find_known_subscribers(self) -> Flags:
        """Tell who subscribed in the game as far as the team is told. Shape (customers,)."""
        followed = np.zeros(len(self.subscribed_in), bool)
        followed[self.find_followed(len(self.played))] = True
        return followed & self.subscribes

    def play(self, listed: Rows, planned: Codes) -> Played:
        """Play the next quarter with a list; the same world and list always give the same."""
        ground, number = self.ground, len(self.played)
        luck = ground.luck(number)
        friends = ground.count_friends(self.subscribes)
        may_be = ~self.subscribes & ~self.has_opted_out
        is_made = (planned > 0) & may_be[listed]
        contacted, arm = listed[is_made], planned[is_made]
        reach = ground.find_reach(contacted, arm, friends)
        reach *= FATIGUE ** self.count_contacts(FATIGUE_QUARTERS)[contacted]
        is_reached = luck.reach[contacted] < reach
        arms = _Arms.spread(len(may_be), contacted, arm=arm, reach=reach, is_reached=is_reached)
        chance, alone, decides = self._decide(luck, friends, arms)
        at_risk = self.subscribed_in[ground.able] == _NEVER
        subscribed = ground.able[at_risk & decides]
        self.subscribed_in[subscribed] = number
        opted_out = self._opt_out(luck, contacted[is_reached])
        self.opted_out_in[opted_out] = number
        self._contacts.append(arms.arm > 0)
        cost = np.array(ground.market.parameters.contact_costs())[arm].sum()
        quarter = Played(
            listed=listed,
            planned=planned,
            contacted=contacted,
            arm=arm,
            is_reached=is_reached,
            at_risk=at_risk,
            chance=chance,
            alone=alone,
            subscribed=subscribed,
            opted_out=opted_out,
            cost_cny=float(cost),
        )
        self.played.append(quarter)
        return quarter

    def _decide(
        self, luck: Luck, friends: Floats, arms: "_Arms"
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], Flags]:
        """Return of the able: the chance, the chance if not contacted, and who decides to subscribe."""
        ground = self.ground
        able = ground.able
        utility = ground.own_utility + peer_utility(ground.market.parameters, friends[able])
        lift = np.zeros(len(able))
        for code, added in ground.lift.items():
            chosen = arms.arm[able] == code
            lift[chosen] = added[chosen]
        alone = to_chance(utility).astype(float)
        chance = (1 - arms.reach[able]) * alone + arms.reach[able] * to_chance(utility + lift)
        decides = utility + arms.is_reached[able] * lift + luck.noise[able] > 0
        open_to_it = ~self.has_opted_out[able]
        if len(self.played) == BEFORE:  # the pilot's customers decided in that quarter, in the pilot
            open_to_it &= ~ground.market.observed.recently_contacted[able]
        return chance * open_to_it, alone * open_to_it, decides & open_to_it

    def _opt_out(self, luck: Luck, reached: Rows) -> Rows:
        """Draw who opts out: reached, not won, and contacted before."""
        left = reached[self.subscribed_in[reached] == _NEVER]
        goes: Flags = luck.opt_out[left] < OPT_OUT * self.count_contacts(OPT_OUT_QUARTERS)[left]
        gone: Rows = left[goes]
        return gone
