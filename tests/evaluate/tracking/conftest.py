from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

FIRST = pd.Timestamp("2025-07-01")


@pytest.fixture
def make_units(rng: np.random.Generator) -> Callable[..., pd.DataFrame]:
    """Make a campaign with a share of buyers by arm, who decide 12 days after entry on average."""

    def make(
        size: int = 4_000, held_out: float = 0.06, call: float = 0.10, sms: float = 0.06
    ) -> pd.DataFrame:
        arm = rng.choice(["held_out", "call", "sms"], size, p=[0.3, 0.35, 0.35])
        entered = FIRST + pd.to_timedelta(rng.integers(0, 20, size), unit="D")
        chance = pd.Series(arm).map({"held_out": held_out, "call": call, "sms": sms}).to_numpy()
        yes = rng.random(size) < chance
        days = pd.Series(entered + pd.to_timedelta(rng.exponential(12, size).astype(int), unit="D"))
        reached = pd.Series(rng.random(size) < 0.6, dtype="boolean").mask(arm == "held_out")
        return pd.DataFrame(
            {
                "customer_id": [f"{number:05d}" for number in range(size)],
                "arm": arm,
                "channel": np.where(arm == "held_out", "none", arm),
                "entered_on": entered,
                "is_reached": reached,
                "contact_cost_cny": 1.0,
                "is_subscribed": pd.Series(yes, dtype="boolean"),
                "subscribed_on": days.where(yes),
                "revenue_cny": np.where(yes, 100.0, 0.0),
                "score": chance + rng.normal(0, 0.01, size).clip(-0.02, 0.02),
            }
        )

    return make
