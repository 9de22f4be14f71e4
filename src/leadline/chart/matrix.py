"""Bubbles on two judgements, with the range of each: tidy frame → figure."""

import pandas as pd
from matplotlib.figure import Figure

from leadline.chart.theme import COLOURS, FAINT, INK, format_axis, new_figure, theme

_LARGEST_BUBBLE = 1_400.0


def draw_matrix(
    frame: pd.DataFrame, *, title: str, x_label: str, y_label: str, alt: str, full: float, middle: float
) -> Figure:
    """Draw a named bubble a row on two scales from 0 to ``full``, crossed by lines at the ``middle``.

    ``frame`` has one row a bubble: ``label``, ``x``, ``y``, ``size`` (0 or above, drawn as area),
    ``x_lower``, ``x_upper``, ``y_lower``, ``y_upper``.
    """
    with theme():
        figure, axes = new_figure(5.2, alt)
        axes.axhline(middle, color=FAINT, linewidth=1.2, zorder=0)
        axes.axvline(middle, color=FAINT, linewidth=1.2, zorder=0)
        areas = _LARGEST_BUBBLE * frame["size"] / max(float(frame["size"].max()), 1e-12)
        axes.scatter(frame["x"], frame["y"], s=areas, color=COLOURS[0], alpha=0.30, linewidths=0)
        axes.hlines(frame["y"], frame["x_lower"], frame["x_upper"], color=COLOURS[0], linewidth=1.6)
        axes.vlines(frame["x"], frame["y_lower"], frame["y_upper"], color=COLOURS[0], linewidth=1.6)
        axes.plot(frame["x"], frame["y"], "o", color=COLOURS[0], markersize=4)
        for row in frame.to_dict("records"):
            axes.annotate(
                str(row["label"]).replace("$", r"\$"),
                (row["x"], row["y"]),
                xytext=(7, 6),
                textcoords="offset points",
                color=INK,
                fontweight="bold",
            )
        axes.set(xlim=(0, full), ylim=(0, full), xlabel=x_label, ylabel=y_label, title=title)
        axes.grid(visible=True)
        format_axis(axes.xaxis, "number")
        format_axis(axes.yaxis, "number")
    return figure
