"""The rules of the game that are no market's: how contacts weary, and how a quarter's money is counted."""

from dataclasses import dataclass

#: Changes whenever the same log gives another game.
GAME_VERSION = 1
MONTHS_A_QUARTER = 3
#: Each contact in the quarters before that still wearies takes away a quarter of the next one's reach.
FATIGUE = 0.75
FATIGUE_QUARTERS = 2
#: Chance that a contact that gets through and does not win makes the customer opt out, for each contact of
#: the quarters before that is remembered: the first contact never does.
OPT_OUT = 0.03
OPT_OUT_QUARTERS = 4
#: The quarter before the first: nobody is contacted, what comes unasked is the firm's "before".
BEFORE = 0


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the instructor chose: number of quarters, and each team's budget for all of them together."""

    quarters: int
    budget_cny: float
