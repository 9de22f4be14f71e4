"""From whom a scorecard learned, kept as hashes: no id stands in its file."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.data.ids import spell_ids

_DIGITS = 16


@dataclass(frozen=True, kw_only=True)
class LearnedFrom:
    """The customers whose outcomes made a scorecard.

    Attributes
    ----------
    salt
        Digest of the scorecard as it was learned: two scorecards' hashes cannot be laid side by side.
    hashes
        One a customer, sorted: HMAC-SHA-256 of the id as `leadline.data.ids.spell_ids` writes it, its first
        64 bits in hexadecimal. Whoever has a list of ids can still test who is among them.
    """

    salt: str
    hashes: tuple[str, ...]

    @classmethod
    def of(cls, ids: pd.Series, points: str) -> Self:
        """Keep the ids of a scorecard whose ``points`` are written so (`leadline.target.points_file`)."""
        salt = hashlib.sha256(points.encode()).hexdigest()
        return cls(salt=salt, hashes=tuple(sorted(_hash_ids(ids, salt))))

    def holds(self, ids: pd.Series) -> npt.NDArray[np.bool_]:
        """Say of each customer whether the scorecard learned from them. Shape: (ids,)."""
        known = frozenset(self.hashes)
        return np.array([text in known for text in _hash_ids(ids, self.salt)], dtype=bool)


def _hash_ids(ids: pd.Series, salt: str) -> list[str]:
    texts = spell_ids(ids).fillna("")
    return [hmac.digest(salt.encode(), text.encode(), "sha256").hex()[:_DIGITS] for text in texts]
