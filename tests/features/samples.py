"""Random tables on which features are compared."""

import datetime as dt

import numpy as np
import pandas as pd

from tests.features.reference import SUMMED

AS_OF = dt.date(2025, 7, 1)


def make_usage(seed: int, customers: int = 120, *, first: str = "2024-03", months: int = 20) -> pd.DataFrame:
    """Monthly rows before and after the day of analysis; some months idle, some without a row."""
    rng = np.random.default_rng(seed)
    starts = pd.period_range(first, periods=months, freq="M").to_timestamp()
    rows = pd.DataFrame(
        [(customer, start) for customer in range(1, customers + 1) for start in starts],
        columns=["customer_id", "month"],
    )
    appetite = rng.choice([0.0, 0.3, 0.7, 0.95], customers)
    is_used = rng.random(len(rows)) < np.repeat(appetite, months)
    rows["traffic_mb"] = np.where(is_used, rng.lognormal(1, 2, len(rows)), 0.0)
    rows["sessions"] = np.where(is_used, rng.integers(1, 25, len(rows)), 0)
    rows["spend_cny"] = rng.gamma(2, 30, len(rows))
    for name in SUMMED:
        rows[name] = rng.poisson(0.8, len(rows))
    kept = rows[rng.random(len(rows)) < 0.9]
    return kept.sample(frac=1, random_state=seed, ignore_index=True)


def make_calls(seed: int, calls: int = 3000, customers: int = 150) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Calls around the window, to oneself too; members of both kinds, some of them twice."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "caller_id": rng.integers(1, customers + 1, calls),
            "callee_id": rng.integers(1, customers + 1, calls),
            "called_on": pd.Timestamp(AS_OF) + pd.to_timedelta(rng.integers(-120, 30, calls), unit="D"),
            "duration_s": rng.integers(1, 900, calls),
        }
    )
    members = pd.DataFrame(
        {
            "customer_id": rng.integers(1, customers + 1, 14),
            "kind": rng.choice(["account_holder", "staff", "visitor"], 14, p=[0.6, 0.3, 0.1]),
        }
    )
    return frame, pd.concat([members, members.head(3)], ignore_index=True)


def make_transactions(seed: int, rows: int = 2000, accounts: int = 150) -> pd.DataFrame:
    """Trades in whole fen around the window."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "account_id": rng.integers(1, accounts + 1, rows),
            "traded_on": pd.Timestamp(AS_OF) + pd.to_timedelta(rng.integers(-500, 60, rows), unit="D"),
            "channel": "pc",
            "amount_cny": rng.lognormal(8, 2, rows).round(2),
        }
    )
