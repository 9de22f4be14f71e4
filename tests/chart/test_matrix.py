"""Bubbles on two scales: names that can be read, and only the part of the scales that matters."""

import pandas as pd

from leadline.chart.matrix import draw_matrix


def bubbles(points: list[tuple[float, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(points, columns=["x", "y"])
    frame = frame.assign(
        label=[f"Segment {n}" for n in range(1, len(points) + 1)], size=range(1, len(points) + 1)
    )
    return frame.assign(
        x_lower=frame["x"] - 1, x_upper=frame["x"] + 1, y_lower=frame["y"] - 1, y_upper=frame["y"] + 1
    )


def draw(points: list[tuple[float, float]]):
    return draw_matrix(bubbles(points), title="t", x_label="x", y_label="y", alt="a", full=100, middle=50)


def test_names_of_near_bubbles_do_not_overlap() -> None:
    figure = draw([(50, 50), (50.5, 50.5), (51, 50), (50, 51)])
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 4
    assert not any(one.overlaps(other) for at, one in enumerate(boxes) for other in boxes[:at])


def test_the_part_that_holds_the_bubbles_is_shown() -> None:
    axes = draw([(40, 80), (55, 97)]).axes[0]
    low, high = axes.get_xlim()
    assert low < 39
    assert high > 56
    assert 39 < high - low < 41
    low, high = axes.get_ylim()
    assert (low, high) == (60, 100)
    assert draw([(3, 5), (97, 95)]).axes[0].get_xlim() == (0, 100)
