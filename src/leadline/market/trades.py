"""The orders of the partner's clients in the three months before the list."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadline.market.broker import Accounts
from leadline.market.period import LISTED_ON
from leadline.market.truth import Codes, Floats

#: Codes of `Trades.channel`, as in the transactions table.
PLACES = ("hall", "phone", "pc", "mobile")
_TRADING_DAYS = np.arange(LISTED_ON - 91, LISTED_ON)[np.is_busday(np.arange(LISTED_ON - 91, LISTED_ON))]
#: Away from the PC: how often the hall and the telephone against the handset, for those who use them.
_HALL, _PHONE, _MOBILE = 4.0, 3.0, 1.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Trades:
    """One row an order; ``account`` is its position among the accounts, ``channel`` a code of `PLACES`."""

    account: NDArray[np.int64]
    traded_on: NDArray[np.datetime64]
    channel: Codes
    amount_cny: Floats


def draw_trades(accounts: Accounts, rng: np.random.Generator) -> Trades:
    """Draw as many orders as each account counts, placed where its owner places them."""
    account = np.repeat(np.arange(len(accounts.row)), accounts.trades_3m.astype(np.int64))
    away = 1 - accounts.pc_share
    weights = np.stack(
        [_HALL * accounts.hall_orders, _PHONE * accounts.phone_orders, np.full(len(away), _MOBILE)]
    )
    shares = weights * away / weights.sum(axis=0)
    up_to = np.cumsum([shares[0], shares[1], accounts.pc_share], axis=0)
    draw = rng.random(len(account), dtype=np.float32)
    part = np.exp(-2.5 + 0.8 * rng.standard_normal(len(account)))  # of the assets, in one order
    return Trades(
        account=account,
        traded_on=rng.choice(_TRADING_DAYS, len(account)),
        channel=(draw > up_to[:, account]).sum(axis=0).astype(np.int8),
        amount_cny=np.round(np.minimum(part, 1) * accounts.assets_cny[account], 2),
    )
