"""Figures of segments: tables in, figures out."""

import pandas as pd
from matplotlib.figure import Figure

from leadline.chart.theme import COLOURS, FAINT, QUIET, format_axis, new_figure, theme
from leadline.language import _, format_value


def draw_stability(evidence: pd.DataFrame, chosen: int) -> Figure:
    """Draw agreement with its interval by number of segments, over the band of clouds without segments."""
    known = evidence[evidence["agreement"].notna()]
    at = known[known["segments"] == chosen].iloc[0]
    alt = _(
        "Stability by number of segments: {segments} segments agree by {agreement}, without structure by "
        "{reference}.",
        segments=chosen,
        agreement=format_value(float(at["agreement"]), "index"),
        reference=format_value(float(at["reference"]), "index"),
    )
    with theme():
        figure, axes = new_figure(3.8, alt)
        axes.fill_between(
            known["segments"],
            known["reference_lower"],
            known["reference_upper"],
            color=FAINT,
            label=_("without structure"),
        )
        axes.axvline(chosen, color=QUIET, linestyle=(0, (4, 3)), linewidth=1.2)
        axes.vlines(
            known["segments"], known["agreement_ci_lower"], known["agreement_ci_upper"], color=COLOURS[0]
        )
        axes.plot(known["segments"], known["agreement"], "o-", color=COLOURS[0], label=_("these customers"))
        axes.set(
            ylim=(min(0.0, float(known["reference_lower"].min())), 1.02),
            xlabel=_("Number of segments"),
            ylabel=_("Agreement of segments made anew"),
            title=_("How stable the segments are"),
        )
        axes.set_xticks(known["segments"])
        axes.grid(axis="y")
        format_axis(axes.yaxis, "number")
        axes.legend(loc="lower left")
    return figure
