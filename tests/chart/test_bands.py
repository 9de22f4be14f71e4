"""Curves with bands: what is drawn where, and names that never touch."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from leadline.chart.bands import draw_bands
from leadline.chart.parts import draw_parts

NAMES = ["Operator's own data", "Partner's data", "Refined rules, tiers and channels", "$ & <b>"]


def bands(ends=(0.26, 0.27, 0.275, 0.28), **given):
    x = np.geomspace(20, 5_000, 12)
    frame = pd.concat(
        pd.DataFrame({"series": name, "x": x, "y": np.linspace(0.5, end, 12)})
        for name, end in zip(NAMES, ends, strict=True)
    )
    frame = frame.assign(lower=frame["y"] - 0.05, upper=frame["y"] + 0.05)
    settings = {"title": "T", "x_label": "x", "y_label": "y", "alt": "alt", "mark": 500, "mark_label": "list"}
    return draw_bands(frame, order=NAMES, **(settings | given))


def parts():
    frame = pd.DataFrame({"label": NAMES, "one": [0.01, 0.08, 0.09, 0.1], "two": [0.02, 0.15, 0.17, 0.2]})
    return draw_parts(frame, parts=["one", "two"], title="T", axis_label="x", alt="alt")


def visible_ticks(axis):
    low, high = sorted(axis.get_view_interval())
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


@pytest.mark.parametrize(
    "draw",
    [
        bands,
        lambda: bands(ends=(0, 0, 0, 0), levels={"Random list": 0.01}),
        lambda: bands(ends=(1, 1, 1, 1), levels={"asked for: 80%": 0.8}, top=1.02),
        parts,
    ],
)
def test_no_text_overlaps_another_or_leaves_the_figure(draw):
    figure = draw()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    (axes,) = figure.axes
    renderer = canvas.get_renderer()
    legend = axes.get_legend()
    texts = [
        *visible_ticks(axes.xaxis),
        *visible_ticks(axes.yaxis),
        *axes.texts,
        axes.xaxis.label,
        axes.yaxis.label,
        axes._left_title,
        *(legend.get_texts() if legend else []),
    ]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts if text.get_text()]
    for text, box in boxes:
        assert box.x0 >= -1, text
        assert box.x1 <= figure.bbox.x1 + 1, text
        assert box.y1 <= figure.bbox.y1 + 1, text
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        assert not first.shrunk(0.95, 0.9).overlaps(second.shrunk(0.95, 0.9)), (one, other)


@pytest.mark.parametrize("end", [0, 1])
def test_names_stay_beside_the_axes(end):
    places = sorted(
        text.xy[1] for text in bands(ends=[end] * 4, top=1).axes[0].texts if text.xycoords == "axes fraction"
    )
    assert len(places) == len(NAMES)
    assert places[0] > 0
    assert places[-1] < 1
    assert np.diff(places).min() > 0.05


def test_each_name_has_the_colour_of_its_curve():
    axes = bands().axes[0]
    curves = [line for line in axes.get_lines() if len(line.get_xdata()) == 12]
    names = {text.get_text().replace("\n", " "): text.get_color() for text in axes.texts}
    assert [line.get_color() for line in curves] == [names[name.replace("$", r"\$")] for name in NAMES]


def test_the_band_is_drawn_where_it_is():
    band = bands().axes[0].collections[0].get_paths()[0].vertices
    assert band[:, 1].max() == pytest.approx(0.55)
    assert band[:, 1].min() == pytest.approx(0.21)


def test_parts_stand_end_to_end_and_the_whole_is_told():
    axes = parts().axes[0]
    assert [bar.get_x() for bar in axes.patches[4:]] == [0.01, 0.08, 0.09, 0.1]
    assert {"3.0%", "23.0%", "26.0%", "30.0%"} <= {text.get_text() for text in axes.texts}
