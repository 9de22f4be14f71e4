"""Columns side by side: every customer drawn once, lines where the rules are."""

import pandas as pd

from leadline.chart.counts import draw_distribution, draw_scree


def test_a_scree_has_a_column_a_component_and_a_line_a_rule() -> None:
    frame = pd.DataFrame(
        {"component": [1, 2, 3], "variance": [2.0, 0.6, 0.4], "noise_variance": [1.2, 1.0, 0.9]}
    )
    words = {"x_label": "x", "y_label": "y", "noise_label": "noise", "one_label": "one"}
    figure = draw_scree(frame, title="T", alt="alt", **words)
    (axes,) = figure.axes
    assert [patch.get_height() for patch in axes.patches] == [2.0, 0.6, 0.4]
    noise, one = axes.lines
    assert noise.get_ydata().tolist() == [1.2, 1.0, 0.9]
    assert set(one.get_ydata()) == {1}
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["noise", "one"]
    assert figure.get_label() == "alt"


def test_a_distribution_stacks_the_chosen_on_the_others() -> None:
    frame = pd.DataFrame({"lower": [0, 5], "upper": [5, 10], "chosen": [0, 4], "others": [7, 2]})
    figure = draw_distribution(
        frame,
        title="T",
        alt="alt",
        x_label="x",
        y_label="y",
        chosen_label="chosen",
        other_label="others",
        mark=5,
        mark_label="5 points",
    )
    (axes,) = figure.axes
    tops = sorted((patch.get_x(), patch.get_y(), patch.get_height()) for patch in axes.patches)
    assert tops == [(0, 0, 7), (0, 7, 0), (5, 0, 2), (5, 2, 4)]
    assert "5 points" in [text.get_text() for text in axes.texts]
