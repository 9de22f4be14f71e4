import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from leadline.chart.forest import draw_forest

LEGEND = {"good": "better", "bad": "worse", "open": "open"}


def draw(*rows: tuple[str, str, float, float, float, str]) -> Figure:
    frame = pd.DataFrame(rows, columns=["group", "label", "value", "lower", "upper", "kind"])
    frame["note"] = [f"{value:.0%}" for value in frame["value"]]
    return draw_forest(frame, title="Effects", axis_label="Lift", unit="share", alt="alt", legend=LEGEND)


def test_every_effect_stands_below_its_heading() -> None:
    rows = [("Sold", "sms", 0.1, -0.1, 0.3, "open"), ("Sold", "call", 0.5, 0.3, 0.7, "good")]
    figure = draw(*rows, ("Spend", "sms", -0.2, -0.3, -0.1, "bad"))
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["sms", "call", "sms"]
    places = axes.get_yticks()
    headings = {text.get_text(): text.xy[1] for text in axes.texts if text.get_text() in {"Sold", "Spend"}}
    assert headings["Sold"] < places[0] < places[1] < headings["Spend"] < places[2]
    legend = axes.get_legend()
    assert legend is not None
    assert {text.get_text() for text in legend.get_texts()} == {"open", "better", "worse"}
    assert figure.get_label() == "alt"


def test_an_endless_interval_does_not_flatten_the_rest() -> None:
    figure = draw(
        ("", "a", 0.1, 0.05, 0.15, "good"),
        ("", "b", 0.1, -np.inf, np.inf, "open"),
        ("", "c", 0.2, 0.1, 0.3, "good"),
        ("", "d", 0.0, -0.1, 9.0, "open"),
    )
    low, high = figure.axes[0].get_xlim()
    assert -2 < low < 0.0
    assert 0.3 < high < 2
    arrows = [line for line in figure.axes[0].lines if line.get_marker() in {"<", ">"}]
    assert [arrow.get_marker() for arrow in arrows] == ["<", ">", ">"]


@pytest.mark.parametrize("kind", ["open", "good"])
def test_a_row_without_a_value_is_its_note_alone(kind: str) -> None:
    figure = draw(("", "a", np.nan, np.nan, np.nan, kind), ("", "b", 0.1, 0.0, 0.2, "open"))
    (axes,) = figure.axes
    assert "nan%" in [text.get_text() for text in axes.texts]
    assert len([line for line in axes.lines if line.get_marker() == "o"]) == 1
    alone = draw(("", "a", np.nan, np.nan, np.nan, kind))
    assert np.isfinite(alone.axes[0].get_xlim()).all()
