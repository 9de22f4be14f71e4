"""Frames of planning as plain JSON."""

import math
from typing import Any

import pandas as pd


def to_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain JSON: what is missing or infinite as None."""
    return [
        {str(key): None if _is_gap(value) else value for key, value in row.items()}
        for row in frame.astype(object).to_dict("records")
    ]


def _is_gap(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value))
