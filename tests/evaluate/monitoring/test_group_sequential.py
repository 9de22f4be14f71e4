"""The state of a test after its looks."""

import math

import numpy as np
import pytest
from scipy import stats

from leadline.errors import ParameterError
from leadline.evaluate.monitoring.group_sequential import SequentialPlan, chance_as_extreme, judge_looks
from leadline.evaluate.monitoring.spending import find_boundaries

PLAN = SequentialPlan(information=400.0)
FIVE = np.array([0.2, 0.4, 0.6, 0.8, 1.0])


def judge(z, fractions=FIVE, plan=PLAN, **options):
    errors = 1 / np.sqrt(np.asarray(fractions)[: len(z)] * plan.information)
    return judge_looks(plan, np.asarray(z) * errors, errors, **options)


def test_one_look_is_the_fixed_test():
    state = judge([2.5], [1.0])
    assert state.decision == "stop for effect"
    assert state.p_value == pytest.approx(2 * stats.norm.sf(2.5), abs=1e-9)
    reach = stats.norm.isf(0.025)
    assert state.estimate == pytest.approx(np.array([2.5, 2.5 - reach, 2.5 + reach]) / 20, abs=1e-7)
    assert state.repeated == pytest.approx(state.estimate, abs=1e-7)


def test_a_significant_looking_early_result_goes_on():
    state = judge([1.5, 2.6])
    assert state.decision == "continue"
    assert state.nominal == pytest.approx(2 * stats.norm.sf(3.35701), abs=1e-8)
    assert state.repeated.lower < 0 < state.repeated.upper
    assert state.p_value > 0.05 > 2 * stats.norm.sf(2.6)
    assert state.method == "repeated"


def test_a_stop_at_the_first_look_needs_no_adjustment_of_its_p_value():
    state = judge([5.0])
    assert (state.decision, state.look) == ("stop for effect", 1)
    assert state.p_value == pytest.approx(2 * stats.norm.sf(5.0), rel=1e-9)


def test_later_looks_do_not_undo_a_stop():
    state = judge([1.0, 3.6, 2.0, 1.0])
    assert (state.decision, state.look, state.later) == ("stop for effect", 2, 2)
    alone = judge([1.0, 3.6])
    assert state.p_value == alone.p_value
    assert state.estimate == alone.estimate


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
@pytest.mark.parametrize("z", [[0.3, 2.0, 2.9], [1, 1, 1, 1, 2.2], [0, -1, -2, -2.9], [0, 1, 1, 1.5, 2.0]])
def test_p_value_interval_and_decision_agree(spending, z):
    state = judge(z, plan=SequentialPlan(information=400.0, spending=spending))
    if state.decision == "continue":
        assert state.p_value > 0.05
        return
    found = state.decision == "stop for effect"
    assert found == (state.p_value <= 0.05)
    assert found == (not state.estimate.lower <= 0 <= state.estimate.upper)
    assert state.estimate.lower < state.estimate.value < state.estimate.upper
    assert state.repeated.lower <= state.estimate.value <= state.repeated.upper


def test_a_p_value_at_the_boundary_is_the_error_spent():
    bounds = find_boundaries(FIVE)
    for look in range(1, 6):
        z = [0.0] * (look - 1) + [bounds.upper[look - 1] + 1e-9]
        state = judge(z)
        assert state.p_value == pytest.approx(bounds.spent[look - 1], rel=1e-5)
        assert state.look == look


def test_the_repeated_p_value_is_the_error_at_which_the_boundary_is_met():
    p_value = judge([0.5, 2.0]).p_value
    bounds = find_boundaries(FIVE[:2], alpha=p_value)
    assert bounds.upper[1] == pytest.approx(2.0, abs=1e-5)
    assert judge([2.0, 0.1]).p_value <= judge([2.0]).p_value + 1e-6


def test_both_directions_mirror():
    up, down = judge([1, 2, 3.0]), judge([-1, -2, -3.0])
    assert down.p_value == pytest.approx(up.p_value, rel=1e-6)
    mirrored = (-up.estimate.value, -up.estimate.upper, -up.estimate.lower)
    assert down.estimate == pytest.approx(mirrored, abs=1e-7)


