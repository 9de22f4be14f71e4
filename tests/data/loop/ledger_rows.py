"""Rows for the loop ledger, made for a test."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds

from leadline.data.loop.ledger import LoopLedger
from leadline.data.loop.tables import KEY

MADE = dt.date(2025, 6, 30)
CONTACTED = dt.date(2025, 7, 1)
OBSERVED = dt.date(2025, 7, 31)


def open_ledger(folder: Path, *rounds: str) -> LoopLedger:
    """A ledger with rounds that a model of the same number made."""
    ledger = LoopLedger(folder)
    for name in rounds or ("r1",):
        ledger.open_round(name, name=f"Round {name}", product_id="p1", model=f"model of {name}", as_of=MADE)
    return ledger


def contacts(ids: range | list[object], campaign: str = "c1", **columns: object) -> pd.DataFrame:
    """Calls on one day, as `read_table` gives them."""
    frame = pd.DataFrame(
        {
            "campaign_id": campaign,
            "customer_id": [str(number) for number in ids],
            "channel": "call",
            "contacted_on": pd.Timestamp(CONTACTED),
            "is_reached": True,
            "cost_cny": 2.5,
        }
    )
    return frame.assign(**columns)


def outcomes(days: dict[int, str | None], campaign: str = "c1") -> pd.DataFrame:
    """The day of each customer's subscription, None for no."""
    day = pd.to_datetime(pd.Series(list(days.values()), dtype="str"))
    return pd.DataFrame(
        {
            "campaign_id": campaign,
            "customer_id": [str(number) for number in days],
            "is_subscribed": day.notna(),
            "subscribed_on": day,
            "revenue_cny": np.nan,
        }
    )


def read_parts(ledger: LoopLedger, kind: str) -> pd.DataFrame:
    """All rows that a reader sees, in order of campaign and customer."""
    paths = ledger.parts(kind)
    rows = ds.dataset(paths).to_table().to_pandas() if paths else pd.DataFrame(columns=[*KEY])
    return rows.sort_values([*KEY], ignore_index=True)
