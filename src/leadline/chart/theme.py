"""One look for all figures: colours that colour-blind readers can tell apart, sizes and fonts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Literal

import matplotlib as mpl
from babel.numbers import format_decimal, format_percent
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from leadline.language.messages import current_locale

#: Okabe & Ito 2008, *Color Universal Design*, darkest first; yellow is left out (too pale on white).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
INK, QUIET, FAINT = "#1B1F24", "#59636E", "#D5DAE0"
#: Markers and dashes tell series apart in black-and-white print, too.
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))
WIDTH_INCHES = 7.2
#: Both ship with their packages, so that a figure is the same, Chinese included, on every machine.
_FONTS = ("DejaVu Sans", "Noto Sans SC")
_CHINESE_FONT = ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")
AxisUnit = Literal["share", "points", "number"]


@contextmanager
def theme() -> Iterator[None]:
    """Use the look of the house inside the block."""
    settings: Any = _settings()  # Matplotlib types the keys one by one
    with mpl.rc_context(settings):
        yield


def new_figure(height_inches: float, alt: str) -> tuple[Figure, Axes]:
    """Return an empty figure whose label is its alternative text, and its axes; call inside `theme`."""
    figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
    figure.set_label(alt)
    return figure, figure.add_subplot()


def format_axis(axis: Any, unit: AxisUnit, ticks: int = 6) -> None:
    """Write an axis' ticks in the language in use: shares as whole per cents where they are."""
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    locale = current_locale()

    def write(value: float, _position: int | None = None) -> str:
        if unit == "share":
            return str(format_percent(round(value, 6), format="#,##0.##%", locale=locale))
        if unit == "points":  # of a share: 0.21 is +21
            sign = "+" if round(value, 6) > 0 else ""
            return str(
                format_decimal(round(100 * value, 4), format=f"{sign}#,##0.##;−#,##0.##", locale=locale)
            )
        return str(format_decimal(round(value, 6), format="#,##0.##;−#,##0.##", locale=locale))

    axis.set_major_formatter(FuncFormatter(write))


@cache
def _fonts() -> list[str]:
    package, file = _CHINESE_FONT
    with as_file(files(package) / file) as path:
        font_manager.fontManager.addfont(str(path))
    # It serves bold text too: Matplotlib would otherwise complain of each bold title.
    known = font_manager.fontManager.ttflist
    known.append(replace(known[-1], weight=700))
    return list(_FONTS)


def _settings() -> dict[str, Any]:
    return {
        "font.family": _fonts(),
        "font.size": 10,
        "text.color": INK,
        "axes.edgecolor": FAINT,
        "axes.labelcolor": QUIET,
        "axes.titlesize": 11.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlecolor": INK,
        "axes.titlepad": 12,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "grid.color": FAINT,
        "grid.linewidth": 0.7,
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "xtick.labelsize": 9.5,
        "ytick.labelsize": 9.5,
        "legend.frameon": False,
        "legend.fontsize": 9.5,
        "lines.linewidth": 2,
        "figure.facecolor": "white",
        "savefig.dpi": 150,
    }
