"""The figures of a list: what is drawn, in words for the reader and for the alternative text."""

import pandas as pd
from matplotlib.figure import Figure

from leadline.chart.draw import draw_bars, draw_estimates, draw_note
from leadline.engage.names import name_obstacle
from leadline.language import _, format_value
from leadline.language.formats import Unit


def draw_tiers(tiers: pd.DataFrame, overall: float) -> Figure:
    """Draw the expected rate of each tier with its interval, against all customers together."""
    frame = tiers.rename(
        columns={
            "tier": "label",
            "expected_rate": "value",
            "expected_rate_ci_lower": "lower",
            "expected_rate_ci_upper": "upper",
        }
    )
    share = format_value(overall, "share")
    return draw_estimates(
        frame,
        title=_("How many buy in each tier"),
        axis_label=_("Expected share of buyers, with 95% interval"),
        unit="share",
        alt=_(
            "Expected share of buyers: {values}; all customers {share}.",
            values=_tell(frame, "share"),
            share=share,
        ),
        reference=overall,
        reference_label=_("all customers {share}", share=share),
    )


def draw_tier_sizes(tiers: pd.DataFrame) -> Figure:
    """Draw how many customers each tier holds."""
    frame = tiers.rename(columns={"tier": "label", "customers": "value"})[["label", "value"]]
    title = _("How many customers each tier holds")
    alt = f"{title}: {_tell(frame, 'count')}."
    return draw_bars(frame, title=title, axis_label=_("Customers"), unit="count", alt=alt)


def draw_parity(groups: pd.DataFrame) -> Figure:
    """Draw the rate at which each group is listed, over that of the other permitted customers."""
    known = groups[groups["ratio_ci_upper"].notna()]
    if known.empty:
        return draw_note(_("No group can be compared with the others."))
    frame = known.rename(columns={"ratio": "value", "ratio_ci_lower": "lower", "ratio_ci_upper": "upper"})
    frame = frame.assign(label=[f"{row['attribute']}: {row['group']}" for row in known.to_dict("records")])
    return draw_estimates(
        frame,
        title=_("Who is listed more often than others"),
        axis_label=_("Listed, as a multiple of the others' rate, with 95% interval"),
        unit="ratio",
        alt=_("Rate of being listed over that of the others: {values}.", values=_tell(frame, "ratio")),
        reference=1.0,
        reference_label=_("as often as others"),
    )


def draw_obstacles(obstacles: pd.DataFrame) -> Figure:
    """Draw how many customers have each likely obstacle."""
    frame = obstacles.assign(label=obstacles["obstacle"].map(name_obstacle), value=obstacles["customers"])
    return draw_bars(
        frame,
        title=_("What likely keeps customers from using it"),
        axis_label=_("Customers"),
        unit="count",
        alt=_("Customers by likely obstacle: {values}.", values=_tell(frame, "count")),
    )


def draw_power(power: pd.DataFrame, share: float) -> Figure:
    """Draw the smallest effect that is proven at the wanted power, by share held out."""
    frame = power.rename(columns={"holdout_share": "label", "detectable_effect": "value"})
    frame = frame.assign(label=[format_value(float(value), "share") for value in power["holdout_share"]])
    return draw_bars(
        frame,
        title=_("What a larger hold-out can prove"),
        axis_label=_("Smallest effect found at the wanted power, by share held out"),
        unit="points",
        alt=_(
            "Smallest detectable effect by share held out: {values}; this list holds out {share}.",
            values=_tell(frame, "points"),
            share=format_value(share, "share"),
        ),
    )


def _tell(frame: pd.DataFrame, unit: Unit) -> str:
    return _("; ").join(
        f"{row['label']} {format_value(float(row['value']), unit)}" for row in frame.to_dict("records")
    )
