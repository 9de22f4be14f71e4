"""One city of the market: people, what is seen of them, and the truth. Cities are independent."""

from dataclasses import dataclass, replace

import numpy as np

from leadline.market.broker import Accounts, draw_accounts
from leadline.market.circles import count_friends, draw_circles
from leadline.market.geography import Places, draw_places
from leadline.market.investors import Investors, Obstacles, draw_investors, draw_obstacles
from leadline.market.life import draw_life
from leadline.market.logit import to_chance
from leadline.market.months import BACKWARD, SUMMARY, draw_months, draw_uses
from leadline.market.observed import Observed, join_accounts, number_customers, summarise_months
from leadline.market.parameters import MarketParameters
from leadline.market.people import People, draw_people
from leadline.market.response import draw_response, own_utility
from leadline.market.streams import Purpose, Streams
from leadline.market.telecom import Rates, draw_contract, draw_rates
from leadline.market.truth import Flags, Ids, Ids32, Traits, Truth


@dataclass(frozen=True, eq=False, kw_only=True)
class City:
    """A city of ``size`` customers, whose ids follow on from the city before.

    ``ties`` are two arrays of rows (0 to size − 1); a tie may occur twice. ``places``, ``accounts`` and
    ``rates`` are what the tables are made from (`leadline.market.frames`).
    """

    parameters: MarketParameters
    streams: Streams
    size: int
    observed: Observed
    truth: Truth
    ties: tuple[Ids32, Ids32]
    places: Places
    accounts: Accounts
    rates: Rates


def make_city(parameters: MarketParameters, seed: int, number: int, size: int) -> City:
    """Make city ``number`` of the market that ``seed`` starts; time and memory grow with ``size``."""
    streams = Streams(seed, number)
    people = draw_people(parameters, size, streams.open(Purpose.PEOPLE))
    circles = draw_circles(parameters, people.income, streams.open(Purpose.CIRCLES))
    places = draw_places(parameters, size, streams.open(Purpose.PLACES))
    obstacles = draw_obstacles(parameters, people, streams.open(Purpose.OBSTACLES))
    investors = draw_investors(
        parameters,
        people,
        circles,
        has_pc=obstacles.has_pc_substitute,
        distance_km=places.distance_km,
        rng=streams.open(Purpose.INVESTORS),
    )
    accounts = draw_accounts(parameters, people, investors, obstacles, streams.open(Purpose.PARTNER))
    consent, do_not_contact = _draw_permission(parameters, size, streams.open(Purpose.PERMISSION))
    rng = streams.open(Purpose.TELECOM)
    contract = draw_contract(parameters, people, investors, rng)
    rates = draw_rates(
        parameters,
        people,
        investors,
        contract,
        distance_km=places.distance_km,
        may_be_pushed=~do_not_contact,
        rng=rng,
    )
    uses = draw_uses(parameters, rates, streams, BACKWARD)
    usage = summarise_months(uses, dict(draw_months(parameters, rates, uses, streams, SUMMARY)))
    customer_id, phone = number_customers(seed, number * parameters.city_size, size)
    rng = streams.open(Purpose.RESPONSE)
    traits = _draw_traits(
        parameters, people, investors, obstacles, customer_id=customer_id, ties=circles.ties, rng=rng
    )
    response = draw_response(parameters, traits, places.distance_km, usage["pushes_answered"], rng)
    life = draw_life(parameters, traits, streams.open(Purpose.LIFE))
    observed = Observed(
        customer_id=customer_id,
        phone=phone,
        age_years=people.age_years.astype(np.int8),
        broadband=obstacles.has_broadband,
        branch_distance_km=places.distance_km,
        consent=consent,
        do_not_contact=do_not_contact,
        subscribed_before=traits.subscribed_before,
        recently_contacted=np.zeros(size, bool),
        **vars(contract),
        **usage,
        **join_accounts(accounts, size),
    )
    return City(
        parameters=parameters,
        streams=streams,
        size=size,
        observed=observed,
        truth=Truth(**vars(traits), **vars(response), **vars(life)),
        ties=circles.ties,
        places=places,
        accounts=accounts,
        rates=rates,
    )


def _draw_permission(
    parameters: MarketParameters, size: int, rng: np.random.Generator
) -> tuple[Flags, Flags]:
    draws = rng.random((2, size), dtype=np.float32)
    return draws[0] < parameters.consent_rate, draws[1] < parameters.do_not_contact_rate


def _draw_traits(
    parameters: MarketParameters,
    people: People,
    investors: Investors,
    obstacles: Obstacles,
    *,
    customer_id: Ids,
    ties: tuple[Ids32, Ids32],
    rng: np.random.Generator,
) -> Traits:
    """Put people together, and draw who subscribed before the campaign: whose own utility was high."""
    size = len(customer_id)
    nobody = Traits(
        customer_id=customer_id,
        age_years=people.age_years,
        income=people.income,
        mobile_affinity=people.affinity,
        is_active=investors.trades_per_month >= parameters.active_trades,
        **vars(investors),
        **vars(obstacles),
        subscribed_before=np.zeros(size, bool),
        friends_using=np.zeros(size, np.float32),
    )
    early = to_chance(own_utility(parameters, nobody) + parameters.early_shift)
    subscribed = investors.is_holder & ~investors.is_staff & (rng.random(size, dtype=np.float32) < early)
    return replace(nobody, subscribed_before=subscribed, friends_using=count_friends(ties, subscribed))
