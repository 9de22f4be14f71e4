"""Effects of groups, as measured and drawn to their mean: tidy frame → Figure."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from leadline.chart.draw import wrap_label
from leadline.chart.theme import COLOURS, FAINT, INK, QUIET, AxisUnit, format_axis, new_figure, theme

_ROW_INCHES = 0.34


def draw_groups(
    frame: pd.DataFrame,
    *,
    title: str,
    axis_label: str,
    unit: AxisUnit,
    alt: str,
    overall: float,
    names: tuple[str, str, str],
    note: str = "",
) -> Figure:
    """Draw a row a group, top to bottom: a hollow dot as measured, a full one with interval once shrunken.

    Parameters
    ----------
    frame
        One row a group: ``heading`` (written once above the rows that share it; '' for none), ``label``,
        ``raw``, ``value``, ``lower``, ``upper``.
    overall
        Value of the line to compare with.
    names
        What the legend calls the full dots, the hollow dots and the line.
    note
        Written below the axis, such as how many rows are not shown.
    """
    with theme():
        places, ticks = _place(frame)
        figure, axes = new_figure(1.9 + _ROW_INCHES * (places[-1] + 1), alt)
        axes.axvline(0, color=FAINT, linewidth=1.2, zorder=0)
        axes.axvline(overall, color=QUIET, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1, label=names[2])
        axes.plot(
            frame["raw"],
            places,
            "o",
            markerfacecolor="none",
            markeredgecolor=QUIET,
            alpha=0.7,
            markersize=6,
            linestyle="none",
            label=names[1],
        )
        axes.hlines(places, frame["lower"], frame["upper"], color=COLOURS[0], linewidth=2.4, zorder=2)
        axes.plot(
            frame["value"],
            places,
            "o",
            color=COLOURS[0],
            markersize=7,
            zorder=3,
            linestyle="none",
            label=names[0],
        )
        _name_rows(axes, ticks)
        axes.set_ylim(places[-1] + 0.7, -0.7)
        axes.grid(axis="x")
        format_axis(axes.xaxis, unit)
        axes.set_xlabel(f"{axis_label}\n{note}" if note else axis_label)
        figure.suptitle(wrap_label(title, 70), x=0.01, ha="left", fontsize=11.5, fontweight="bold", color=INK)
        handles, labels = axes.get_legend_handles_labels()
        order = [2, 1, 0]
        axes.legend(
            [handles[place] for place in order],
            [labels[place] for place in order],
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=3,
            columnspacing=1.2,
            handletextpad=0.4,
            borderaxespad=0.2,
        )
    return figure


def _place(frame: pd.DataFrame) -> tuple[list[float], list[tuple[float, str, bool]]]:
    """Places of the rows and what is written beside the axis: place, text, whether it is a heading."""
    places: list[float] = []
    ticks: list[tuple[float, str, bool]] = []
    at, heading = 0.0, ""
    for row in frame.to_dict("records"):
        if row["heading"] != heading:
            heading = row["heading"]
            at += 0.4 if places else 0.0
            ticks.append((at, heading, True))
            at += 1
        places.append(at)
        ticks.append((at, row["label"], False))
        at += 1
    return places, ticks


def _name_rows(axes: Axes, ticks: list[tuple[float, str, bool]]) -> None:
    axes.set_yticks([at for at, _, _ in ticks], [wrap_label(text, 30) for _, text, _ in ticks])
    for label, (_at, _text, is_heading) in zip(axes.get_yticklabels(), ticks, strict=True):
        label.set_color(QUIET if is_heading else INK)
        label.set_fontweight("bold" if is_heading else "normal")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
