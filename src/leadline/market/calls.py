"""Who called whom in the three months before the list: the ties, heard as calls."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadline.market.parameters import MarketParameters
from leadline.market.period import LISTED_ON
from leadline.market.truth import Ids32

_CALL_DAYS = 91
_LONGEST_SECONDS = 4 * 3600


@dataclass(frozen=True, eq=False, kw_only=True)
class Calls:
    """One row a call; ``caller`` and ``callee`` are rows of the city."""

    caller: Ids32
    callee: Ids32
    called_on: NDArray[np.datetime64]
    duration_s: Ids32


def draw_calls(parameters: MarketParameters, ties: tuple[Ids32, Ids32], rng: np.random.Generator) -> Calls:
    """Draw a Poisson number of calls along each tie, either of the two calling."""
    first, second = ties
    tie = np.repeat(np.arange(len(first), dtype=np.int32), rng.poisson(parameters.calls_per_tie, len(first)))
    one, other = first[tie], second[tie]
    turned = rng.integers(0, 2, len(tie), dtype=np.uint8) == 1
    days_ago = rng.integers(1, _CALL_DAYS + 1, len(tie), dtype=np.int32)
    length = np.exp(
        parameters.call_log_seconds
        + np.float32(parameters.call_log_sd) * rng.standard_normal(len(tie), dtype=np.float32)
    )
    return Calls(
        caller=np.where(turned, other, one),
        callee=np.where(turned, one, other),
        called_on=LISTED_ON - days_ago.astype("timedelta64[D]"),
        duration_s=np.clip(length, 1, _LONGEST_SECONDS).astype(np.int32),
    )
