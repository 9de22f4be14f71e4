"""Figures at several sizes as two panels: rows against CPU seconds, and against peak memory."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from leadline.chart.theme import COLOURS, DASHES, WIDTH_INCHES, theme

Line = Mapping[str, Any]
_PANELS = (("cpu_s", "CPU, seconds"), ("peak_mb", "Peak memory, MB"))
_MARKERS = "osD^v"
_LEAST_SIZES = 2


def read_figures(path: Path) -> list[Line]:
    """Read the lines that `bench_page.measuring.note` wrote."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def list_ways(figures: Sequence[Line]) -> dict[str, list[Line]]:
    """Return way → its figures by size, of the ways that give figures at several sizes."""
    ways: dict[str, list[Line]] = {}
    for line in sorted(figures, key=lambda line: line["rows"]):
        ways.setdefault(line["way"], []).append(line)
    return {way: lines for way, lines in ways.items() if len({one["rows"] for one in lines}) >= _LEAST_SIZES}


def draw_growth(bench: str, figures: Sequence[Line]) -> Figure | None:
    """Draw a line a way over rows, both axes logarithmic; None where no way has several sizes."""
    ways = list_ways(figures)
    if not ways:
        return None
    with theme():
        figure = Figure(figsize=(WIDTH_INCHES, 3.2 + 0.22 * len(ways)), layout="constrained")
        figure.set_label(f"{bench}: CPU seconds and peak memory by rows, a line a way: {', '.join(ways)}.")
        for axes, (name, title) in zip(figure.subplots(1, 2), _PANELS, strict=True):
            looks = zip(cycle(COLOURS), cycle(DASHES), cycle(_MARKERS), strict=False)
            for (way, lines), (colour, dash, marker) in zip(ways.items(), looks, strict=False):
                axes.plot(
                    [one["rows"] for one in lines],
                    [one[name] for one in lines],
                    color=colour,
                    linestyle=dash,
                    marker=marker,
                    markersize=5,
                    label=way,
                )
            axes.set(xscale="log", yscale="log", xlabel="Rows", title=title)
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:,.12g}"))
                axis.set_minor_formatter(NullFormatter())
            # An axis within one power of ten would have no label; not of rows, whose numbers are long.
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.grid(which="major")
        figure.get_layout_engine().set(wspace=0.1)  # numbers at the ends are long
        handles, names = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower left", ncols=2)
    return figure


def embed(figure: Figure) -> str:
    """Return the figure as an address that a page can hold."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", facecolor="white", metadata={"Software": None})
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode()}"
