"""How far a plan's promise can be trusted: the chances' own uncertainty and, where it is known, the truth."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from leadline.data.loop.tables import NO_CONTACT
from leadline.data.raw import suggest
from leadline.engage.chances_result import ChancesResult
from leadline.engage.channel_plan import ChannelPlanResult
from leadline.engage.ids import ID, spell_ids
from leadline.engage.plan_check_result import PlanCheckResult
from leadline.engage.problem import FloatArray, IntArray
from leadline.errors import DataError
from leadline.intervals import LEVEL
from leadline.language import _

_DRAWS = 1_000
_TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
_RULE = "tier_rule"
#: What the channels table says of reach counts as much as this many contacts.
_REACH_CONTACTS = 20


def check_plans(
    plan: ChannelPlanResult,
    chances: ChancesResult,
    customers: pd.DataFrame,
    *,
    value_cny: float | str,
    rng: np.random.Generator,
    truth: pd.DataFrame | None = None,
) -> PlanCheckResult:
    """Say how sure the profit of each plan is, given that its chances are estimates.

    The chances and reaches of all plans are drawn together, so that plans are compared on equal draws. A plan
    that was chosen for its high estimates promises too much on average (the optimizer's curse, Smith &
    Winkler 2006, Management Science 52:311-322); pooled estimates promise less too much than raw ones.

    Parameters
    ----------
    plan, chances
        The plans and the chances they were made with.
    customers
        One row a customer that the plans were made for: ``customer_id``, the value if it is a column.
    value_cny
        What a buyer is worth, as in `leadline.engage.compare.compare_assignments`.
    rng
        Draws the reaches.
    truth
        Of a simulated market: ``customer_id``, ``chance_none``, ``chance_<channel>`` (reach included) and
        ``value_cny``.

    Raises
    ------
    DataError
        If customers of the plan are absent from ``chances`` or ``truth``, or columns from these.
    """
    names = [str(name) for name in chances.terms["channel"]]
    problems = _check(plan, chances, truth, names)
    if problems:
        raise DataError(_("The plans cannot be checked"), problems)
    value = customers[value_cny].to_numpy(dtype=float) if isinstance(value_cny, str) else None
    worth = np.full(len(plan.assignments), value_cny, dtype=float) if value is None else value
    reach = _draw_reach(chances, rng)
    drawn = {name: _draw(name, plan, chances, worth, reach) for name in plan.plans["plan"].astype(str)}
    rule = drawn[_RULE].profit_cny
    rows = []
    for row in plan.plans.to_dict("records"):
        name = str(row["plan"])
        rows.append(
            {
                **{key: row[key] for key in ("plan", "label", "contacts")},
                **_measure("profit_cny", float(row["profit_cny"]), drawn[name].profit_cny),
                "beats_rule": float((drawn[name].profit_cny > rule).mean()),
                **_measure("precision", float(row["precision"]), drawn[name].precision),
                **_find_truth(name, plan, chances, truth, names),
            }
        )
    sources = chances.channels.set_index("channel")["source"].loc[names]
    return PlanCheckResult(
        plans=pd.DataFrame(rows),
        objective=plan.objective,
        has_truth=truth is not None,
        learned=tuple(sources[sources == "history"].index),
        taken_as_exact=tuple(sources[sources != "history"].index),
    )


class _Drawn(NamedTuple):
    """Draws of a plan's expected profit and precision; shape (draws,)."""

    profit_cny: FloatArray
    precision: FloatArray


def _measure(name: str, value: float, drawn: FloatArray) -> dict[str, float]:
    lower, upper = np.quantile(drawn, _TAILS)
    return {name: value, f"{name}_ci_lower": float(lower), f"{name}_ci_upper": float(upper)}


def _draw_reach(chances: ChancesResult, rng: np.random.Generator) -> dict[str, FloatArray]:
    """Draw the reach of each channel, as far as its history leaves it open."""
    drawn = {}
    for row in chances.channels.to_dict("records"):
        share, strength = float(row["reach"]), _REACH_CONTACTS + int(row["contacts"])
        if row["source"] == "given" or not 0 < share < 1:
            stated = float(row["reach_stated"]) if row["source"] == "given" else share
            drawn[str(row["channel"])] = np.full(_DRAWS, stated)
        else:
            drawn[str(row["channel"])] = rng.beta(share * strength, (1 - share) * strength, _DRAWS)
    return drawn


