"""Cells put together where each day counts from the start on."""

import numpy as np
import pandas as pd

from leadline.evaluate.estimates.cells import follow_metric, read_metric
from leadline.features.experiment import parse_metrics
from leadline.features.experiment.aggregates import scan_aggregates


def test_a_segment_that_ended_earlier_counts_with_its_own_last_day() -> None:
    rows = [
        (arm, region, day, 100.0 * day, mean, 4.0)
        for arm in ("a", "b")
        for region, last, mean in (("north", 3, 10.0), ("south", 2, 20.0))
        for day in range(1, last + 1)
    ]
    table = pd.DataFrame(rows, columns=["arm", "region", "day", "count", "mean", "variance"])
    scan = scan_aggregates(
        table.assign(metric="spend"),
        metrics=parse_metrics(["spend: mean"]),
        control="a",
        segments=["region"],
        day="day",
        is_cumulative=True,
    )
    found = read_metric(scan, "spend")
    assert found.count.tolist() == [500, 500]
    np.testing.assert_allclose(found.means[:, 0], 14.0)
    assert read_metric(scan, "spend", by=("arm", "region")).count.tolist() == [300, 200, 300, 200]
    assert [look.units for look in follow_metric(scan, "spend")] == [400, 800, 1000]
    assert follow_metric(scan, "spend")[-1].arms.count.tolist() == [500, 500]
