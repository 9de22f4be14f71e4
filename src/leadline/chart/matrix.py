"""Bubbles on two judgements, with the range of each: tidy frame → figure."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from leadline.chart.theme import COLOURS, FAINT, INK, format_axis, new_figure, theme

if TYPE_CHECKING:
    from matplotlib.transforms import Bbox

_LARGEST_BUBBLE = 1_400.0
#: Share of the scale that is shown at least, and that is left around the bubbles.
_LEAST_SPAN, _MARGIN = 0.40, 0.08
#: Where a label may stand beside its bubble, in points; the first place that is free is taken.
_PLACES = (
    (8, 7, "left"),
    (8, -14, "left"),
    (-8, 7, "right"),
    (-8, -14, "right"),
    (8, 20, "left"),
    (8, -27, "left"),
)


def draw_matrix(
    frame: pd.DataFrame, *, title: str, x_label: str, y_label: str, alt: str, full: float, middle: float
) -> Figure:
    """Draw a named bubble a row on two scales from 0 to ``full``, crossed by lines at the ``middle``.

    Only the part of the scales that holds the bubbles is shown, two fifths at least.

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
        axes.set(
            xlim=_frame(frame, "x", full),
            ylim=_frame(frame, "y", full),
            xlabel=x_label,
            ylabel=y_label,
            title=title,
        )
        axes.grid(visible=True)
        format_axis(axes.xaxis, "number")
        format_axis(axes.yaxis, "number")
        _label(figure, axes, frame)
    return figure


def _frame(frame: pd.DataFrame, name: str, full: float) -> tuple[float, float]:
    """Return the part of a scale that holds every range, with room around it."""
    low = float(frame[f"{name}_lower"].min()) - _MARGIN * full
    high = float(frame[f"{name}_upper"].max()) + _MARGIN * full
    short = max(0.0, _LEAST_SPAN * full - (high - low)) / 2
    low, high = low - short, high + short
    low, high = (0.0, high - low) if low < 0 else (low, high)
    return max(0.0, low - max(0.0, high - full)), min(full, high)


def _label(figure: Figure, axes: Axes, frame: pd.DataFrame) -> None:
    """Write each bubble's name where no other name stands, larger bubbles first."""
    figure.draw_without_rendering()  # only then does text have an extent
    taken: list[Bbox] = []
    for row in frame.sort_values("size", ascending=False, kind="stable").to_dict("records"):
        for right, up, side in _PLACES:
            text = axes.annotate(
                str(row["label"]).replace("$", r"\$"),
                (row["x"], row["y"]),
                xytext=(right, up),
                textcoords="offset points",
                ha=side,
                color=INK,
                fontweight="bold",
            )
            box = text.get_window_extent()
            if not any(box.overlaps(other) for other in taken) or (right, up, side) == _PLACES[-1]:
                taken.append(box)
                break
            text.remove()
