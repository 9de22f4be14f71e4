"""Independent random streams: one for each city, purpose and month, so that leaving one out moves nothing."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a stream is for. The numbers are part of the market: never reuse or reorder them."""

    PEOPLE = 1
    CIRCLES = 2
    PLACES = 3
    INVESTORS = 4
    OBSTACLES = 5
    TELECOM = 6
    DATA_USE = 7
    MONTH = 8
    CALLS = 9
    PARTNER = 10
    TRANSACTIONS = 11
    PERMISSION = 12
    RESPONSE = 13
    LIFE = 14
    PILOT = 15
    LAUNCH = 16
    SURVEY = 17
    ORGANIC = 18
    PURCHASES = 19


@dataclass(frozen=True)
class Streams:
    """The streams of one city."""

    seed: int
    city: int

    def open(self, purpose: Purpose, month: int = 0) -> np.random.Generator:
        """Return a fresh generator at the start of the stream."""
        key = (self.city, int(purpose), month)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))
