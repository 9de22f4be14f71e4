"""Ways to assign channels, compared in precision and in profit (system E1)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from leadline.data.loop.tables import NO_CONTACT
from leadline.engage.channel_check import ALONE
from leadline.engage.channel_plan import ChannelPlanResult, Objective
from leadline.engage.channels import CASE_TIER_RULE, ChannelCase, ContactRules, build_case
from leadline.engage.ids import ID, order_ids, spell_ids
from leadline.engage.names import name_channel
from leadline.engage.problem import NO_CHANNEL, AssignmentProblem, FloatArray, IntArray
from leadline.engage.rule_plans import follow_tiers, order_by_score, use_one_channel
from leadline.engage.solve import Assignment, solve_assignment
from leadline.language import _

_LEVEL = 0.95


def compare_assignments(
    customers: pd.DataFrame,
    channels: pd.DataFrame,
    *,
    value_cny: float | str,
    budget_cny: float | None = None,
    contacts: int | None = None,
    tier_rule: Mapping[str, Sequence[str]] = CASE_TIER_RULE,
    rules: ContactRules | None = None,
    objective: Objective = "profit",
) -> ChannelPlanResult:
    """Assign at most one channel to each customer in several ways, and say what each is worth.

    Two ways are optimal: for profit (chance × value − cost), and for precision, which is the most buyers with
    as many contacts as the plan for profit makes. The others are the tier rule and each channel alone. All
    keep capacities, budget and contact rules.

    Parameters
    ----------
    customers
        One row a customer who may be contacted: ``customer_id``, ``score``, ``tier``, for each channel
        ``chance_<channel>`` (0 to 1: buys if reached by it), and the columns that ``rules`` names. With
        ``chance_none`` (buys unasked) those not reached may buy, too, and profit counts only what contacts
        add; without it every buyer counts as won.
    channels
        One row a channel: ``channel``, ``reach`` (0 to 1), ``cost_cny`` of one contact, ``capacity``.
    value_cny
        What a buyer is worth: one amount, or the name of a column.
    budget_cny, contacts
        Most that contacts may cost, and most contacts; None for no limit.
    tier_rule
        Tier, best first → channels in order of preference.
    rules
        Whom a channel may reach.
    objective
        Which plan is handed on: ``profit`` or ``precision``.

    Raises
    ------
    DataError
        For unknown channels, negative costs, chances missing or out of range, no capacity, a budget below the
        cheapest contact: all at once.
    """
    chosen_rules = rules if rules is not None else ContactRules()
    best_first = _order_customers(customers)
    ordered = customers.iloc[best_first]
    case = build_case(
        ordered,
        channels,
        value_cny=value_cny,
        tier_rule=tier_rule,
        rules=chosen_rules,
        budget_cny=budget_cny,
        contacts=contacts,
    )
    budget = np.inf if budget_cny is None else float(budget_cny)
    limit = np.inf if contacts is None else float(contacts)
    profit = solve_assignment(_pose(case, case.profit_cny, budget, limit))
    listed = float((profit.channel != NO_CHANNEL).sum())
    precision = solve_assignment(_pose(case, case.chance, budget, listed))
    order = order_by_score(case.score)
    plans = {
        "profit": profit.channel,
        "precision": precision.channel,
        "tier_rule": follow_tiers(case, tier_rule, order, budget_cny=budget, contacts=limit),
    }
    for number, name in enumerate(case.names):
        plans[f"all_{name}"] = use_one_channel(case, number, budget_cny=budget, contacts=limit)
    return ChannelPlanResult(
        plans=_measure_plans(case, plans),
        usage=_count_usage(case, plans),
        flows=_count_flows(case, plans),
        prices=pd.concat(
            [
                _list_prices(case, name, found, budget, most)
                for name, found, most in (("profit", profit, limit), ("precision", precision, listed))
            ],
            ignore_index=True,
        ),
        assignments=_list_assignments(ordered, case, plans, best_first),
        chosen=_list_contacts(ordered, case, plans[objective], order),
        objective=objective,
        knows_alone=ALONE in customers.columns,
        gaps={"profit": profit.gap, "precision": precision.gap},
        gap_cny=max(0.0, profit.bound - profit.worth),
    )


def _order_customers(customers: pd.DataFrame) -> IntArray:
    """Return places, best score first and of equals the smaller id: so ties of worth are settled."""
    by_id = order_ids(customers[ID]) if ID in customers.columns else np.arange(len(customers))
    if "score" not in customers.columns or not pd.api.types.is_numeric_dtype(customers["score"]):
        return by_id
    score = customers["score"].to_numpy(dtype=np.float64, na_value=np.nan)[by_id]
    return by_id[np.argsort(-score, kind="stable")]


def _pose(case: ChannelCase, worth: FloatArray, budget_cny: float, contacts: float) -> AssignmentProblem:
    return AssignmentProblem(
        worth=np.where(case.is_allowed, worth, -np.inf),
        cost_cny=case.cost_cny,
        capacity=case.capacity,
        budget_cny=budget_cny,
        contacts=contacts,
    )


def _measure_plans(case: ChannelCase, plans: Mapping[str, IntArray]) -> pd.DataFrame:
    """Measure buyers, precision and profit; the range is that of independent customers."""
    z = float(stats.norm.ppf(0.5 + _LEVEL / 2))
    rows = []
    for name, chosen in plans.items():
        taken = np.flatnonzero(chosen != NO_CHANNEL)
        chance, value = case.chance[chosen[taken], taken], case.value_cny[taken]
        won = chance - case.alone[taken]
        cost, buyers = float(case.cost_cny[chosen[taken]].sum()), float(chance.sum())
        spread = chance * (1 - chance)
        profit, half = float(won @ value) - cost, z * float(np.sqrt((value**2) @ spread))
        precision = buyers / len(taken) if len(taken) else np.nan
        wide = z * float(np.sqrt(spread.sum())) / len(taken) if len(taken) else np.nan
        rows.append(
            {
                "plan": name,
                "label": _label(name),
                "contacts": len(taken),
                "cost_cny": cost,
                "buyers": buyers,
                "won": float(won.sum()),
                "precision": precision,
                "precision_ci_lower": max(0.0, precision - wide),
                "precision_ci_upper": min(1.0, precision + wide),
                "profit_cny": profit,
                "profit_cny_ci_lower": profit - half,
                "profit_cny_ci_upper": profit + half,
            }
        )
    return pd.DataFrame(rows)


def _label(plan: str) -> str:
    names = {
        "profit": _("Assigned for profit"),
        "precision": _("Assigned for precision"),
        "tier_rule": _("Tier rule"),
    }
    return names.get(plan) or _("All by {channel}", channel=name_channel(plan.removeprefix("all_")))


def _count_usage(case: ChannelCase, plans: Mapping[str, IntArray]) -> pd.DataFrame:
    rows = [
        (name, channel, int((chosen == number).sum()), int(case.capacity[number]))
        for name, chosen in plans.items()
        for number, channel in enumerate(case.names)
    ]
    return pd.DataFrame(rows, columns=["plan", "channel", "contacts", "capacity"])


def _count_flows(case: ChannelCase, plans: Mapping[str, IntArray]) -> pd.DataFrame:
    """Count customers by plan, tier and channel; `NO_CONTACT` stands for no contact."""
    tier, tiers = pd.factorize(case.tier, sort=True)
    channels = [NO_CONTACT, *case.names]
    cells = len(tiers) * len(channels)
    rows = []
    for name, chosen in plans.items():
        counts = np.bincount(tier * len(channels) + chosen - NO_CHANNEL, minlength=cells)
        for cell in np.flatnonzero(counts):
            place, channel = divmod(int(cell), len(channels))
            rows.append((name, tiers[place], channels[channel], int(counts[cell])))
    return pd.DataFrame(rows, columns=["plan", "tier", "channel", "customers"])


def _list_prices(
    case: ChannelCase, plan: str, found: Assignment, budget_cny: float, contacts: float
) -> pd.DataFrame:
    made = found.channel[found.channel != NO_CHANNEL]
    rows = [
        (plan, name, int((made == number).sum()), case.capacity[number], found.prices.capacity[number])
        for number, name in enumerate(case.names)
    ]
    rows.append((plan, "budget_cny", case.cost_cny[made].sum(), budget_cny, found.prices.budget))
    rows.append((plan, "contacts", len(made), contacts, found.prices.contacts))
    frame = pd.DataFrame(rows, columns=["plan", "resource", "used", "limit", "price"])
    return frame.iloc[np.flatnonzero(np.isfinite(frame["limit"].to_numpy(dtype=float)))]


def _list_contacts(
    ordered: pd.DataFrame, case: ChannelCase, chosen: IntArray, order: IntArray
) -> pd.DataFrame:
    """One row a contact, best score first."""
    taken = order[chosen[order] != NO_CHANNEL]
    channel = chosen[taken]
    return pd.DataFrame(
        {
            ID: spell_ids(ordered[ID]).to_numpy()[taken],
            "channel": np.array(case.names, dtype=object)[channel],
            "tier": case.tier.to_numpy()[taken],
            "score": case.score[taken],
            "chance": case.chance[channel, taken],
            "profit_cny": case.profit_cny[channel, taken],
        }
    )


def _list_assignments(
    ordered: pd.DataFrame, case: ChannelCase, plans: Mapping[str, IntArray], order: IntArray
) -> pd.DataFrame:
    """One row a customer, in the order handed in; a missing channel is no contact."""
    back = np.argsort(order, kind="stable")
    columns = {
        name: pd.Categorical.from_codes(chosen[back], categories=pd.Index(case.names))
        for name, chosen in plans.items()
    }
    return pd.DataFrame({ID: spell_ids(ordered[ID]).to_numpy()[back], **columns})
