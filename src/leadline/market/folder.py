"""A whole market as tables, a city at a time, and the note from which its truth is made again."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.channels import CHANNELS
from leadline.errors import DataError
from leadline.market.campaign_rows import LAUNCH, PILOT, PRODUCT, PRODUCT_LAUNCHED_ON, tabulate_campaigns
from leadline.market.city import City, make_city
from leadline.market.frames import tabulate_city
from leadline.market.history import last_day, launch_start, pilot_start
from leadline.market.market import MARKET_VERSION, Market, plan_cities, simulate
from leadline.market.parameters import MarketParameters
from leadline.market.period import AS_OF
from leadline.market.streams import Purpose
from leadline.market.survey import Respondents, draw_answers, draw_survey, find_respondents

SCHEMA_VERSION = 1
_PEOPLE_FORGIVEN = 5
_ROUNDING = 1e-4
_FIELDS_NAMED = 3
_PILOT_DESIGN = "random sample of permitted customers, more of the partner's; channel and hold-out at random"
_LAUNCH_DESIGN = "random part of permitted customers joined with the partner; call, SMS, hold-out at random"


def tabulate_market(
    parameters: MarketParameters, seed: int, customers: int
) -> Iterator[tuple[str, pa.Table]]:
    """Yield every table of `leadline.data.tables.MARKET_TABLES`, city by city: name and next rows."""
    yield from _tabulate_terms(parameters, customers)
    respondents = []
    for number, size in enumerate(plan_cities(parameters, customers)):
        city = make_city(parameters, seed, number, size)
        yield from tabulate_city(city)
        yield from tabulate_campaigns(city)
        respondents.append(_interview(city))
    survey = draw_survey(parameters, respondents)
    yield "survey", pa.Table.from_pandas(survey, preserve_index=False)


def describe_market(parameters: MarketParameters, seed: int, customers: int) -> dict[str, Any]:
    """Return the note, as plain JSON, from which `remake_market` makes the same market.

    ``fingerprint`` is that of the first city's people, so that a simulation which draws other values for the
    same seed is noticed.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "market_version": MARKET_VERSION,
        "seed": seed,
        "customers": customers,
        "as_of": str(AS_OF),
        "parameters": parameters.changes(),
        "fingerprint": _fingerprint(parameters, seed, customers),
    }


def remake_market(note: dict[str, Any], source_name: str) -> Market:
    """Make the market of a note again, with its truth.

    Raises
    ------
    DataError
        If the note is of another version, or this simulation no longer draws the same people.
    """
    headline = f"The truth of {source_name} cannot be made again"
    wanted = {"schema_version": SCHEMA_VERSION, "market_version": MARKET_VERSION}
    problems = [
        f"{name} is {note.get(name)!r}; this leadline makes {version}. Make the market again, or use the "
        "leadline that wrote it."
        for name, version in wanted.items()
        if note.get(name) != version
    ]
    problems += [
        f"{name} is {note.get(name)!r}, must be a whole number. Make the market again."
        for name in ("seed", "customers")
        if not isinstance(note.get(name), int)
    ]
    if not isinstance(note.get("parameters"), dict):
        problems.append("parameters are absent. Make the market again.")
    if problems:
        raise DataError(headline, problems)
    parameters = MarketParameters.from_dict(note["parameters"])
    found = _fingerprint(parameters, note["seed"], note["customers"])
    if changed := _find_changed(note.get("fingerprint"), found, note["customers"]):
        named = ", ".join(changed[:_FIELDS_NAMED]) + (" …" if len(changed) > _FIELDS_NAMED else "")
        raise DataError.of(
            headline,
            f"the simulation draws other people than when the folder was written ({named}). Make the market "
            "again.",
        )
    return simulate(parameters, note["seed"], note["customers"])


def _fingerprint(parameters: MarketParameters, seed: int, customers: int) -> dict[str, float]:
    """Return a mean, weighted by place, of every field of the first city's people."""
    city = make_city(parameters, seed, 0, plan_cities(parameters, customers)[0])
    weight = np.linspace(0, 2, city.size)
    values = vars(city.observed) | vars(city.truth)
    return {
        name: float(weight @ array.reshape(city.size, -1).mean(axis=1, dtype=float) / city.size)
        for name, array in values.items()
    }


def _find_changed(before: Any, now: dict[str, float], customers: int) -> list[str]:
    """Name the fields whose fingerprint differs by more than rounding on another machine explains."""
    if not isinstance(before, dict):
        return list(now)
    slack = _PEOPLE_FORGIVEN / customers
    return [
        name
        for name, mean in now.items()
        if not np.isclose(mean, before.get(name, np.nan), rtol=_ROUNDING, atol=slack)
    ]


def _interview(city: City) -> Respondents:
    answers = draw_answers(city.parameters, city.truth, city.streams.open(Purpose.SURVEY))
    return find_respondents(city.parameters, answers)


def _tabulate_terms(parameters: MarketParameters, customers: int) -> Iterator[tuple[str, pa.Table]]:
    """Yield what holds for all cities; only the first product is offered and held in this market."""
    yield (
        "products",
        pa.table(
            {
                "product_id": [PRODUCT, PRODUCT + 1],
                "name": ["Mobile securities trading", "Stock news by message"],
                "fee_cny_month": [parameters.fee_cny_month, parameters.fee_cny_month / 2],
                "risk_level": [3, 1],
                "launched_on": np.array([PRODUCT_LAUNCHED_ON] * 2),
            }
        ),
    )
    yield (
        "channels",
        pa.table(
            {
                "channel": list(CHANNELS),
                "reach": list(parameters.reach),
                "cost_cny": list(parameters.cost_cny),
                "capacity": list(parameters.capacity(customers)),
            }
        ),
    )
    starts = [pilot_start(), launch_start()]
    yield (
        "campaigns",
        pa.table(
            {
                "campaign_id": [PILOT, LAUNCH],
                "name": ["Pilot", "Launch"],
                "product_id": [PRODUCT, PRODUCT],
                "started_on": np.array(starts),
                "ended_on": np.array([last_day(start) for start in starts]),
                "design": [_PILOT_DESIGN, _LAUNCH_DESIGN],
            }
        ),
    )
