"""From many to few: who is left after each step, who was taken away by it."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from leadline.chart.draw import wrap_label
from leadline.chart.theme import COLOURS, FAINT, INK, QUIET, new_figure, theme
from leadline.language import format_value

#: A first bar so many times as long as the second leaves no room for the others: it is cut, and shows it.
_TOO_LONG = 4.0
_CUT_LENGTH = 1.35


def draw_funnel(frame: pd.DataFrame, *, title: str, alt: str, last: int = 0) -> Figure:
    """Draw a bar a step, top to bottom: who is left, and paler behind it who was taken away.

    Parameters
    ----------
    frame
        One row a step: ``label``, ``left``, ``removed`` (0 for none).
    title, alt
        What is said above the figure, and in its place.
    last
        How many rows at the end are parts of one whole, no further steps; they have a colour of their own.
    """
    left = frame["left"].to_numpy(dtype=float)
    removed = frame["removed"].to_numpy(dtype=float)
    widest = float((left + removed)[1:].max(initial=1.0))
    inner = float(left[1:].max(initial=1.0))
    is_cut = left[0] > _TOO_LONG * inner
    limit = _CUT_LENGTH * inner if is_cut else max(widest, left[0])
    with theme():
        figure, axes = new_figure(0.9 + 0.46 * len(frame), alt)
        for place, (stays, goes) in enumerate(zip(left, removed, strict=True)):
            colour = COLOURS[1] if place >= len(frame) - last else COLOURS[0]
            shown = min(stays, limit)
            axes.barh(place, shown, color=colour, height=0.66)
            axes.barh(place, min(goes, limit - shown), left=shown, color=FAINT, height=0.66)
            _annotate(axes, place, (stays, goes), min(stays + goes, limit))
        if is_cut:
            mark: Any = {"color": "white", "fontsize": 17, "va": "center", "ha": "center", "weight": "bold"}
            axes.text(limit * 0.93, 0, "//", **mark)
        axes.set_yticks(range(len(frame)), [wrap_label(label, 34) for label in frame["label"]], color=INK)
        axes.invert_yaxis()
        axes.set_xlim(0, limit * 1.34)
        axes.set_xticks([])
        axes.tick_params(axis="y", length=0)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.set_title(title)
    return figure


def _annotate(axes: Axes, place: int, counts: tuple[float, float], end: float) -> None:
    """Write how many stay, and behind it how many go."""
    stays, goes = counts
    style: Any = {"xytext": (6, 0), "textcoords": "offset points", "va": "center"}
    text = axes.annotate(format_value(stays, "count"), (end, place), fontweight="bold", **style)
    if goes:
        away = f"−{format_value(goes, 'count')}"
        axes.annotate(away, (1, 0.5), xycoords=text, color=QUIET, **style)
