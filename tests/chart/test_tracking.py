import pandas as pd
import pytest

from leadline.chart.tracking import draw_tracking


def looks(days: int) -> pd.DataFrame:
    frame = pd.DataFrame({"date": pd.date_range("2025-07-01", periods=days)})
    for name, value in (("treated", 0.1), ("control", 0.06), ("difference", 0.04)):
        frame = frame.assign(**{name: value, f"{name}_lower": value - 0.03, f"{name}_upper": value + 0.03})
    return frame


def draw(days: int, **given: object):
    settings = {"names": ("contacted", "held out"), "titles": ("A", "B"), "alt": "alt"}
    return draw_tracking(looks(days), unit="share", difference_unit="points", **settings, **given)


def test_the_alert_stands_on_its_day_in_both_halves() -> None:
    day = pd.Timestamp("2025-08-03")
    figure = draw(60, alert=(day, "alert"))
    for axes in figure.axes:
        assert any(set(line.get_xdata()) == {day.toordinal()} for line in axes.lines)
    assert figure.get_label() == "alt"


def test_the_corridor_ends_with_the_looks() -> None:
    corridor = pd.DataFrame({"date": pd.date_range("2025-07-01", periods=90), "lower": 0.02, "upper": 0.06})
    below = draw(60, corridor=corridor, corridor_label="planned").axes[1]
    assert max(max(line.get_xdata()) for line in below.lines[1:3]) == looks(60)["date"].max().toordinal()
    assert below.get_legend().get_texts()[0].get_text() == "planned"


@pytest.mark.parametrize(("days", "labels"), [(1, 1), (5, 5), (40, 6), (92, 3)])
def test_days_are_written_few_and_whole(days: int, labels: int) -> None:
    below = draw(days).axes[1]
    written = [below.xaxis.get_major_formatter()(place) for place in below.xaxis.get_major_locator()()]
    assert len(written) == labels
    assert written[0] == "Jul 1"
