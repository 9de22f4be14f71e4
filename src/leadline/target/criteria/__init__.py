"""The four criteria that make a segmentation usable, each measured (system T1)."""

from leadline.target.criteria.accessible import measure_access
from leadline.target.criteria.judge import judge_criteria
from leadline.target.criteria.lasting import Lasting, measure_lasting
from leadline.target.criteria.later import follow_segments
from leadline.target.criteria.measurable import Rule, measure_rule
from leadline.target.criteria.measure import join_figures, measure_criteria
from leadline.target.criteria.permitted import read_permitted
from leadline.target.criteria.profitable import Profit, measure_profit
from leadline.target.criteria.scorecard import CriteriaResult

__all__ = [
    "CriteriaResult",
    "Lasting",
    "Profit",
    "Rule",
    "follow_segments",
    "join_figures",
    "judge_criteria",
    "measure_access",
    "measure_criteria",
    "measure_lasting",
    "measure_profit",
    "measure_rule",
    "read_permitted",
]
