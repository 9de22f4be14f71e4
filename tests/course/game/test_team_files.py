import numpy as np
import pytest

from leadline.course.game.ground import Ground
from leadline.course.game.team_files import list_quarter, list_summary
from leadline.course.game.world import World


@pytest.fixture(scope="module")
def world(ground: Ground) -> World:
    """Half of the able called, the other half held out; then nobody; then a third called."""
    world = World(ground)
    rows = ground.able[:800]
    world.play(rows, np.where(np.arange(len(rows)) % 2, 2, 0).astype(np.int8))
    world.play(np.empty(0, np.int64), np.empty(0, np.int8))
    world.play(rows[::3], np.full(len(rows[::3]), 2, np.int8))
    return world


def test_each_listed_customer_is_told_as_the_firm_would_see_it(world: World) -> None:
    told = list_quarter(world, 1).set_index("customer_id")
    played, ids = world.played[1], world.ground.market.observed.customer_id
    assert (told.index == np.sort(ids[played.listed])).all()
    assert told["contacted"].sum() == len(played.contacted)
    assert told["reached"].eq(True).sum() == played.is_reached.sum()
    assert told.loc[told["channel"] == "none", "reached"].isna().all()
    listed_and_won = np.intersect1d(played.subscribed, played.listed)
    assert set(told.index[told["subscribed"]]) == set(ids[listed_and_won])
    assert told["subscribed_quarter"].dropna().isin([0, 1]).all()


def test_customers_stay_followed_when_they_are_on_no_list(world: World) -> None:
    told = list_quarter(world, 2)
    assert len(told) == len(list_quarter(world, 1))
    assert told["channel"].isna().all()
    assert not told["contacted"].any()
    assert told["subscribed"].any()  # some came unasked


def test_revenue_comes_month_by_month_until_they_give_up(world: World) -> None:
    truth = world.ground.market.truth
    told = {
        number: list_quarter(world, number).set_index("customer_id")["revenue_cny"] for number in (1, 2, 3)
    }
    won = world.played[1].subscribed
    row = int(won[np.isin(won, world.played[1].listed) & (truth.months_kept[won] == 12)][0])
    customer = world.ground.market.observed.customer_id[row]
    value = float(truth.value_cny[row])
    for number, months in ((1, 1.5), (2, 4.5), (3, 7.5)):
        assert told[number][customer] == pytest.approx(value * months / 12, abs=0.006)
    assert (told[1] <= told[2]).all()
    assert (told[2] <= told[3]).all()


def test_the_summary_adds_up(world: World) -> None:
    summary = list_summary(world, 5_000)
    assert summary["quarter"].tolist() == [0, 1, 2, 3]
    assert summary["listed"].tolist() == [0, len(world.played[1].listed), 0, len(world.played[3].listed)]
    assert (
        summary["contacted_subscribed"] + summary["held_out_subscribed"] <= summary["firm_subscribed"]
    ).all()
    assert summary["cost_cny"].sum() == pytest.approx(3.5 * summary["contacted"].sum())
    assert summary["budget_left_cny"].iloc[-1] == pytest.approx(5_000 - summary["cost_cny"].sum())
    assert summary["firm_subscribed"].sum() == (world.subscribed_in >= 0).sum()
