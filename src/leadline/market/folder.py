"""A whole market as tables, a city at a time."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from leadline.channels import CHANNELS
from leadline.market.campaign_rows import LAUNCH, PILOT, PRODUCT, PRODUCT_LAUNCHED_ON, tabulate_campaigns
from leadline.market.city import City, make_city
from leadline.market.frames import tabulate_city
from leadline.market.history import last_day, launch_start, pilot_start
from leadline.market.market import plan_cities
from leadline.market.parameters import MarketParameters
from leadline.market.streams import Purpose
from leadline.market.survey import Respondents, draw_answers, draw_survey, find_respondents

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
