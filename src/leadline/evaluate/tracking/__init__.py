"""Campaigns in motion and rounds that are over: on plan or not, and what comes next (V3, V8)."""

from leadline.evaluate.tracking.corridor import choose_corridor, plan_corridor, read_corridor
from leadline.evaluate.tracking.lessons import learn_lessons
from leadline.evaluate.tracking.measures import parse_measures, track_measures
from leadline.evaluate.tracking.ranking import join_scores
from leadline.evaluate.tracking.registration import register_outcomes
from leadline.evaluate.tracking.track import track_campaign

__all__ = [
    "choose_corridor",
    "join_scores",
    "learn_lessons",
    "parse_measures",
    "plan_corridor",
    "read_corridor",
    "register_outcomes",
    "track_campaign",
    "track_measures",
]
