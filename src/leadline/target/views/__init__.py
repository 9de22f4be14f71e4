"""Standing views of the customer base (systems T5 to T9): frames in, results out."""

from leadline.target.views.border import Measure
from leadline.target.views.cost_allocation import allocate_costs
from leadline.target.views.cost_allocation_result import CostsResult
from leadline.target.views.high_value import score_customers
from leadline.target.views.high_value_result import HighValueResult
from leadline.target.views.service_plan import ServicePlanResult, plan_service
from leadline.target.views.value_potential import type_customers
from leadline.target.views.value_potential_result import TypesResult
from leadline.target.views.weight_file import ScoreWeights, parse_weights

__all__ = [
    "CostsResult",
    "HighValueResult",
    "Measure",
    "ScoreWeights",
    "ServicePlanResult",
    "TypesResult",
    "allocate_costs",
    "parse_weights",
    "plan_service",
    "score_customers",
    "type_customers",
]
