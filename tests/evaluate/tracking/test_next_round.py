import math

import pytest

from leadline.evaluate.estimates.shares import Count, compare_shares
from leadline.evaluate.planning.power import Proportion, find_power
from leadline.evaluate.tracking.next_round import plan_next


def test_the_fewest_held_out_find_the_effect_and_one_fewer_do_not() -> None:
    plan = plan_next(Count(580, 4_110), Count(80, 980), 10_000)
    assert plan.cautious_effect == compare_shares(580, 4_110, 80, 980, level=0.5).lower
    metric = Proportion(base=80 / 980)
    powers = [
        find_power(metric, plan.cautious_effect, (size, 10_000 - size))
        for size in (plan.holdout, plan.holdout - 1)
    ]
    assert powers[0] >= 0.8 > powers[1]
    assert plan.relative_effect == pytest.approx(plan.cautious_effect * 980 / 80)


def test_a_list_too_small_says_how_many_it_needs() -> None:
    plan = plan_next(Count(580, 4_110), Count(80, 980), 300)
    assert plan.holdout is None
    assert plan.needed > 300
    assert plan.power < 0.8
    assert plan.detectable > plan.cautious_effect


def test_a_round_without_an_effect_gives_none_to_plan_with() -> None:
    plan = plan_next(Count(40, 1_000), Count(45, 1_000), 2_000)
    assert plan.cautious_effect == 0
    assert plan.holdout is None
    assert plan.needed is None
    assert math.isnan(plan.power)
    nobody = plan_next(Count(3, 100), Count(0, 100), 2_000)
    assert nobody.base_rate.value == 0
    assert nobody.detectable > 0
