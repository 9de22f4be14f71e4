"""Segment evaluation: by hand, and how much of the order the weights decide."""

import json

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.target.profiles import evaluate_segments
from leadline.target.views import parse_weights


def make_weights(**weights: float):
    return parse_weights(
        {
            "criteria": [
                {"name": name, "weight": weight, "columns": [{"column": name, "worst": 0, "best": 10}]}
                for name, weight in weights.items()
            ]
        }
    )


def make_segments(**columns: list[float]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    return pd.DataFrame({"segment": [f"S{number}" for number in range(size)], "profit_cny": 10.0, **columns})


def evaluate(segments: pd.DataFrame, attractiveness, fit, rng, **more):
    return evaluate_segments(
        segments, attractiveness=attractiveness, fit=fit, size="profit_cny", rng=rng, **more
    )


def test_by_hand(rng: np.random.Generator) -> None:
    """S0: (0.75·8 + 0.25·4)·10 = 70 and 50; S1: 40 and 86, whose sum is larger but not the product."""
    segments = make_segments(growth=[8, 4], margin=[4, 4], skill=[5, 8.6])
    result = evaluate(segments, make_weights(growth=75, margin=25), make_weights(skill=100), rng)
    rows = result.segments
    assert rows["segment"].tolist() == ["S0", "S1"]
    assert rows["attractiveness"].tolist() == [70, 40]
    assert rows["fit"].tolist() == pytest.approx([50, 86])
    assert rows["fit_lowest"].tolist() == pytest.approx([50, 86])  # one criterion: no weight can move it
    assert rows["attractiveness_highest"].tolist()[1] == 40


def test_a_dominant_segment_stays_first_and_a_close_call_does_not(rng: np.random.Generator) -> None:
    weights = make_weights(growth=50, margin=50), make_weights(skill=100)
    dominant = evaluate(make_segments(growth=[9, 2], margin=[9, 3], skill=[9, 9]), *weights, rng)
    assert dominant.first_kept == dominant.order_kept == 1
    close = evaluate(make_segments(growth=[9, 2], margin=[2, 9], skill=[5, 5]), *weights, rng)
    assert 0.45 < close.first_kept < 0.55
    assert "open between: S0, S1" in close.warnings[0]
    still = evaluate(make_segments(growth=[9, 2], margin=[2, 8.9], skill=[5, 5]), *weights, rng, shake=0)
    assert still.order_kept == 1


def test_the_share_of_changes_is_that_of_the_weights(rng: np.random.Generator) -> None:
    """First if 9a + 2b > 8a + 3.5b, so a/b > 1.5: set at 60 to 40, half of all draws."""
    segments = make_segments(growth=[9, 8], margin=[2, 3.5], skill=[5, 5])
    result = evaluate(
        segments, make_weights(growth=60.01, margin=39.99), make_weights(skill=100), rng, draws=20_000
    )
    a, b = (rng.uniform(0.75, 1.25, 200_000) * weight for weight in (60.01, 39.99))
    assert result.order_kept_weights == pytest.approx((a > 1.5 * b).mean(), abs=0.015)
    assert result.segments["first_frequency"].sum() == pytest.approx(1)


def test_intervals_of_values_move_the_order_too(rng: np.random.Generator) -> None:
    segments = make_segments(growth=[6, 5], skill=[5, 5])
    weights = make_weights(growth=100), make_weights(skill=100)
    assert evaluate(segments, *weights, rng).first_kept == 1
    wide = segments.assign(growth_ci_lower=[4.04, 5], growth_ci_upper=[7.96, 5])  # standard error 1
    result = evaluate(wide, *weights, rng, draws=20_000)
    assert result.first_kept == pytest.approx(0.841, abs=0.01)  # a normal value above its mean less 1
    assert result.order_kept_weights == 1
    assert result.has_intervals
    assert result.segments["attractiveness_lowest"].tolist() == pytest.approx([60 - 16.4, 50], abs=0.5)


def test_the_same_seed_gives_the_same_and_a_reader_gets_words(rng: np.random.Generator) -> None:
    segments = make_segments(growth=[9, 2, 5], margin=[2, 9, 5], skill=[5, 6, 7])
    weights = make_weights(growth=60, margin=40), make_weights(skill=100)
    one, other = (evaluate(segments, *weights, np.random.default_rng(3)).to_dict() for _ in range(2))
    assert json.dumps(one, allow_nan=False) == json.dumps(other)
    result = evaluate(segments, *weights, rng)
    assert result.summary.startswith("“S")
    assert "taken as exact" in result.warnings[-1]
    assert result.figure().get_label().startswith("Attractiveness and fit of 100: S")
    assert 'data-name="evaluation"' in result._repr_html_()


def test_every_problem_is_named_at_once(rng: np.random.Generator) -> None:
    segments = make_segments(growth=[9, np.nan], skill=["x", "y"]).assign(segment="S")
    with pytest.raises(DataError) as caught:
        evaluate(segments, make_weights(growth=50, margin=50), make_weights(skill=100), rng, shake=2, draws=0)
    text = str(caught.value)
    for expected in (
        "margin: the table of segments",
        "growth: 1 of 2",
        "skill: holds",
        "shake == 2",
        "draws == 0",
    ):
        assert expected in text
    assert "1 ids occur more than once" in text
    with pytest.raises(DataError, match="one segment only"):
        evaluate(make_segments(growth=[9], skill=[1]), make_weights(growth=100), make_weights(skill=100), rng)
