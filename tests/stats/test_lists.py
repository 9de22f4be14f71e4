"""The best tenth by score, and the scores: on customers that the model has not seen, and on others."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy import special

from leadline.intervals import wilson_interval
from leadline.target.metrics import choose_list, estimate_calibration_slope
from leadline.target.models import Model, fit_model
from tests.scorecard.catalogue import FULL
from tests.stats.tolerance import AT_LEAST_95_PERCENT, COVERAGE, Rate, count_rate

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Say = Callable[[str], None]
MODELS, SAMPLES = (2_000, 2) if FULL else (400, 10)  # samples of held-out customers for each model
TRAINED, HELD_OUT, ATTRIBUTES = 400, 2_000, 10


def draw_customers(count: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Attributes, of which the first one tells who buys, the true chances, and who bought."""
    attributes = rng.normal(size=(count, ATTRIBUTES))
    chance = special.expit(0.5 * attributes[:, 0] - 2)
    return attributes, chance, rng.random(count) < chance


def is_held(model: Model, attributes: FloatArray, chance: FloatArray, buys: BoolArray) -> bool:
    """Whether the interval of the best tenth's precision holds the true chance of those listed."""
    size = len(buys) // 10
    listed = choose_list(model.score(attributes), size, np.arange(len(buys)))
    found = wilson_interval(int(buys[listed].sum()), size)
    return bool(found.lower <= chance[listed].mean() <= found.upper)


def count_precision(seed: int) -> dict[str, Rate]:
    """Rates of the intervals that hold, on held-out customers and on those that the model learned from."""
    rng, unseen, seen = np.random.default_rng(seed), 0, 0
    for _number in range(MODELS):
        learned = draw_customers(TRAINED, rng)
        model = fit_model("logistic", learned[0], learned[2])
        seen += is_held(model, *learned)
        unseen += sum(is_held(model, *draw_customers(HELD_OUT, rng)) for _sample in range(SAMPLES))
    return {"held out": count_rate(unseen, MODELS * SAMPLES), "training": count_rate(seen, MODELS)}


@pytest.fixture(scope="module")
def precision() -> dict[str, Rate]:
    return count_precision(16)


@pytest.mark.covers("statistics", "held_out_precision")
def test_the_precision_of_a_list_of_unseen_customers_is_held(
    precision: dict[str, Rate], measured: Say
) -> None:
    measured(precision["held out"].tell(AT_LEAST_95_PERCENT))
    assert precision["held out"].is_in(AT_LEAST_95_PERCENT)


@pytest.mark.covers("controls", "training_rows")
def test_that_of_customers_whom_the_model_learned_from_is_not(
    precision: dict[str, Rate], measured: Say
) -> None:
    measured(precision["training"].tell(AT_LEAST_95_PERCENT))
    assert precision["training"].upper < 0.85


@pytest.mark.covers("statistics", "calibration")
def test_the_slope_of_true_scores_is_one(measured: Say) -> None:
    rng, tries = np.random.default_rng(17), 8_000 if FULL else 3_200
    held = 0
    for _number in range(tries):
        _attributes, chance, buys = draw_customers(1_000, rng)
        slope = estimate_calibration_slope(buys, chance)
        held += slope.lower <= 1 <= slope.upper
    rate = count_rate(held, tries)
    measured(rate.tell(COVERAGE))
    assert rate.is_in(COVERAGE)


@pytest.mark.covers("controls", "fitted_scores")
def test_the_slope_of_fitted_scores_is_below_one(measured: Say) -> None:
    """Of the customers that the model learned from the slope looks right: only others tell."""
    rng, tries = np.random.default_rng(18), 400 if FULL else 150
    held, slopes = 0, []
    for _number in range(tries):
        attributes, _chance, buys = draw_customers(TRAINED, rng)
        model = fit_model("logistic", attributes, buys)
        assert estimate_calibration_slope(buys, model.score(attributes)).upper > 1
        unseen, _chance, bought = draw_customers(HELD_OUT, rng)
        slope = estimate_calibration_slope(bought, model.score(unseen))
        held += slope.lower <= 1 <= slope.upper
        slopes.append(slope.value)
    rate = count_rate(held, tries)
    measured(f"slope {np.mean(slopes):.2f} on average; {rate.tell(COVERAGE)}")
    assert rate.upper < 0.85
