"""A campaign over its days: two curves with bands, and their difference beside what was planned."""

import datetime as dt
from typing import Any

import pandas as pd
from babel.dates import format_skeleton
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter

from leadline.chart.theme import (
    COLOURS,
    DASHES,
    INK,
    QUIET,
    WIDTH_INCHES,
    AxisUnit,
    format_axis,
    theme,
)
from leadline.language.messages import current_locale

_HEIGHT_INCHES = 6.4
_ALERT = "#B3261E"
_HEADROOM = 1.12
#: Up to so many looks are drawn as points, more as a curve.
_POINTS = 20
_ASIDE = 0.006
_WEEKS_DAYS, _CLOSE_DAYS, _MOST_TICKS = 70, 12, 9


def draw_tracking(
    frame: pd.DataFrame,
    *,
    names: tuple[str, str],
    titles: tuple[str, str],
    unit: AxisUnit,
    difference_unit: AxisUnit,
    alt: str,
    corridor: pd.DataFrame | None = None,
    corridor_label: str = "",
    alert: tuple[pd.Timestamp, str] | None = None,
) -> Figure:
    """Draw both arms above, their difference with the planned corridor below, over the same days.

    Parameters
    ----------
    frame
        One row a look: ``date``; ``treated``, ``control`` and ``difference``, each with ``_lower`` and
        ``_upper``.
    names
        What the treated and the control arm are called.
    titles
        Of the upper and the lower half.
    unit, difference_unit
        Of the arms and of their difference.
    corridor, corridor_label
        One row a day: ``date``, ``lower``, ``upper``; what it is called.
    alert
        Day on which the campaign left the corridor, and what to write there.
    """
    with theme():
        frame, corridor = _number_days(frame), None if corridor is None else _number_days(corridor)
        figure = Figure(figsize=(WIDTH_INCHES, _HEIGHT_INCHES), layout="constrained")
        figure.set_label(alt)
        above, below = figure.subplots(2, 1, sharex=True)
        for place, arm in enumerate(("treated", "control")):
            _draw_band(
                above,
                frame,
                arm,
                {"color": COLOURS[place], "linestyle": DASHES[place], "label": names[place]},
            )
        above.set_title(titles[0])
        format_axis(above.yaxis, unit)
        above.set_ylim(0 if unit == "share" else _find_bottom(frame), _find_top(frame))
        above.legend(loc="upper left", ncols=2)
        below.axhline(0, color=QUIET, linewidth=1)
        if corridor is not None:
            shown = corridor[corridor["place"] <= frame["place"].max()]
            below.fill_between(
                shown["place"],
                shown["lower"],
                shown["upper"],
                color=COLOURS[2],
                alpha=0.25,
                linewidth=0,
                label=corridor_label,
            )
            for end in ("lower", "upper"):
                below.plot(shown["place"], shown[end], color=COLOURS[2], linewidth=1)
        _draw_band(below, frame, "difference", {"color": INK})
        below.set_title(titles[1])
        format_axis(below.yaxis, difference_unit)
        _limit(below, frame, corridor)
        if corridor is not None:
            below.legend(loc="upper left")
        first, last = float(frame["place"].min()), float(frame["place"].max())
        below.set_xlim(first - 0.02 * (last - first) - 0.2, last + 0.02 * (last - first) + 0.2)
        if alert is not None:
            _mark(above, below, *alert)
        for axes in (above, below):
            axes.grid(visible=True, axis="y")
        _write_days(below, frame["place"])
    return figure


def _number_days(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(place=[day.toordinal() for day in table["date"]])


def _draw_band(axes: Axes, frame: pd.DataFrame, name: str, look: dict[str, Any]) -> None:
    """Draw a curve in its band; a few looks as points with intervals, the arms beside one another."""
    places, ends = frame["place"], (frame[f"{name}_lower"], frame[f"{name}_upper"])
    if len(frame) <= _POINTS:
        side = {"treated": -1, "control": 1}.get(name, 0)
        places = places + side * _ASIDE * max(1.0, float(places.max() - places.min()))
        axes.vlines(places, *ends, color=look["color"], linewidth=1.6, alpha=0.7)
    else:
        axes.fill_between(places, *ends, color=look["color"], alpha=0.14, linewidth=0)
    axes.plot(places, frame[name], marker="o" if len(frame) <= _POINTS else "", markersize=5, **look)


def _find_bottom(frame: pd.DataFrame) -> float:
    """Return where amounts begin: at 0 only if they come near it."""
    low = float(frame[["treated_lower", "control_lower"]].min().min())
    high = float(frame[["treated_upper", "control_upper"]].max().max())
    return low - 0.25 * (high - low) if low > (high - low) else min(0.0, low)


def _find_top(frame: pd.DataFrame) -> float:
    """Leave room for the curves and for the bands of the later half; the first ones are wide."""
    late = frame.iloc[len(frame) // 3 :]
    return _HEADROOM * max(
        float(frame[["treated", "control"]].max().max()), float(late["treated_upper"].max())
    )


def _limit(axes: Axes, frame: pd.DataFrame, corridor: pd.DataFrame | None) -> None:
    late = frame.iloc[len(frame) // 3 :]
    lows = [float(late["difference_lower"].min()), float(frame["difference"].min()), 0.0]
    highs = [float(late["difference_upper"].max()), float(frame["difference"].max()), 0.0]
    if corridor is not None:
        shown = corridor[corridor["place"] <= frame["place"].max()]
        lows.append(float(shown["lower"].min()))
        highs.append(float(shown["upper"].max()))
    room = 0.1 * (max(highs) - min(lows))
    axes.set_ylim(min(lows) - room, max(highs) + 2.5 * room)


def _mark(above: Axes, below: Axes, day: pd.Timestamp, label: str) -> None:
    place = day.toordinal()
    for axes in (above, below):
        axes.axvline(place, color=_ALERT, linewidth=1.6, linestyle=(0, (2, 1.5)))
    is_late = place > sum(below.get_xlim()) / 2
    below.annotate(
        label,
        (place, 0.04),
        xycoords=("data", "axes fraction"),
        xytext=(-6 if is_late else 6, 0),
        textcoords="offset points",
        ha="right" if is_late else "left",
        va="bottom",
        color=_ALERT,
        fontweight="bold",
    )


def _write_days(axes: Axes, places: pd.Series) -> None:
    """Write the first of every month, or over less than ten weeks every week, as the language in use does."""
    first, last = int(places.min()), int(places.max())
    if len(places) <= _MOST_TICKS:
        ticks = [int(place) for place in places]
    elif last - first > _WEEKS_DAYS:
        ticks = [place for place in range(first, last + 1) if dt.date.fromordinal(place).day == 1]
        ticks = ticks[:: 1 + len(ticks) // _MOST_TICKS]
        ticks = [first, *(place for place in ticks if place - first > _CLOSE_DAYS)]
    else:
        ticks = list(range(first, last + 1, 7 if last - first >= 2 * 7 else 1))

    def write(value: float, _position: int | None = None) -> str:
        return str(format_skeleton("MMMd", dt.date.fromordinal(round(value)), locale=current_locale()))

    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(write))
