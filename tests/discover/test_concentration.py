"""Concentration: closed forms, losses, weights, coverage, and clear refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.discover import measure_concentration
from leadline.errors import DataError

TOPS = (0.05, 0.2, 0.5)
SPREAD = (np.arange(200_000) + 0.5) / 200_000


def measure(values: object, **more: object):
    return measure_concentration(
        pd.DataFrame({"profit_cny": values}),
        value="profit_cny",
        label="profit",
        **({"tops": TOPS, "minimum": 1} | more),
    )


@pytest.mark.parametrize(
    ("quantiles", "gini", "share"),
    [
        (stats.expon.ppf(SPREAD), 0.5, lambda top: top - top * np.log(top)),
        (stats.pareto(3).ppf(SPREAD), 1 / 5, lambda top: top ** (1 - 1 / 3)),
        (stats.uniform.ppf(SPREAD), 1 / 3, lambda top: 1 - (1 - top) ** 2),
        (
            stats.lognorm(1).ppf(SPREAD),
            2 * stats.norm.cdf(1 / np.sqrt(2)) - 1,
            lambda top: stats.norm.cdf(1 - stats.norm.ppf(1 - top)),
        ),
        (np.ones(1_000), 0.0, lambda top: top),
    ],
    ids=["exponential", "pareto", "uniform", "lognormal", "equal"],
)
def test_closed_forms(quantiles: np.ndarray, gini: float, share) -> None:
    result = measure(quantiles)
    assert result.gini.value == pytest.approx(gini, abs=5e-4)
    assert result.shares["value_share"].tolist() == pytest.approx([share(top) for top in TOPS], abs=1e-3)
    if gini:
        assert share(result.goal_customers.value) == pytest.approx(0.8, abs=1e-3)


def test_by_hand_and_one_has_all() -> None:
    """Of 1 … 5: differences sum to 40, so Gini is 40 / (2 · 25 · 3); the best brings 5 of 15."""
    result = measure([3.0, 1, 5, 2, 4], tops=(0.2,))
    assert result.gini.value == pytest.approx(40 / 150)
    assert result.shares["value_share"][0] == pytest.approx(1 / 3)
    assert measure([0.0] * 99 + [7]).gini.value == pytest.approx(0.99)


@pytest.mark.covers("bad_inputs", "negative_money")
def test_losses_are_counted_and_said() -> None:
    result = measure([100.0, 50, -30, -20], tops=(0.25, 0.5))
    assert result.shares["value_share"].tolist() == pytest.approx([1.0, 1.5])
    assert result.losing_customers == 2
    assert result.losses_share == pytest.approx(1 / 3)
    differences = np.abs(np.subtract.outer([100, 50, -30, -20], [100, 50, -30, -20])).sum()
    assert result.gini.value == pytest.approx(differences / (2 * 16 * 50))
    assert 0 < result.gini.value < 1
    assert "2 customers (50.0%) are below zero and take back 33.3% of the profit" in result.warnings[0]


def test_a_weight_counts_as_that_many_customers(rng: np.random.Generator) -> None:
    values, weights = rng.exponential(1, 400), rng.integers(1, 5, 400)
    frame = pd.DataFrame({"profit_cny": values, "weight": weights})
    weighted = measure_concentration(frame, value="profit_cny", label="profit", weight="weight", tops=TOPS)
    repeated = measure(np.repeat(values, weights))
    assert weighted.gini.value == pytest.approx(repeated.gini.value)
    assert weighted.shares["value_share"].tolist() == pytest.approx(repeated.shares["value_share"].tolist())
    assert weighted.customers == weights.sum()
    width = weighted.gini.upper - weighted.gini.lower  # 400 customers were seen, not their weights' sum
    assert width > 1.3 * (repeated.gini.upper - repeated.gini.lower)


def test_intervals_hold(rng: np.random.Generator) -> None:
    truths = {top: top - top * np.log(top) for top in TOPS}
    held = dict.fromkeys([*TOPS, "gini", "goal"], 0)
    goal = 0.437_8  # p - p ln p = 0.8
    for _number in range(300):
        result = measure(rng.exponential(1, 400))
        for row in result.shares.to_dict("records"):
            top = row["top_share"]
            held[top] += row["value_share_ci_lower"] <= truths[top] <= row["value_share_ci_upper"]
        held["gini"] += result.gini.lower <= 0.5 <= result.gini.upper
        held["goal"] += result.goal_customers.lower <= goal <= result.goal_customers.upper
    assert goal - goal * np.log(goal) == pytest.approx(0.8, abs=1e-3)
    for name, count in held.items():
        assert 0.92 <= count / 300 <= 0.98, name


def test_a_top_group_of_a_few_has_a_wide_interval(rng: np.random.Generator) -> None:
    held = 0
    for _number in range(300):
        row = measure(rng.exponential(1, 300), tops=(0.01,)).shares.iloc[0]
        held += row["value_share_ci_lower"] <= 0.01 - 0.01 * np.log(0.01) <= row["value_share_ci_upper"]
    assert held / 300 > 0.93


@pytest.mark.covers("bad_inputs", "extreme_outlier")
def test_giants_are_warned_of(rng: np.random.Generator) -> None:
    assert "tail index" in measure(rng.pareto(1.2, 3_000) + 1).warnings[0]
    assert not measure(rng.exponential(1, 3_000)).warnings


@pytest.mark.covers("bad_inputs", "zero_weights", "negative_weights")
def test_every_problem_is_named_at_once() -> None:
    frame = pd.DataFrame({"profit_cny": [1.0, np.nan, 2], "weight": [0.0, 1, 1], "word": ["a", "b", "c"]})
    with pytest.raises(DataError) as caught:
        measure_concentration(frame, value="profit_cny", label="x", weight="word", tops=(1.5,), goal=0)
    assert [text.split()[0] for text in caught.value.problems] == ["tops:", "goal", "profit_cny:", "word:"]
    with pytest.raises(DataError, match="1 of 3 weights are 0 or below"):
        measure_concentration(frame.fillna(0), value="profit_cny", label="x", weight="weight")
    with pytest.raises(DataError, match="sum to -3"):
        measure([1.0, -4.0])
    with pytest.raises(DataError, match="too few"):
        measure([1.0])
    with pytest.raises(DataError, match="Did you mean 'profit_cny'"):
        measure_concentration(frame, value="profit_cn", label="x")


def test_neither_order_nor_the_input_changes(rng: np.random.Generator) -> None:
    frame = pd.DataFrame({"profit_cny": rng.normal(1, 3, 500).round(1)})
    kept = frame.copy()
    first = measure(frame["profit_cny"])
    second = measure(frame["profit_cny"].to_numpy()[::-1])
    assert first.to_dict() == second.to_dict()
    pd.testing.assert_frame_equal(frame, kept)


def test_a_reader_gets_words_a_table_and_a_figure(rng: np.random.Generator) -> None:
    result = measure(rng.exponential(1, 2_000))
    assert result.summary.startswith("The top 20% of customers bring 5")
    assert result.kpis[2].ci_lower < result.gini.value < result.kpis[2].ci_upper
    assert result.figure().get_label().startswith("Lorenz curve: top 5% bring ")
    assert 'data-name="concentration"' in result._repr_html_()


def test_no_share_speaks_of_fewer_than_ten(rng: np.random.Generator) -> None:
    result = measure(rng.exponential(1, 300), tops=(0.01, 0.05, 0.2), minimum=10)
    assert result.shares["top_share"].tolist() == [0.05, 0.2]
    inner = result.curve["top_share"].iloc[1:-1] * 300
    assert inner.min() > 9.99
    assert inner.max() < 290.01
    assert result.warnings == ["1 top group is not shown: it holds fewer than 10 customers."]
    with pytest.raises(DataError, match="15 customers: the top 50% of them are fewer than 10"):
        measure(np.arange(15.0), minimum=10)


def test_yes_and_no_is_no_value() -> None:
    with pytest.raises(DataError, match="profit_cny: holds bool, must be numbers"):
        measure([True, False] * 20)


def test_where_the_rest_bring_next_to_nothing_little_is_uncertain(rng: np.random.Generator) -> None:
    """Of 1,956 customers 410 bring nothing: at 79% the curve ends within the smallest who does."""
    values = np.concatenate([rng.lognormal(8, 2, 1_546).round(2), np.zeros(410)])
    rest = measure(values).curve.query("top_share >= 0.78")
    assert (rest["value_share"] < 1).any()
    assert (rest["value_share_ci_upper"] - rest["value_share_ci_lower"]).max() < 1e-3
