import numpy as np
import pytest
from scipy import stats

from leadline.intervals import Estimate
from leadline.target.channel_outcomes import Reading
from leadline.target.compare import compare_precision, compare_readings, find_p_value, judge_gain
from leadline.target.metrics import choose_list


def lists_of_equal_worth(rng, customers=1_500, size=300, extra=0.0):
    """Two lists from scores that rank equally well (``extra`` makes the second better)."""
    quality = rng.normal(size=customers)
    buys = rng.random(customers) < 1 / (1 + np.exp(2.2 - quality))
    ties = np.arange(customers)
    first = choose_list(quality + rng.normal(size=customers), size, ties)
    second = choose_list(quality * (1 + extra) + rng.normal(size=customers), size, ties)
    return buys, first, second


def test_the_difference_is_that_of_the_precisions(rng):
    buys, before, after = lists_of_equal_worth(rng)
    difference = compare_precision(buys, before, after, rng=rng).value
    assert difference == pytest.approx(buys[after].mean() - buys[before].mean())


def test_cell_counts_give_the_same_interval_as_drawing_customers(rng):
    buys, before, after = lists_of_equal_worth(rng, extra=0.5)
    drawn = []
    for _ in range(3_000):
        rows = rng.integers(0, len(buys), len(buys))
        drawn.append(buys[rows][after[rows]].mean() - buys[rows][before[rows]].mean())
    found = compare_precision(buys, before, after, rng=rng, draws=20_000)
    assert found[1:] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.004)


def test_a_useless_stage_is_called_a_gain_or_a_loss_in_about_one_of_twenty(rng):
    runs, false_alarms = 2_000, 0
    for _ in range(runs):
        _, lower, upper = compare_precision(*lists_of_equal_worth(rng), rng=rng, draws=400)
        false_alarms += lower > 0 or upper < 0
    assert 0.03 < false_alarms / runs < 0.075


def test_a_real_gain_is_seen(rng):
    seen = 0
    for _ in range(100):
        found = compare_precision(*lists_of_equal_worth(rng, extra=2.0), rng=rng, draws=400)
        seen += found.lower > 0
    assert seen > 60


@pytest.mark.parametrize(("buyers", "verdict"), [(4, "open"), (5, "open"), (6, "better"), (12, "better")])
def test_a_step_that_rests_on_a_handful_of_buyers_is_not_proven(rng, buyers, verdict):
    customers = np.arange(100)
    before, after = customers < 20, (customers >= 20) & (customers < 40)
    buys = (customers >= 20) & (customers < 20 + buyers)
    gain = compare_precision(buys, before, after, rng=rng)
    assert gain.lower > 0
    assert find_p_value(buys, before, after) == pytest.approx(2 * 0.5**buyers)
    assert judge_gain(gain, find_p_value(buys, before, after)) == verdict


def test_a_verdict_follows_the_interval_and_the_adjusted_p_value():
    assert judge_gain(Estimate(-0.1, -0.2, -0.01), 0.01) == "worse"
    assert judge_gain(Estimate(-0.1, -0.2, 0.0), 0.01) == "open"
    assert judge_gain(Estimate(0.1, 0.0, 0.2), 0.01) == "open"
    assert judge_gain(Estimate(0.1, 0.05, 0.2), 0.06) == "open"


def test_the_p_value_calls_a_useless_stage_a_difference_in_at_most_one_of_twenty(rng):
    alarms = [find_p_value(*lists_of_equal_worth(rng)) < 0.05 for _ in range(2_000)]
    assert np.mean(alarms) < 0.06


def test_a_list_against_itself_is_no_difference(rng):
    buys, before, _ = lists_of_equal_worth(rng)
    assert compare_precision(buys, before, before, rng=rng) == (0, 0, 0)


def test_pairing_narrows_the_interval(rng):
    buys, before, _ = lists_of_equal_worth(rng)
    after = before.copy()
    after[np.flatnonzero(before)[:10]] = False
    after[np.flatnonzero(~before)[:10]] = True
    _, lower, upper = compare_precision(buys, before, after, rng=rng)
    apart = 2 * 1.96 * np.sqrt(2 * buys[before].mean() * (1 - buys[before].mean()) / before.sum())
    assert upper - lower < apart / 2


def reading_of(buys, listed):
    return Reading(weights=listed.astype(float), buys=buys & listed)


def test_plain_lists_compare_alike_in_both_ways(rng):
    buys, before, after = lists_of_equal_worth(rng, extra=0.5)
    plain = compare_precision(buys, before, after, rng=rng, draws=20_000)
    found, p_value = compare_readings(
        reading_of(buys, before), reading_of(buys, after), rng=rng, draws=20_000
    )
    assert found.value == pytest.approx(plain.value)
    assert found[1:] == pytest.approx(plain[1:], abs=0.003)
    assert p_value == find_p_value(buys, before, after)


def test_weighted_cells_give_the_same_interval_as_drawing_customers(rng):
    buys, listed, _other = lists_of_equal_worth(rng)
    weights = listed * rng.choice([0.0, 1.5, 4.0], len(buys), p=[0.5, 0.3, 0.2])
    before, after = reading_of(buys, listed), Reading(weights=weights, buys=rng.permutation(buys))
    drawn = []
    for _ in range(3_000):
        rows = rng.integers(0, len(buys), len(buys))
        one, other = (
            (reading.weights * reading.buys)[rows].sum() / reading.weights[rows].sum()
            for reading in (before, after)
        )
        drawn.append(other - one)
    found, _p_value = compare_readings(before, after, rng=rng, draws=20_000)
    assert found[1:] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.006)


def test_the_same_list_under_another_channel_is_tested_on_who_buys_only_once():
    listed = np.arange(100) < 50
    before = Reading(weights=listed.astype(float), buys=np.arange(100) < 10)
    after = Reading(weights=listed.astype(float), buys=(np.arange(100) >= 8) & (np.arange(100) < 26))
    _gain, p_value = compare_readings(before, after, rng=np.random.default_rng(1))
    assert p_value == pytest.approx(stats.binomtest(16, 24).pvalue)


def test_useless_weighted_steps_are_called_a_difference_in_about_one_of_twenty(rng):
    alarms = []
    for _ in range(600):
        buys, before, after = lists_of_equal_worth(rng)
        weights = after * rng.choice([0.0, 2.0, 6.0], len(buys), p=[0.4, 0.5, 0.1])
        other = Reading(weights=weights, buys=buys)
        alarms.append(compare_readings(reading_of(buys, before), other, rng=rng, draws=400)[1] < 0.05)
    assert 0.02 < np.mean(alarms) < 0.085
