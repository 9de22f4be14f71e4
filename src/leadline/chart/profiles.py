"""A panel a segment, a bar a variable, a dot for everybody: tidy frame → figure."""

import textwrap
from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from leadline.chart.theme import COLOURS, FAINT, INK, QUIET, WIDTH_INCHES, format_axis, theme

_ACROSS = 2
_LABEL_CHARACTERS = 26


def draw_profiles(
    frame: pd.DataFrame,
    *,
    order: Sequence[str],
    title: str,
    axis_label: str,
    marker_label: str,
    other_label: str,
    total_label: str,
    alt: str,
) -> Figure:
    """Draw a panel of bars for each segment, markers in colour, and a dot at the total of each variable.

    ``frame`` has one row a bar: ``panel``, ``label`` (the same in each panel, in order), ``value`` and
    ``total`` (0 to 1), ``is_marker``.
    """
    down = -(-len(order) // _ACROSS)
    bars = int((frame["panel"] == order[0]).sum())
    with theme():
        figure = Figure(figsize=(WIDTH_INCHES, 1.3 + down * (0.55 + 0.24 * bars)), layout="constrained")
        figure.set_label(alt)
        panels = figure.subplots(down, _ACROSS, sharex=True, sharey=True, squeeze=False).ravel()
        for axes, name in zip(panels, order, strict=False):
            rows = frame[frame["panel"] == name]
            places = range(len(rows))
            colours = [COLOURS[0] if marker else FAINT for marker in rows["is_marker"]]
            axes.barh(places, rows["value"], color=colours, height=0.72)
            axes.plot(rows["total"], places, "o", color=COLOURS[1], markersize=4.5, zorder=3)
            axes.set_yticks(places, [_wrap(label) for label in rows["label"]], color=INK)
            axes.set_title(name, fontsize=10, pad=6)
            axes.set_xlim(0, 1.02)
            axes.tick_params(axis="y", length=0)
            axes.grid(axis="x")
            format_axis(axes.xaxis, "share", ticks=4)
        panels[0].invert_yaxis()
        for axes in panels[len(order) :]:
            axes.axis("off")
        figure.suptitle(title, x=0.01, ha="left", fontsize=11.5, fontweight="bold", color=INK)
        marks = [
            panels[0].barh([0], [0], color=COLOURS[0]),
            panels[0].barh([0], [0], color=FAINT),
            panels[0].plot([], [], "o", color=COLOURS[1], markersize=4.5)[0],
        ]
        legend = figure.legend(
            marks,
            [marker_label, other_label, total_label],
            title=axis_label,
            loc="outside lower left",
            ncols=3,
            alignment="left",
        )
        legend.get_title().set_color(QUIET)
    return figure


def _wrap(label: str) -> str:
    """Shorten a long label; "$" is shown as it is, never read as mathematics."""
    return textwrap.shorten(label, _LABEL_CHARACTERS, placeholder="…").replace("$", r"\$")
