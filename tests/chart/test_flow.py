import pandas as pd
import pytest

from leadline.chart.flow import draw_funnel

FLOW = pd.DataFrame({"label": ["all", "asked", "listed"], "left": [900, 100, 40], "removed": [0, 800, 60]})


def widths(figure):
    return [patch.get_width() for patch in figure.axes[0].patches]


def test_a_first_bar_far_longer_than_the_others_is_cut_and_shows_it() -> None:
    figure = draw_funnel(FLOW, title="Flow", alt="told")
    assert figure.get_label() == "told"
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == ["900", "100", "−800", "40", "−60", "//"]
    assert widths(figure) == pytest.approx([135, 0, 100, 35, 40, 60])


def test_bars_are_to_scale_where_they_can_be() -> None:
    near = FLOW.assign(left=[120, 100, 40], removed=[0, 20, 60])
    figure = draw_funnel(near, title="Flow", alt="told", last=1)
    assert widths(figure) == pytest.approx([120, 0, 100, 20, 40, 60])
    assert "//" not in [text.get_text() for text in figure.axes[0].texts]
    colours = [patch.get_facecolor() for patch in figure.axes[0].patches[::2]]
    assert colours[0] == colours[1] != colours[2]
