"""The sentences of a round's lessons, and the table that the next plan takes over."""

import math

import pandas as pd

from leadline.evaluate.tracking.next_round import NextRound
from leadline.evaluate.tracking.ranking import Ranking
from leadline.intervals import Estimate
from leadline.language import _, format_value
from leadline.language.formats import Unit, format_interval


def list_lessons(
    *,
    cells: pd.DataFrame,
    plan: NextRound,
    ranking: Ranking | None,
    labels: tuple[int, int],
    eligible: int | None,
) -> list[str]:
    """Say what was learned, most important first."""
    shown = cells[~cells["is_hidden"]]
    said = [*_tell_arms(shown), *_tell_ranking(ranking), *_tell_reach(shown[shown["kind"] == "arm"])]
    return [*said, _tell_plan(plan), _tell_labels(labels, eligible)]


def tabulate_plan(plan: NextRound) -> pd.DataFrame:
    """Make one row a number: item, parameter of plan_test, value, ends, and both as a reader sees them."""
    is_short = plan.holdout is None and plan.needed is not None
    rows: list[tuple[str, str, float, Estimate | None, Unit]] = [
        (_("Subscribe without a contact"), "base_rate", plan.base_rate.value, plan.base_rate, "share"),
        (_("Added by the contacts this time"), "", plan.effect.value, plan.effect, "points"),
        (_("Effect to plan with, three chances in four"), "", plan.cautious_effect, None, "points"),
        (_("The same, as a part of the base rate"), "effect", plan.relative_effect, None, "share"),
        (_("Customers on the next list"), "" if is_short else "customers", plan.list_size, None, "count"),
        (_("Smallest effect that half of the list finds"), "", plan.detectable, None, "points"),
    ]
    if plan.holdout is not None:
        share = format_value(plan.holdout / plan.list_size, "share")
        item = _("Hold out at least ({share} of the list)", share=share)
        rows.append((item, "arms", plan.holdout, None, "count"))
    elif plan.needed is not None:
        rows.append((_("Customers needed to prove the effect"), "customers", plan.needed, None, "count"))
    columns = ["item", "parameter", "value", "lower", "upper", "shown", "interval"]
    return pd.DataFrame([_write(*row) for row in rows], columns=columns)


def _write(
    item: str, parameter: str, value: float, ends: Estimate | None, unit: Unit
) -> tuple[str, str, float, float, float, str, str]:
    lower, upper = (math.nan, math.nan) if ends is None else (ends.lower, ends.upper)
    interval = format_interval(lower, upper, unit)
    return item, parameter, value, lower, upper, format_value(float(value), unit), interval


def _tell_arms(shown: pd.DataFrame) -> list[str]:
    arms = shown[(shown["kind"] == "arm") & shown["increment_lower"].notna()]
    said = []
    for row in arms.sort_values("increment", ascending=False).to_dict("records"):
        facts = {
            "arm": row["group"],
            "increment": format_value(float(row["increment"]), "points"),
            "interval": format_interval(row["increment_lower"], row["increment_upper"], "points"),
        }
        if row["increment_lower"] > 0:
            said.append(_("“{arm}” works: it added {increment} (95% CI {interval}). Keep it.", **facts))
        elif row["increment_upper"] < 0:
            said.append(_("“{arm}” did harm: {increment} (95% CI {interval}). Stop it.", **facts))
        else:
            said.append(
                _(
                    "“{arm}” is not proved: {increment} (95% CI {interval}). Test it again, or drop it.",
                    **facts,
                )
            )
    return said


def _tell_ranking(ranking: Ranking | None) -> list[str]:
    if ranking is None:
        return [_("No score was kept with the list, so nobody can say whether the ranking was right.")]
    if math.isnan(ranking.treated.value):
        return [_("Too few customers have a score to say whether the ranking was right.")]
    facts = {
        "top": format_value(ranking.top.value, "share"),
        "rest": format_value(ranking.rest.value, "share"),
        "interval": format_interval(ranking.treated.lower, ranking.treated.upper, "points"),
    }
    if ranking.treated.lower > 0:
        first = _(
            "The score ranked right: of the contacted, {top} of the highest third subscribed and {rest} of "
            "the others (difference {interval} points).",
            **facts,
        )
    elif ranking.treated.upper < 0:
        first = _(
            "The score ranked wrong: of the contacted, {top} of the highest third subscribed and {rest} of "
            "the others (difference {interval} points). Fit it anew before the next list.",
            **facts,
        )
    else:
        first = _(
            "Whether the score ranked right is open: of the contacted, {top} of the highest third subscribed "
            "and {rest} of the others (difference {interval} points).",
            **facts,
        )
    if math.isnan(ranking.control.value):
        return [first]
    control = format_interval(ranking.control.lower, ranking.control.upper, "points")
    if ranking.control.lower > 0:
        return [
            first,
            _(
                "The highest third subscribes more often without a contact, too (held out: {interval} "
                "points): the score finds buyers, not those whom a contact moves.",
                interval=control,
            ),
        ]
    return [
        first,
        _("Among those held out the highest third differs by {interval} points.", interval=control),
    ]


def _tell_reach(arms: pd.DataFrame) -> list[str]:
    known = arms[arms["reach"].notna()]
    if known.empty:
        return [
            _("Whether contacts got through was not kept: ask for it next time, it says whom to reach how.")
        ]
    worst = known.sort_values("reach").to_dict("records")[0]
    return [
        _(
            "“{arm}” got through least: {missed} of its {contacts} contacts reached nobody ({share} got "
            "through). Those customers were not persuaded, they were not asked.",
            arm=worst["group"],
            missed=format_value(int(worst["contacts"] - worst["reached"]), "count"),
            contacts=format_value(int(worst["contacts"]), "count"),
            share=format_value(float(worst["reach"]), "share"),
        )
    ]


def _tell_plan(plan: NextRound) -> str:
    facts = {
        "base": format_value(plan.base_rate.value, "share"),
        "effect": format_value(plan.cautious_effect, "points"),
        "size": format_value(plan.list_size, "count"),
        "detectable": format_value(plan.detectable, "points"),
    }
    if plan.holdout is not None:
        return _(
            "Next round, hold out at least {holdout} of {size}: with a base rate of {base} and an effect of "
            "{effect} that proves it in 80% of cases.",
            holdout=format_value(plan.holdout, "count"),
            **facts,
        )
    if plan.needed is not None:
        return _(
            "Next round, {size} customers are too few to prove an effect of {effect} on a base rate of "
            "{base}: {needed} are needed, half of them held out; {size} prove {detectable} or more.",
            needed=format_value(plan.needed, "count"),
            **facts,
        )
    return _(
        "This round gives no effect to plan with. A list of {size}, half of it held out, proves {detectable} "
        "or more on a base rate of {base}; ask whether a smaller effect would pay.",
        **facts,
    )


def _tell_labels(labels: tuple[int, int], eligible: int | None) -> str:
    facts = {
        "contacted": format_value(labels[0], "count"),
        "held_out": format_value(labels[1], "count"),
    }
    if eligible is None:
        return _(
            "The next model learns from {contacted} contacted and {held_out} held out. Only listed customers "
            "have an outcome: of others it knows nothing.",
            **facts,
        )
    return _(
        "The next model learns from {contacted} contacted and {held_out} held out, {share} of {eligible} "
        "customers. Only listed customers have an outcome: put some unlisted ones on the next list by lot.",
        share=format_value(sum(labels) / eligible, "share"),
        eligible=format_value(eligible, "count"),
        **facts,
    )