def _draw(
    name: str,
    plan: ChannelPlanResult,
    chances: ChancesResult,
    worth: FloatArray,
    reach: dict[str, FloatArray],
) -> _Drawn:
    place = pd.Index(chances.spread.chances[ID]).get_indexer(plan.assignments[ID])
    profit, buyers, contacts = np.zeros(_DRAWS), np.zeros(_DRAWS), 0
    for row in chances.terms.to_dict("records"):
        channel = str(row["channel"])
        taken = np.flatnonzero((plan.assignments[name] == channel).to_numpy(dtype=bool))
        if not len(taken):
            continue
        contacts += len(taken)
        value = worth[taken]
        bought, alone = _average_both(plan, chances, channel, place[taken], np.ones(len(taken)))
        won = reach[channel] * (bought - alone)
        buyers += (won + alone) * len(taken)
        if value.min() < value.max():
            bought, alone = _average_both(plan, chances, channel, place[taken], value)
            won = reach[channel] * (bought - alone)
        profit += won * value.sum() - len(taken) * float(row["cost_cny"])
    return _Drawn(profit_cny=profit, precision=buyers / contacts if contacts else np.full(_DRAWS, np.nan))


def _average_both(
    plan: ChannelPlanResult, chances: ChancesResult, channel: str, among: IntArray, weight: FloatArray
) -> tuple[Any, Any]:
    """Return the average chance under the channel, and when left alone, 0 where that is not known."""
    alone = _average(chances, NO_CONTACT, among, weight) if plan.knows_alone else 0.0
    return _average(chances, channel, among, weight), alone


def _average(chances: ChancesResult, channel: str, among: IntArray, weight: FloatArray) -> Any:
    """Return draws of the average chance, or the one value where it was not learned."""
    if not weight.any():
        return 0.0
    drawn = chances.spread.draw(channel, among, weight)
    if drawn is not None:
        return drawn
    known = chances.spread.chances[f"chance_{channel}"].to_numpy(dtype=float)[among]
    return float(np.average(known, weights=weight))


def _find_truth(
    name: Any, plan: ChannelPlanResult, chances: ChancesResult, truth: pd.DataFrame | None, names: list[str]
) -> dict[str, float]:
    if truth is None:
        return {}
    chosen = plan.assignments[[ID, name]].dropna()
    known = truth.assign(**{ID: spell_ids(truth[ID]).to_numpy()}).set_index(ID).loc[chosen[ID]]
    cost = chances.terms.set_index("channel")["cost_cny"]
    profit, bought = 0.0, 0.0
    for channel in names:
        taken = (chosen[name] == channel).to_numpy(dtype=bool)
        mine = known.loc[taken]
        added = mine[f"chance_{channel}"] - mine[f"chance_{NO_CONTACT}"]
        profit += float((added * mine["value_cny"]).sum()) - float(cost[channel]) * int(taken.sum())
        bought += float(mine[f"chance_{channel}"].sum())
    return {
        "true_profit_cny": profit,
        "true_precision": bought / len(chosen) if len(chosen) else np.nan,
    }


def _check(
    plan: ChannelPlanResult, chances: ChancesResult, truth: pd.DataFrame | None, names: list[str]
) -> list[str]:
    problems = []
    if absent := int((~plan.assignments[ID].isin(chances.chances[ID])).sum()):
        problems.append(
            _(
                "{id}: {absent} customers of the plan have no chances. Estimate these for them.",
                id=ID,
                absent=f"{absent:,}",
            )
        )
    if truth is None:
        return problems
    wanted = [ID, "value_cny", *(f"chance_{name}" for name in (NO_CONTACT, *names))]
    problems += [
        _(
            "{column}: the truth has no such column.{hint}",
            column=column,
            hint=suggest(column, map(str, truth.columns)),
        )
        for column in wanted
        if column not in truth.columns
    ]
    if not problems and not plan.assignments[ID].isin(spell_ids(truth[ID])).all():
        problems.append(
            _("{id}: customers of the plan are unknown to the truth. Are both of one market?", id=ID)
        )
    return problems
