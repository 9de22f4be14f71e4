from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from leadline.features.experiment import ExperimentDesign, ExperimentScan, parse_metrics
from leadline.features.experiment.scan_units import scan_frame


@pytest.fixture
def campaign(rng: np.random.Generator) -> pd.DataFrame:
    """Make 6,000 units in three arms over four weeks; ``call`` sells by 5 points more and ``sms`` not at all.

    One row a unit: ``unit``, ``arm`` (held_out, sms, call), ``entered_on``, ``region``, ``earlier_cny``
    (known before, correlated with spend), ``is_sold``, ``spend_cny`` (0 for most), ``orders``,
    ``complained``.
    """
    size = 6_000
    arm = rng.choice(["held_out", "sms", "call"], size)
    earlier = rng.gamma(2.0, 50.0, size)
    sold = rng.random(size) < 0.10 + 0.05 * (arm == "call")
    spend = np.where(sold, earlier * 0.8 + rng.gamma(2.0, 20.0, size), 0.0)
    return pd.DataFrame(
        {
            "unit": [f"U{number:05d}" for number in range(size)],
            "arm": arm,
            "entered_on": pd.Timestamp("2025-06-02") + pd.to_timedelta(rng.integers(0, 28, size), unit="D"),
            "region": rng.choice(["north", "south", "west"], size),
            "earlier_cny": earlier,
            "is_sold": sold,
            "spend_cny": spend,
            "orders": np.where(sold, 1 + rng.poisson(1.0, size), 0),
            "complained": rng.random(size) < 0.02,
        }
    )


@pytest.fixture
def scan_campaign(campaign: pd.DataFrame) -> Callable[..., ExperimentScan]:
    """Scan the campaign with metrics as an analyst writes them, and any other field of the design."""

    def scan(*metrics: str, frame: pd.DataFrame | None = None, **fields: object) -> ExperimentScan:
        design = ExperimentDesign(
            arm="arm",
            control="held_out",
            unit="unit",
            metrics=parse_metrics(metrics or ("is_sold: conversion, as Sold",)),
            **{"day": "entered_on", **fields},
        )
        return scan_frame(campaign if frame is None else frame, design)

    return scan
