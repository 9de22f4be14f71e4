"""A test's plan in words, tables and its figure."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from leadline.chart.bands import draw_bands
from leadline.evaluate.planning.units import tell_value, unit_of
from leadline.language import _, format_value, plural
from leadline.language.formats import Unit, format_interval
from leadline.results import Column, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from leadline.evaluate.planning.plan_result import PlanResult

#: Below this many yes (and no) the normal approximation of a share is rough.
_FEWEST_YES = 10
_FEW_UNITS = 100


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
    if not np.isnan(base.variance_left.lower):
        sentences.append(_tell_covariates(result))
    return " ".join(sentences)


def _tell_arms(result: "PlanResult") -> str:
    units = result.arms["units"]
    total = format_value(result.units, "count")
    if units.min() == units.max():
        return _(
            "{arms} arms need {units} customers each ({total} in all{extras})",
            arms=len(units),
            units=format_value(int(units.iloc[0]), "count"),
            total=total,
            extras=_tell_extras(result),
        )
    told = ", ".join(
        f"{row['arm']} {format_value(int(row['units']), 'count')}" for row in result.arms.to_dict("records")
    )
    return _(
        "the arms need {total} customers ({arms}{extras})",
        total=total,
        arms=told,
        extras=_tell_extras(result),
    )


def _tell_extras(result: "PlanResult") -> str:
    """Say what looks and comparisons cost, if there are several."""
    told = []
    if result.order.looks > 1:
        told.append(
            _(
                "{looks} looks cost {share} of them",
                looks=result.order.looks,
                share=format_value(1 - 1 / result.inflation, "share"),
            )
        )
    if result.comparisons > 1:
        told.append(_("corrected for {count} comparisons", count=result.comparisons))
    return f"; {', '.join(told)}" if told else ""


def _tell_covariates(result: "PlanResult") -> str:
    left = result.decides.variance_left
    return _(
        "What was known before saves {saved} of the customers (95% CI {interval}).",
        saved=format_value(1 - left.value, "share"),
        interval=format_interval(1 - left.upper, 1 - left.lower, "share"),
    )


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
                "With the {customers} there are, falls by {least} or more are found (95% CI {interval}, for "
                "history is but a sample).",
                **words,
            )
        return _("With the {customers} there are, falls by {least} or more are found.", **words)
    if is_known:
        return _(
            "With the {customers} there are, rises by {least} or more are found (95% CI {interval}, for "
            "history is but a sample).",
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
    return notes


def _count_fewer(result: "PlanResult") -> float:
    base = result.decides
    if base.metric.kind != "conversion":
        return float(base.units)
    return base.units * min(base.value.value, 1 - base.value.value)


def draw_power(result: "PlanResult") -> "Figure":
    """Draw the chance to find effects by the size of the test."""
    names = {effect: _name_effect(result, effect) for effect in result.curve["effect"].unique()}
    frame = pd.DataFrame(
        {
            "series": result.curve["effect"].map(names),
            "x": result.curve["units"],
            "y": result.curve["power"],
            "lower": result.curve["power_lower"],
            "upper": result.curve["power_upper"],
        }
    )
    asked = min(names, key=lambda effect: abs(effect - result.order.effect))
    order = [names[asked], *(name for effect, name in names.items() if effect != asked)]
    there = result.order.customers
    mark = there if there and frame["x"].min() <= there <= frame["x"].max() else result.units
    shown = format_value(mark, "count")
    label = _("{units} there are", units=shown) if mark == there else _("{units} needed", units=shown)
    needed, power = format_value(result.units, "count"), format_value(result.order.power, "share")
    return draw_bands(
        frame,
        order=order,
        title=_("Chance to find an effect, by the size of the test"),
        x_label=_("Customers in all arms"),
        y_label=_("Chance to find it"),
        alt=_(
            "Power curves of {metric}: {effect} is found in {power} of tests with {needed} customers.",
            metric=result.decides.metric.label,
            effect=names[asked],
            power=power,
            needed=needed,
        ),
        levels={_("{power} asked for", power=power): result.order.power},
        mark=mark,
        mark_label=label,
        top=1.0,
    )


def _name_effect(result: "PlanResult", effect: float) -> str:
    shown = format_value(float(effect), "share")
    if result.decides.metric.falls_is_good:
        return _("fall by {effect}", effect=shown)
    return _("rise by {effect}", effect=shown)


def write_tables(result: "PlanResult") -> str:
    """Write sizes by effect, and what history tells of each metric."""
    metric = result.decides.metric
    told = {
        name: [tell_value(metric, float(value)) for value in result.sizes[name]]
        for name in ("value", "other_value")
    }
    columns = {
        "effect": Column(_("Relative effect"), "share"),
        "value": Column(_("Without a contact")),
        "other_value": Column(_("With it")),
        "units": Column(_("Customers needed"), "count"),
    }
    if result.decides.units:
        columns["units_lower"] = Column(_("What history allows (95%)"), "count", upper="units_upper")
    sizes = table_html(
        result.sizes.assign(**told),
        columns,
        name="plan_sizes",
        caption=_("Customers in all arms, by the effect to be found"),
    )
    arms = table_html(
        result.arms,
        {
            "arm": Column(_("Arm")),
            "share": Column(_("Share"), "share"),
            "units": Column(_("Customers needed"), "count"),
        },
        name="plan_arms",
        caption=_("The arms, the control first"),
    )
    return sizes + arms + _write_metrics(result)


def _write_metrics(result: "PlanResult") -> str:
    rows = []
    for base, row in zip(result.baselines, result.metrics.to_dict("records"), strict=True):
        unit: Unit = unit_of(base.metric)
        rows.append(
            {
                "label": base.metric.label,
                "value": tell_value(base.metric, base.value.value),
                "interval": format_interval(base.value.lower, base.value.upper, unit) or "–",
                "history_units": row["history_units"] or None,
                "saved": 1 - row["variance_left"],
                "saved_lower": 1 - row["variance_left_ci_upper"],
                "saved_upper": 1 - row["variance_left_ci_lower"],
                "detectable_effect": row["detectable_effect"],
            }
        )
    columns = {
        "label": Column(_("Metric")),
        "value": Column(_("Without a contact")),
        "interval": Column(_("95% CI")),
        "history_units": Column(_("Measured on"), "count"),
    }
    if result.metrics["variance_left_ci_lower"].notna().any():
        columns["saved"] = Column(_("Units that covariates save"), "share")
        columns["saved_lower"] = Column(_("95% CI"), "share", upper="saved_upper")
    columns["detectable_effect"] = Column(_("Smallest effect found"), "share")
    caption = _("The metrics, as history tells them")
    return table_html(pd.DataFrame(rows), columns, name="plan_metrics", caption=caption)
