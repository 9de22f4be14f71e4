"""Target: whom to put on the list. Frames in, results out, no disk."""

from leadline.target.plan import Stage, StagePlan
from leadline.target.plan_file import parse_plan
from leadline.target.result import StagesResult
from leadline.target.stages import stage_models

__all__ = ["Stage", "StagePlan", "StagesResult", "parse_plan", "stage_models"]
