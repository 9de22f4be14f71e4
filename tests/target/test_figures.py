from io import BytesIO

import numpy as np
import pandas as pd
import pytest

from leadline.target import stage_models
from leadline.target.figures import draw_luck, draw_weights


@pytest.fixture
def result(customers, make_plan):
    plan = make_plan((["income"], "logistic"), (["segment", "noise"], "boosting"))
    return stage_models(
        customers, plan, target="buys", list_share=0.2, repeats=3, rng=np.random.default_rng(5)
    )


def drawn_points(axes):
    return [line.get_ydata() for line in axes.get_lines()]


@pytest.mark.parametrize(
    "name", ["figure", "gains_figure", "calibration_figure", "luck_figure", "weights_figure"]
)
def test_every_figure_is_fresh_drawable_and_has_its_alternative_text(result, name):
    first, second = getattr(result, name)(), getattr(result, name)()
    assert first is not second
    assert len(first.get_label()) > 20
    assert first.axes[0].get_title(loc="left")
    picture = BytesIO()
    first.savefig(picture, format="png", dpi=40)
    assert picture.getvalue().startswith(b"\x89PNG")


def test_precision_is_drawn_as_it_is(result):
    axes = result.figure().axes[0]
    assert axes.get_lines()[1].get_xdata().tolist() == result.stages["precision"].tolist()
    assert axes.get_lines()[0].get_xdata() == [result.base.value] * 2
    assert [text.get_text() for text in axes.get_yticklabels()] == ["stage 1", "stage 2"]


@pytest.mark.covers("controls", "fitted_scores")
def test_the_calibration_says_its_slope(result):
    figure = result.calibration_figure()
    last = result.calibration[result.calibration["stage_order"] == 1].iloc[0]
    assert last["slope_ci_lower"] < last["slope"] < last["slope_ci_upper"]
    told = f"calibration slope {last['slope']:.2f} (95% CI {last['slope_ci_lower']:.2f} to"
    assert told in figure.get_label()
    assert any(told in text.get_text() for text in figure.axes[0].get_legend().get_texts())


def test_gains_curves_and_the_size_of_the_list_are_drawn(result):
    axes = result.gains_figure().axes[0]
    first = result.gains[result.gains["stage_order"] == 0]["reached_share"]
    assert drawn_points(axes)[0].tolist() == first.tolist()
    assert axes.get_lines()[-1].get_xdata()[0] == pytest.approx(0.2)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "stage 1",
        "stage 2",
        "Random list",
    ]


def test_luck_draws_a_path_for_each_split_and_marks_the_reported_one(result):
    axes = result.luck_figure().axes[0]
    reported = result.splits[result.splits["split"] == 1]["precision"].tolist()
    assert len(axes.get_lines()) == 3
    assert drawn_points(axes)[0].tolist() == reported
    assert axes.get_lines()[0].get_color() != axes.get_lines()[1].get_color()


def test_weights_that_change_sign_over_the_splits_come_last():
    weights = pd.DataFrame(
        {
            "stage": "s",
            "label": ["shaky", "small", "sure", "negative"],
            "points_per_sd": [20.0, 1.0, 9.0, -7.0],
            "points_lowest": [-1.0, 0.5, 8.0, -9.0],
            "points_highest": [30.0, 2.0, 12.0, -6.0],
        }
    )
    axes = draw_weights(weights, 3).axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["sure", "small", "negative"]
    assert [bar.get_width() for bar in axes.patches] == [9, 1, -7]


def test_a_plan_of_trees_alone_says_that_there_are_no_weights(customers, make_plan):
    trees = stage_models(
        customers,
        make_plan((["income"], "boosting")),
        target="buys",
        list_share=0.2,
        repeats=1,
        rng=np.random.default_rng(5),
    )
    assert "No stage of this plan is a sum of weights" in trees.weights_figure().get_label()


def test_luck_over_drawn_training_customers_is_not_called_splits(result):
    figure = draw_luck(result.splits, "time")
    assert "with the training customers drawn anew" in figure.get_label()
    assert "split" not in figure.get_label()
