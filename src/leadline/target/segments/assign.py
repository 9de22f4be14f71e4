"""New customers placed in segments that were made before."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.disclosure import MINIMUM, hide_small
from leadline.errors import DataError
from leadline.intervals import Estimate, wilson_interval
from leadline.language import _, plural
from leadline.target.segments.again import check_again, warn_again
from leadline.target.segments.assign_result import AssignmentResult
from leadline.target.segments.bases import FloatArray, IntArray
from leadline.target.segments.checks import check_weight
from leadline.target.segments.drift import measure_drift
from leadline.target.segments.segmentation import Segmentation
from leadline.target.segments.sql import ADDED
from leadline.target.views.checks import check_ids
from leadline.target.views.groups import spread

_DIFFERENCE = ["difference", "difference_ci_lower", "difference_ci_upper"]


def assign_segments(
    frame: pd.DataFrame,
    segmentation: Segmentation,
    *,
    customer: str = "customer_id",
    weight: str | None = None,
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
    weight
        Column of the people whom a customer stands for: shares and drift then are of these, their intervals
        of Kish's effective number of customers. Where the segments were made with weights and none are given
        here, nothing is compared with then, and a warning says so.
    minimum
        Fewest customers of whom a published cell speaks.
    labels
        Column → how a reader calls it.

    Raises
    ------
    DataError
        With every problem at once: a base column that is absent, of another type, infinite, or below 0 where
        its logarithm counts; ids missing, repeated, or in a column called as one of the results; weights
        missing or not above 0; no rows.
    """
    ids = check_ids(frame, customer, _("the table of new customers"))
    problems = ([] if len(frame) else [_("the table of new customers has no rows.")]) + ids
    problems += check_again(segmentation.columns, frame) + check_weight(frame, weight)
    if customer in ADDED:
        problems.append(
            _("{customer}: the ids are in a column that is to hold the result. Rename it.", customer=customer)
        )
    if problems:
        raise DataError(_("These customers cannot be placed"), problems)
    columns = segmentation.columns
    weights = np.ones(len(frame)) if weight is None else frame[weight].to_numpy(dtype=np.float64)
    weights = weights / weights.mean()
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    is_comparable = weight is not None or not segmentation.is_weighted
    readings = np.column_stack([basis.read(frame[basis.name]) for basis in columns])
    is_new = np.isnan(readings) & np.column_stack([frame[basis.name].notna() for basis in columns])
    segments, costs = segmentation.placement.place(readings)
    is_far = segmentation.find_far(segments, costs)
    far = wilson_interval(float(np.average(is_far, weights=weights)) * effective, effective)
    cells = _compare_shares(segmentation, segments, weights, effective)
    is_told = segmentation.find_told_shares(minimum)
    cells.loc[~is_told, ["share_then", *_DIFFERENCE]] = np.nan
    if not is_comparable:
        cells[_DIFFERENCE] = np.nan
    return AssignmentResult(
        assigned=pd.DataFrame(
            {
                customer: frame[customer],
                "segment": segments + 1,
                "segment_name": np.array(segmentation.names, dtype=object)[segments],
                "is_far": is_far,
            }
        ).astype({"segment_name": "str"}),
        cells=hide_small(cells, minimum=minimum, keys=["segment", "segment_name"]),
        drift=measure_drift(
            segmentation,
            readings,
            is_new,
            segments,
            weights=weights,
            minimum=minimum,
            is_comparable=is_comparable,
        ),
        far=far,
        far_then=segmentation.far_share,
        far_difference=_subtract(far, _estimate_then(segmentation, segmentation.far_share)),
        minimum=minimum,
        labels=dict(labels or {}),
        is_comparable=is_comparable,
        notes=(
            *warn_again(columns, frame, readings, minimum=minimum),
            *_warn_of_then(is_told, is_comparable=is_comparable, minimum=minimum),
        ),
    )


def _warn_of_then(is_told: npt.NDArray[np.bool_], *, is_comparable: bool, minimum: int) -> list[str]:
    notes = []
    if not is_comparable:
        notes.append(
            _(
                "The segments were made with weights, and these customers have none: their shares are of "
                "customers, those of then of people. Nothing is compared; name the column of the weights."
            )
        )
    if not is_told.all():
        notes.append(
            plural(
                "{count} share of then is not shown: it speaks of fewer than {minimum} customers, or would "
                "give such a share away by subtraction.",
                "{count} shares of then are not shown: they speak of fewer than {minimum} customers, or "
                "would give such a share away by subtraction.",
                int((~is_told).sum()),
                minimum=minimum,
            )
        )
    return notes


def _compare_shares(
    segmentation: Segmentation, segments: IntArray, weights: FloatArray, effective: float
) -> pd.DataFrame:
    """One row a segment: its share now, then, and the difference."""
    rows = []
    shares = np.bincount(segments, weights=weights, minlength=len(segmentation.names)) / weights.sum()
    counts = np.bincount(segments, minlength=len(segmentation.names))
    for place, (name, then, count, share) in enumerate(
        zip(segmentation.names, segmentation.shares, counts, shares, strict=True), 1
    ):
        now = wilson_interval(float(share) * effective, effective)
        before = _estimate_then(segmentation, then)
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
