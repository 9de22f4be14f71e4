"""Columns that stand side by side: variances of components, customers by score."""

import pandas as pd
from matplotlib.figure import Figure

from leadline.chart.theme import COLOURS, FAINT, INK, QUIET, format_axis, new_figure, theme


def draw_scree(
    frame: pd.DataFrame,
    *,
    title: str,
    alt: str,
    x_label: str,
    y_label: str,
    noise_label: str,
    one_label: str,
) -> Figure:
    """Draw a column a component, the line that noise would reach, and the line at 1.

    ``frame`` has one row a component: ``component``, ``variance``, ``noise_variance``.
    """
    with theme():
        figure, axes = new_figure(3.6, alt)
        axes.bar(frame["component"], frame["variance"], color=COLOURS[0], width=0.66)
        axes.plot(frame["component"], frame["noise_variance"], "o-", color=COLOURS[1], label=noise_label)
        axes.axhline(1, color=INK, linestyle=(0, (4, 3)), linewidth=1.4, label=one_label)
        axes.set_xticks(frame["component"])
        axes.tick_params(axis="x", length=0)
        axes.grid(axis="y")
        format_axis(axes.yaxis, "number")
        axes.set(xlabel=x_label, ylabel=y_label, title=title)
        axes.legend(loc="upper right")
    return figure


def draw_distribution(
    frame: pd.DataFrame,
    *,
    title: str,
    alt: str,
    x_label: str,
    y_label: str,
    chosen_label: str,
    other_label: str,
    mark: float,
    mark_label: str,
) -> Figure:
    """Draw a column a group of scores, those chosen apart from the others, and a line at the cut.

    ``frame`` has one row a group: ``lower`` and ``upper`` (scores), ``chosen`` and ``others`` (customers).
    """
    with theme():
        figure, axes = new_figure(3.6, alt)
        widths = (frame["upper"] - frame["lower"]) * 0.94
        axes.bar(frame["lower"], frame["others"], widths, align="edge", color=FAINT, label=other_label)
        axes.bar(
            frame["lower"],
            frame["chosen"],
            widths,
            bottom=frame["others"],
            align="edge",
            color=COLOURS[0],
            label=chosen_label,
        )
        axes.axvline(mark, color=QUIET, linestyle=(0, (4, 3)), linewidth=1.2)
        axes.annotate(
            mark_label,
            (mark, 1),
            xycoords=("data", "axes fraction"),
            xytext=(5, -4),
            textcoords="offset points",
            color=QUIET,
            fontsize=9,
            va="top",
        )
        axes.grid(axis="y")
        format_axis(axes.xaxis, "number", ticks=10)
        format_axis(axes.yaxis, "number")
        axes.set(xlabel=x_label, ylabel=y_label, title=title)
        axes.legend(loc="upper right")
    return figure
