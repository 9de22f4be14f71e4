"""What a policy decides: whom to contact, best first, and through which channel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadline.market.truth import ARMS, Codes


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a list must keep to.

    ``list_size`` is the number of customers, ``capacity`` the contacts that each channel can make, in
    the order of `leadline.channels.CHANNELS`. ``keep_consent`` is switched off only to price consent.
    """

    list_size: int
    capacity: tuple[int, ...]
    keep_consent: bool = True

    def capacity_of(self, channel: str) -> int:
        """Return the contacts that ``channel`` can make."""
        return self.capacity[ARMS.index(channel) - 1]


@dataclass(frozen=True, eq=False, kw_only=True)
class Assignment:
    """``row`` of each customer listed, best first, and ``channel`` as a code of `ARMS`; shape (listed,)."""

    row: NDArray[np.int64]
    channel: Codes


def take_best(score: NDArray[np.floating], candidates: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return the ``count`` candidates with the highest score, best first; of equals the first comes first.

    ``score`` has shape (candidates,); fewer are returned where there are fewer.
    """
    return candidates[np.argsort(-score, kind="stable")[:count]]


def assign_channel(row: NDArray[np.int64], channel: str) -> Assignment:
    """Contact everybody on the list through one channel."""
    return Assignment(row=row, channel=np.full(len(row), ARMS.index(channel), np.int8))
