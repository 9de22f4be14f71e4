"""Tidy frame → figure. Nothing is counted, averaged or sorted here."""

import textwrap
from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from leadline.chart.theme import COLOURS, DASHES, FAINT, INK, QUIET, AxisUnit, format_axis, new_figure, theme
from leadline.language import format_value
from leadline.language.formats import Unit

_LABEL_CHARACTERS = 24


def draw_estimates(
    frame: pd.DataFrame,
    *,
    title: str,
    axis_label: str,
    unit: Unit,
    alt: str,
    reference: float,
    reference_label: str,
) -> Figure:
    """Draw a dot with its interval a row, top to bottom, and a line to compare with.

    ``frame`` has one row a dot: ``label``, ``value``, ``lower``, ``upper``.
    """
    with theme():
        figure, axes = new_figure(1.5 + 0.55 * len(frame), alt)
        places = range(len(frame))
        axes.axvline(reference, color=QUIET, linestyle=(0, (4, 3)), linewidth=1.2)
        axes.annotate(
            reference_label,
            (reference, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, 2),
            textcoords="offset points",
            color=QUIET,
            fontsize=9,
            va="bottom",
        )
        axes.hlines(places, frame["lower"], frame["upper"], color=COLOURS[0], linewidth=2.4)
        axes.plot(frame["value"], places, "o", color=COLOURS[0], markersize=8, zorder=3)
        for place, value, upper in zip(places, frame["value"], frame["upper"], strict=True):
            axes.annotate(
                format_value(float(value), unit),
                (upper, place),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                fontweight="bold",
            )
        axes.set_yticks(places, [wrap_label(label) for label in frame["label"]], color=INK)
        axes.set_ylim(len(frame) - 0.5, -0.6)
        axes.set_xlim(
            min(0.0, float(frame["lower"].min()) * 1.1), max(float(frame["upper"].max()), reference) * 1.18
        )
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        format_axis(axes.xaxis, unit if unit in ("share", "points") else "number")
        axes.set_xlabel(axis_label)
        axes.set_title(title, pad=22)
    return figure


def draw_curves(
    frame: pd.DataFrame,
    *,
    order: Sequence[str],
    title: str,
    x_label: str,
    y_label: str,
    alt: str,
    diagonal_label: str,
    mark: float | None = None,
    mark_label: str = "",
) -> Figure:
    """Draw a curve a series above the diagonal of the unit square; the legend stands in the empty half.

    ``frame`` has one row a point: ``x``, ``y``, ``series``; ``order`` is the order of the legend.
    """
    with theme():
        figure, axes = new_figure(4.6, alt)
        for place, series in enumerate(order):
            points = frame[frame["series"] == series]
            axes.plot(
                points["x"],
                points["y"],
                label=series,
                color=COLOURS[place % len(COLOURS)],
                linestyle=DASHES[place % len(DASHES)],
            )
        axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=(0, (2, 2)), label=diagonal_label)
        if mark is not None:
            axes.axvline(mark, color=FAINT, linewidth=1.4, zorder=0)
            axes.annotate(
                mark_label,
                (mark, 0),
                xytext=(4, 4),
                textcoords="offset points",
                color=QUIET,
                fontsize=9,
            )
        axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel=x_label, ylabel=y_label, title=title)
        axes.grid(visible=True)
        format_axis(axes.xaxis, "share")
        format_axis(axes.yaxis, "share")
        axes.legend(loc="lower right", bbox_to_anchor=(1, 0.06), handlelength=3)
    return figure


def draw_agreement(
    frame: pd.DataFrame,
    *,
    title: str,
    x_label: str,
    y_label: str,
    alt: str,
    diagonal_label: str,
    points_label: str | None = None,
) -> Figure:
    """Draw predicted against observed with intervals, and the diagonal of full agreement.

    ``frame`` has one row a point: ``x``, ``y``, ``lower``, ``upper``.
    """
    with theme():
        figure, axes = new_figure(4.2, alt)
        top = max(float(frame["upper"].max()), float(frame["x"].max())) * 1.06
        axes.plot([0, top], [0, top], color=QUIET, linewidth=1, linestyle=(0, (4, 3)), label=diagonal_label)
        axes.vlines(frame["x"], frame["lower"], frame["upper"], color=COLOURS[0], linewidth=1.8)
        axes.plot(frame["x"], frame["y"], "o", color=COLOURS[0], markersize=6, zorder=3, label=points_label)
        axes.set(
            xlim=(0, float(frame["x"].max()) * 1.06),
            ylim=(0, top),
            xlabel=x_label,
            ylabel=y_label,
            title=title,
        )
        axes.grid(visible=True)
        format_axis(axes.xaxis, "share")
        format_axis(axes.yaxis, "share")
        axes.legend(loc="upper left")
    return figure


