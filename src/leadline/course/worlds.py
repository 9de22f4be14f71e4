"""A market of one's own for each student; its seed follows from the student's id and the course's secret."""

import hmac
import zlib
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa

from leadline.market.folder import tabulate_market
from leadline.market.market import Market, simulate
from leadline.market.parameters import MarketParameters
from leadline.shared_key import SharedKey

#: Of the market an instructor sees who opens a lab outside a course.
DEMO_SEED = 2025
_SEED_BYTES = 16  # a telephone number tells nine digits of it


def find_seed(key: SharedKey, student_id: str) -> int:
    """Return the seed of a student's market: HMAC-SHA256 (RFC 2104) of the id, so that nobody guesses it."""
    message = b"leadline: market of the student " + student_id.encode()
    return int.from_bytes(hmac.digest(key.secret, message, "sha256")[:_SEED_BYTES])


@dataclass(frozen=True, eq=False)
class World:
    """The market of one student with its truth; made when first asked for.

    ``customers`` is its size. Equal seeds and sizes give equal worlds.
    """

    seed: int
    customers: int

    @property
    def market(self) -> Market:
        """Everything about every customer: what a desk sees (``observed``) and the truth (``truth``)."""
        return _simulate(self.seed, self.customers)

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        parts: dict[str, list[pa.Table]] = {}
        for name, rows in tabulate_market(MarketParameters(), self.seed, self.customers):
            parts.setdefault(name, []).append(rows)
        return {name: pa.concat_tables(tables).to_pandas() for name, tables in parts.items()}

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the tables that a desk would have (`leadline.data.tables.MARKET_TABLES`).

        Slower than ``market``, which has what one row a customer needs.
        """
        return self._tables[name].copy()

    def rng(self, purpose: str) -> np.random.Generator:
        """Return random numbers of their own for one purpose, the same each time."""
        return np.random.default_rng([self.seed, zlib.crc32(purpose.encode())])


@lru_cache(maxsize=1)
def _simulate(seed: int, customers: int) -> Market:
    """Keep the last market: a student's tables are made of it, then the answers judged."""
    return simulate(MarketParameters(), seed, customers)
