from dataclasses import replace

import numpy as np
import pytest

from leadline.course.game.ground import Ground
from leadline.course.game.profit import measure_profit
from leadline.course.game.world import World
from leadline.market.market import simulate
from leadline.market.parameters import MarketParameters
from leadline.market.truth import ARMS

NOBODY, NOTHING = np.empty(0, np.int64), np.empty(0, np.int8)
CALL = ARMS.index("call")
QUARTERS = 4


def play_untouched(ground: Ground, quarters: int = QUARTERS) -> World:
    world = World(ground)
    for _quarter in range(quarters):
        world.play(NOBODY, NOTHING)
    return world


def play_calls(ground: Ground, quarters: int = QUARTERS) -> World:
    """Call half of the able in each quarter, and whoever is left of them in the next: wearying and greedy."""
    world = World(ground)
    for _quarter in range(quarters):
        rows = ground.able[::2]
        world.play(rows, np.full(len(rows), CALL, np.int8))
    return world


def test_doing_nothing_earns_exactly_nothing(ground: Ground) -> None:
    for truth in measure_profit(play_untouched(ground), play_untouched(ground)):
        assert truth.profit_cny == truth.realised_cny == truth.won == truth.won_for_good == 0


def test_the_true_profit_is_what_happens_on_average() -> None:
    """Over many lucks it is the difference that contacts make to the end of the game; and much steadier.

    What is won in the quarter of the contact alone, as is often reported, is far too much where many come
    unasked.
    """
    market = simulate(replace(MarketParameters(), utility_base=-1.5), 3, 8_000)
    true, realised, naive = [], [], []
    for luck in range(60):
        other = Ground(market, luck)
        truths = measure_profit(play_calls(other), play_untouched(other))
        true.append(sum(truth.profit_cny for truth in truths))
        realised.append(sum(truth.realised_cny for truth in truths))
        value = other.value_cny.mean()
        naive.append(sum(truth.won * value - truth.cost_cny for truth in truths))
    difference = np.subtract(true, realised)
    error = difference.std(ddof=1) / len(difference) ** 0.5
    assert abs(difference.mean()) < 3 * error
    assert np.std(true) < 0.5 * np.std(realised)
    assert np.mean(naive) - np.mean(realised) > 4 * error


def test_one_quarter_is_chance_less_chance_times_value(ground: Ground) -> None:
    """By hand, where no later quarter can bring anybody."""
    world, untouched = play_calls(ground, 1), play_untouched(ground, 1)
    [truth] = measure_profit(world, untouched)
    played = world.played[1]
    added = np.where(played.at_risk, played.chance - played.alone, 0)
    assert truth.won == truth.won_for_good == pytest.approx(added.sum())
    assert truth.profit_cny == pytest.approx((added * ground.value_cny).sum() - 3.5 * len(played.contacted))


def test_who_would_come_later_anyway_counts_less(ground: Ground) -> None:
    """A first quarter's contacts are worth less for good the longer the game goes on."""
    lasting = []
    for quarters in (1, 2, 4):
        world = World(ground)
        world.play(ground.able, np.full(len(ground.able), CALL, np.int8))
        for _quarter in range(quarters - 1):
            world.play(NOBODY, NOTHING)
        lasting.append(measure_profit(world, play_untouched(ground, quarters))[0].won_for_good)
    assert lasting[0] > lasting[1] > lasting[2] > 0


def test_customers_lost_count_against_the_team(ground: Ground) -> None:
    world = World(ground)
    world.opted_out_in[ground.able[:200]] = 0
    for _quarter in range(QUARTERS):
        world.play(NOBODY, NOTHING)
    truths = measure_profit(world, play_untouched(ground))
    assert all(truth.profit_cny < 0 for truth in truths)
    stays = np.prod([1 - played.alone[:200] for played in play_untouched(ground).played[1:]], axis=0)
    at_risk = world.played[1].at_risk[:200]
    lost = ((1 - stays) * at_risk) @ ground.value_cny[:200]
    assert sum(truth.profit_cny for truth in truths) == pytest.approx(-lost, rel=0.05)  # and friends' friends
