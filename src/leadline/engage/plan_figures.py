"""The figures of a channel plan."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from leadline.chart.draw import draw_bars, draw_estimates
from leadline.chart.grids import draw_stacks, draw_use
from leadline.data.loop.tables import NO_CONTACT
from leadline.engage.channel_story import money
from leadline.engage.names import name_channel
from leadline.language import _, format_value
from leadline.language.formats import Unit

#: A price below this (CNY) is none.
_FREE = 0.005


def draw_profits(plans: pd.DataFrame) -> Figure:
    """Draw the expected profit of each way to assign channels, with its range."""
    frame = plans.rename(
        columns={"profit_cny": "value", "profit_cny_ci_lower": "lower", "profit_cny_ci_upper": "upper"}
    )
    return draw_bars(
        frame,
        title=_("What each way to assign channels earns"),
        axis_label=_("Expected profit in CNY; line: 95 of 100 campaigns"),
        unit="money_cny",
        alt=_("Expected profit: {values}.", values=_tell(frame, "money_cny")),
    )


def draw_precisions(plans: pd.DataFrame, base: float) -> Figure:
    """Draw the expected precision of each way to assign channels, with its range."""
    frame = plans.rename(
        columns={"precision": "value", "precision_ci_lower": "lower", "precision_ci_upper": "upper"}
    )
    share = format_value(base, "share")
    return draw_estimates(
        frame,
        title=_("How many of those contacted buy"),
        axis_label=_("Expected share of buyers among the contacted; line: 95 of 100 campaigns"),
        unit="share",
        alt=_("Expected share of buyers: {values}.", values=_tell(frame, "share")),
        reference=base,
        reference_label=_("assigned for profit {share}", share=share),
    )


def draw_flows(flows: pd.DataFrame, plans: pd.DataFrame, shown: Sequence[str]) -> Figure:
    """Draw a bar a tier and plan, made of the channels; who is not contacted comes last."""
    labels = dict(zip(plans["plan"], plans["label"], strict=True))
    known = flows[flows["plan"].isin(shown)]
    tiers = sorted(known["tier"].unique())
    frame = known.assign(
        row=[
            _("{tier}: {plan}", tier=row["tier"], plan=labels[row["plan"]])
            for row in known.to_dict("records")
        ],
        part=[_name_part(channel) for channel in known["channel"]],
        value=known["customers"],
    )
    order = [*dict.fromkeys(frame["part"][frame["channel"] != NO_CONTACT]), _name_part(NO_CONTACT)]
    places = {(tier, plan): place for place, (tier, plan) in enumerate((t, p) for t in tiers for p in shown)}
    keys = [places[tier, plan] for tier, plan in zip(frame["tier"], frame["plan"], strict=True)]
    frame = frame.iloc[np.argsort(keys, kind="stable")]
    told = _("; ").join(
        f"{row['row']}, {row['part']} {format_value(int(row['value']), 'count')}"
        for row in frame.to_dict("records")
    )
    return draw_stacks(
        frame,
        order=order,
        title=_("From tier to channel"),
        axis_label=_("Customers"),
        unit="count",
        alt=_("Customers by tier and channel: {values}.", values=told),
    )


def draw_capacity(prices: pd.DataFrame) -> Figure:
    """Draw the share of each limit that is used, and beside it what one more unit is worth."""
    rows = prices[prices["limit"] > 0].to_dict("records")
    frame = pd.DataFrame(
        {
            "label": [_name_limit(str(row["resource"])) for row in rows],
            "value": [float(row["used"]) / float(row["limit"]) for row in rows],
            "note": [_tell_limit(row) for row in rows],
        }
    )
    return draw_use(
        frame,
        title=_("What is scarce, and what one more of it is worth"),
        axis_label=_("Share of the limit that the plan for profit uses"),
        alt=_(
            "Used: {values}.",
            values=_("; ").join(f"{row['label']} {row['note']}" for row in frame.to_dict("records")),
        ),
    )


def _tell_limit(row: "dict[object, object]") -> str:
    is_money = row["resource"] == "budget_cny"
    unit: Unit = "money_cny" if is_money else "count"
    words = {
        "used": format_value(round(float(str(row["used"]))), unit),
        "limit": format_value(round(float(str(row["limit"]))), unit),
        "price": money(float(str(row["price"]))),
    }
    if float(str(row["price"])) <= _FREE:
        return _("{used} of {limit}", **words)
    return _("{used} of {limit}; one more is worth {price}", **words)


def _name_limit(resource: str) -> str:
    names = {"budget_cny": _("budget"), "contacts": _("list")}
    return names.get(resource) or name_channel(resource)


def _name_part(channel: object) -> str:
    return _("not contacted") if channel == NO_CONTACT else name_channel(channel)


def _tell(frame: pd.DataFrame, unit: Unit) -> str:
    return _("; ").join(
        f"{row['label']} {format_value(float(row['value']), unit)}" for row in frame.to_dict("records")
    )
