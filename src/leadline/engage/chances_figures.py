"""The figures of an estimate of chances."""

import pandas as pd
from matplotlib.figure import Figure

from leadline.chart.draw import draw_estimates, draw_note
from leadline.chart.grids import draw_grid
from leadline.engage.names import name_channel
from leadline.language import _, format_value
from leadline.language.formats import format_interval


def draw_chances(channels: pd.DataFrame) -> Figure:
    """Draw each learned channel's chance with its interval, against the average of these channels."""
    known = channels[channels["chance_ci_upper"].notna()]
    if known.empty:
        return draw_note(_("No chance was learned from a history."))
    frame = (
        known.assign(label=known["channel"].map(name_channel))
        .rename(
            columns={
                "chance": "value",
                "chance_ci_lower": "lower",
                "chance_ci_upper": "upper",
            }
        )
        .sort_values("value", ascending=False)
    )
    mean = float(frame["value"].mean())
    told = _("; ").join(
        f"{row['label']} {format_value(float(row['value']), 'share')}" for row in frame.to_dict("records")
    )
    return draw_estimates(
        frame,
        title=_("What a contact that gets through can expect"),
        axis_label=_("Chance to buy if reached, with 95% interval"),
        unit="share",
        alt=_("Chance to buy if reached: {values}.", values=told),
        reference=mean,
        reference_label=_("average of the channels {share}", share=format_value(mean, "share")),
    )


def draw_tier_chances(tiers: pd.DataFrame | None) -> Figure:
    """Draw the chance to buy by tier and channel, being left alone last."""
    if tiers is None or tiers.empty:
        return draw_note(_("The customers have no tiers."))
    frame = tiers.assign(
        row=[_("Tier {tier}", tier=tier) for tier in tiers["tier"]],
        column=tiers["channel"].map(name_channel),
        value=tiers["chance"],
        note=[
            format_interval(float(row["chance_ci_lower"]), float(row["chance_ci_upper"]), "share")
            for row in tiers.to_dict("records")
        ],
    )
    return draw_grid(
        frame,
        title=_("Chance to buy if reached, by tier and channel"),
        unit="share",
        alt=_(
            "Chance to buy if reached: {values}.",
            values=_("; ").join(
                f"{row['row']}, {row['column']} {format_value(float(row['value']), 'share')}"
                for row in frame.to_dict("records")
            ),
        ),
    )
