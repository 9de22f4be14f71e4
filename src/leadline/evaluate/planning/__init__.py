"""Before a test: how many units, how long, who goes into which arm. Frames in, results out."""

from leadline.evaluate.planning.assign import assign_test, permit_units
from leadline.evaluate.planning.assignment_result import ArmBalanceResult
from leadline.evaluate.planning.duration import count_daily
from leadline.evaluate.planning.plan import plan_test
from leadline.evaluate.planning.plan_order import PlanOrder, parse_arms
from leadline.evaluate.planning.plan_result import PlanResult
from leadline.evaluate.planning.replay import replay_aa
from leadline.evaluate.planning.replay_result import ReplayResult

__all__ = [
    "ArmBalanceResult",
    "PlanOrder",
    "PlanResult",
    "ReplayResult",
    "assign_test",
    "count_daily",
    "parse_arms",
    "permit_units",
    "plan_test",
    "replay_aa",
]
