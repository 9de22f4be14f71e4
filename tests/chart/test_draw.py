import itertools

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from leadline.chart.draw import draw_agreement, draw_curves, draw_estimates, draw_paths, draw_signed_bars

NAMES = ["Area attributes", "A stage with a name far too long for the margin of any figure", "$ & <b>"]


def estimates():
    frame = pd.DataFrame({"label": NAMES, "value": [0.1, 0.14, 0.15], "lower": [0.08, 0.12, 0.12]})
    return draw_estimates(
        frame.assign(upper=frame["value"] + 0.03),
        title="Title",
        axis_label="Axis",
        unit="share",
        alt="alt",
        reference=0.06,
        reference_label="random list 6.0%",
    )


def curves():
    frame = pd.DataFrame(
        {"x": [0, 0.5, 1] * 3, "y": [0, 0.8, 1] * 3, "series": [n for n in NAMES for _ in "abc"]}
    )
    return draw_curves(
        frame, order=NAMES, title="T", x_label="x", y_label="y", alt="alt", diagonal_label="random", mark=0.2
    )


def agreement():
    frame = pd.DataFrame({"x": [0.1, 0.2], "y": [0.1, 0.3], "lower": [0.05, 0.2], "upper": [0.2, 0.4]})
    return draw_agreement(frame, title="T", x_label="x", y_label="y", alt="alt", diagonal_label="equal")


def paths():
    frame = pd.DataFrame(
        {"path": [1, 1, 1, 2, 2, 2], "label": NAMES * 2, "value": [0.1, 0.2, 0.3, 0.1, 0.1, 0.2]}
    )
    return draw_paths(
        frame,
        order=NAMES,
        title="T",
        y_label="y",
        alt="alt",
        highlighted=1,
        highlighted_label="this",
        other_label="other",
    )


def bars():
    frame = pd.DataFrame({"label": NAMES, "value": [2.0, -1.0, -3.0]})
    return draw_signed_bars(
        frame.assign(lower=frame["value"] - 1, upper=frame["value"] + 1), title="T", axis_label="x", alt="alt"
    )


def visible_ticks(axis):
    low, high = sorted(axis.get_view_interval())
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


@pytest.mark.parametrize("draw", [estimates, curves, agreement, paths, bars])
def test_no_text_overlaps_another_or_leaves_the_figure(draw):
    figure = draw()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    (axes,) = figure.axes
    renderer = canvas.get_renderer()
    texts = [
        *visible_ticks(axes.xaxis),
        *visible_ticks(axes.yaxis),
        *axes.texts,
        axes.xaxis.label,
        axes.yaxis.label,
    ]
    texts += [axes._left_title, *(axes.get_legend().get_texts() if axes.get_legend() else [])]
    boxes = [
        (text, text.get_window_extent(renderer)) for text in texts if text.get_text() and text.get_visible()
    ]
    for text, box in boxes:
        assert box.x0 >= -1, text
        assert box.x1 <= figure.bbox.x1 + 1, text
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        assert not first.shrunk(0.95, 0.9).overlaps(second.shrunk(0.95, 0.9)), (one, other)


def test_intervals_are_drawn_where_they_are():
    (lines,) = estimates().axes[0].collections
    assert [segment[:, 0].tolist() for segment in lines.get_segments()] == [
        pytest.approx([0.08, 0.13]),
        pytest.approx([0.12, 0.17]),
        pytest.approx([0.12, 0.18]),
    ]


def test_bars_point_by_their_sign_and_differ_in_colour():
    patches = bars().axes[0].patches
    assert [bar.get_width() for bar in patches] == [2, -1, -3]
    assert patches[0].get_facecolor() != patches[1].get_facecolor() == patches[2].get_facecolor()


def test_a_dollar_is_text_not_mathematics():
    labels = [text.get_text() for text in bars().axes[0].get_yticklabels()]
    assert labels[2] == r"\$ & <b>"


def test_the_highlighted_path_lies_on_top():
    lines = paths().axes[0].get_lines()
    assert lines[0].get_label() == "this"
    assert lines[0].get_zorder() > lines[1].get_zorder()


def test_frames_are_not_changed():
    frame = pd.DataFrame({"label": ["a"], "value": [1.0], "lower": [0.5], "upper": [1.5]})
    before = frame.copy()
    draw_signed_bars(frame, title="T", axis_label="x", alt="alt")
    pd.testing.assert_frame_equal(frame, before)
