"""Segments: from columns to groups of customers, with the evidence that they are there (system T1)."""

from leadline.target.segments.again import read_again
from leadline.target.segments.assign import assign_segments
from leadline.target.segments.assign_result import AssignmentResult
from leadline.target.segments.bases import Bases, Basis, read_bases
from leadline.target.segments.choose import choose_segments
from leadline.target.segments.count_result import SegmentCountResult
from leadline.target.segments.fit import METHODS, Fit, Method, fit_segments
from leadline.target.segments.people import (
    check_request,
    describe_from,
    index_customers,
    label_customers,
    rank_values,
)
from leadline.target.segments.plan import SegmentPlan
from leadline.target.segments.plan_file import parse_segment_plan
from leadline.target.segments.rules import show_rules, tell_rules
from leadline.target.segments.segmentation import Segmentation, make_segmentation
from leadline.target.segments.segmentation_file import parse_segmentation, write_segmentation
from leadline.target.segments.sql import write_segmentation_sql
from leadline.target.segments.told import tell_bases

__all__ = [
    "METHODS",
    "AssignmentResult",
    "Bases",
    "Basis",
    "Fit",
    "Method",
    "SegmentCountResult",
    "SegmentPlan",
    "Segmentation",
    "assign_segments",
    "check_request",
    "choose_segments",
    "describe_from",
    "fit_segments",
    "index_customers",
    "label_customers",
    "make_segmentation",
    "parse_segment_plan",
    "parse_segmentation",
    "rank_values",
    "read_again",
    "read_bases",
    "show_rules",
    "tell_bases",
    "tell_rules",
    "write_segmentation",
    "write_segmentation_sql",
]
