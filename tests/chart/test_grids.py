import pandas as pd
import pytest

from leadline.chart.grids import draw_grid, draw_promises, draw_stacks, draw_use
from leadline.chart.theme import COLOURS, FAINT


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def is_free_of_overlap(figure):
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts if text.get_text()]
    legend = figure.axes[0].get_legend()
    inside = figure.bbox
    shown = [*boxes, *([legend.get_window_extent()] if legend else [])]
    fits = all(box.x0 >= inside.x0 and box.x1 <= inside.x1 + 1 for box in shown)
    return fits and not any(a.overlaps(b) for place, a in enumerate(boxes) for b in boxes[place + 1 :])


def test_a_grid_has_a_cell_a_pair_and_darker_is_more() -> None:
    frame = pd.DataFrame(
        {
            "row": ["A", "A", "B"],
            "column": ["call", "$ms", "call"],
            "value": [0.4, 0.1, 0.2],
            "note": ["n1", "n2", ""],
        }
    )
    figure = draw_grid(frame, title="t", unit="share", alt="a")
    assert texts(figure) == ["40.0%", "n1", "10.0%", "n2", "20.0%", ""]
    assert is_free_of_overlap(figure)
    shades = [sum(patch.get_facecolor()[0][:3]) for patch in figure.axes[0].collections]
    assert shades[0] < shades[2] < shades[1]
    assert figure.axes[0].texts[0].get_color() == "white"
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["call", r"\$ms"]


def test_stacks_add_up_and_small_parts_carry_no_number() -> None:
    frame = pd.DataFrame(
        {"row": ["one", "one", "two", "two"], "part": ["x", "y", "x", "rest"], "value": [90, 3, 40, 60]}
    )
    figure = draw_stacks(frame, order=["x", "y", "rest"], title="t", axis_label="l", unit="count", alt="a")
    assert texts(figure) == ["90", "40", "60"]
    bars = figure.axes[0].patches
    assert [bar.get_width() for bar in bars] == [90, 40, 3, 0, 0, 60]
    assert bars[5].get_x() == 40
    pale = bars[4].get_facecolor()
    assert pale == pytest.approx([int(FAINT[at : at + 2], 16) / 255 for at in (1, 3, 5)] + [1.0])


def test_a_full_limit_stands_out() -> None:
    frame = pd.DataFrame(
        {"label": ["call", "list"], "value": [0.4, 1.0], "note": ["4 of 10", "9 of 9; worth CN¥3"]}
    )
    figure = draw_use(frame, title="t", axis_label="l", alt="a")
    used = figure.axes[0].patches[2:]
    colours = ["#" + "".join(f"{round(255 * part):02X}" for part in bar.get_facecolor()[:3]) for bar in used]
    assert colours == [COLOURS[0], COLOURS[1]]
    assert is_free_of_overlap(figure)


def test_the_truth_is_drawn_only_where_it_is_known() -> None:
    frame = pd.DataFrame(
        {
            "label": ["a", "b"],
            "value": [5.0, 3.0],
            "lower": [1.0, 2.0],
            "upper": [9.0, 4.0],
            "truth": [2.0, 4.5],
        }
    )
    words = {
        "title": "t",
        "axis_label": "l",
        "unit": "money_cny",
        "alt": "a",
        "value_label": "promised",
        "truth_label": "true",
    }
    figure = draw_promises(frame, **words)
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["promised", "true"]
    assert is_free_of_overlap(figure)
    unknown = draw_promises(frame.assign(truth=float("nan")), **words)
    assert len(unknown.axes[0].get_legend().get_texts()) == 1


def test_a_legend_of_seven_parts_stays_inside_the_figure() -> None:
    parts = ["call", "text message", "branch visit", "free trial", "friend’s referral", "not contacted"]
    frame = pd.DataFrame({"row": "A: Assigned for profit", "part": parts, "value": 10})
    figure = draw_stacks(frame, order=parts, title="t", axis_label="l", unit="count", alt="a")
    assert is_free_of_overlap(figure)
