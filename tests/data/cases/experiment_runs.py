"""Tests whose records say that no effect may be read, or not as it stands."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.data.cases.runs import Ending, RunCase

UNITS = 2_400
_RNG = np.random.default_rng(7)
_ARM = _RNG.permutation(np.repeat(["held_out", "call"], UNITS // 2))
_SOLD = _RNG.random(UNITS) < np.where(_ARM == "call", 0.2, 0.1)
_ENTERED = pd.Timestamp("2025-06-02") + pd.to_timedelta(_RNG.integers(0, 28, UNITS), unit="D")


def campaign(**columns: object) -> pd.DataFrame:
    """Return a sound test of two arms, with columns of one's own, or in place of its own."""
    sound = {
        "unit": [f"U{number:05d}" for number in range(UNITS)],
        "arm": _ARM,
        "entered_on": _ENTERED,
        "is_sold": _SOLD,
    }
    return pd.DataFrame(sound | columns)


def judged(name: str, ending: Ending, frame: pd.DataFrame, *wanted: str, **given: Any) -> RunCase:
    """Return the run of `judge_campaign` on the table of a test."""

    def prepare(folder: Path) -> dict[str, Any]:
        frame.to_csv(folder / "units.csv", index=False)
        who = {"unit": "unit", "arm": "arm", "control": "held_out", "day": "entered_on"}
        return {"data": str(folder / "units.csv"), "metrics": ["is_sold: conversion"], **who, **given}

    return RunCase(name, "judge_campaign", prepare, ending, wanted)


_BOUGHT_AT = _ENTERED + pd.Timedelta(days=1)
#: Outcomes come within two weeks, and the last days' are not known yet.
_WITHIN = _ENTERED + pd.to_timedelta(np.arange(UNITS) % 14, unit="D")
_SEEN = _SOLD & (pd.Timestamp("2025-06-29") >= _WITHIN)
_LATE = _ENTERED + pd.to_timedelta(np.where(np.arange(UNITS) < 400, 3, 0), unit="D")
_TWICE = pd.concat(
    [
        campaign(),
        campaign()[:60].assign(arm=lambda frame: np.where(frame["arm"] == "call", "held_out", "call")),
    ]
)
_SPELT = np.where(np.arange(UNITS) % 3 == 0, np.where(_ARM == "call", "Call ", "ＨＥＬＤ_ＯＵＴ"), _ARM)
EXPERIMENT_RUNS = [
    judged(
        "srm",
        "verdict",
        campaign()[lambda frame: (frame["arm"] == "call") | (frame.index % 5 > 0)],
        "cannot be trusted",
        "as many come into each arm",
    ),
    judged(
        "exposure_after_conversion",
        "verdict",
        campaign(called_at=_LATE, bought_at=np.where(_SOLD, _BOUGHT_AT.astype(str), "")),
        "after",
        exposed_at="called_at",
        outcome_at="bought_at",
    ),
    judged("customer_in_two_arms", "verdict", _TWICE, "two arms"),
    judged("arm_label_variants", "handled", campaign(arm=_SPELT), "arm:"),
    judged(
        "unequal_followup",
        "warning",
        campaign(is_sold=_SEEN, bought_on=np.where(_SEEN, _WITHIN.strftime("%Y-%m-%d"), "")),
        "same time to respond",
        outcome_at="bought_on",
        end="2025-06-29",
    ),
]
