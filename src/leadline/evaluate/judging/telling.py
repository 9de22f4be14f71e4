"""Effects in words: what several results of a test say alike."""

from typing import Any

import numpy as np
import pandas as pd

from leadline.language import _, format_value, plural
from leadline.language.formats import MISSING, Unit, format_exactly, format_interval


def tell_level(level: float) -> str:
    """Write a confidence level: "95%"."""
    return f"{format_exactly(round(100 * level, 4))}%"


def tell_change(row: Any, unit: Unit, name: str = "difference") -> str:
    """Write a value with its interval in brackets: "+5.1 points (+3.0 to +7.2)"."""
    value = format_value(float(row[name]), unit)
    interval = format_interval(row[f"{name}_ci_lower"], row[f"{name}_ci_upper"], unit)
    return _("{value} ({interval})", value=value, interval=interval) if interval else value


def tell_lift(row: Any, name: str = "relative_lift") -> str:
    """Write a relative effect with its interval; a dash where none can be told."""
    return tell_change(row, "share", name) if pd.notna(row[name]) else MISSING


def tell_verdict(verdict: str) -> str:
    """Write a verdict of the record as a reader sees it."""
    words = {
        "better": _("better"),
        "worse": _("worse"),
        "not told apart": _("not told apart"),
        "unknown": _("cannot be told"),
        "holds": _("holds"),
        "harmed": _("harmed"),
        "not shown": _("not shown to hold"),
        "no margin": _("no margin named"),
    }
    return words[verdict]


def tell_family(count: int) -> str:
    """Say for how many comparisons p-values are corrected; nothing for one."""
    if count < 2:  # noqa: PLR2004 (one comparison needs none)
        return ""
    return plural(
        "after correction for {count} comparison", "after correction for {count} comparisons", count
    )


def list_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """List the rows as JSON: what is missing or without bound is null."""
    return [
        {
            str(key): None if isinstance(value, float) and not np.isfinite(value) else value
            for key, value in row.items()
        }
        for row in frame.to_dict("records")
    ]
