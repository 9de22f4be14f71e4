"""Two thousand customers with what goes wrong in such tables: gaps, ties, odd ids, days out of the window."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tests.features.samples import AS_OF, make_transactions, make_usage

CUSTOMERS = 2_000
#: Whole numbers that float64 cannot hold, and their neighbour.
LARGE_IDS = (2**53 + 1, 2**53 + 2, 2**62)
#: In the order of their UTF-8 bytes.
TEXT_IDS = ("", " 7", "007", "10", "7", "A'\\", "a", "ab", "Ä", "上海", "😀")


def make_market(seed: int = 3) -> dict[str, pd.DataFrame]:
    """Return tables by name, as pandas holds them."""
    rng = np.random.default_rng(seed)
    ids = np.concatenate([np.arange(1, CUSTOMERS - len(LARGE_IDS) + 1), LARGE_IDS])
    usage = make_usage(seed, CUSTOMERS, months=16)
    usage["customer_id"] = ids[usage["customer_id"] - 1]
    usage["sessions"] = usage["sessions"].astype("Int64").where(rng.random(len(usage)) < 0.98)
    usage["traffic_mb"] = usage["traffic_mb"].where(rng.random(len(usage)) < 0.98)
    calls = pd.DataFrame(
        {
            "caller_id": rng.choice(ids, 8 * CUSTOMERS),
            "callee_id": rng.choice(ids, 8 * CUSTOMERS),
            "called_on": _days(rng.integers(-120, 30, 8 * CUSTOMERS)),
            "duration_s": rng.integers(1, 900, 8 * CUSTOMERS),
        }
    )
    calls.loc[::50, "callee_id"] = calls.loc[::50, "caller_id"]
    kinds = rng.choice(["account_holder", "staff", "visitor"], 300, p=[0.7, 0.2, 0.1])
    trades = make_transactions(seed, 6 * CUSTOMERS, CUSTOMERS // 2)
    trades["channel"] = rng.choice(["hall", "phone", "pc", "mobile", None], len(trades))
    trades["amount_cny"] = trades["amount_cny"].where(rng.random(len(trades)) < 0.98)
    started = _days(rng.integers(-300, 40, 2 * CUSTOMERS))
    ended = started + pd.to_timedelta(rng.integers(1, 400, 2 * CUSTOMERS), unit="D")
    holdings = pd.DataFrame(
        {
            "customer_id": rng.choice(ids, 2 * CUSTOMERS),
            "product_id": rng.integers(1, 6, 2 * CUSTOMERS),
            "since": started,
            "until": ended.where(rng.random(2 * CUSTOMERS) < 0.5),
            "use": "light",
        }
    )
    return {
        "people": pd.DataFrame(
            {"customer_id": ids, "city": rng.choice(["上海", "O'Fallon", None], len(ids))}
        ),
        "monthly_usage": usage,
        "calls": calls,
        "members": pd.DataFrame({"customer_id": rng.choice(ids, 300), "kind": kinds}),
        "transactions": trades,
        "holdings": holdings,
        "opt_outs": pd.DataFrame({"customer_id": rng.choice(ids, 200).astype(str)}),
        "text_ids": pd.DataFrame({"customer_id": rng.permutation(TEXT_IDS * 2)}).assign(
            points=lambda rows: rows.groupby("customer_id").cumcount().astype("int32")
        ),
        "units": _make_units(ids, rng),
        "odd_values": _make_odd_values(),
    }


def write_market(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write the tables as Parquet: days as dates, missing values as nulls."""
    for name, frame in tables.items():
        days = {column: frame[column].dt.date for column in frame.select_dtypes("datetime")}
        pq.write_table(
            pa.Table.from_pandas(frame.assign(**days), preserve_index=False), folder / f"{name}.parquet"
        )


def _make_odd_values() -> pd.DataFrame:
    """All that a rule may meet, and the neighbours of every cut point."""
    exact = [0.0, -0.0, 2.5, 0.1 + 0.2, 1e16, 1e-7, 5e-324, 1.7976931348623157e308]
    near = [math.nextafter(value, end) for value in exact for end in (-math.inf, math.inf)]
    decimals = [*exact, *near, math.nan, math.inf, -math.inf, None]
    rows = pd.DataFrame({"decimal": pd.array(decimals, dtype=object)})
    kinds = {"city": ["上海", "O'Fallon", "nan", None, "", "o'fallon"], "flag": [True, False, None]}
    kinds |= {"whole": [0, -7, 7, None]}
    for name, values in kinds.items():
        rows[name] = [values[place % len(values)] for place in range(len(rows))]
    return rows.astype({"flag": "boolean", "whole": "Int32"}).assign(place=range(len(rows)))


def _make_units(ids: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    spend = rng.lognormal(8, 2, len(ids))
    return pd.DataFrame(
        {
            "customer_id": ids,
            "arm": rng.choice(["control", "call", "message"], len(ids)),
            "segment": rng.choice(["retail", "affluent"], len(ids)),
            "first_contact_on": _days(rng.integers(-20, 0, len(ids))),
            "opened": rng.random(len(ids)) < 0.07,
            "spend_cny": spend,
            "orders": rng.poisson(2, len(ids)),
            "spend_before_cny": pd.Series(spend * rng.lognormal(0, 1, len(ids))).where(
                rng.random(len(ids)) < 0.9
            ),
        }
    )


def _days(offsets: np.ndarray) -> pd.Series:
    return pd.Series(pd.Timestamp(AS_OF) + pd.to_timedelta(offsets, unit="D"))
