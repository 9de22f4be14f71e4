"""Where people live and where the partner's branches stand: a square city with a dense centre."""

from dataclasses import dataclass

import numpy as np

from leadline.market.parameters import MarketParameters
from leadline.market.truth import Counts, Floats

_BRANCHES_IN_CENTRE = 2 / 3


@dataclass(frozen=True, eq=False, kw_only=True)
class Places:
    """``distance_km`` and ``nearest`` have shape (customers,), ``branch_km`` (branches, 2): x and y."""

    distance_km: Floats
    nearest: Counts
    branch_km: Floats


def draw_places(parameters: MarketParameters, size: int, rng: np.random.Generator) -> Places:
    """Spread homes and branches so that a branch serves as many people, as far, in a city of any size."""
    branches = max(1, round(size / parameters.people_per_branch))
    side = np.float32(parameters.branch_spacing_km * np.sqrt(branches))
    homes = rng.random((size, 2), dtype=np.float32) * side
    central = rng.random(size, dtype=np.float32) < parameters.centre_share
    homes[central] = _draw_centre(int(central.sum()), side, rng)
    branch_km = rng.random((branches, 2), dtype=np.float32) * side
    in_centre = int(branches * _BRANCHES_IN_CENTRE)
    branch_km[:in_centre] = _draw_centre(in_centre, side, rng)
    squared = np.full(size, np.inf, np.float32)
    nearest = np.zeros(size, np.int16)
    for branch, (x, y) in enumerate(branch_km):
        there = (homes[:, 0] - x) ** 2 + (homes[:, 1] - y) ** 2
        closer = there < squared
        nearest[closer] = branch
        np.minimum(squared, there, out=squared)
    return Places(distance_km=np.sqrt(squared), nearest=nearest, branch_km=branch_km)


def _draw_centre(count: int, side: np.float32, rng: np.random.Generator) -> Floats:
    drawn = side / 2 + rng.standard_normal((count, 2), dtype=np.float32) * (side / 8.5)
    return np.asarray(np.clip(drawn, 0, side), np.float32)
