"""Who pays by mobile wallet, and what interests them (T9); the interest is truth, and in no table."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadline.market.logit import to_chance
from leadline.market.market import Market, plan_cities
from leadline.market.parameters import MarketParameters
from leadline.market.streams import Purpose, Streams
from leadline.market.truth import Codes, Counts, Traits

#: Codes of `Wallets.interest`.
INTERESTS = ("none", "travel", "football", "golf")


@dataclass(frozen=True, eq=False, kw_only=True)
class Wallets:
    """Customers who pay by mobile wallet: ``row`` in the city, ascending, and ``interest``, a code."""

    row: NDArray[np.int64]
    interest: Codes


def draw_wallets(
    parameters: MarketParameters, traits: Traits, tenure_months: Counts, streams: Streams
) -> Wallets:
    """Draw who pays by wallet and, by a multinomial logit, each one's interest; the same every time."""
    rng = streams.open(Purpose.PURCHASES)
    pays = (
        parameters.wallet_base
        + parameters.wallet_affinity * traits.mobile_affinity
        + parameters.wallet_income * traits.income
        + parameters.wallet_account * traits.is_holder
    )
    row = np.flatnonzero(rng.random(len(pays), dtype=np.float32) < to_chance(pays))
    income, trades = traits.income[row].astype(float), np.log1p(traits.trades_per_month[row])
    tenure = np.log1p(tenure_months[row]) - parameters.tenure_log_months
    utility = np.stack(
        [
            np.zeros(len(row)),
            parameters.travel_base + parameters.travel_income * income,
            parameters.football_base + parameters.football_tenure * tenure,
            parameters.golf_base + parameters.golf_income * income + parameters.golf_trades * trades,
        ]
    )
    interest = (utility + rng.gumbel(size=utility.shape)).argmax(axis=0)
    return Wallets(row=row, interest=interest.astype(np.int8))


def reveal_interests(market: Market) -> pd.DataFrame:
    """Return what no purchase proves: the interest of everybody who pays by mobile wallet.

    Returns
    -------
    pandas.DataFrame
        One row a customer who pays so: ``customer_id`` (text), ``interest``, one of `INTERESTS`.
    """
    parts, first = [], 0
    for number, size in enumerate(plan_cities(market.parameters, market.customers)):
        place = np.arange(first, first + size)
        wallets = draw_wallets(
            market.parameters,
            market.truth.take(place),
            market.observed.tenure_months[place],
            Streams(market.seed, number),
        )
        parts.append((market.truth.customer_id[place][wallets.row], wallets.interest))
        first += size
    ids, codes = (np.concatenate(column) for column in zip(*parts, strict=True))
    return pd.DataFrame(
        {
            "customer_id": pd.Series(ids).astype("string").astype("str"),
            "interest": np.array(INTERESTS)[codes],
        }
    )
