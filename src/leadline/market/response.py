"""What would happen to each person under each channel and under none: chances and potential outcomes.

Random-utility model (McFadden 1974): a person subscribes when utility plus a logistic noise is above 0; a
contact that gets through adds its push and takes away part of the person's obstacles. The noise and the
draw that decides on getting through are the same under every channel, so outcomes can be compared
(potential outcomes, Rubin 1974).
"""

from dataclasses import dataclass

import numpy as np

from leadline.channels import CHANNELS
from leadline.market.logit import to_chance
from leadline.market.parameters import MarketParameters
from leadline.market.truth import ARMS, Flags, Floats, Traits

_MOST_FRIENDS = 3
_MOST_ANSWERS = 2
_SURE_REACH = np.float32(0.98)


@dataclass(frozen=True, eq=False, kw_only=True)
class Response:
    """The fields of `leadline.market.truth.Truth` of the same names."""

    utility: Floats
    noise: Floats
    reach_draw: Floats
    chance: Floats
    outcome: Flags


def own_utility(parameters: MarketParameters, traits: Traits) -> Floats:
    """Return the log-odds of subscribing when left alone and without friends who use the service."""
    brokers_own = np.where(traits.has_partner_account, 0, parameters.utility_other_broker)
    return np.asarray(
        parameters.utility_base
        + brokers_own
        + parameters.utility_trades * np.log1p(traits.trades_per_month)
        + parameters.utility_affinity * traits.mobile_affinity
        + parameters.utility_difficulty * traits.difficulty
        + parameters.utility_fear * traits.security_fear
        + parameters.utility_price * traits.price_sensitivity
        + parameters.utility_pc * traits.has_pc_substitute,
        np.float32,
    )


def peer_utility(parameters: MarketParameters, friends_using: Floats) -> Floats:
    """Return what friends who use the service add."""
    return np.float32(parameters.utility_peer) * np.minimum(friends_using, _MOST_FRIENDS)


def may_subscribe(traits: Traits) -> Flags:
    """Tell who can subscribe at all: account holders, but no staff and nobody who has it already."""
    return traits.is_holder & ~traits.is_staff & ~traits.subscribed_before


def draw_response(
    parameters: MarketParameters,
    traits: Traits,
    distance_km: Floats,
    pushes_answered: Floats,
    rng: np.random.Generator,
) -> Response:
    """Draw every person's response to every arm; 0 and False for those who cannot subscribe."""
    size = len(traits.is_holder)
    utility = own_utility(parameters, traits) + peer_utility(parameters, traits.friends_using)
    draw = np.maximum(rng.random(size, dtype=np.float32), np.float32(1e-7))
    noise = np.log(draw / (1 - draw))
    reach_draw = rng.random(size, dtype=np.float32)
    chance = np.zeros((size, len(ARMS)), np.float32)
    outcome = np.zeros((size, len(ARMS)), bool)
    able = np.flatnonzero(may_subscribe(traits))
    their, own = traits.take(able), utility[able]
    alone, left = to_chance(own), own + noise[able]
    chance[able, 0], outcome[able, 0] = alone, left > 0
    for column, channel in enumerate(CHANNELS, start=1):
        reach = find_reach(parameters, channel, their, distance_km[able], pushes_answered[able])
        lift = find_lift(parameters, channel, their)
        chance[able, column] = (1 - reach) * alone + reach * to_chance(own + lift)
        outcome[able, column] = left + (reach_draw[able] < reach) * lift > 0
    return Response(utility=utility, noise=noise, reach_draw=reach_draw, chance=chance, outcome=outcome)


def find_reach(
    parameters: MarketParameters,
    channel: str,
    traits: Traits,
    distance_km: Floats,
    pushes_answered: Floats,
) -> Floats:
    """Chance that a contact gets through: answered pushes, nearness and friends decide by channel."""
    reach = np.full(len(distance_km), parameters.reach[CHANNELS.index(channel)], np.float32)
    if channel == "sms":
        answered = np.minimum(pushes_answered, _MOST_ANSWERS)
        reach *= parameters.sms_reach_base + parameters.sms_reach_answer * answered
    elif channel == "branch":
        reach *= np.exp(-distance_km / parameters.branch_range_km)
        reach *= np.where(traits.trades_in_hall, np.float32(parameters.branch_reach_hall), np.float32(1))
    elif channel == "referral":
        reach *= traits.friends_using > 0
    return np.minimum(reach, _SURE_REACH)


def find_lift(parameters: MarketParameters, channel: str, traits: Traits) -> Floats:
    """Log-odds that a contact adds once it got through: its push and the obstacles that it takes away."""
    at = CHANNELS.index(channel)
    eased = (
        parameters.eases_difficulty[at] * np.maximum(traits.difficulty, 0)
        + parameters.eases_fear[at] * np.maximum(traits.security_fear, 0)
        + parameters.eases_price[at] * np.maximum(traits.price_sensitivity, 0)
    )
    return np.asarray(parameters.push[at] + parameters.match * eased, np.float32)
