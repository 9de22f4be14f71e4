"""One city of the market: people, what is seen of them, and the truth. Cities are independent."""

from dataclasses import dataclass, replace

import numpy as np

from leadline.market.broker import Accounts, draw_accounts
from leadline.market.circles import count_friends
from leadline.market.geography import Places
from leadline.market.history import Campaign, draw_pilot
from leadline.market.life import draw_life
from leadline.market.logit import to_chance
from leadline.market.months import BACKWARD, SUMMARY, draw_months, draw_uses
from leadline.market.observed import Observed, join_accounts, number_customers, summarise_months
from leadline.market.parameters import MarketParameters
from leadline.market.persons import Persons, draw_persons
from leadline.market.response import draw_response, own_utility
from leadline.market.streams import Purpose, Streams
from leadline.market.telecom import Rates, draw_contract, draw_rates
from leadline.market.truth import Flags, Ids, Ids32, Traits, Truth


@dataclass(frozen=True, eq=False, kw_only=True)
class City:
    """A city of ``size`` customers, whose ids follow on from the city before.

    ``ties`` are two arrays of rows (0 to size − 1); a tie may occur twice. ``pilot`` is the campaign before
    the list: its outcomes are history, and ``observed`` and ``truth`` stand as it left them. ``places``,
    ``accounts`` and ``rates`` are what the tables are made from (`leadline.market.frames`).
    """

    parameters: MarketParameters
    streams: Streams
    size: int
    observed: Observed
    truth: Truth
    ties: tuple[Ids32, Ids32]
    pilot: Campaign
    places: Places
    accounts: Accounts
    rates: Rates


def make_city(parameters: MarketParameters, seed: int, number: int, size: int) -> City:
    """Make city ``number`` of the market that ``seed`` starts; time and memory grow with ``size`` alone."""
    streams = Streams(seed, number)
    persons = draw_persons(parameters, size, streams)
    accounts = draw_accounts(parameters, persons, streams.open(Purpose.PARTNER))
    observed, rates = _observe(parameters, persons, accounts, number * parameters.city_size, streams)
    truth = _draw_truth(parameters, persons, observed, streams)
    observed = replace(observed, subscribed_before=truth.subscribed_before)
    pilot = draw_pilot(
        parameters, observed.permitted, observed.matched, truth.outcome, streams.open(Purpose.PILOT)
    )
    observed, truth = _conclude(pilot, observed, truth)
    return City(
        parameters=parameters,
        streams=streams,
        size=size,
        observed=observed,
        truth=truth,
        ties=persons.circles.ties,
        pilot=pilot,
        places=persons.places,
        accounts=accounts,
        rates=rates,
    )


def _observe(
    parameters: MarketParameters, persons: Persons, accounts: Accounts, first_row: int, streams: Streams
) -> tuple[Observed, Rates]:
    """Draw what the operator sees, and join what the partner brings; nobody has subscribed yet."""
    size = len(persons.people.income)
    draws = streams.open(Purpose.PERMISSION).random((2, size), dtype=np.float32)
    do_not_contact = draws[1] < parameters.do_not_contact_rate
    rng = streams.open(Purpose.TELECOM)
    contract = draw_contract(parameters, persons, rng)
    rates = draw_rates(parameters, persons, contract.data_service > 0, ~do_not_contact, rng)
    uses = draw_uses(parameters, rates, streams, BACKWARD)
    customer_id, phone = number_customers(streams.seed, first_row, size)
    observed = Observed(
        customer_id=customer_id,
        phone=phone,
        age_years=persons.people.age_years.astype(np.int8),
        broadband=persons.obstacles.has_broadband,
        branch_distance_km=persons.places.distance_km,
        consent=draws[0] < parameters.consent_rate,
        do_not_contact=do_not_contact,
        subscribed_before=np.zeros(size, bool),
        recently_contacted=np.zeros(size, bool),
        **vars(contract),
        **summarise_months(uses, dict(draw_months(parameters, rates, uses, streams, SUMMARY))),
        **join_accounts(accounts, size),
    )
    return observed, rates


def _draw_truth(
    parameters: MarketParameters, persons: Persons, observed: Observed, streams: Streams
) -> Truth:
    """Draw who has subscribed already, and what would happen to the rest under every arm."""
    rng = streams.open(Purpose.RESPONSE)
    traits = _draw_traits(parameters, persons, observed.customer_id, rng)
    response = draw_response(parameters, traits, observed.branch_distance_km, observed.pushes_answered, rng)
    life = draw_life(parameters, traits, streams.open(Purpose.LIFE))
    return Truth(**vars(traits), **vars(response), **vars(life))


def _draw_traits(
    parameters: MarketParameters, persons: Persons, customer_id: Ids, rng: np.random.Generator
) -> Traits:
    """Put people together, and draw who subscribed before the campaign: whose own utility was high."""
    size = len(customer_id)
    people, investors = persons.people, persons.investors
    nobody = Traits(
        customer_id=customer_id,
        age_years=people.age_years,
        income=people.income,
        mobile_affinity=people.affinity,
        **vars(investors),
        **vars(persons.obstacles),
        subscribed_before=np.zeros(size, bool),
        friends_using=np.zeros(size, np.float32),
    )
    early = to_chance(own_utility(parameters, nobody) + parameters.early_shift)
    subscribed = investors.is_holder & ~investors.is_staff & (rng.random(size, dtype=np.float32) < early)
    friends = count_friends(persons.circles.ties, subscribed)
    return replace(nobody, subscribed_before=subscribed, friends_using=friends)


def _conclude(pilot: Campaign, observed: Observed, truth: Truth) -> tuple[Observed, Truth]:
    """Return both as the pilot left them: who subscribed cannot again, its list is left in peace."""
    contacted = observed.recently_contacted.copy()
    contacted[pilot.row] = True  # the hold-out too: its members showed what they do when left alone
    won = pilot.row[pilot.is_subscribed]
    subscribed: Flags = observed.subscribed_before.copy()
    subscribed[won] = True
    chance, outcome = truth.chance.copy(), truth.outcome.copy()
    chance[won], outcome[won] = 0, False
    return (
        replace(observed, subscribed_before=subscribed, recently_contacted=contacted),
        replace(truth, subscribed_before=subscribed, chance=chance, outcome=outcome),
    )
