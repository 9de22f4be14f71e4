"""A market is its cities, one after another, and begins the same at every size."""

from dataclasses import fields

import numpy as np
import pytest

from leadline.errors import ParameterError
from leadline.market.city import make_city
from leadline.market.market import Market, plan_cities, simulate
from leadline.market.observed import draw_other_phones, number_customers
from leadline.market.parameters import MarketParameters

SMALL = MarketParameters(city_size=2_000)


def test_a_larger_market_begins_with_the_smaller() -> None:
    small, large = simulate(SMALL, 5, 4_000), simulate(SMALL, 5, 8_000)
    for part in ("observed", "truth"):
        for declared in fields(getattr(small, part)):
            beginning = getattr(getattr(large, part), declared.name)[:4_000]
            assert np.array_equal(getattr(getattr(small, part), declared.name), beginning), declared.name


def test_a_market_is_its_cities() -> None:
    market = simulate(SMALL, 5, 6_000)
    last = make_city(SMALL, 5, 2, 2_000)
    assert np.array_equal(market.truth.outcome[4_000:], last.truth.outcome)
    assert np.array_equal(market.truth.customer_id, np.arange(6_000) + market.truth.customer_id[0])
    of_last = market.ties[0] >= 4_000
    assert np.array_equal(market.ties[0][of_last] - 4_000, last.ties[0])
    assert (market.ties[1][of_last] >= 4_000).all()


def test_the_rest_makes_a_city_or_joins_the_last() -> None:
    parameters = MarketParameters(city_size=10_000)
    assert plan_cities(parameters, 23_000) == [10_000, 10_000, 3_000]
    assert plan_cities(parameters, 21_000) == [10_000, 11_000]
    assert plan_cities(parameters, 20_000) == [10_000, 10_000]
    assert plan_cities(parameters, 2_500) == [2_500]


def test_a_market_too_small_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"customers == 1999, must be >= 2000"):
        plan_cities(SMALL, 1_999)


def test_cities_differ(market: Market) -> None:
    assert not np.array_equal(market.truth.income[:20_000], market.truth.income[20_000:40_000])


def test_no_number_occurs_twice_in_a_large_market() -> None:
    _, phone = number_customers(3, 0, 3_000_000)
    others = [
        draw_other_phones(3, first, 100_000, 90_000, np.random.default_rng(first))
        for first in range(0, 3_000_000, 100_000)
    ]
    every = np.sort(np.concatenate([phone, *others]))
    assert (np.diff(every) > 0).all()
