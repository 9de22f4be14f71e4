"""Engage: who may be contacted, through which channel, and the list. Frames in, results out, no disk."""

from leadline.engage.audit import is_audit_line_signed, sign_audit_line
from leadline.engage.call_list import build_list
from leadline.engage.candidates import find_candidates, find_product_risk, keep_group
from leadline.engage.chances_result import ChancesResult
from leadline.engage.channel_plan import ChannelPlanResult
from leadline.engage.channels import CASE_TIER_RULE, ContactRules
from leadline.engage.compare import compare_assignments
from leadline.engage.contact_rules import CASE_RULES, ChannelRules, parse_channel_rules
from leadline.engage.gate import gate_customers
from leadline.engage.gate_result import GateResult
from leadline.engage.history import join_history
from leadline.engage.history_notes import tell_history
from leadline.engage.holdout import draw_holdout
from leadline.engage.judged import JudgedCustomers, choose_judged
from leadline.engage.list_result import ListResult
from leadline.engage.make_list import make_list
from leadline.engage.obstacle import likely_obstacle
from leadline.engage.obstacle_result import ObstacleResult
from leadline.engage.order import ListOrder
from leadline.engage.parity import ParityResult, compare_parity
from leadline.engage.plan_check import check_plans
from leadline.engage.plan_check_result import PlanCheckResult
from leadline.engage.policy import ContactPolicy, parse_policy
from leadline.engage.power import PowerStatement, state_power
from leadline.engage.registration import RegistrationResult, register_list
from leadline.engage.response import estimate_chances
from leadline.engage.tiers import assign_tiers
from leadline.engage.tiers_result import TiersResult

__all__ = [
    "CASE_RULES",
    "CASE_TIER_RULE",
    "ChancesResult",
    "ChannelPlanResult",
    "ChannelRules",
    "ContactPolicy",
    "ContactRules",
    "GateResult",
    "JudgedCustomers",
    "ListOrder",
    "ListResult",
    "ObstacleResult",
    "ParityResult",
    "PlanCheckResult",
    "PowerStatement",
    "RegistrationResult",
    "TiersResult",
    "assign_tiers",
    "build_list",
    "check_plans",
    "choose_judged",
    "compare_assignments",
    "compare_parity",
    "draw_holdout",
    "estimate_chances",
    "find_candidates",
    "find_product_risk",
    "gate_customers",
    "is_audit_line_signed",
    "join_history",
    "keep_group",
    "likely_obstacle",
    "make_list",
    "parse_channel_rules",
    "parse_policy",
    "register_list",
    "sign_audit_line",
    "state_power",
    "tell_history",
]