@pytest.mark.parametrize("drift", [0.0, 2.0, 3.5])
def test_stagewise_ordering_gives_uniform_chances_and_the_median(drift):
    # At the true drift the chance of an outcome as high is uniform: intervals cover, the median is right.
    bounds, rng, runs = find_boundaries(FIVE), np.random.default_rng(1984), 2_000
    steps = rng.normal(drift * 0.2, math.sqrt(0.2), (runs, 5))
    z = np.cumsum(steps, axis=1) / np.sqrt(FIVE)
    crossed = (z >= bounds.upper) | (z <= bounds.lower)
    looks = np.where(crossed.any(axis=1), crossed.argmax(axis=1), 4) + 1
    pairs = zip(z, looks, strict=True)
    chances = [chance_as_extreme(bounds, path[look - 1], look, drift) for path, look in pairs]
    assert stats.kstest(chances, "uniform").pvalue > 0.01
    plain = z[np.arange(runs), looks - 1] / np.sqrt(FIVE[looks - 1])
    if drift > 3:  # the plain estimate is too high after early stops, which the median is not
        assert np.median(plain) > drift


@pytest.mark.parametrize(
    "z", [[3.0, 3.5], [1, 2, 2.9], [0, 1, 1, 1.5, 2.0], [0, -1, -2, -2.9], [0, 0, 0, 0, 30]]
)
def test_estimate_and_limits_lie_where_the_outcome_is_as_likely_as_they_say(z):
    state = judge(z)
    at = [
        chance_as_extreme(state.boundaries, state.z[-1], state.look, limit * math.sqrt(PLAN.information))
        for limit in (state.estimate.lower, state.estimate.value, state.estimate.upper)
    ]
    assert at == pytest.approx([0.025, 0.5, 0.975], abs=1e-5)


def test_one_sided_tests_have_no_upper_limit_and_do_not_stop_for_harm():
    plan = SequentialPlan(information=400.0, alpha=0.025, sides=1)
    assert judge([-6.0], plan=plan).decision == "continue"
    state = judge([1, 2, 2.9], plan=plan)
    assert state.decision == "stop for effect"
    assert state.estimate.upper == math.inf
    assert state.estimate.lower > 0


def test_futility_stops_and_does_not_bind():
    plan = SequentialPlan(information=400.0, effect=0.15, beta=0.2)
    assert judge([0.2, 0.0, -0.1], plan=plan).decision == "stop for futility"
    assert judge([0.2, 0.0, -0.1]).decision == "continue"
    went_on = judge([0.2, 0.0, -0.1, 2.4], plan=plan)
    assert went_on.decision == "stop for effect"
    assert went_on.p_value == judge([0.2, 0.0, -0.1, 2.4]).p_value


def test_more_looks_than_five_moved_looks_and_more_information_than_planned():
    fractions = [0.05, 0.11, 0.2, 0.33, 0.34, 0.6, 0.61, 0.9, 1.2]
    state = judge([0.5] * 9, fractions)
    assert state.decision == "end without effect"
    assert state.boundaries.spent[-1] == 0.05
    assert math.isinf(state.boundaries.upper[0])


def test_a_test_may_end_before_its_planned_information():
    assert judge([0.5, 2.1]).decision == "continue"
    assert judge([0.5, 2.1], ends=True).decision == "stop for effect"


@pytest.mark.parametrize(
    ("fractions", "words"),
    [
        ([0.5, 1.0, 1.1], "look 2 was the final one"),
        ([0.5, 0.4], "data were taken away"),
        ([0.5, 0.5], "must grow"),
    ],
)
def test_wrong_looks_are_refused(fractions, words):
    with pytest.raises(ParameterError, match=words):
        judge([0.1] * len(fractions), fractions)


def test_all_problems_are_told_at_once():
    plan = SequentialPlan(information=-1, alpha=2, sides=3, spending="none", beta=1.5)
    with pytest.raises(ParameterError) as told:
        judge_looks(plan, [math.nan, 1.0, 2.0], [0.0, 1.0])
    text = str(told.value)
    assert "(9 problems)" in text
    for part in ("alpha", "sides", "information", "spending", "both or neither", "beta", "look 1"):
        assert part in text


def test_no_look_is_refused():
    with pytest.raises(ParameterError, match="no look"):
        judge_looks(PLAN, [], [])
