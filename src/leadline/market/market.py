"""A whole market in memory, customer by customer: what desks, evaluator and courses need of it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from leadline.errors import ParameterError
from leadline.language import _
from leadline.market.city import make_city
from leadline.market.observed import Observed
from leadline.market.order import SMALLEST_CITY
from leadline.market.parameters import MarketParameters
from leadline.market.truth import Ids32, Truth

#: Changes whenever the same seed gives other values.
MARKET_VERSION = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class Market:
    """All customers of all cities, in order.

    ``observed`` and ``truth`` have shape (customers,); ``ties`` are two arrays of their rows.
    """

    parameters: MarketParameters
    seed: int
    observed: Observed
    truth: Truth
    ties: tuple[Ids32, Ids32]

    @property
    def customers(self) -> int:
        """How many customers the market has."""
        return len(self.observed.customer_id)


def plan_cities(parameters: MarketParameters, customers: int) -> list[int]:
    """Return the cities' sizes: full ones, then the rest, which joins the last if it is too small for one.

    Raises
    ------
    ParameterError
        If there are fewer customers than the smallest city has.
    """
    if customers < SMALLEST_CITY:
        raise ParameterError(
            _(
                "customers == {customers}, must be >= {smallest_city}.",
                customers=customers,
                smallest_city=SMALLEST_CITY,
            )
        )
    full, rest = divmod(customers, parameters.city_size)
    sizes = [parameters.city_size] * full
    if rest >= SMALLEST_CITY or not full:
        return [*sizes, rest]
    return [*sizes[:-1], sizes[-1] + rest]


def simulate(parameters: MarketParameters, seed: int, customers: int) -> Market:
    """Make a market of ``customers`` without its 24 monthly rows and calls, which no list here reads."""
    cities = [
        (city.observed, city.truth, city.ties)
        for city in (
            make_city(parameters, seed, number, size)
            for number, size in enumerate(plan_cities(parameters, customers))
        )
    ]
    starts = [int(truth.customer_id[0] - cities[0][1].customer_id[0]) for _, truth, _ in cities]
    first, second = (
        np.concatenate(
            [ties[end] + np.int32(start) for start, (*_, ties) in zip(starts, cities, strict=True)]
        )
        for end in (0, 1)
    )
    return Market(
        parameters=parameters,
        seed=seed,
        observed=Observed(**_join([observed for observed, *_ in cities])),
        truth=Truth(**_join([truth for _, truth, _ in cities])),
        ties=(first, second),
    )


def _join(parts: Sequence[Any]) -> dict[str, Any]:
    return {
        declared.name: np.concatenate([getattr(part, declared.name) for part in parts])
        for declared in fields(parts[0])
    }
