"""Bars whose parts add up to a whole: tidy frame → figure."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from leadline.chart.draw import wrap_label
from leadline.chart.theme import COLOURS, INK, format_axis, new_figure, theme
from leadline.language import format_value

#: A part narrower than this share of the axis has no room for its value.
_NARROW = 0.07


def draw_parts(frame: pd.DataFrame, *, parts: Sequence[str], title: str, axis_label: str, alt: str) -> Figure:
    """Draw a bar a row, top to bottom, from its parts; each part has its value in it, the whole at its end.

    Parameters
    ----------
    frame
        One row a bar: ``label`` and a column for each of ``parts``, shares of 0 and above.
    parts
        Names of the columns as a reader sees them, from left to right.
    """
    wholes = frame[list(parts)].sum(axis=1).to_numpy(dtype=float)
    limit = 1.15 * max(float(wholes.max()), 1e-9)
    places = range(len(frame))
    with theme():
        figure, axes = new_figure(1.7 + 0.46 * len(frame), alt)
        begin = np.zeros(len(frame))
        for colour, part in zip(COLOURS, parts, strict=False):
            width = frame[part].to_numpy(dtype=float)
            axes.barh(places, width, left=begin, color=colour, height=0.66, label=part)
            for place, left, value in zip(places, begin, width, strict=True):
                if value > _NARROW * limit:
                    text = format_value(float(value), "share")
                    axes.text(left + value / 2, place, text, color="white", ha="center", va="center")
            begin = begin + width
        for place, whole in zip(places, wholes, strict=True):
            axes.annotate(
                format_value(float(whole), "share"),
                (whole, place),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontweight="bold",
            )
        axes.set_yticks(places, [wrap_label(label, 30) for label in frame["label"]], color=INK)
        axes.set_ylim(len(frame) - 0.4, -0.6)
        axes.set_xlim(0, limit)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        format_axis(axes.xaxis, "share")
        axes.set(xlabel=axis_label)
        axes.set_title(title, pad=34)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(parts), borderaxespad=0.2)
    return figure
