"""Segments: from columns to groups of customers, with the evidence that they are there (system T1)."""

from leadline.target.segments.again import read_again
from leadline.target.segments.bases import Bases, Basis, read_bases
from leadline.target.segments.choose import choose_segments
from leadline.target.segments.count_result import SegmentCountResult
from leadline.target.segments.fit import METHODS, Fit, Method, fit_segments
from leadline.target.segments.rules import tell_rules

__all__ = [
    "METHODS",
    "Bases",
    "Basis",
    "Fit",
    "Method",
    "SegmentCountResult",
    "choose_segments",
    "fit_segments",
    "read_again",
    "read_bases",
    "tell_rules",
]
