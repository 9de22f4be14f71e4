"""One city of the market: people, what is seen of them, and the truth. Cities are independent."""

from dataclasses import dataclass

from leadline.market.observed import Observed
from leadline.market.parameters import MarketParameters
from leadline.market.truth import Ids32, Truth


@dataclass(frozen=True, eq=False, kw_only=True)
class City:
    """A city of ``size`` customers; the customers' ids follow on from the city before.

    ``ties`` are two arrays of local rows (0 to size − 1), int32: each tie once, in no order.
    """

    parameters: MarketParameters
    seed: int
    number: int
    size: int
    observed: Observed
    truth: Truth
    ties: tuple[Ids32, Ids32]


def make_city(parameters: MarketParameters, seed: int, number: int, size: int, *, lean: bool = False) -> City:
    """Make city ``number`` (from 0); ``lean`` leaves out all but the last three months before the list."""
    raise NotImplementedError
