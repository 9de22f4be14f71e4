import numpy as np

from leadline.course.game.firm import find_past_value, list_channels, list_customers, list_pilot
from leadline.course.game.ground import Ground
from leadline.course.game.world import World
from leadline.market.truth import ARMS


def test_the_partners_columns_are_empty_where_it_knows_nobody(ground: Ground) -> None:
    customers = list_customers(World(ground))
    unknown = customers.loc[~customers["matched"], ["staff", "trades_3m", "assets_cny", "risk_level"]]
    assert unknown.isna().all(axis=None)
    known = customers[customers["matched"]]
    assert known["trades_3m"].notna().all()
    assert known["risk_level"].dropna().astype(int).between(1, 5).all()
    assert 0 < known["risk_level"].isna().mean() < 0.2  # the partner's own gaps


def test_what_happens_in_the_game_is_not_in_the_tables(ground: Ground) -> None:
    world = World(ground)
    before = list_customers(world)
    world.play(ground.able, np.full(len(ground.able), 2, np.int8))
    assert list_customers(world).equals(before)


def test_the_pilot_is_the_markets_own(ground: Ground) -> None:
    pilot, market = list_pilot(ground.market), ground.market
    rows = np.searchsorted(market.observed.customer_id, pilot["customer_id"])
    assert set(rows) == set(np.flatnonzero(market.observed.recently_contacted))
    assert set(pilot["channel"]) == set(ARMS)
    assert pilot.loc[pilot["channel"] == "none", "reached"].isna().all()
    assert market.truth.subscribed_before[rows[pilot["subscribed"]]].all()


def test_channels_have_the_markets_prices_and_limits(ground: Ground) -> None:
    channels = list_channels(ground.market).set_index("channel")
    assert channels.loc["call"].tolist() == [0.55, 3.5, 600]


def test_the_value_of_a_subscriber_is_of_earlier_ones(ground: Ground) -> None:
    truth = ground.market.truth
    assert find_past_value(ground.market) == truth.value_cny[truth.subscribed_before].astype(float).mean()
