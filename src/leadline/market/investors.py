"""Who holds a brokerage account, with whom, how they trade, and what keeps them from the service."""

from dataclasses import dataclass

import numpy as np

from leadline.market.circles import Circles, count_friends, count_ties
from leadline.market.logit import solve_intercept, to_chance
from leadline.market.parameters import MarketParameters
from leadline.market.people import People
from leadline.market.truth import Flags, Floats

_MOST_TRADES = 1_000  # in a month, by a person


@dataclass(frozen=True, eq=False, kw_only=True)
class Investors:
    """Every field has shape (customers,). ``trades_per_month`` is 0 without an account."""

    is_holder: Flags
    trades_per_month: Floats
    has_partner_account: Flags
    is_staff: Flags
    trades_in_hall: Flags
    trades_by_phone: Flags


@dataclass(frozen=True, eq=False, kw_only=True)
class Obstacles:
    """Every field has shape (customers,). The first three are about standard normal."""

    difficulty: Floats
    security_fear: Floats
    price_sensitivity: Floats
    has_pc_substitute: Flags
    has_broadband: Flags


def draw_investors(
    parameters: MarketParameters,
    people: People,
    circles: Circles,
    *,
    has_pc: Flags,
    distance_km: Floats,
    rng: np.random.Generator,
) -> Investors:
    """Draw who holds an account, with whom, and how they trade."""
    size = len(people.income)
    is_holder = _draw_holders(parameters, people, circles, rng)
    spread = np.float32(parameters.trades_log_sd) * rng.standard_normal(size, dtype=np.float32)
    trades = np.exp(parameters.trades_log_mean + spread + parameters.trades_income * people.income)
    draws = rng.random((4, size), dtype=np.float32)
    with_partner = is_holder & (draws[0] < parameters.partner_share)
    hall = parameters.hall_logit + parameters.hall_age * people.age + parameters.hall_distance * distance_km
    telephone = (
        parameters.telephone_logit + parameters.telephone_pc * has_pc + parameters.telephone_age * people.age
    )
    return Investors(
        is_holder=is_holder,
        trades_per_month=np.where(is_holder, np.minimum(trades, _MOST_TRADES), 0).astype(np.float32),
        has_partner_account=with_partner,
        is_staff=with_partner & (draws[1] < parameters.staff_share),
        trades_in_hall=is_holder & (draws[2] < to_chance(hall)),
        trades_by_phone=is_holder & (draws[3] < to_chance(telephone)),
    )


def _draw_holders(
    parameters: MarketParameters, people: People, circles: Circles, rng: np.random.Generator
) -> Flags:
    """Draw holders in two waves: alone, then with what their friends hold; both at the wanted rate."""
    size = len(people.income)
    off_peak = (people.age_years - parameters.holder_peak_years) / parameters.holder_width_years
    with_age = -0.5 * off_peak**2
    of_circle = rng.standard_normal(circles.count, dtype=np.float32) * np.float32(parameters.holder_circle_sd)
    log_odds = parameters.holder_income * people.income + with_age + of_circle[circles.circle]
    draw = rng.random(size, dtype=np.float32)
    alone = draw < to_chance(log_odds + solve_intercept(log_odds, parameters.holder_rate))
    log_odds += parameters.contagion * count_friends(circles.ties, alone) / count_ties(circles.ties, size)
    return draw < to_chance(log_odds + solve_intercept(log_odds, parameters.holder_rate))


def draw_obstacles(parameters: MarketParameters, people: People, rng: np.random.Generator) -> Obstacles:
    """Draw what stands between a person and the service; older people find it harder, richer ones cheaper."""
    size = len(people.income)
    unexplained = rng.standard_normal((3, size), dtype=np.float32)
    has_pc = rng.random(size, dtype=np.float32) < to_chance(
        parameters.pc_logit + parameters.pc_income * people.income + parameters.pc_affinity * people.affinity
    )
    return Obstacles(
        difficulty=parameters.difficulty_age * people.age
        + parameters.difficulty_affinity * people.affinity
        + parameters.difficulty_sd * unexplained[0],
        security_fear=parameters.fear_age * people.age
        + parameters.fear_affinity * people.affinity
        + parameters.fear_sd * unexplained[1],
        price_sensitivity=parameters.price_income * people.income + parameters.price_sd * unexplained[2],
        has_pc_substitute=has_pc,
        has_broadband=has_pc & (rng.random(size, dtype=np.float32) < parameters.broadband_share),
    )
