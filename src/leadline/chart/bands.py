"""Curves with their bands over a size, named at their ends: tidy frame → figure."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from leadline.chart.theme import COLOURS, DASHES, QUIET, format_axis, new_figure, theme

_HEIGHT_INCHES = 4.6
_NAME_CHARACTERS = 22
#: Share of the axes' height that a line of a name takes.
_LINE_HEIGHT = 0.052
_TICKS = (1, 2, 5)
_MOST_TICKS = 8


def draw_bands(
    frame: pd.DataFrame,
    *,
    order: Sequence[str],
    title: str,
    x_label: str,
    y_label: str,
    alt: str,
    levels: Mapping[str, float] | None = None,
    mark: float | None = None,
    mark_label: str = "",
    top: float | None = None,
) -> Figure:
    """Draw a curve a series over a size on a logarithmic axis, with its band where one is known.

    Each curve is named at its right end; names that would touch are moved apart.

    Parameters
    ----------
    frame
        One row a point: ``series``, ``x`` (above 0), ``y`` (a share), and where known ``lower``, ``upper``.
    order
        The series, which fixes their colours.
    levels
        Name → share: dashed lines across, named at the right as the curves are.
    mark, mark_label
        A size to mark from top to bottom, and what it is.
    top
        Highest share shown; by default what the curves and bands need.
    """
    known = frame.dropna(subset=["y"])
    with theme():
        figure, axes = new_figure(_HEIGHT_INCHES, alt)
        names = [
            *_draw_series(axes, known, order),
            *_draw_levels(axes, levels or {}),
        ]
        if mark is not None:
            _mark(axes, mark, mark_label)
        lowest, highest = float(known["x"].min()), float(known["x"].max())
        axes.set_xscale("log")
        axes.set_xlim(lowest, highest)
        axes.set_ylim(0, top or _find_top(known, levels or {}))
        axes.grid(visible=True)
        axes.set(xlabel=x_label, ylabel=y_label)
        axes.set_title(title, pad=24 if mark is not None else None)
        format_axis(axes.xaxis, "number")
        axes.xaxis.set_major_locator(FixedLocator(_choose_ticks(lowest, highest)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_formatter(NullFormatter())
        format_axis(axes.yaxis, "share")
        _name_ends(axes, names)
    return figure


def _draw_series(axes: Axes, frame: pd.DataFrame, order: Sequence[str]) -> list[tuple[str, float, str]]:
    names = []
    for place, series in enumerate(order):
        points, colour = frame[frame["series"] == series], COLOURS[place % len(COLOURS)]
        if points.empty:
            continue
        if "lower" in points:
            axes.fill_between(
                points["x"], points["lower"], points["upper"], color=colour, alpha=0.14, linewidth=0
            )
        axes.plot(points["x"], points["y"], color=colour, linestyle=DASHES[place % len(DASHES)])
        names.append((series, float(points["y"].iloc[-1]), colour))
    return names


def _draw_levels(axes: Axes, levels: Mapping[str, float]) -> list[tuple[str, float, str]]:
    for value in levels.values():
        axes.axhline(value, color=QUIET, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1.5)
    return [(name, value, QUIET) for name, value in levels.items()]


def _mark(axes: Axes, mark: float, label: str) -> None:
    axes.axvline(mark, color=QUIET, linewidth=1.4, linestyle=(0, (1, 2)))
    axes.annotate(
        label,
        (mark, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        color=QUIET,
        fontsize=9.5,
        ha="center",
        va="bottom",
    )


def _find_top(frame: pd.DataFrame, levels: Mapping[str, float]) -> float:
    ends = frame["upper"].fillna(frame["y"]) if "upper" in frame else frame["y"]
    return min(1.0, 1.08 * max(float(ends.max()), *levels.values(), 0.0))


def _choose_ticks(lowest: float, highest: float) -> list[float]:
    """Return 1, 2, 5, 10, … within the axis; over many decades the powers of ten alone."""
    decades = range(int(np.floor(np.log10(lowest))), int(np.ceil(np.log10(highest))) + 1)
    fine = [step * 10.0**decade for decade in decades for step in _TICKS]
    inside = [tick for tick in fine if lowest <= tick <= highest]
    if len(inside) <= _MOST_TICKS:
        return inside
    return [10.0**decade for decade in decades if lowest <= 10.0**decade <= highest]


def _name_ends(axes: Axes, names: Sequence[tuple[str, float, str]]) -> None:
    """Write each name right of the axes at the height of its curve's end, or as near as others let it."""
    height = axes.get_ylim()[1]
    rows = sorted(((value / height, name, colour) for name, value, colour in names), key=lambda row: row[0])
    wrapped = [_wrap(name) for _, name, _ in rows]
    places = _spread([at for at, _, _ in rows], [_LINE_HEIGHT * (1 + text.count("\n")) for text in wrapped])
    for (at, _, colour), text, place in zip(rows, wrapped, places, strict=True):
        axes.plot(
            [1, 1.025],
            [min(at, 1), place],
            color=colour,
            linewidth=1,
            transform=axes.transAxes,
            clip_on=False,
        )
        axes.annotate(
            text,
            (1.025, place),
            xycoords="axes fraction",
            xytext=(3, 0),
            textcoords="offset points",
            color=colour,
            fontsize=10,
            va="center",
            annotation_clip=False,
        )


def _spread(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Move ascending places apart so that none overlaps: upwards first, then down from the top."""
    places: list[float] = []
    for at, height in zip(wanted, heights, strict=True):
        lowest = places[-1] + (heights[len(places) - 1] + height) / 2 if places else height / 2
        places.append(max(at, lowest))
    ceiling = 1.0
    for number in range(len(places) - 1, -1, -1):
        places[number] = min(places[number], ceiling - heights[number] / 2)
        ceiling = places[number] - heights[number] / 2
    return places


def _wrap(name: str) -> str:
    """Break a long name; "$" is shown as it is, never read as mathematics."""
    lines = textwrap.wrap(name, _NAME_CHARACTERS, max_lines=3, placeholder="…") or [""]
    return "\n".join(lines).replace("$", r"\$")
