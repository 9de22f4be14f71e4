"""Who knows whom: circles of people alike in income, ties inside them, and a few ties across the city."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadline.market.parameters import MarketParameters
from leadline.market.truth import Floats, Ids32


@dataclass(frozen=True, eq=False, kw_only=True)
class Circles:
    """``circle`` (customers,) is the number of each person's circle; ``ties`` two arrays of rows.

    A tie may occur more than once: two people who found each other twice call each other more.
    """

    circle: Ids32
    count: int
    ties: tuple[Ids32, Ids32]


def draw_circles(parameters: MarketParameters, income: Floats, rng: np.random.Generator) -> Circles:
    """Seat people by income plus noise into circles; each then opens ties inside and anywhere."""
    size, members = len(income), parameters.circle_size
    noise = rng.standard_normal(size, dtype=np.float32) * np.float32(parameters.circle_mixing)
    order = np.argsort(income + noise).astype(np.int32)
    seat = np.empty(size, np.int32)
    seat[order] = np.arange(size, dtype=np.int32)
    circle = seat // members
    opener = np.repeat(np.arange(size, dtype=np.int32), parameters.circle_ties)
    neighbour = circle[opener] * members + rng.integers(0, members, len(opener), dtype=np.int32)
    friend = order[np.minimum(neighbour, size - 1)]
    far_opener = np.repeat(np.arange(size, dtype=np.int32), parameters.far_ties)
    far_friend = rng.integers(0, size, len(far_opener), dtype=np.int32)
    first, second = np.concatenate([opener, far_opener]), np.concatenate([friend, far_friend])
    apart = first != second
    return Circles(circle=circle, count=int(circle.max()) + 1, ties=(first[apart], second[apart]))


def count_friends(ties: tuple[Ids32, Ids32], flags: NDArray[np.bool_]) -> Floats:
    """Count each person's friends for whom the flag is true; shape as ``flags``."""
    first, second = ties
    size = len(flags)
    counts = np.bincount(first[flags[second]], minlength=size)
    counts += np.bincount(second[flags[first]], minlength=size)
    return counts.astype(np.float32)


def count_ties(ties: tuple[Ids32, Ids32], size: int) -> Floats:
    """Count each person's ties, at least 1 so that shares of friends can be taken."""
    counts = np.bincount(ties[0], minlength=size) + np.bincount(ties[1], minlength=size)
    return np.asarray(np.maximum(counts, 1), np.float32)
