"""What a test showed: effects, segments, money, and what to decide. Frames in, results out."""

from leadline.evaluate.judging.beliefs_result import read_beliefs
from leadline.evaluate.judging.decision import decide
from leadline.evaluate.judging.effects import compare_arms
from leadline.evaluate.judging.money import count_money
from leadline.evaluate.judging.robustness import check_robustness
from leadline.evaluate.judging.segments import compare_all_segments, compare_segments

__all__ = [
    "check_robustness",
    "compare_all_segments",
    "compare_arms",
    "compare_segments",
    "count_money",
    "decide",
    "read_beliefs",
]
