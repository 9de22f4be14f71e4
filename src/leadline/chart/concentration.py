"""A Lorenz curve from the best down, with its band: tidy frame → figure."""

import pandas as pd
from matplotlib.figure import Figure

from leadline.chart.theme import COLOURS, QUIET, format_axis, new_figure, theme


def draw_concentration(
    frame: pd.DataFrame,
    *,
    title: str,
    x_label: str,
    y_label: str,
    series_label: str,
    diagonal_label: str,
    alt: str,
) -> Figure:
    """Draw a curve above the diagonal; it may rise above 1 where later customers take value back.

    ``frame`` has one row a point: ``x``, ``y``, ``lower``, ``upper``, shares.
    """
    with theme():
        figure, axes = new_figure(4.6, alt)
        axes.fill_between(
            frame["x"], frame["lower"], frame["upper"], color=COLOURS[0], alpha=0.16, linewidth=0
        )
        axes.plot(frame["x"], frame["y"], color=COLOURS[0], label=series_label)
        axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=(0, (2, 2)), label=diagonal_label)
        top = max(1.0, float(frame["y"].max()), float(frame["upper"].max()))
        if top > 1:
            axes.axhline(1, color=QUIET, linewidth=0.8)
        axes.set(xlim=(0, 1), ylim=(0, 1.02 * top), xlabel=x_label, ylabel=y_label, title=title)
        axes.grid(visible=True)
        format_axis(axes.xaxis, "share")
        format_axis(axes.yaxis, "share")
        axes.legend(loc="lower right", bbox_to_anchor=(1, 0.06), handlelength=3)
    return figure
