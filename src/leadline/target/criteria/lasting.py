"""Stable over time: who is still in the segment a period later."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from leadline.errors import DataError
from leadline.intervals import Estimate, wilson_interval
from leadline.language import _
from leadline.target.profiles.columns import order_segments
from leadline.target.views.groups import spread


class Lasting(NamedTuple):
    """How segments last from one period to the next.

    Attributes
    ----------
    transitions
        One row a segment ``before`` and ``after``: ``customers``, ``share`` of those before with
        ``_ci_lower`` and ``_ci_upper`` (Wilson).
    stay
        Share of the customers of both periods who are in the same segment.
    half_life
        Periods after which half have left, if each period takes the same share: ln 0.5 / ln stay.
    by_chance
        Share who would be in the same segment if who is in which were drawn anew, sizes kept.
    agreement
        Adjusted Rand of both divisions: 0 by chance, 1 the same.
    left, joined
        Customers of the first period alone, and of the second.
    refit
        Adjusted Rand index of the rule and of segments made anew from the first period, on its customers;
        its interval is that of another sample of customers, both divisions kept. None where nothing was
        made anew.
    matched
        One row a ``segment``: ``customers`` of the first period by the rule, ``again_customers`` by the
        segment made anew that shares most with it, ``overlap`` (Jaccard: shared of all in either).
    """

    transitions: pd.DataFrame
    stay: Estimate
    half_life: Estimate
    by_chance: float
    agreement: float
    left: int
    joined: int
    refit: Estimate | None = None
    matched: pd.DataFrame | None = None


def measure_lasting(before: pd.Series, after: pd.Series) -> Lasting:
    """Compare the segments of the same customers in two periods.

    Parameters
    ----------
    before, after
        Label of each customer, indexed by customer id; the labels must mean the same in both: one rule
        applied twice, or a second fit relabelled by the nearest segment of the first.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = []
    for name, labels in (("before", before), ("after", after)):
        if labels.index.has_duplicates:
            first = labels.index[labels.index.duplicated()][0]
            problems.append(
                _(
                    "{name}: customer {first} occurs more than once. Give one row a customer.",
                    name=name,
                    first=first,
                )
            )
        if count := int(labels.isna().sum()):
            problems.append(
                _(
                    "{name}: {count} customers have no segment. Leave them out, or assign them.",
                    name=name,
                    count=f"{count:,}",
                )
            )
    both = before.index.intersection(after.index)
    if not problems and not len(both):
        problems.append(_("no customer is in both periods. Check that the ids are spelled alike."))
    if problems:
        raise DataError(_("The segments of two periods cannot be compared"), problems)
    first, second = before.loc[both].astype(object), after.loc[both].astype(object)
    stay = wilson_interval(int((first == second).sum()), len(both))
    rows = []
    names = order_segments(pd.concat([before.loc[both], after.loc[both]]))
    for segment in names:
        inside = second[first == segment]
        rows += [
            {
                "before": str(segment),
                "after": str(other),
                "customers": int((inside == other).sum()),
                **spread("share", wilson_interval(int((inside == other).sum()), len(inside))),
            }
            for other in names
        ]
    return Lasting(
        transitions=pd.DataFrame(rows),
        stay=stay,
        half_life=Estimate(*(_halve(end) for end in stay)),
        by_chance=sum(float((first == name).mean() * (second == name).mean()) for name in names),
        agreement=float(adjusted_rand_score(first.astype(str), second.astype(str))),
        left=len(before) - len(both),
        joined=len(after) - len(both),
    )


def _halve(stay: float) -> float:
    if stay <= 0:
        return 0.0
    return float("inf") if stay >= 1 else float(np.log(0.5) / np.log(stay))
