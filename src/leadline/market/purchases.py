"""Payments by mobile wallet in the three months before the list (T9)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadline.market.leisure import INTERESTS, Wallets
from leadline.market.parameters import MarketParameters
from leadline.market.period import LISTED_ON
from leadline.market.truth import Codes, Floats

#: What is paid for: its interest, its weight among the payments of everyday life or of that leisure, CNY.
_MENU = {
    "groceries": ("none", 0.27, 70),
    "meals": ("none", 0.25, 45),
    "transport": ("none", 0.18, 14),
    "phone": ("none", 0.09, 60),
    "utilities": ("none", 0.06, 130),
    "clothing": ("none", 0.06, 220),
    "pharmacy": ("none", 0.05, 75),
    "cinema": ("none", 0.04, 80),
    "flights": ("travel", 0.35, 950),
    "hotels": ("travel", 0.40, 480),
    "sightseeing": ("travel", 0.25, 110),
    "football tickets": ("football", 0.40, 180),
    "sports bar": ("football", 0.40, 95),
    "football kit": ("football", 0.20, 260),
    "golf club": ("golf", 0.45, 800),
    "driving range": ("golf", 0.35, 150),
    "golf equipment": ("golf", 0.20, 1_100),
}
#: Codes of `Purchases.category`, as in the purchases table.
CATEGORIES = tuple(_MENU)
_USUAL_LEISURE = {"travel": 0.5, "football": 0.3, "golf": 0.2}  # of people without an interest
_DAYS = 91
_MOST_PAYMENTS = 2_000  # of a person


@dataclass(frozen=True, eq=False, kw_only=True)
class Purchases:
    """One row a payment, customer by customer; ``row`` is the customer's in the city."""

    row: NDArray[np.int64]
    bought_on: NDArray[np.datetime64]
    category: Codes
    amount_cny: Floats


def draw_purchases(
    parameters: MarketParameters, wallets: Wallets, income: Floats, rng: np.random.Generator
) -> Purchases:
    """Draw the payments of who pays by wallet; an interest makes them more, and more of its kind.

    ``income`` has shape (customers,).
    """
    people = len(wallets.row)
    level = parameters.payments_log_mean + parameters.interest_payments * (wallets.interest > 0)
    mean = np.exp(level + parameters.payments_log_sd * rng.standard_normal(people))
    owner = np.repeat(np.arange(people), rng.poisson(np.minimum(mean, _MOST_PAYMENTS)))
    up_to = np.cumsum(_share_categories(parameters), axis=1)[:, :-1].astype(np.float32)
    draw = rng.random(len(owner), dtype=np.float32)
    category = np.zeros(len(owner), np.int8)
    for code in range(len(INTERESTS)):
        of_interest = wallets.interest[owner] == code
        category[of_interest] = np.searchsorted(up_to[code], draw[of_interest], side="right")
    usual = np.log([price for *_, price in _MENU.values()]).astype(np.float32)
    log_amount = (
        usual[category]
        + np.float32(parameters.amount_income) * income[wallets.row][owner]
        + np.float32(parameters.amount_sd) * rng.standard_normal(len(owner), dtype=np.float32)
    )
    return Purchases(
        row=wallets.row[owner],
        bought_on=LISTED_ON - rng.integers(1, _DAYS + 1, len(owner)).astype("timedelta64[D]"),
        category=category,
        amount_cny=np.maximum(np.round(np.exp(log_amount.astype(float)), 2), 0.01),
    )


def _share_categories(parameters: MarketParameters) -> NDArray[np.float64]:
    """Return the share of each category in the payments of each interest. Shape (interests, categories)."""
    kinds = [kind for kind, *_ in _MENU.values()]
    weight = np.array([share for _, share, _ in _MENU.values()])
    leisure = parameters.leisure_share
    usual = weight * [
        leisure * _USUAL_LEISURE[kind] if kind in _USUAL_LEISURE else 1 - leisure for kind in kinds
    ]
    keen = parameters.interest_share
    return np.stack(
        [
            usual if interest == "none" else (1 - keen) * usual + keen * weight * np.equal(kinds, interest)
            for interest in INTERESTS
        ]
    )
