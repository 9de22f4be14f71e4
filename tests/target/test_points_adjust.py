"""Points changed by hand, by a file and by sliders."""

import ipywidgets
import numpy as np
import pandas as pd
import pytest

from leadline.errors import ParameterError
from leadline.paths import PLANS
from leadline.plain_yaml import read_yaml
from leadline.target.panel import PointsPanel
from leadline.target.points_adjust import adjust_points, parse_changes, write_changes
from leadline.target.points_file import parse_points

POINTS = parse_points(
    {
        "name": "t",
        "attributes": [
            {
                "column": "trades",
                "label": "Orders",
                "rules": [{"under": 2, "points": 1}, {"at_least": 2, "points": 5}],
                "missing": 3,
            },
            {
                "column": "city",
                "label": "City",
                "rules": [{"equals": "A", "points": 4}, {"equals": "B", "points": -3}],
                "otherwise": 0,
                "missing": 0,
            },
        ],
    }
)


def test_times_and_new_points() -> None:
    changes = parse_changes(
        {"changes": [{"column": "trades", "times": "1.5"}, {"column": "city", "points": ["1", "2", "3"]}]},
        POINTS,
    )
    trades, city = adjust_points(POINTS, changes).attributes
    assert (trades.points, trades.missing) == ((2, 8), 5)
    assert dict(city.levels) == {"A": 1, "B": 2}
    assert (city.otherwise, city.missing) == (3, 0)
    assert parse_changes(write_changes(changes), POINTS) == changes
    (gone,) = adjust_points(
        POINTS, parse_changes({"changes": [{"column": "city", "times": 0}]}, POINTS)
    ).attributes[1:]
    assert gone.range == (0, 0)


def test_all_problems_of_a_file_of_changes_come_at_once() -> None:
    wrong = [
        {"column": "trade", "times": 2},
        {"column": "city", "times": -1},
        {"column": "city", "tims": 2},
        {"column": "trades", "points": ["1", "x", "3"]},
        "city",
    ]
    with pytest.raises(ParameterError) as caught:
        parse_changes({"changes": wrong}, POINTS)
    text = str(caught.value)
    for words in (
        "Did you mean 'trades'?",
        "times == -1, must be a number from 0 to 100",
        "Did you mean 'times'?",
        "give either 'times' or 'points'",
        "3 points for 2 bins",
        "points == 'x', must be a whole number",
        "change 5: it is not a mapping",
    ):
        assert words in text
    with pytest.raises(ParameterError, match="lists no changes"):
        parse_changes({"change": []}, POINTS)
    twice = [{"column": "city", "times": 2}, {"column": "city", "times": 3}]
    with pytest.raises(ParameterError, match="changed twice"):
        parse_changes({"changes": twice}, POINTS)


def test_the_market_s_changes_fit_the_market_s_points() -> None:
    points = parse_points(read_yaml(PLANS / "market_points.yml"))
    changes = parse_changes(read_yaml(PLANS / "market_adjust.yml"), points)
    assert adjust_points(points, changes).range[1] > points.range[1]


FRAME = pd.DataFrame({"trades": [5, 5, 0, 0], "city": ["C", "C", "A", "A"]})


def open_panel(*, is_live: bool = True) -> PointsPanel:
    return PointsPanel(
        FRAME,
        POINTS,
        list_size=2,
        tie_order=np.arange(4),
        buys=np.array([False, False, True, True]),
        is_live=is_live,
    )


def test_a_slider_moves_the_list_and_what_is_shown() -> None:
    panel = open_panel()
    assert list(panel.result.entering) == []
    slider = panel.sliders["city"]
    assert isinstance(slider, ipywidgets.IntSlider)
    assert (slider.value, slider.min, slider.max, slider.description) == (7, 0, 21, "City")
    before = panel.view.children[-1].value
    slider.value = 21
    assert list(panel.result.entering) == [2, 3]
    assert panel.result.lists["precision"].tolist() == [0.0, 1.0]
    assert panel.view.children[-1].value != before
    assert "2 of 2 customers on the list change" in panel.view.children[-1].value
    assert write_changes(panel.changes) == {"changes": [{"column": "city", "times": 3.0}]}
    slider.value = 7
    assert panel.changes == ()
    assert len(panel.result.entering) == 0


def test_a_panel_begins_where_the_file_of_changes_left_off() -> None:
    changes = parse_changes({"changes": [{"column": "trades", "times": 10}]}, POINTS)
    panel = PointsPanel(FRAME, POINTS, list_size=2, tie_order=np.arange(4), changes=changes)
    assert panel.sliders["trades"].value == 40
    assert panel.adjusted.attributes[0].points == (10, 50)


def test_a_report_gets_a_table_and_no_widget() -> None:
    panel = open_panel(is_live=False)
    shown = panel._repr_mimebundle_()
    assert list(shown) == ["text/html"]
    assert "<table" in shown["text/html"]
    assert panel._view is None
    assert "application/vnd.jupyter.widget-view+json" in open_panel()._repr_mimebundle_()
