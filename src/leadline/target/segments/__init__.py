"""Segments: from columns to groups of customers, with the evidence that they are there (system T1)."""

from leadline.target.segments.again import read_again
from leadline.target.segments.bases import Bases, Basis, read_bases
from leadline.target.segments.choose import choose_segments
from leadline.target.segments.count_result import SegmentCountResult
from leadline.target.segments.fit import METHODS, Fit, Method, fit_segments
from leadline.target.segments.people import (
    describe_from,
    index_customers,
    label_customers,
    rank_values,
)
from leadline.target.segments.plan import SegmentPlan
from leadline.target.segments.plan_file import parse_segment_plan
from leadline.target.segments.rules import tell_rules
from leadline.target.segments.told import tell_bases

__all__ = [
    "METHODS",
    "Bases",
    "Basis",
    "Fit",
    "Method",
    "SegmentCountResult",
    "SegmentPlan",
    "choose_segments",
    "describe_from",
    "fit_segments",
    "index_customers",
    "label_customers",
    "parse_segment_plan",
    "rank_values",
    "read_again",
    "read_bases",
    "tell_bases",
    "tell_rules",
]
