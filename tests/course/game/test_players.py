import numpy as np

from leadline.course.game.ground import Ground
from leadline.course.game.players import name_players, play_policy
from leadline.course.game.profit import measure_profit
from leadline.course.game.rules import FATIGUE_QUARTERS, Terms
from leadline.course.game.world import World


def sum_profit(ground: Ground, world: World) -> float:
    untouched = World(ground)
    for _quarter in world.played[1:]:
        untouched.play(np.empty(0, np.int64), np.empty(0, np.int8))
    return sum(truth.profit_cny for truth in measure_profit(world, untouched))


def test_computers_keep_to_the_rules(ground: Ground) -> None:
    for policy in name_players():
        world = play_policy(ground, Terms(quarters=4, budget_cny=400), policy, 4)
        seen = ground.market.observed
        assert 0 < world.cost_cny <= 400
        recent: list[np.ndarray] = []
        for played in world.played[1:]:
            assert (seen.consent & ~seen.do_not_contact)[played.listed].all()
            assert not np.isin(played.contacted, np.concatenate([[-1], *recent])).any()
            recent = [*recent, played.contacted][-FATIGUE_QUARTERS:]
        again = play_policy(ground, Terms(quarters=4, budget_cny=400), policy, 4)
        assert (again.subscribed_in == world.subscribed_in).all()


def test_knowing_more_earns_more_than_a_random_list(ground: Ground) -> None:
    profit = {
        policy: sum_profit(ground, play_policy(ground, Terms(quarters=4, budget_cny=1e9), policy, 4))
        for policy in ("random", "rules")
    }
    assert profit["random"] < 0 < profit["rules"]
