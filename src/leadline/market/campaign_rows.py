"""The rows of a city in the tables about campaigns and holdings: contacts, outcomes, who has the service."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leadline.channels import CHANNELS
from leadline.market.city import City
from leadline.market.history import Campaign, Days, draw_launch, draw_organic, pilot_start
from leadline.market.life import HORIZON_MONTHS
from leadline.market.period import LISTED_ON, MONTHS
from leadline.market.response import find_reach
from leadline.market.streams import Purpose
from leadline.market.truth import ARMS, USES, Flags

PILOT, LAUNCH = 1, 2
PRODUCT = 1
#: The service was first offered two years before the list.
PRODUCT_LAUNCHED_ON = np.datetime64("2023-07-01", "D")
_DAYS_A_MONTH = 365.25 / 12
_END = (MONTHS[-1] + 1).astype("datetime64[D]")


def tabulate_campaigns(city: City) -> Iterator[tuple[str, pa.Table]]:
    """Yield the city's rows of contacts and outcomes (the pilot's, then the launch's), and of holdings."""
    launch = run_launch(city)
    for campaign_id, campaign in ((PILOT, city.pilot), (LAUNCH, launch)):
        yield "contacts", _contacts(city, campaign_id, campaign)
        yield "outcomes", _outcomes(city, campaign_id, campaign)
    yield "holdings", _holdings(city, launch)


def run_launch(city: City) -> Campaign:
    """Draw the city's launch; the same every time."""
    seen, rng = city.observed, city.streams.open(Purpose.LAUNCH)
    return draw_launch(city.parameters, seen.permitted, seen.matched, city.truth.outcome, rng)


def _contacts(city: City, campaign_id: int, campaign: Campaign) -> pa.Table:
    return pa.table(
        {
            "campaign_id": np.full(len(campaign.row), campaign_id, np.int64),
            "customer_id": city.observed.customer_id[campaign.row],
            "channel": pa.DictionaryArray.from_arrays(campaign.arm, list(ARMS)),
            "contacted_on": campaign.contacted_on,
            "is_reached": pa.array(_find_reached(city, campaign), mask=campaign.arm == 0),
            "cost_cny": np.array(city.parameters.contact_costs())[campaign.arm],
        }
    )


def _find_reached(city: City, campaign: Campaign) -> Flags:
    """Tell which contacts got through; of the hold-out none."""
    reached = np.zeros(len(campaign.row), bool)
    for code, channel in enumerate(CHANNELS, start=1):
        row = campaign.row[campaign.arm == code]
        reach = find_reach(
            city.parameters,
            channel,
            city.truth.take(row),
            city.observed.branch_distance_km[row],
            city.observed.pushes_answered[row],
        )
        reached[campaign.arm == code] = city.truth.reach_draw[row] < reach
    return reached


def _outcomes(city: City, campaign_id: int, campaign: Campaign) -> pa.Table:
    revenue = np.round(city.truth.value_cny[campaign.row].astype(float), 2)
    return pa.table(
        {
            "campaign_id": np.full(len(campaign.row), campaign_id, np.int64),
            "customer_id": city.observed.customer_id[campaign.row],
            "is_subscribed": campaign.is_subscribed,
            "subscribed_on": campaign.subscribed_on,
            "revenue_cny": pa.array(revenue, mask=~campaign.is_subscribed),
        }
    )


def _holdings(city: City, launch: Campaign) -> pa.Table:
    """Who had the service before the pilot, who subscribed in a campaign, and who did on their own later.

    In order of customer.
    """
    truth, rng = city.truth, city.streams.open(Purpose.LIFE, 1)
    age_days = int((pilot_start() - PRODUCT_LAUNCHED_ON).astype(int))
    since = pilot_start() - rng.integers(1, age_days + 1, city.size).astype("timedelta64[D]")
    followed_from = np.full(city.size, LISTED_ON)
    holds = truth.subscribed_before.copy()
    for campaign in (city.pilot, launch, _follow_unlisted(city, launch)):
        won = campaign.row[campaign.is_subscribed]
        since[won] = followed_from[won] = campaign.subscribed_on[campaign.is_subscribed]
        holds[won] = True
    row = np.flatnonzero(holds)
    return pa.table(
        {
            "customer_id": city.observed.customer_id[row],
            "product_id": np.full(len(row), PRODUCT, np.int64),
            "since": since[row],
            "until": _find_ends(followed_from[row], truth.months_kept[row].astype(int)),
            "use": pa.DictionaryArray.from_arrays(truth.use[row], list(USES)),
        }
    )


def _follow_unlisted(city: City, launch: Campaign) -> Campaign:
    """Follow everybody whom neither campaign lists; consent plays no part, for nobody contacts them."""
    listed = np.concatenate([city.pilot.row, launch.row])
    row = np.setdiff1d(np.arange(city.size), listed)
    return draw_organic(city.parameters, row, city.truth.outcome, city.streams.open(Purpose.ORGANIC))


def _find_ends(since: Days, months_kept: NDArray[np.int64]) -> Days:
    """Day on which each gave up; NaT for those who stay as long as the market is followed."""
    until = since + (months_kept * _DAYS_A_MONTH).astype("timedelta64[D]")
    stays = (months_kept == HORIZON_MONTHS) | (until >= _END)
    return np.where(stays, np.datetime64("NaT", "D"), until)
