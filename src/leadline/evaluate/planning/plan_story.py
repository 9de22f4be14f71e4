"""A test's plan in words."""

from typing import TYPE_CHECKING

import numpy as np

from leadline.evaluate.planning.units import tell_value
from leadline.language import _, format_value, join_sentences, plural
from leadline.language.formats import format_interval

if TYPE_CHECKING:
    from leadline.evaluate.planning.plan_result import PlanResult

#: Below this many yes (and no) the normal approximation of a share is rough.
_FEWEST_YES = 10
_FEW_UNITS = 100
#: Skewness of the arms' difference, and of an arm's mean, above which the power that was planned is off by a
#: point or more (benchmarks/ab_power.py, zero-inflated lognormal revenue).
_SKEWED_DIFFERENCE, _SKEWED_MEAN = 0.05, 0.5


def tell_plan(result: "PlanResult") -> str:
    """Write the sentence: what is to be found, with how many, how long; what those there are can show."""
    base, order = result.decides, result.order
    words = {
        "metric": base.metric.label,
        "before": tell_value(base.metric, base.value.value),
        "after": tell_value(base.metric, base.value.value + base.lift(order.effect)),
        "power": format_value(order.power, "share"),
        "needed": _tell_arms(result),
    }
    if base.metric.falls_is_good:
        told = _(
            "To find a fall of “{metric}” from {before} to {after} in {power} of tests, {needed}", **words
        )
    else:
        told = _(
            "To find a rise of “{metric}” from {before} to {after} in {power} of tests, {needed}", **words
        )
    sentences = [_("{plan}{duration}.", plan=told, duration=_tell_duration(result))]
    if result.detectable is not None and order.customers is not None:
        sentences.append(_tell_detectable(result, result.detectable, order.customers))
    return join_sentences(sentences)


def _tell_arms(result: "PlanResult") -> str:
    units = result.arms["units"]
    total = format_value(result.units, "count")
    if units.min() == units.max():
        return _(
            "{arms} arms need {units} customers each ({total} in all)",
            arms=len(units),
            units=format_value(int(units.iloc[0]), "count"),
            total=total,
        )
    told = _(", ").join(
        f"{row['arm']} {format_value(int(row['units']), 'count')}" for row in result.arms.to_dict("records")
    )
    return _(
        "the arms need {total} customers ({arms})",
        total=total,
        arms=told,
    )


def tell_costs(result: "PlanResult") -> str:
    """Say what looks and comparisons cost, for the caption of the arms."""
    told = [_("The arms, the control first")]
    if result.order.looks > 1:
        told.append(
            _(
                "{looks} looks cost {share} of the customers",
                looks=result.order.looks,
                share=format_value(1 - 1 / result.inflation, "share"),
            )
        )
    if result.comparisons > 1:
        told.append(_("{count} comparisons are corrected for", count=result.comparisons))
    return _("; ").join(told)


def _tell_duration(result: "PlanResult") -> str:
    duration, wait = result.duration, result.order.outcome_days
    if duration is None:
        return ""
    told = plural(": {count} week of contacts", ": {count} weeks of contacts", duration.whole_weeks)
    if duration.lower < duration.upper:
        told = _(
            "{weeks} (95 of 100 histories like this one: {interval} days)",
            weeks=told,
            interval=format_interval(duration.lower, duration.upper, "count"),
        )
    if not wait:
        return told
    return plural(
        "{told}, and {count} day more until the last outcome is known",
        "{told}, and {count} days more until the last outcome is known",
        wait,
        told=told,
    )


def _tell_detectable(result: "PlanResult", detectable: tuple[float, float, float], customers: int) -> str:
    middle, lower, upper = detectable
    words = {
        "customers": format_value(customers, "count"),
        "least": format_value(middle, "share"),
        "power": format_value(result.order.power, "share"),
        "interval": format_interval(lower, upper, "share"),
    }
    if np.isnan(middle):
        return _("With the {customers} there are, no effect is found in {power} of tests.", **words)
    is_known = bool(result.decides.units) and bool(words["interval"])
    if result.decides.metric.falls_is_good:
        if is_known:
            return _(
                "With the {customers} there are, falls by {least} or more are found (95% CI {interval}).",
                **words,
            )
        return _("With the {customers} there are, falls by {least} or more are found.", **words)
    if is_known:
        return _(
            "With the {customers} there are, rises by {least} or more are found (95% CI {interval}).",
            **words,
        )
    return _("With the {customers} there are, rises by {least} or more are found.", **words)


def warn(result: "PlanResult") -> list[str]:
    """Say that there are too few units, on how little the base rests, and what is rough."""
    order, base = result.order, result.decides
    notes = []
    if not result.is_enough and order.customers is not None:
        notes.append(
            _(
                "There are {customers} customers, and {needed} are needed: look for a larger effect, allow "
                "the test to miss it more often, or put several rounds together.",
                customers=format_value(order.customers, "count"),
                needed=format_value(result.units, "count"),
            )
        )
    if not base.units:
        notes.append(
            _("The share without a contact is assumed, not measured: the sizes stand and fall with it.")
        )
    elif base.units < _FEW_UNITS or _count_fewer(result) < _FEWEST_YES:
        notes.append(
            _(
                "“{metric}” was measured on {units} customers only: read the ranges, not the sizes.",
                metric=base.metric.label,
                units=format_value(base.units, "count"),
            )
        )
    control = float(result.arms["units"].min())
    after = base.value.value + base.lift(order.effect)
    least = min(base.value.value, after, 1 - base.value.value, 1 - after)
    if base.metric.kind == "conversion" and control * least < _FEWEST_YES:
        notes.append(
            _("In an arm fewer than ten customers are expected to do it (or not to): the sizes are rough.")
        )
    if base.metric.kind != "conversion" and _is_skewed(result):
        notes.append(
            _(
                "“{metric}” is so skewed that the chance to find the effect may be some points off: "
                "winsorise it, make the arms equal, or hold more customers.",
                metric=base.metric.label,
            )
        )
    return notes


def _is_skewed(result: "PlanResult") -> bool:
    """Tell whether means of these arms are far from normal: that of one, or the difference of two.

    The third moments of two means subtract, so equal arms forgive what unequal ones do not.
    """
    units = result.arms["units"].to_numpy(dtype=np.float64)
    control, treated = 1 / units[0], 1 / units[1:].min()
    apart = abs(treated**2 - control**2) / (treated + control) ** 1.5
    skewness = abs(result.decides.skewness)
    return bool(skewness * apart > _SKEWED_DIFFERENCE or skewness / units.min() ** 0.5 > _SKEWED_MEAN)


def _count_fewer(result: "PlanResult") -> float:
    base = result.decides
    if base.metric.kind != "conversion":
        return float(base.units)
    return base.units * min(base.value.value, 1 - base.value.value)
