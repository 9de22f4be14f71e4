"""Target: whom to put on the list. Frames in, results out, no disk."""

from leadline.target.explanation import explain_customer
from leadline.target.fit_scorecard import fit_scorecard
from leadline.target.known_outcomes import (
    choose_customers,
    find_outcomes,
    take_unseen,
    tell_outcomes,
    tell_rates,
)
from leadline.target.panel import PointsPanel
from leadline.target.plan import Stage, StagePlan
from leadline.target.plan_file import parse_plan
from leadline.target.points_adjust import parse_changes, write_changes
from leadline.target.result import StagesResult
from leadline.target.scorecard_exports import write_exports
from leadline.target.scorecard_file import parse_scorecard
from leadline.target.scores import rank_ids, score_customers
from leadline.target.stages import stage_models

__all__ = [
    "PointsPanel",
    "Stage",
    "StagePlan",
    "StagesResult",
    "choose_customers",
    "explain_customer",
    "find_outcomes",
    "fit_scorecard",
    "parse_changes",
    "parse_plan",
    "parse_scorecard",
    "rank_ids",
    "score_customers",
    "stage_models",
    "take_unseen",
    "tell_outcomes",
    "tell_rates",
    "write_changes",
    "write_exports",
]
