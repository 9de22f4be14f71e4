"""One city and one small market, made once."""

import pytest

from leadline.market.city import City, make_city
from leadline.market.market import Market, simulate
from leadline.market.parameters import MarketParameters


@pytest.fixture(scope="session")
def city() -> City:
    """City 1 (the second), 50,000 customers."""
    return make_city(MarketParameters(), 7, 1, 50_000)


@pytest.fixture(scope="session")
def market() -> Market:
    """50,000 customers in two and a half cities."""
    return simulate(MarketParameters(city_size=20_000), 7, 50_000)
