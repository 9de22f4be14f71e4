import math

import pytest

from leadline.evaluate.planning.power import Proportion, find_power
from leadline.evaluate.tracking.next_round import Counted, compare_counts, plan_next


@pytest.mark.parametrize(
    ("first", "second", "lower", "upper"),
    [  # Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_differences_as_published(
    first: tuple[int, int], second: tuple[int, int], lower: float, upper: float
) -> None:
    told = compare_counts(Counted(*first), Counted(*second))
    assert (round(told.lower, 4), round(told.upper, 4)) == (lower, upper)


def test_the_fewest_held_out_find_the_effect_and_one_fewer_do_not() -> None:
    plan = plan_next(Counted(580, 4_110), Counted(80, 980), 10_000)
    assert plan.cautious_effect == compare_counts(Counted(580, 4_110), Counted(80, 980), 0.5).lower
    metric = Proportion(base=80 / 980)
    powers = [
        find_power(metric, plan.cautious_effect, (size, 10_000 - size))
        for size in (plan.holdout, plan.holdout - 1)
    ]
    assert powers[0] >= 0.8 > powers[1]
    assert plan.relative_effect == pytest.approx(plan.cautious_effect * 980 / 80)


def test_a_list_too_small_says_how_many_it_needs() -> None:
    plan = plan_next(Counted(580, 4_110), Counted(80, 980), 300)
    assert plan.holdout is None
    assert plan.needed > 300
    assert plan.power < 0.8
    assert plan.detectable > plan.cautious_effect


def test_a_round_without_an_effect_gives_none_to_plan_with() -> None:
    plan = plan_next(Counted(40, 1_000), Counted(45, 1_000), 2_000)
    assert plan.cautious_effect == 0
    assert plan.holdout is None
    assert plan.needed is None
    assert math.isnan(plan.power)
    nobody = plan_next(Counted(3, 100), Counted(0, 100), 2_000)
    assert nobody.base_rate.value == 0
    assert nobody.detectable > 0
