import numpy as np
import pytest

from leadline.course.game.ground import Ground
from leadline.course.game.rules import FATIGUE, OPT_OUT
from leadline.course.game.world import World
from leadline.market.truth import ARMS

NOBODY, NOTHING = np.empty(0, np.int64), np.empty(0, np.int8)
CALL, REFERRAL = ARMS.index("call"), ARMS.index("referral")


def by(channel: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return rows, np.full(len(rows), channel, np.int8)


@pytest.mark.parametrize("channel", range(1, len(ARMS)))
def test_a_first_contact_has_the_markets_own_chance(ground: Ground, channel: int) -> None:
    """As `leadline.market.response` draws it, for those whose friends did nothing in the quarter before."""
    world, truth = World(ground), ground.market.truth
    friends = ground.count_friends(world.subscribes)
    played = world.play(*by(channel, ground.able))
    same = (friends[ground.able] == truth.friends_using[ground.able]) & played.at_risk
    assert same.sum() > 300
    np.testing.assert_allclose(played.chance[same], truth.chance[ground.able[same], channel], atol=1e-6)
    np.testing.assert_allclose(played.alone[same], truth.chance[ground.able[same], 0], atol=1e-6)


def test_chances_are_what_happens_on_average(ground: Ground) -> None:
    chances, outcomes = [], []
    for luck in range(60):
        world = World(Ground(ground.market, luck))
        played = world.play(*by(CALL, ground.able))
        chances.append(played.chance[played.at_risk].sum())
        outcomes.append(len(played.subscribed))
    error = np.std(np.subtract(chances, outcomes)) / 60**0.5
    assert abs(np.mean(chances) - np.mean(outcomes)) < 3 * error


def test_worlds_share_their_luck_and_nothing_else(ground: Ground) -> None:
    """Whom nobody contacts, and whose friends do the same, does the same in both worlds."""
    alone, busy = World(ground), World(ground)
    alone.play(NOBODY, NOTHING)
    played = busy.play(*by(CALL, ground.able[::2]))
    others = np.setdiff1d(ground.able, ground.able[::2])
    assert (alone.subscribed_in[others] == busy.subscribed_in[others]).all()
    assert (busy.subscribed_in[played.contacted] == 1).sum() > (
        alone.subscribed_in[played.contacted] == 1
    ).sum()
    again = World(ground)
    again.play(*by(CALL, ground.able[::2]))
    assert (again.subscribed_in == busy.subscribed_in).all()


def test_contacts_weary_for_two_quarters(ground: Ground) -> None:
    rows = np.setdiff1d(np.arange(2_000), ground.able)  # they never subscribe, so that they stay
    fresh = World(ground).play(*by(CALL, rows)).is_reached.mean()
    world = World(ground)
    world.play(*by(CALL, rows))
    kept = np.flatnonzero(~world.has_opted_out[rows])
    second = world.play(*by(CALL, rows[kept])).is_reached.mean()
    third = world.play(*by(CALL, rows[kept])).is_reached.mean()
    for _quarter in range(2):
        world.play(NOBODY, NOTHING)
    rested = world.play(*by(CALL, rows[kept])).is_reached.mean()
    assert abs(second / fresh - FATIGUE) < 0.06
    assert abs(third / fresh - FATIGUE**2) < 0.06
    assert abs(rested / fresh - 1) < 0.06


def test_only_a_repeated_contact_that_gets_through_drives_away(ground: Ground) -> None:
    rows = np.setdiff1d(np.arange(10_000), ground.able)
    world = World(ground)
    first = world.play(*by(CALL, rows))
    second = world.play(*by(CALL, rows))
    assert len(first.opted_out) == 0
    reached = second.contacted[second.is_reached]
    assert np.isin(second.opted_out, reached).all()
    assert abs(len(second.opted_out) / len(reached) - OPT_OUT) < 0.012
    third = world.play(*by(CALL, rows))
    assert not np.isin(third.contacted, second.opted_out).any()
    assert abs(len(third.opted_out) / third.is_reached.sum() - 2 * OPT_OUT) < 0.02


def test_who_opted_out_never_subscribes(ground: Ground) -> None:
    world = World(ground)
    world.opted_out_in[ground.able] = 0
    played = world.play(*by(CALL, ground.able))
    assert not len(played.subscribed)
    assert not len(played.contacted)
    assert played.cost_cny == 0
    assert not played.chance.any()


def test_who_subscribes_leaves_the_pool(ground: Ground) -> None:
    world = World(ground)
    first = world.play(*by(CALL, ground.able))
    second = world.play(*by(CALL, ground.able))
    assert len(first.subscribed) > 50
    assert not np.isin(first.subscribed, second.contacted).any()
    assert not np.isin(first.subscribed, second.subscribed).any()
    assert second.cost_cny == 3.5 * len(second.contacted)


def test_the_held_out_are_followed_and_left_alone(ground: Ground) -> None:
    world, alone = World(ground), World(ground)
    rows, none = by(0, ground.able)
    played = world.play(rows, none)
    assert played.cost_cny == 0
    assert len(played.contacted) == 0
    assert (played.subscribed == alone.play(NOBODY, NOTHING).subscribed).all()
    assert (world.find_followed(1) == ground.able).all()


def test_a_friend_won_opens_the_way_for_a_referral(ground: Ground) -> None:
    """Nobody without friends who use the service can be referred; when friends subscribe, some can."""
    world = World(ground)
    friends = ground.count_friends(world.subscribes)
    lonely = np.flatnonzero(friends == 0)
    assert not world.play(*by(REFERRAL, lonely)).is_reached.any()
    world.play(*by(CALL, np.setdiff1d(ground.able, lonely)))
    now = ground.count_friends(world.subscribes)
    assert world.play(*by(REFERRAL, lonely[now[lonely] > 0])).is_reached.any()


def test_the_pilots_customers_decided_in_the_pilot(ground: Ground) -> None:
    before = World(ground).played[0]
    pilot = ground.market.observed.recently_contacted
    assert len(before.subscribed) > 0
    assert not pilot[before.subscribed].any()
