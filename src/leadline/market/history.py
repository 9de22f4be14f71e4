"""The campaigns around the day of the list: whom they contacted, how, and what came of it.

Both are randomised, so that an analyst may compare arms without a model: the pilot in the three months
before, over all channels and a hold-out; the launch in the three months after, calls against messages.
Whom neither lists may still subscribe unasked.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadline.market.parameters import MarketParameters
from leadline.market.period import LISTED_ON
from leadline.market.truth import ARMS, Codes, Flags

Days = NDArray[np.datetime64]

CAMPAIGN_MONTHS = 3
_CONTACT_DAYS = 30
_CALL, _SMS = ARMS.index("call"), ARMS.index("sms")


@dataclass(frozen=True, eq=False, kw_only=True)
class Campaign:
    """One campaign in one city; shape (listed,), in the order of ``row``.

    ``row`` is the customer's row in the city, ``arm`` a code of `ARMS` (0 is the hold-out). ``contacted_on``
    of the hold-out is the day it would have been; ``subscribed_on`` is NaT for those who did not subscribe.
    """

    row: NDArray[np.int64]
    arm: Codes
    contacted_on: Days
    is_subscribed: Flags
    subscribed_on: Days


def pilot_start() -> np.datetime64:
    """Return the pilot's first day; its last is the day before the list."""
    return np.datetime64(LISTED_ON.astype("datetime64[M]") - CAMPAIGN_MONTHS, "D")


def launch_start() -> np.datetime64:
    """Return the launch's first day: that of the list."""
    return LISTED_ON


def last_day(start: np.datetime64) -> np.datetime64:
    """Return the last day on which a campaign's outcome counts."""
    following = start.astype("datetime64[M]") + CAMPAIGN_MONTHS
    day: np.datetime64 = following.astype("datetime64[D]") - np.timedelta64(1, "D")
    return day


def draw_pilot(
    parameters: MarketParameters, permitted: Flags, matched: Flags, outcome: Flags, rng: np.random.Generator
) -> Campaign:
    """Draw the pilot: each permitted customer alike, those joined with the partner more often; any arm.

    Parameters
    ----------
    permitted, matched
        Shape (customers,): who may be contacted, and whose account the partner has.
    outcome
        Shape (customers, 6): who would subscribe under each of `ARMS`.
    """
    chance = parameters.pilot_share + parameters.pilot_partner_share * matched
    row = np.flatnonzero(permitted & (rng.random(len(permitted)) < chance))
    arm = rng.integers(0, len(ARMS), len(row)).astype(np.int8)
    return _follow(parameters, row, arm, outcome, start=pilot_start(), rng=rng)


def draw_launch(
    parameters: MarketParameters, permitted: Flags, matched: Flags, outcome: Flags, rng: np.random.Generator
) -> Campaign:
    """Draw the launch: a random part of those joined with the partner; called, messaged or held out.

    Parameters are those of `draw_pilot`, as they stand after the pilot.
    """
    row = np.flatnonzero(permitted & matched & (rng.random(len(permitted)) < parameters.launch_share))
    draw = rng.random(len(row))
    held_out = draw < parameters.launch_holdout
    called = draw < (1 + parameters.launch_holdout) / 2
    arm = np.where(held_out, 0, np.where(called, _CALL, _SMS)).astype(np.int8)
    return _follow(parameters, row, arm, outcome, start=launch_start(), rng=rng)


def draw_organic(
    parameters: MarketParameters, row: NDArray[np.int64], outcome: Flags, rng: np.random.Generator
) -> Campaign:
    """Draw what comes of the customers at ``row``, whom no campaign lists, in the launch's three months.

    They are followed as the launch's hold-out is, so that the two agree but for chance.
    """
    arm = np.zeros(len(row), np.int8)
    return _follow(parameters, row, arm, outcome, start=launch_start(), rng=rng)


def _follow(
    parameters: MarketParameters,
    row: NDArray[np.int64],
    arm: Codes,
    outcome: Flags,
    *,
    start: np.datetime64,
    rng: np.random.Generator,
) -> Campaign:
    """Date the contacts and what came of them; a decision that comes late is dated on the last day."""
    contacted_on = start + rng.integers(0, _CONTACT_DAYS, len(row)).astype("timedelta64[D]")
    delay = rng.exponential(parameters.decision_days, len(row)).astype("timedelta64[D]")
    is_subscribed = outcome[row, arm]
    decided_on = np.minimum(contacted_on + delay, last_day(start))
    return Campaign(
        row=row,
        arm=arm,
        contacted_on=contacted_on,
        is_subscribed=is_subscribed,
        subscribed_on=np.where(is_subscribed, decided_on, np.datetime64("NaT", "D")),
    )
