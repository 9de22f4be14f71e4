"""Discover: where the opportunity is. Frames in, results out, no disk."""

from leadline.discover.concentration import measure_concentration
from leadline.discover.concentration_result import ConcentrationResult
from leadline.discover.survey import SharesResult, estimate_shares
from leadline.discover.usage_survey import name_obstacles, name_shares, read_answers, read_obstacles

__all__ = [
    "ConcentrationResult",
    "SharesResult",
    "estimate_shares",
    "measure_concentration",
    "name_obstacles",
    "name_shares",
    "read_answers",
    "read_obstacles",
]
