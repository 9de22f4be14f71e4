"""Segments: from columns to groups of customers, with the evidence that they are there (system T1)."""

from leadline.target.segments.bases import Bases, Basis, read_bases
from leadline.target.segments.choose import choose_segments
from leadline.target.segments.count_result import SegmentCountResult

__all__ = ["Bases", "Basis", "SegmentCountResult", "choose_segments", "read_bases"]
