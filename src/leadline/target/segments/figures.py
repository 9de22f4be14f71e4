"""Figures of segments: tables in, figures out."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from leadline.chart.draw import wrap_label
from leadline.chart.theme import COLOURS, FAINT, QUIET, format_axis, new_figure, theme
from leadline.language import _, format_value

_PANEL_CHARACTERS = 24


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
            label=_("a market without segments"),
        )
        axes.vlines(
            known["segments"], known["agreement_ci_lower"], known["agreement_ci_upper"], color=COLOURS[0]
        )
        axes.plot(known["segments"], known["agreement"], "o-", color=COLOURS[0], label=_("these customers"))
        _mark(axes, known["segments"], known["agreement"], chosen)
        axes.set(
            ylim=(min(0.0, float(known["reference_lower"].min())), 1.04),
            xlabel=_("Number of segments"),
            ylabel=_("Agreement of segments made anew\n(1: the same, 0: by chance)"),
        )
        axes.set_title(_("How stable the segments are"), pad=34)
        axes.grid(axis="y")
        format_axis(axes.yaxis, "number")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, columnspacing=1.2)
    return figure


def draw_evidence(evidence: pd.DataFrame, chosen: int, *, is_model: bool) -> Figure:
    """Draw fit, silhouette and, where known, profit by number of segments, a panel each."""
    panels = [
        ("bic", _("BIC: the smallest fits best"))
        if is_model
        else ("gap", _("Gap: tighter than a market without segments")),
        ("silhouette", _("Silhouette: how far apart the segments are")),
    ]
    if "profit_apart" in evidence:
        panels.append(("profit_apart", _("Profit: share of the differences explained")))
    alt = _(
        "By number of segments, one panel each: {panels}. Chosen: {segments}.",
        panels=_("; ").join(title for _name, title in panels),
        segments=chosen,
    )
    with theme():
        figure, whole = new_figure(3.1, alt)
        whole.remove()
        for place, (name, title) in enumerate(panels):
            axes = figure.add_subplot(1, len(panels), place + 1)
            _draw_panel(axes, evidence[evidence[name].notna()], name, chosen)
            axes.set_title(wrap_label(title, _PANEL_CHARACTERS), fontsize=10)
            axes.set(xlabel=_("Number of segments"))
    return figure


def _draw_panel(axes: Axes, known: pd.DataFrame, name: str, chosen: int) -> None:
    if name == "gap":
        known = known.assign(
            gap_ci_lower=known["gap"] - known["gap_error"], gap_ci_upper=known["gap"] + known["gap_error"]
        )
    if f"{name}_ci_lower" in known:
        ends = known[f"{name}_ci_lower"], known[f"{name}_ci_upper"]
        axes.vlines(known["segments"], *ends, color=COLOURS[0], linewidth=1.6)
    axes.plot(known["segments"], known[name], "o-", color=COLOURS[0], markersize=4)
    _mark(axes, known["segments"], known[name], chosen)
    axes.grid(axis="y")
    format_axis(axes.yaxis, "share" if name == "profit_apart" else "number", ticks=4)
    if name == "profit_apart":
        axes.set_ylim(bottom=min(0.0, float(known["profit_apart_ci_lower"].min())))
    else:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: format_value(value, "number")))


def _mark(axes: Axes, numbers: pd.Series, values: pd.Series, chosen: int) -> None:
    """Draw a line and a ring at the number that was chosen."""
    axes.axvline(chosen, color=QUIET, linestyle=(0, (4, 3)), linewidth=1.2, zorder=1)
    axes.plot(
        [chosen],
        values[numbers == chosen],
        "o",
        markersize=11,
        markerfacecolor="none",
        markeredgecolor=COLOURS[1],
        markeredgewidth=2,
        label=_("chosen"),
    )
    axes.set_xticks(numbers)
