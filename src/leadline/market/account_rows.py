"""The partner's list as it arrives: numbers typed in every way, some on two rows, some rows at odds."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadline.market.broker import Accounts
from leadline.market.parameters import MarketParameters
from leadline.market.period import LISTED_ON
from leadline.market.truth import Codes, Flags, Ids

_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
#: How often a way of typing eleven digits occurs in the partner's list.
_STYLES: tuple[tuple[float, Callable[[str], str]], ...] = (
    (0.55, str),
    (0.12, lambda digits: f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"),
    (0.10, lambda digits: f"{digits[:3]} {digits[3:7]} {digits[7:]}"),
    (0.08, lambda digits: f"+86 {digits[:3]}-{digits[3:7]}-{digits[7:]}"),
    (0.05, lambda digits: f"0{digits}"),
    (0.05, lambda digits: digits.translate(_FULL_WIDTH)),
    (0.05, lambda digits: f"(0086){digits} "),
)
_FEWEST_DAYS, _DAYS_OPEN, _LONGEST_DAYS = 92, 1_500, 9_000
_LARGE_ASSETS_CNY = 1_000_000


@dataclass(frozen=True, eq=False, kw_only=True)
class AccountRows:
    """The columns of the partner's table that are not `Accounts`' own; one row each, in the table's order.

    ``account`` is the position among the city's accounts, the same on two rows where a number occurs twice;
    ``is_first`` is false on the second of them.
    """

    account: NDArray[np.int64]
    is_first: Flags
    phone: list[str]
    opened_on: NDArray[np.datetime64]
    key_account: Flags
    age_years: Codes
    risk_level: Codes


def draw_account_rows(
    parameters: MarketParameters, accounts: Accounts, phone: Ids, key_account: Flags, rng: np.random.Generator
) -> AccountRows:
    """Write the accounts down as the broker's branches did.

    Parameters
    ----------
    phone, key_account
        Shape (accounts,): the number left with the broker, and whether a key account employs the client.
    """
    clients = len(accounts.row)
    twice = np.flatnonzero(rng.random(clients) < parameters.duplicate_rate)
    account = rng.permutation(np.concatenate([np.arange(clients), twice]))
    is_first = np.zeros(len(account), bool)
    is_first[np.unique(account, return_index=True)[1]] = True
    at_odds = ~is_first & (rng.random(len(account)) < parameters.conflict_rate)
    days_open = np.minimum(_FEWEST_DAYS + rng.exponential(_DAYS_OPEN, clients), _LONGEST_DAYS)
    slip = np.where(at_odds, rng.integers(1, 10, len(account)), 0)
    risk = accounts.risk_level[account]
    return AccountRows(
        account=account,
        is_first=is_first,
        phone=_type_phones(phone[account], rng),
        opened_on=LISTED_ON - days_open[account].astype("timedelta64[D]"),
        key_account=(key_account | (accounts.assets_cny >= _LARGE_ASSETS_CNY))[account],
        age_years=(accounts.age_years[account] + slip).astype(np.int8),
        risk_level=np.where(at_odds & (risk > 0), 1 + risk % 5, risk).astype(np.int8),
    )


def _type_phones(numbers: Ids, rng: np.random.Generator) -> list[str]:
    ways = rng.choice(len(_STYLES), len(numbers), p=[share for share, _ in _STYLES])
    return [_STYLES[way][1](str(number)) for way, number in zip(ways, numbers, strict=True)]
