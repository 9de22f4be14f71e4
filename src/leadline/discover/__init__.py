"""Discover: where the opportunity is. Frames in, results out, no disk."""

from leadline.discover.survey import SharesResult, estimate_shares
from leadline.discover.usage_survey import name_obstacles, name_shares, read_answers, read_obstacles

__all__ = [
    "SharesResult",
    "estimate_shares",
    "name_obstacles",
    "name_shares",
    "read_answers",
    "read_obstacles",
]
