"""All four criteria of a segmentation at once, as far as the plan says by which columns."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from leadline.target.criteria.accessible import ANY, measure_access
from leadline.target.criteria.judge import judge_criteria, list_hidden
from leadline.target.criteria.lasting import Lasting
from leadline.target.criteria.measurable import can_judge, measure_rule
from leadline.target.criteria.permitted import read_permitted
from leadline.target.criteria.profitable import measure_profit
from leadline.target.criteria.scorecard import CriteriaResult
from leadline.target.criteria.telling import tell_all_bases, tell_too_few, warn_of_bases
from leadline.target.profiles.descriptors import compare_descriptors
from leadline.target.segments.count_result import SegmentCountResult
from leadline.target.segments.plan import SegmentPlan


def measure_criteria(
    customers: pd.DataFrame,
    segments: pd.Series,
    plan: SegmentPlan,
    *,
    evidence: SegmentCountResult,
    lasting: Lasting | None = None,
    labels: Mapping[str, str] | None = None,
    bases: Sequence[str] = (),
    rng: np.random.Generator,
) -> CriteriaResult:
    """Measure the criteria whose columns a plan names; the others are told as not measured.

    Parameters
    ----------
    customers
        One row a customer, with the plan's columns.
    segments
        Segment of each customer, same index.
    plan
        Names the columns known of everybody, of channels, media, profit, cost and potential; of whom no
        potential is known, there is none.
    evidence
        Of the segments' number: how well segments made anew from other samples agree.
    lasting
        From `leadline.target.criteria.follow_segments`, where there is an earlier period.
    labels
        Column or channel → what a reader calls it.
    bases
        Columns that the segments were made from. What they tell of the segments is circular: they are left
        out of the columns known of everybody and of media, and the card says so.
    rng
        Draws who is held out, and random orders.

    Raises
    ------
    DataError
        With all problems of a criterion at once.
    """
    known = [name for name in plan.known if name not in bases]
    media = [name for name in plan.media if name not in bases]
    unmeasured = _find_obstacle(plan, known, segments)
    cost = customers[plan.cost] if plan.cost else None
    potential = customers[plan.potential].fillna(0) if plan.potential else None
    return judge_criteria(
        rule=measure_rule(customers[known], segments, rng=rng, labels=labels)
        if known and not unmeasured
        else None,
        access=measure_access(read_permitted(customers, plan.channels), segments) if plan.channels else None,
        profit=measure_profit(customers[plan.profit], segments, cost, potential=potential)
        if plan.profit
        else None,
        media=compare_descriptors(customers[media], segments, rng=rng, labels=labels) if media else None,
        lasting=lasting,
        agreement=evidence.agreement_at(segments.nunique()),
        labels=labels,
        unmeasured=unmeasured,
        notes=[
            *warn_of_bases("measurable", [name for name in plan.known if name in bases], labels or {}),
            *warn_of_bases("accessible", [name for name in plan.media if name in bases], labels or {}),
        ],
    )


def _find_obstacle(plan: SegmentPlan, known: Sequence[str], segments: pd.Series) -> dict[str, str]:
    """Say why no rule can be judged although the plan names columns for it."""
    if plan.known and not known:
        return {"measurable": tell_all_bases()}
    if known and not can_judge(segments):
        return {"measurable": tell_too_few("measurable")}
    return {}


def join_figures(card: CriteriaResult) -> pd.DataFrame:
    """Join what was measured of each segment, for the choice among them.

    Returns
    -------
    DataFrame
        One row a ``segment`` that is shown: ``profit_cny``, ``total_cny``, ``potential`` as far as they were
        measured, ``reached`` by any channel, ``placed_right`` by the rule; each with its interval.
        ``placed_right`` is missing of segments of which too few were held out, or of all if no rule could be
        judged.
    """
    reached = card.access[card.access["channel"] == ANY] if len(card.access) else card.access
    tables = {
        ("profit_cny", "total_cny", "potential"): card.profit,
        ("reached",): reached,
        ("placed_right",): card.rule_segments,
    }
    joined = pd.DataFrame({"segment": pd.Series(dtype="str")})
    for figures, table in tables.items():
        if len(table):
            kept = [name for name in table.columns if name.startswith(figures)]
            joined = joined.merge(table[["segment", *kept]], on="segment", how="outer")
    if "measurable" in card.unmeasured:
        joined = joined.assign(placed_right=np.nan)
    return joined[~joined["segment"].isin(list_hidden(card.profit, card.access))]
