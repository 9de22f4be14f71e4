"""A running test look by look: its statistic between boundaries, its effect with its band; frame → figure."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from leadline.chart.theme import COLOURS, INK, QUIET, WIDTH_INCHES, AxisUnit, format_axis, theme
from leadline.language import _

if TYPE_CHECKING:
    from leadline.language.formats import Unit

_HIGHEST_Z = 5.0
_MANY = 25
_CROSSED, _BOUNDARY, _FUTILITY = COLOURS[1], COLOURS[1], COLOURS[2]


def draw_monitoring(
    frame: pd.DataFrame,
    *,
    decided: int | None,
    title: str,
    effect_title: str,
    effect_label: str,
    last_label: str,
    unit: "Unit",
    alt: str,
    ahead: pd.DataFrame | None = None,
) -> Figure:
    """Draw the looks of one arm above one another on one axis: the statistic, and the effect.

    Parameters
    ----------
    frame
        One row a look: ``fraction`` (of the plan), ``z``, ``boundary`` (either way, infinite where a look may
        not stop), ``futility`` (missing without one), ``difference``, ``difference_ci_lower``,
        ``difference_ci_upper`` (missing where the boundary is infinite).
    decided
        Place of the look that decided, if one did.
    last_label
        Written beside the last difference.
    unit
        Of the difference.
    ahead
        The boundary still to come: ``fraction``, ``boundary``; drawn faint.
    """
    with theme():
        figure = Figure(figsize=(WIDTH_INCHES, 6.4), layout="constrained")
        figure.set_label(alt)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 1))
        _draw_statistic(above, frame, ahead)
        _draw_effect(below, frame, unit, last_label)
        if decided is not None:
            _mark(above, frame, decided)
        last = float(frame["fraction"].iloc[-1])
        below.set_xlim(0, 1.16 * max(1.0, last))
        for axes in (above, below):
            axes.axhline(0, color=QUIET, linewidth=1, zorder=1)
            axes.axvline(1, color=QUIET, linewidth=1, linestyle=(0, (1, 2)))
            axes.grid(axis="y")
        format_axis(below.xaxis, "share")
        below.set(xlabel=_("Share of the planned units seen"), ylabel=effect_label)
        above.set_ylabel(_("Difference in standard errors"))
        above.set_title(title, pad=28)
        below.set_title(effect_title)
        above.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=4,
            borderaxespad=0.2,
            handlelength=2,
            columnspacing=1.2,
        )
    return figure


def _draw_statistic(axes: Axes, frame: pd.DataFrame, ahead: pd.DataFrame | None) -> None:
    top = max(_HIGHEST_Z, 1.15 * float(frame["z"].abs().max()))
    marker = "o" if len(frame) <= _MANY else ""
    at, bound = frame["fraction"], frame["boundary"].clip(upper=2 * top)
    for sign in (1, -1):
        axes.plot(
            at,
            sign * bound,
            color=_BOUNDARY,
            linestyle=(0, (5, 1.5)),
            marker=marker,
            markersize=3.5,
            label=_("effect beyond") if sign > 0 else None,
        )
        if ahead is not None and len(ahead):
            axes.plot(
                ahead["fraction"],
                sign * ahead["boundary"].clip(upper=2 * top),
                color=_BOUNDARY,
                linestyle=(0, (1.5, 1.5)),
                linewidth=1.4,
                alpha=0.6,
                label=_("still to come") if sign > 0 else None,
            )
    if frame["futility"].notna().any():
        low = frame["futility"].clip(-2 * top, 2 * top)
        axes.plot(
            at, low, color=_FUTILITY, linestyle=(0, (1.5, 1.2)), marker=marker, markersize=3.5,
            label=_("give up below"),
        )  # fmt: skip
    axes.plot(at, frame["z"], color=COLOURS[0], marker=marker or ".", markersize=6, label=_("this test"))
    axes.set_ylim(-top, top)
    format_axis(axes.yaxis, "number")


def _draw_effect(axes: Axes, frame: pd.DataFrame, unit: "Unit", last_label: str) -> None:
    known = frame.dropna(subset=["difference_ci_lower"])
    marker = "o" if len(frame) <= _MANY else "."
    if len(known) > 1:
        axes.fill_between(
            known["fraction"],
            known["difference_ci_lower"],
            known["difference_ci_upper"],
            color=COLOURS[0],
            alpha=0.15,
            linewidth=0,
        )
    if len(known) <= _MANY:
        axes.vlines(
            known["fraction"],
            known["difference_ci_lower"],
            known["difference_ci_upper"],
            color=COLOURS[0],
            linewidth=1.4,
            alpha=0.7,
        )
    axes.plot(frame["fraction"], frame["difference"], color=COLOURS[0], marker=marker, markersize=6)
    last = frame.iloc[-1]
    axes.annotate(
        last_label,
        (last["fraction"], last["difference"]),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontweight="bold",
        color=INK,
    )
    axes.set_ylim(*_find_range(frame, known))
    axis_unit: AxisUnit = "points" if unit == "points" else "number"
    format_axis(axes.yaxis, axis_unit)


def _find_range(frame: pd.DataFrame, known: pd.DataFrame) -> tuple[float, float]:
    """Room for the later intervals; the first, widest ones may run out of the picture."""
    shown = known.iloc[len(known) // 3 :]
    values = np.concatenate(
        [frame["difference"], shown["difference_ci_lower"], shown["difference_ci_upper"], [0.0]]
    )
    low, high = float(values.min()), float(values.max())
    room = 0.12 * (high - low or 1.0)
    return low - room, high + room


def _mark(axes: Axes, frame: pd.DataFrame, decided: int) -> None:
    row = frame.iloc[decided]
    axes.plot(
        [row["fraction"]],
        [row["z"]],
        "o",
        markersize=13,
        markerfacecolor="none",
        markeredgecolor=_CROSSED,
        markeredgewidth=2,
    )
