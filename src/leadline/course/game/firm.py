"""What every team starts from: the tables that a firm's desk has, and never the truth."""

from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadline.channels import CHANNELS
from leadline.course.game.rules import BEFORE
from leadline.course.game.world import World
from leadline.market.campaign_rows import PILOT, tabulate_campaigns
from leadline.market.city import make_city
from leadline.market.market import Market, plan_cities
from leadline.market.observed import DATA_SERVICES

_OPERATOR = (
    "customer_id",
    "age_years",
    "tenure_months",
    "handset_supports",
    "broadband",
    "key_account",
    "branch_distance_km",
    "consent",
    "do_not_contact",
    "data_months",
    "traffic_mb",
    "sessions",
    "spend_cny",
    "bank_calls",
    "broker_calls",
    "fund_calls",
    "branch_days",
    "pushes_answered",
)
_PARTNER = (
    "staff",
    "trades_3m",
    "assets_cny",
    "pc_share",
    "work_hours_share",
    "phone_orders",
    "hall_orders",
    "risk_level",
)


def list_customers(world: World) -> pd.DataFrame:
    """Return what the firm knows of each customer when the first quarter begins.

    Parameters
    ----------
    world
        Any world of the game; what happened after the quarter before the first is not read.

    Returns
    -------
    pandas.DataFrame
        One row a customer: the fields of `leadline.market.observed.Observed` but the telephone number.
        ``subscribed`` tells who uses the service; ``in_pilot`` who was in the pilot. The partner's columns
        are missing where ``matched`` is false.
    """
    seen = world.ground.market.observed
    columns: dict[str, object] = {name: _plain(getattr(seen, name)) for name in _OPERATOR}
    columns["data_service"] = np.array(DATA_SERVICES)[seen.data_service]
    columns["in_pilot"] = seen.recently_contacted
    columns["subscribed"] = world.subscribed_until(BEFORE + 1)
    columns["matched"] = seen.matched
    for name in _PARTNER:
        known = seen.matched & (seen.risk_level > 0) if name == "risk_level" else seen.matched
        columns[name] = pd.Series(_plain(getattr(seen, name))).astype("object").where(known)
    return pd.DataFrame(columns)


def list_channels(market: Market) -> pd.DataFrame:
    """Return one row a channel: ``channel``, ``reach`` (at most), ``cost_cny``, ``capacity`` a quarter."""
    return pd.DataFrame(
        {
            "channel": CHANNELS,
            "reach": market.parameters.reach,
            "cost_cny": market.parameters.cost_cny,
            "capacity": market.parameters.capacity(market.customers),
        }
    )


def list_pilot(market: Market) -> pd.DataFrame:
    """Return the pilot: ``customer_id``, ``channel`` (none is its hold-out), ``reached``, ``subscribed``."""
    return pd.concat(
        [
            _read_pilot(market, number, size)
            for number, size in enumerate(plan_cities(market.parameters, market.customers))
        ]
    )


def find_past_value(market: Market) -> float:
    """Return what earlier subscribers contributed in their first twelve months, in CNY on average."""
    return float(market.truth.value_cny[market.truth.subscribed_before].mean(dtype=float))


def _read_pilot(market: Market, number: int, size: int) -> pd.DataFrame:
    city = make_city(market.parameters, market.seed, number, size)
    contacts, outcomes = (table.to_pandas() for _name, table in islice(tabulate_campaigns(city), 2))
    if not (contacts["campaign_id"] == PILOT).all():
        raise ValueError("The market's first campaign is not the pilot.")
    return pd.DataFrame(
        {
            "customer_id": contacts["customer_id"],
            "channel": contacts["channel"],
            "reached": contacts["is_reached"],
            "subscribed": outcomes["is_subscribed"],
        }
    )


def _plain(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Round what is a float: a firm's export has no seven digits."""
    return np.round(values.astype(float), 3) if np.issubdtype(values.dtype, np.floating) else values
