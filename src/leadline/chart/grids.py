"""Figures of two groupings at once: a grid of shaded cells, and bars made of parts."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

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


def draw_grid(frame: pd.DataFrame, *, title: str, unit: Unit, alt: str) -> Figure:
    """Draw a cell a pair of ``row`` and ``column``, darker with its ``value``, which stands in it.

    Rows and columns keep the order in which they first occur; a missing pair stays empty.
    """
    rows, columns = list(dict.fromkeys(frame["row"])), list(dict.fromkeys(frame["column"]))
    shade = LinearSegmentedColormap.from_list("shade", ["#F3F7FB", COLOURS[0]])
    highest = float(frame["value"].max()) or 1.0
    with theme():
        figure, axes = new_figure(1.3 + 0.55 * len(rows), alt)
        for cell in frame.to_dict("records"):
            at, depth = (columns.index(cell["column"]), rows.index(cell["row"])), cell["value"] / highest
            axes.fill_between([at[0] - 0.48, at[0] + 0.48], at[1] - 0.46, at[1] + 0.46, color=shade(depth))
            axes.annotate(
                format_value(float(cell["value"]), unit),
                at,
                ha="center",
                va="center",
                color="white" if depth > _DARK else INK,
                fontweight="bold",
            )
        axes.set_xticks(range(len(columns)), [_plain(name) for name in columns], color=INK)
        axes.set_yticks(range(len(rows)), [_plain(name) for name in rows], color=INK)
        axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5), title=title)
        axes.tick_params(length=0)
        axes.xaxis.tick_top()
        for spine in axes.spines.values():
            spine.set_visible(False)
    return figure


def draw_parts(
    frame: pd.DataFrame, *, order: Sequence[str], title: str, axis_label: str, unit: Unit, alt: str
) -> Figure:
    """Draw a bar a ``row`` made of the ``value`` of each ``part``; numbers stand in their parts.

    ``order`` is that of the parts, and of the legend above the bars.
    """
    rows = list(dict.fromkeys(frame["row"]))
    values = frame.pivot_table(index="row", columns="part", values="value", aggfunc="sum", sort=False)
    longest = float(values.sum(axis=1).max()) or 1.0
    with theme():
        figure, axes = new_figure(1.7 + 0.5 * len(rows), alt)
        left = pd.Series(0.0, index=rows)
        for place, part in enumerate(order):
            colour = FAINT if place == len(COLOURS) else COLOURS[place % len(COLOURS)]
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
            loc="lower left", bbox_to_anchor=(0, 1), ncols=len(order), handlelength=1.1, labelcolor=QUIET
        )
    return figure


def _as_number(value: float, unit: Unit) -> float:
    return round(float(value)) if unit == "count" else float(value)


def _luminance(colour: str) -> float:
    return sum(weight * part for weight, part in zip(_LUMINANCE, to_rgb(colour), strict=True))


def _plain(label: object) -> str:
    """Show "$" as it is, never as mathematics."""
    return str(label).replace("$", r"\$")
