"""Figures of two things at once: a grid of shaded cells, stacked bars, use of a limit, promise and truth."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from leadline.chart.theme import COLOURS, FAINT, INK, QUIET, format_axis, new_figure, theme
from leadline.language import format_value
from leadline.language.formats import Unit

#: On cells darker than this the number is white.
_DARK = 0.55
#: Parts narrower than this share of the longest bar carry no number: it would not fit.
_NARROW = 0.05
_LUMINANCE = (0.2126, 0.7152, 0.0722)
#: Colours of parts whose number is written in white.
_DEEP = 0.62
#: A limit of which this share is used is full.
_FULL = 0.999


def draw_grid(frame: pd.DataFrame, *, title: str, unit: Unit, alt: str) -> Figure:
    """Draw a cell a pair of ``row`` and ``column``, darker with its ``value``, which stands in it.

    Below it stands its ``note``, small. Rows and columns keep the order in which they first occur; a missing
    pair stays empty.
    """
    rows, columns = list(dict.fromkeys(frame["row"])), list(dict.fromkeys(frame["column"]))
    shade = LinearSegmentedColormap.from_list("shade", ["#F3F7FB", COLOURS[0]])
    highest = float(frame["value"].max()) or 1.0
    with theme():
        figure, axes = new_figure(1.3 + 0.7 * len(rows), alt)
        for cell in frame.to_dict("records"):
            at, depth = (columns.index(cell["column"]), rows.index(cell["row"])), cell["value"] / highest
            axes.fill_between([at[0] - 0.48, at[0] + 0.48], at[1] - 0.46, at[1] + 0.46, color=shade(depth))
            look: dict[str, Any] = {"ha": "center", "color": "white" if depth > _DARK else INK}
            value = format_value(float(cell["value"]), unit)
            axes.text(at[0], at[1] - 0.06, value, va="center", fontweight="bold", **look)
            axes.text(at[0], at[1] + 0.16, str(cell["note"]), va="top", fontsize=8, **look)
        axes.set_xticks(range(len(columns)), [_plain(name) for name in columns], color=INK)
        axes.set_yticks(range(len(rows)), [_plain(name) for name in rows], color=INK)
        axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5), title=title)
        axes.tick_params(length=0)
        axes.xaxis.tick_top()
        for spine in axes.spines.values():
            spine.set_visible(False)
    return figure


def draw_stacks(
    frame: pd.DataFrame, *, order: Sequence[str], title: str, axis_label: str, unit: Unit, alt: str
) -> Figure:
    """Draw a bar a ``row`` made of the ``value`` of each ``part``; numbers stand in their parts.

    ``order`` is that of the parts, and of the legend above the bars; the last part is drawn pale.
    """
    rows = list(dict.fromkeys(frame["row"]))
    values = frame.pivot_table(index="row", columns="part", values="value", aggfunc="sum", sort=False)
    longest = float(values.sum(axis=1).max()) or 1.0
    with theme():
        figure, axes = new_figure(1.7 + 0.5 * len(rows), alt)
        left = pd.Series(0.0, index=rows)
        for place, part in enumerate(order):
            colour = FAINT if place == len(order) - 1 else COLOURS[place % len(COLOURS)]
            size = values.get(part, left * 0).reindex(rows).fillna(0)
            axes.barh(range(len(rows)), size, left=left, color=colour, height=0.66, label=_plain(part))
            for at, row in enumerate(rows):
                if size[row] >= _NARROW * longest:
                    axes.annotate(
                        format_value(_as_number(size[row], unit), unit),
                        (left[row] + size[row] / 2, at),
                        ha="center",
                        va="center",
                        color="white" if _luminance(colour) < _DEEP else INK,
                        fontweight="bold",
                        fontsize=9,
                    )
            left = left + size
        axes.set_yticks(range(len(rows)), [_plain(name) for name in rows], color=INK)
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        format_axis(axes.xaxis, "share" if unit == "share" else "number")
        axes.set(xlabel=axis_label)
        axes.set_title(title, pad=34)
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=len(order),
            fontsize=9,
            handlelength=1.0,
            columnspacing=0.9,
            handletextpad=0.4,
            labelcolor=QUIET,
        )
    return figure


def draw_use(frame: pd.DataFrame, *, title: str, axis_label: str, alt: str) -> Figure:
    """Draw a pale bar a row for a limit, and on it how much is used; a note stands to its right.

    ``frame`` has one row a bar: ``label``, ``value`` (0 to 1), ``note``.
    """
    with theme():
        figure, axes = new_figure(1.3 + 0.5 * len(frame), alt)
        places = range(len(frame))
        axes.barh(places, 1.0, color=FAINT, height=0.5)
        full = [COLOURS[1] if value >= _FULL else COLOURS[0] for value in frame["value"]]
        axes.barh(places, frame["value"], color=full, height=0.5)
        for place, note in zip(places, frame["note"], strict=True):
            axes.annotate(
                _plain(note),
                (1.0, place),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.5,
            )
        axes.set_yticks(places, [_plain(label) for label in frame["label"]], color=INK)
        axes.invert_yaxis()
        axes.set_xlim(0, 2.0)
        axes.set_xticks([0, 0.5, 1.0])
        axes.tick_params(axis="y", length=0)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: format_value(value, "share")))
        axes.set(title=title)
        axes.set_xlabel(axis_label, loc="left")
    return figure


def draw_promises(
    frame: pd.DataFrame,
    *,
    title: str,
    axis_label: str,
    unit: Unit,
    alt: str,
    value_label: str,
    truth_label: str,
) -> Figure:
    """Draw a dot with its interval a row and, where it is known, a diamond for the truth.

    ``frame`` has one row a dot: ``label``, ``value``, ``lower``, ``upper``, ``truth`` (may be missing).
    """
    with theme():
        figure, axes = new_figure(1.8 + 0.55 * len(frame), alt)
        places = range(len(frame))
        axes.hlines(places, frame["lower"], frame["upper"], color=COLOURS[0], linewidth=2.4)
        axes.plot(frame["value"], places, "o", color=COLOURS[0], markersize=8, zorder=3, label=value_label)
        if frame["truth"].notna().any():
            axes.plot(
                frame["truth"], places, "D", color=COLOURS[1], markersize=7, zorder=4, label=truth_label
            )
        ends = frame[["upper", "value", "truth"]].max(axis=1)
        for place, value, end in zip(places, frame["value"], ends, strict=True):
            axes.annotate(
                format_value(float(value), unit),
                (end, place),
                xytext=(9, 0),
                textcoords="offset points",
                va="center",
                fontweight="bold",
            )
        axes.axvline(0, color=QUIET, linewidth=1)
        axes.set_yticks(places, [_plain(label) for label in frame["label"]], color=INK)
        axes.set_ylim(len(frame) - 0.5, -0.6)
        axes.margins(x=0.2)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        format_axis(axes.xaxis, "share" if unit == "share" else "number")
        axes.set(xlabel=axis_label)
        axes.set_title(title, pad=34)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, handlelength=1.1)
    return figure


def _as_number(value: float, unit: Unit) -> float:
    return round(float(value)) if unit == "count" else float(value)


def _luminance(colour: str) -> float:
    return sum(weight * part for weight, part in zip(_LUMINANCE, to_rgb(colour), strict=True))


def _plain(label: object) -> str:
    """Show "$" as it is, never as mathematics."""
    return str(label).replace("$", r"\$")
