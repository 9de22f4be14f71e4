"""Behaviour month by month: streaks of data use, levels that last, a mild season, rare calls.

Use is a two-state Markov chain and a person's level an autoregression of order 1. Both look the same
backward and forward in time, so months are drawn outward from the day of the list: whoever needs only the
last three gets the very values that the full table holds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leadline.market.parameters import MarketParameters
from leadline.market.period import MONTHS, MONTHS_AFTER, MONTHS_BEFORE
from leadline.market.rare import draw_binomial, draw_poisson
from leadline.market.streams import Purpose, Streams
from leadline.market.telecom import Rates
from leadline.market.truth import Counts, Flags, Floats

_LAST = MONTHS_BEFORE - 1
#: Positions in `period.MONTHS`: the months before the list, newest first; then those after it.
BACKWARD = tuple(range(_LAST, -1, -1))
OUTWARD = (*BACKWARD, *range(MONTHS_BEFORE, MONTHS_BEFORE + MONTHS_AFTER))
#: The three months that a customer-level summary covers.
SUMMARY = BACKWARD[:3]

_SESSIONS_FOLLOW_TRAFFIC = 0.5
_MOST_DAYS = np.int16(28)
_MOST_SESSIONS = np.float32(3_000)


@dataclass(frozen=True, eq=False, kw_only=True)
class Month:
    """One month of everybody; shape (customers,). The fields are columns of the monthly_usage table."""

    traffic_mb: Floats
    sessions: Counts
    spend_cny: Floats
    bank_calls: Counts
    broker_calls: Counts
    fund_calls: Counts
    branch_days: Counts
    pushes_received: Counts
    pushes_answered: Counts


def draw_uses(
    parameters: MarketParameters, rates: Rates, streams: Streams, months: Sequence[int] = OUTWARD
) -> dict[int, Flags]:
    """Draw who used mobile data in each of ``months``, a beginning of `OUTWARD`; shape (customers,) each."""
    uses: dict[int, Flags] = {}
    persistence = np.float32(parameters.data_use_persistence)
    for month in months:
        draw = streams.open(Purpose.DATA_USE, month).random(len(rates.data_use), dtype=np.float32)
        if month == _LAST:
            uses[month] = draw < rates.data_use
        else:
            neighbour = uses[_towards_list(month)]
            uses[month] = draw < rates.data_use + persistence * (neighbour - rates.data_use)
    return uses


def draw_months(
    parameters: MarketParameters,
    rates: Rates,
    uses: Mapping[int, Flags],
    streams: Streams,
    months: Sequence[int] = OUTWARD,
) -> Iterator[tuple[int, Month]]:
    """Draw ``months``, a beginning of `OUTWARD`, one by one: position and month."""
    last_level = level = np.zeros(len(rates.data_use), np.float32)
    persistence = np.float32(parameters.usage_persistence)
    for month in months:
        rng = streams.open(Purpose.MONTH, month)
        fresh = rng.standard_normal(len(level), dtype=np.float32)
        if month == _LAST:
            last_level = level = fresh
        else:
            before = last_level if month == MONTHS_BEFORE else level
            level = persistence * before + np.sqrt(1 - persistence**2) * fresh
        season = _find_season(parameters, month)
        yield month, _draw_month(parameters, rates, uses[month], level=level, season=season, rng=rng)


def _draw_month(
    parameters: MarketParameters,
    rates: Rates,
    uses: Flags,
    *,
    level: Floats,
    season: np.float32,
    rng: np.random.Generator,
) -> Month:
    size = len(uses)
    swing = np.float32(parameters.traffic_month_sd) * level
    spend_swing = np.float32(parameters.spend_month_sd) * rng.standard_normal(size, dtype=np.float32)
    received = (parameters.pushes_a_month - 1 + rng.integers(0, 3, size, dtype=np.uint8)).astype(np.int16)
    received *= rates.may_be_pushed
    return Month(
        traffic_mb=_round(np.exp(rates.traffic + swing) * season, 100) * uses,
        sessions=_draw_sessions(rates, uses, swing, season, rng),
        spend_cny=_round(np.exp(rates.spend + spend_swing) * season, 10),
        bank_calls=draw_poisson(rates.bank_calls * season, rng),
        broker_calls=draw_poisson(rates.broker_calls * season, rng),
        fund_calls=draw_poisson(rates.fund_calls * season, rng),
        branch_days=np.minimum(draw_poisson(rates.branch_days * season, rng), _MOST_DAYS),
        pushes_received=received,
        pushes_answered=draw_binomial(received, rates.answers, rng),
    )


def _draw_sessions(
    rates: Rates, uses: Flags, swing: Floats, season: np.float32, rng: np.random.Generator
) -> Counts:
    """Draw at least one session in a month of use, none in another."""
    sessions = np.zeros(len(uses), np.int16)
    users = np.flatnonzero(uses)
    mean = rates.sessions[users] * np.exp(np.float32(_SESSIONS_FOLLOW_TRAFFIC) * swing[users]) * season
    sessions[users] = 1 + rng.poisson(np.minimum(mean, _MOST_SESSIONS))
    return sessions


def _find_season(parameters: MarketParameters, month: int) -> np.float32:
    in_year = int(MONTHS[month].astype(int)) % 12  # 0 is January
    return np.float32(1 + parameters.season * np.cos(2 * np.pi * in_year / 12))


def _towards_list(month: int) -> int:
    return month + 1 if month < _LAST else month - 1


def _round(values: Floats, parts: int) -> Floats:
    """Round to one part in ``parts`` of a unit, and never to 0."""
    return np.asarray(np.maximum(np.rint(values * parts), 1) / parts, np.float32)
