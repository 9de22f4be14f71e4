"""New customers placed in segments that were made before."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from leadline.disclosure import MINIMUM, hide_small
from leadline.errors import DataError
from leadline.intervals import Estimate, wilson_interval
from leadline.target.segments.again import check_again, warn_again
from leadline.target.segments.assign_result import AssignmentResult
from leadline.target.segments.bases import IntArray
from leadline.target.segments.drift import measure_drift
from leadline.target.segments.segmentation import Segmentation
from leadline.target.views.checks import check_ids
from leadline.target.views.groups import spread


def assign_segments(
    frame: pd.DataFrame,
    segmentation: Segmentation,
    *,
    customer: str = "customer_id",
    minimum: int = MINIMUM,
    labels: Mapping[str, str] | None = None,
) -> AssignmentResult:
    """Place customers, and say how far they and their columns lie from those that the segments came from.

    Python here, `write_segmentation_sql` in DuckDB and `Fit.place` give every row the same segment: all
    evaluate `Placement.place`, in doubles, each operation by itself and in one order; costs are compared in
    billionths, so that the libraries' logarithms, which differ in their last bit, do not decide.

    Parameters
    ----------
    frame
        One row a customer, labelled as `leadline.data.read_table` did; columns that are no bases do not
        matter.
    segmentation
        From `make_segmentation` or `parse_segmentation`.
    customer
        Column of the customer's id.
    minimum
        Fewest customers of whom a published cell speaks.
    labels
        Column → how a reader calls it.

    Raises
    ------
    DataError
        With every problem at once: a base column that is absent, of another type, infinite, or below 0 where
        its logarithm counts; ids missing or repeated; no rows.
    """
    ids = check_ids(frame, customer, "the table of new customers")
    problems = ([] if len(frame) else ["the table of new customers has no rows."]) + ids
    problems += check_again(segmentation.columns, frame)
    if problems:
        raise DataError("These customers cannot be placed", problems)
    columns = segmentation.columns
    readings = np.column_stack([basis.read(frame[basis.name]) for basis in columns])
    is_new = np.isnan(readings) & np.column_stack([frame[basis.name].notna() for basis in columns])
    segments, costs = segmentation.placement.place(readings)
    is_far = segmentation.find_far(segments, costs)
    far = wilson_interval(int(is_far.sum()), len(frame))
    return AssignmentResult(
        assigned=pd.DataFrame(
            {
                customer: frame[customer],
                "segment": segments + 1,
                "segment_name": np.array(segmentation.names, dtype=object)[segments],
                "is_far": is_far,
            }
        ).astype({"segment_name": "str"}),
        cells=hide_small(
            _compare_shares(segmentation, segments), minimum=minimum, keys=["segment", "segment_name"]
        ),
        drift=measure_drift(segmentation, readings, is_new, segments),
        far=far,
        far_then=segmentation.far_share,
        far_difference=_subtract(far, _estimate_then(segmentation, segmentation.far_share)),
        minimum=minimum,
        labels=dict(labels or {}),
        notes=tuple(warn_again(columns, frame, readings)),
    )


def _compare_shares(segmentation: Segmentation, segments: IntArray) -> pd.DataFrame:
    """One row a segment: its share now, then, and the difference."""
    rows = []
    counts = np.bincount(segments, minlength=len(segmentation.names))
    for place, (name, then, count) in enumerate(
        zip(segmentation.names, segmentation.shares, counts, strict=True), 1
    ):
        now, before = wilson_interval(int(count), len(segments)), _estimate_then(segmentation, then)
        rows.append(
            {
                "segment": place,
                "segment_name": name,
                "customers": int(count),
                **spread("share", now),
                "share_then": then,
                **spread("difference", _subtract(now, before)),
            }
        )
    return pd.DataFrame(rows)


def _estimate_then(segmentation: Segmentation, share: float) -> Estimate:
    return wilson_interval(share * segmentation.effective, segmentation.effective)


def _subtract(now: Estimate, then: Estimate) -> Estimate:
    """Return the difference of two shares (Newcombe 1998, Statistics in Medicine 17:873-890)."""
    apart = now.value - then.value
    return Estimate(
        apart,
        apart - float(np.hypot(now.value - now.lower, then.upper - then.value)),
        apart + float(np.hypot(now.upper - now.value, then.value - then.lower)),
    )
