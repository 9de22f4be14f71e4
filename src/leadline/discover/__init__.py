"""Discover: where the opportunity is. Frames in, results out, no disk."""

from leadline.discover.base import choose_base, name_group, name_value
from leadline.discover.concentration import measure_concentration
from leadline.discover.concentration_by import compare_concentration
from leadline.discover.concentration_by_result import ConcentrationByResult
from leadline.discover.concentration_result import ConcentrationResult
from leadline.discover.survey import SharesResult, estimate_shares
from leadline.discover.usage_survey import name_obstacles, name_shares, read_answers, read_obstacles

__all__ = [
    "ConcentrationByResult",
    "ConcentrationResult",
    "SharesResult",
    "choose_base",
    "compare_concentration",
    "estimate_shares",
    "measure_concentration",
    "name_group",
    "name_obstacles",
    "name_shares",
    "name_value",
    "read_answers",
    "read_obstacles",
]
