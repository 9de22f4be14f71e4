"""Small multiples: one number over many reports, a dot with its interval each, the middle marked."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from leadline.chart.theme import COLOURS, INK, QUIET, AxisUnit, format_axis, theme
from leadline.language.formats import Unit

_WIDTH_INCHES = 4.8
#: From here on rows are too many to name each; those that stand out are named at their dots.
_MOST_NAMED = 30
_NAME_LENGTH = 22
_AXIS_UNITS: dict[str, AxisUnit] = {"share": "share", "points": "points"}


@dataclass(frozen=True, kw_only=True)
class PanelWords:
    """What a panel says: its title, its alternative text, and what its line means."""

    title: str
    alt: str
    middle: str


def draw_panel(frame: pd.DataFrame, *, middle: float, unit: Unit, words: PanelWords) -> Figure:
    """Draw a row a report, the largest value on top.

    Parameters
    ----------
    frame
        One row a report: ``label``, ``value``, ``lower``, ``upper`` (missing where no interval is known) and
        ``stands_out``; the smallest value first.
    middle
        Where the line stands that all are compared with.
    unit
        What the values measure.
    """
    is_named = len(frame) <= _MOST_NAMED
    places = np.arange(len(frame))
    with theme():
        height = 0.9 + (0.2 if is_named else 0.03) * max(len(frame), 5)
        figure = Figure(figsize=(_WIDTH_INCHES, min(height, 9.0)), layout="constrained")
        figure.set_label(words.alt)
        axes = figure.add_subplot()
        axes.axvline(middle, color=QUIET, linestyle=(0, (4, 3)), linewidth=1.2)
        for stands_out, colour, marker in ((False, COLOURS[0], "o"), (True, COLOURS[1], "D")):
            rows = frame["stands_out"].to_numpy(dtype=bool) == stands_out
            part = frame[rows]
            axes.hlines(
                places[rows], part["lower"], part["upper"], color=colour, linewidth=1.8 if is_named else 0.9
            )
            axes.plot(part["value"], places[rows], marker, color=colour, markersize=5.5 if is_named else 3)
        if is_named:
            axes.set_yticks(places, [_cut(label) for label in frame["label"]], color=INK, fontsize=8.5)
        else:
            axes.set_yticks([])
            _name_outliers(axes, frame, places)
        axes.set_ylim(-0.8, len(frame) - 0.2)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        axes.set_xlabel(words.middle, color=QUIET, fontsize=9)
        format_axis(axes.xaxis, _AXIS_UNITS.get(unit, "number"), ticks=5)
        axes.set_title(_escape(words.title), fontsize=10.5)
    return figure


def _name_outliers(axes: Axes, frame: pd.DataFrame, places: NDArray[np.int64]) -> None:
    """Name them beside their dots, towards the middle of the panel, where there is room."""
    low, high = axes.get_xlim()
    for place, (label, value, stands_out) in zip(
        places, frame[["label", "value", "stands_out"]].itertuples(index=False), strict=True
    ):
        if stands_out:
            is_right = value > (low + high) / 2
            axes.annotate(
                _cut(label),
                (value, place),
                xytext=(-7 if is_right else 7, 0),
                textcoords="offset points",
                ha="right" if is_right else "left",
                va="center",
                fontsize=8.5,
                color=INK,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85},
            )


def _cut(label: str) -> str:
    return _escape(label if len(label) <= _NAME_LENGTH else f"{label[: _NAME_LENGTH - 1]}…")


def _escape(text: str) -> str:
    return text.replace("$", r"\$")
