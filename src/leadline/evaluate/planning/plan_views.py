"""A test's plan as tables and a figure."""

from typing import TYPE_CHECKING

import pandas as pd

from leadline.chart.bands import draw_bands
from leadline.evaluate.planning.plan_story import tell_costs
from leadline.evaluate.planning.units import tell_value, unit_of
from leadline.language import _, format_value
from leadline.language.formats import Unit, format_interval
from leadline.results import Column, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from leadline.evaluate.planning.plan_result import PlanResult


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
        caption=tell_costs(result),
    )
    return sizes + arms + _write_metrics(result)


def _write_metrics(result: "PlanResult") -> str:
    rows = []
    for base, row in zip(result.baselines, result.metrics.to_dict("records"), strict=True):
        unit: Unit = unit_of(base.metric, base.value.value)
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
        columns["saved"] = Column(_("Customers that covariates save"), "share")
        columns["saved_lower"] = Column(_("95% CI"), "share", upper="saved_upper")
    held = min(result.units, result.order.customers or result.units)
    told = _("Smallest effect found with {units}", units=format_value(held, "count"))
    columns["detectable_effect"] = Column(told, "share")
    caption = _("The metrics, as history tells them")
    return table_html(pd.DataFrame(rows), columns, name="plan_metrics", caption=caption)
