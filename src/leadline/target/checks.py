"""What makes a staged comparison impossible (problems), before any model is fitted."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.api import types

from leadline.target.holdout import Split
from leadline.target.metrics import BoolArray

FEWEST_BUYERS = 10
MOST_LEVELS = 1_000


def check_columns(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """List the columns that no model can use: absent, empty, infinite, or with far too many levels."""
    problems = []
    for name in columns:
        if name not in frame.columns:
            problems.append(f"{name}: the plan names it, the table has no such column.")
            continue
        column = frame[name]
        if not column.notna().any():
            problems.append(f"{name}: all {len(frame):,} values are missing. Take it out of the plan.")
        elif types.is_numeric_dtype(column.dtype) and not types.is_bool_dtype(column.dtype):
            infinite = np.isinf(column.to_numpy(dtype=float, na_value=np.nan))
            if infinite.any():
                rows = ", ".join(f"{row + 1:,}" for row in np.flatnonzero(infinite)[:3])
                problems.append(
                    f"{name}: {infinite.sum():,} of {len(frame):,} values are infinite (first rows: {rows}). "
                    "Look for a division by zero, or set them to missing."
                )
        elif not types.is_datetime64_any_dtype(column.dtype):
            levels = column.nunique()
            if levels > MOST_LEVELS:
                problems.append(
                    f"{name}: {levels:,} different texts in {len(frame):,} rows, at most {MOST_LEVELS:,} are "
                    "used. It is an id or free text: take it out of the plan, or group it."
                )
    return problems


def check_split(buys: BoolArray, split: Split) -> list[str]:
    """List which part has too few buyers, or too few others, to learn from or to judge by."""
    problems = []
    for part, rows in (("training", split.train), ("held-out", split.test)):
        counts = {"buyers": int(buys[rows].sum()), "customers who do not buy": int((~buys[rows]).sum())}
        problems += [
            f"the {part} part has {count} {who} among {len(rows):,} customers, at least {FEWEST_BUYERS} are "
            "needed. Use more data, or another hold-out or holdout_share."
            for who, count in counts.items()
            if count < FEWEST_BUYERS
        ]
    return problems


def resolve_list_size(
    list_size: int | None, list_share: float | None, customers: int, problems: list[str]
) -> int:
    """Return how many of the held-out ``customers`` are listed; ``list_size`` goes before ``list_share``."""
    if list_size is not None:
        if not 1 <= list_size <= customers:
            problems.append(
                f"list_size == {list_size:,}, must be 1 to {customers:,}, the number of held-out customers."
            )
        return list_size
    if list_share is None:
        problems.append("neither list_size nor list_share is given. Give one.")
        return 0
    if not 0 < list_share <= 1:
        problems.append(f"list_share == {list_share:g}, must be above 0 and at most 1.")
    return max(1, round(list_share * customers))
