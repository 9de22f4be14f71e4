"""A forest: effects with their intervals about nothing, in groups."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from leadline.chart.draw import wrap_label
from leadline.chart.theme import COLOURS, INK, QUIET, AxisUnit, format_axis, new_figure, theme

#: Kind of a row → colour and marker; filled for what was told, hollow for what was not.
_LOOKS = {"good": (COLOURS[2], "o"), "bad": (COLOURS[1], "s"), "open": (QUIET, "o")}
#: Bounds farther out than this many times the typical one end in an arrow.
_FAR = 5.0


def draw_forest(
    frame: pd.DataFrame,
    *,
    title: str,
    axis_label: str,
    unit: AxisUnit,
    alt: str,
    legend: dict[str, str],
    nothing: float = 0.0,
) -> Figure:
    """Draw a row an effect, top to bottom, below a heading where the ``group`` changes.

    Parameters
    ----------
    frame
        One row an effect: ``group`` ('' for no heading), ``label``, ``value``, ``lower``, ``upper``, ``kind``
        (good, bad, open) and ``note``, which stands at the right. A row without a value is its note alone.
    legend
        Kind → what it means, for those that occur.
    nothing
        Where the line of no effect stands.
    """
    places, headings, place = [], [], 0.0
    for number, row in enumerate(frame.to_dict("records")):
        if row["group"] and (number == 0 or row["group"] != frame["group"].iloc[number - 1]):
            place += 0.35 if number else 0.0
            headings.append((place, row["group"]))
            place += 0.8
        places.append(place)
        place += 0.8
    left, right = _find_limits(frame, nothing)
    with theme():
        figure, axes = new_figure(1.4 + 0.36 * place, alt)
        axes.axvline(nothing, color=INK, linewidth=1)
        named = set()
        for at, row in zip(places, frame.to_dict("records"), strict=True):
            colour, marker = _LOOKS[row["kind"]]
            if pd.notna(row["lower"]):
                low, high = max(row["lower"], left), min(row["upper"], right)
                axes.plot([low, high], [at, at], color=colour, linewidth=2.4, solid_capstyle="butt")
                for bound, end, arrow in ((row["lower"], left, "<"), (row["upper"], right, ">")):
                    if (bound < left) if arrow == "<" else (bound > right):
                        axes.plot(end, at, marker=arrow, color=colour, markersize=6, clip_on=False)
            if pd.notna(row["value"]) and left <= row["value"] <= right:
                label = legend[row["kind"]] if row["kind"] not in named else None
                named.add(row["kind"])
                face = "white" if row["kind"] == "open" else colour
                look: dict[str, Any] = {"color": colour, "markerfacecolor": face, "markeredgewidth": 1.6}
                axes.plot(row["value"], at, marker, markersize=7, zorder=3, label=label, **look)
            axes.annotate(
                row["note"].replace("$", r"\$"),
                (1, at),
                xycoords=("axes fraction", "data"),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
                color=QUIET if row["kind"] == "open" else INK,
            )
        for at, heading in headings:
            axes.annotate(
                wrap_label(heading, 70),
                (0, at),
                xycoords=("axes fraction", "data"),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontweight="bold",
                fontsize=9.5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
                zorder=4,
            )
        axes.set_yticks(places, [wrap_label(label, 22) for label in frame["label"]], color=INK)
        axes.set(xlim=(left, right), ylim=(place - 0.3, -0.5), xlabel=axis_label)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        format_axis(axes.xaxis, unit)
        axes.set_title(title, pad=30)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=9, borderaxespad=0.2)
    return figure


def _find_limits(frame: pd.DataFrame, nothing: float) -> tuple[float, float]:
    """Room for every value and for typical intervals; an endless one does not flatten the rest."""
    bounds = frame[["lower", "upper"]].sub(nothing).abs().max(axis=1)
    finite = bounds[bounds < float("inf")].dropna()
    far = float(frame["value"].sub(nothing).abs().max()) if frame["value"].notna().any() else 1.0
    room = max(_FAR * float(finite.median()), 1.6 * far) if len(finite) else 2 * far or 1.0
    inside = frame[["lower", "upper"]].sub(nothing).clip(-room, room)
    low = min(float(inside["lower"].min(skipna=True)), 0.0) if len(finite) else -room
    high = max(float(inside["upper"].max(skipna=True)), 0.0) if len(finite) else room
    pad = 0.06 * ((high - low) or 1.0)
    return nothing + low - pad, nothing + high + pad
