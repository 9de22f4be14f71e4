"""Standing views of the customer base (systems T5 to T9): frames in, results out."""

from leadline.target.views.asset_tiers import split_tiers
from leadline.target.views.asset_tiers_result import TiersSplitResult
from leadline.target.views.base import Base, lay_base
from leadline.target.views.big_spenders import BigSpendersResult, find_big_spenders
from leadline.target.views.border import Measure
from leadline.target.views.cost_allocation import allocate_costs
from leadline.target.views.cost_allocation_result import CostsResult
from leadline.target.views.high_value import score_customers
from leadline.target.views.high_value_result import HighValueResult
from leadline.target.views.interest_file import parse_interests
from leadline.target.views.interests import find_interests
from leadline.target.views.interests_result import InterestsResult
from leadline.target.views.overview import ViewsResult, gather_views, is_made
from leadline.target.views.sections import (
    AbsentView,
    view_costs,
    view_interests,
    view_score,
    view_service,
    view_spenders,
    view_tiers,
    view_types,
)
from leadline.target.views.service_plan import ServicePlanResult, plan_service
from leadline.target.views.value_potential import type_customers
from leadline.target.views.value_potential_result import TypesResult
from leadline.target.views.weight_file import ScoreWeights, parse_weights

__all__ = [
    "AbsentView",
    "Base",
    "BigSpendersResult",
    "CostsResult",
    "HighValueResult",
    "InterestsResult",
    "Measure",
    "ScoreWeights",
    "ServicePlanResult",
    "TiersSplitResult",
    "TypesResult",
    "ViewsResult",
    "allocate_costs",
    "find_big_spenders",
    "find_interests",
    "gather_views",
    "is_made",
    "lay_base",
    "parse_interests",
    "parse_weights",
    "plan_service",
    "score_customers",
    "split_tiers",
    "type_customers",
    "view_costs",
    "view_interests",
    "view_score",
    "view_service",
    "view_spenders",
    "view_tiers",
    "view_types",
]
