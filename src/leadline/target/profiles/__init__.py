"""Who the segments are, and which to choose; independent of how they were made."""

from leadline.target.profiles.descriptors import compare_descriptors
from leadline.target.profiles.descriptors_result import DescriptorsResult
from leadline.target.profiles.evaluation import evaluate_segments
from leadline.target.profiles.evaluation_result import EvaluationResult
from leadline.target.profiles.measures import measure_segments
from leadline.target.profiles.personas import show_personas, write_personas
from leadline.target.profiles.profile import profile_segments
from leadline.target.profiles.profile_result import ProfileResult

__all__ = [
    "DescriptorsResult",
    "EvaluationResult",
    "ProfileResult",
    "compare_descriptors",
    "evaluate_segments",
    "measure_segments",
    "profile_segments",
    "show_personas",
    "write_personas",
]