def draw_paths(
    frame: pd.DataFrame,
    *,
    order: Sequence[str],
    title: str,
    y_label: str,
    alt: str,
    highlighted: int,
    highlighted_label: str,
    other_label: str,
) -> Figure:
    """Draw a thin line a path over the ``order`` of stages, one of them highlighted.

    ``frame`` has one row a point: ``path`` (number), ``label`` (one of ``order``), ``value`` (share).
    """
    with theme():
        figure, axes = new_figure(4.0, alt)
        places = {label: place for place, label in enumerate(order)}
        named = False
        for path, points in frame.groupby("path"):
            at = points["label"].map(places)
            if path == highlighted:
                axes.plot(
                    at,
                    points["value"],
                    "o-",
                    color=COLOURS[1],
                    zorder=4,
                    markersize=6,
                    label=highlighted_label,
                )
            else:
                axes.plot(
                    at,
                    points["value"],
                    "o-",
                    color=COLOURS[0],
                    alpha=0.45,
                    linewidth=1,
                    markersize=4,
                    label=None if named else other_label,
                )
                named = True
        axes.set_xticks(range(len(order)), [wrap_label(label) for label in order], color=INK)
        axes.set_xlim(-0.3, len(order) - 0.7)
        axes.set_ylim(0, float(frame["value"].max()) * 1.12)
        axes.grid(axis="y")
        format_axis(axes.yaxis, "share")
        axes.set(ylabel=y_label, title=title)
        axes.legend(loc="lower right", ncols=2)
    return figure


def draw_signed_bars(
    frame: pd.DataFrame, *, title: str, axis_label: str, alt: str, unit: AxisUnit = "number"
) -> Figure:
    """Draw a bar a row, top to bottom, to the right above zero and to the left below.

    ``frame`` has one row a bar: ``label``, ``value``, and the range drawn as a line, ``lower``, ``upper``.
    """
    with theme():
        figure, axes = new_figure(1.2 + 0.32 * len(frame), alt)
        colours = [COLOURS[0] if value >= 0 else COLOURS[1] for value in frame["value"]]
        axes.barh(range(len(frame)), frame["value"], color=colours, height=0.66)
        axes.hlines(range(len(frame)), frame["lower"], frame["upper"], color=INK, linewidth=1.2)
        axes.axvline(0, color=QUIET, linewidth=1)
        axes.set_yticks(range(len(frame)), [wrap_label(label, 40) for label in frame["label"]], color=INK)
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        format_axis(axes.xaxis, unit)
        axes.set(xlabel=wrap_label(axis_label, 50), title=wrap_label(title, 40))
    return figure


def draw_bars(frame: pd.DataFrame, *, title: str, axis_label: str, unit: Unit, alt: str) -> Figure:
    """Draw a bar a row, top to bottom, with its value at the end.

    ``frame`` has one row a bar: ``label``, ``value`` and, where a range is known, ``lower`` and ``upper``.
    """
    with theme():
        figure, axes = new_figure(1.2 + 0.42 * len(frame), alt)
        places, ends = range(len(frame)), frame["value"]
        axes.barh(places, frame["value"], color=COLOURS[0], height=0.66)
        if "upper" in frame.columns:
            axes.hlines(places, frame["lower"], frame["upper"], color=INK, linewidth=1.2)
            ends = frame["upper"].fillna(ends)
        for place, value, end in zip(places, frame["value"], ends, strict=True):
            axes.annotate(
                format_value(float(value), unit),
                (max(float(end), 0.0), place),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontweight="bold",
            )
        axes.set_yticks(places, [wrap_label(label, 40) for label in frame["label"]], color=INK)
        axes.invert_yaxis()
        axes.margins(x=0.2)
        axes.axvline(0, color=QUIET, linewidth=1)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        format_axis(axes.xaxis, "share" if unit in ("share", "points") else "number")
        axes.set(xlabel=axis_label, title=title)
    return figure


def draw_note(text: str) -> Figure:
    """Draw a sentence where a figure has nothing to show."""
    with theme():
        figure, axes = new_figure(0.8, text)
        axes.axis("off")
        axes.text(0, 0.5, text, color=QUIET, va="center")
    return figure


def wrap_label(label: object, characters: int = _LABEL_CHARACTERS) -> str:
    """Break a long label; "$" is shown as it is, never read as mathematics."""
    lines = textwrap.wrap(str(label), characters, max_lines=2, placeholder="…") or [""]
    return "\n".join(lines).replace("$", r"\$")
