"""The pilot and the launch: whom they may contact, that arms are drawn by lot, and what the tables say."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from leadline.data.contract import check_table
from leadline.data.tables import CONTACTS, HOLDINGS, OUTCOMES
from leadline.market.campaign_rows import LAUNCH, PILOT, run_launch, tabulate_campaigns
from leadline.market.city import City, make_city
from leadline.market.history import draw_launch, draw_pilot, last_day, launch_start, pilot_start
from leadline.market.parameters import MarketParameters
from leadline.market.truth import ARMS

CALL, SMS = ARMS.index("call"), ARMS.index("sms")


@pytest.fixture(scope="module")
def tables(city: City) -> dict[str, pd.DataFrame]:
    parts: dict[str, list[pa.Table]] = {}
    for name, rows in tabulate_campaigns(city):
        parts.setdefault(name, []).append(rows)
    frames = {name: pa.concat_tables(rows).to_pandas(date_as_object=False) for name, rows in parts.items()}
    frames["contacts"]["is_reached"] = frames["contacts"]["is_reached"].astype("boolean")
    return frames


def test_the_calendar() -> None:
    assert (str(pilot_start()), str(last_day(pilot_start()))) == ("2025-04-01", "2025-06-30")
    assert (str(launch_start()), str(last_day(launch_start()))) == ("2025-07-01", "2025-09-30")


@pytest.mark.parametrize("draw", [draw_pilot, draw_launch])
def test_nobody_is_contacted_who_may_not_be(draw: object) -> None:
    rng = np.random.default_rng(1)
    permitted, matched = rng.random((2, 20_000)) < 0.5
    outcome = rng.random((20_000, len(ARMS))) < 0.5
    campaign = draw(MarketParameters(pilot_share=0.5), permitted, matched, outcome, rng)  # type: ignore[operator]
    assert permitted[campaign.row].all()
    assert len(campaign.row) > 1_000
    assert (np.diff(campaign.row) > 0).all()


def test_the_pilot_draws_every_arm_alike_and_the_partner_s_more_often() -> None:
    rng = np.random.default_rng(2)
    everybody = np.ones(200_000, bool)
    matched = np.arange(200_000) < 40_000
    parameters = MarketParameters(pilot_share=0.02, pilot_partner_share=0.2)
    pilot = draw_pilot(parameters, everybody, matched, np.zeros((200_000, len(ARMS)), bool), rng)
    shares = np.bincount(pilot.arm) / len(pilot.arm)
    np.testing.assert_allclose(shares, 1 / len(ARMS), atol=4 * np.sqrt(0.14 / len(pilot.arm)))
    assert matched[pilot.row].sum() == pytest.approx(0.22 * 40_000, rel=0.06)
    assert (~matched[pilot.row]).sum() == pytest.approx(0.02 * 160_000, rel=0.08)


def test_the_launch_calls_messages_and_holds_out_the_partner_s_by_lot() -> None:
    rng = np.random.default_rng(3)
    everybody = np.ones(100_000, bool)
    matched = np.arange(100_000) < 50_000
    parameters = MarketParameters(launch_share=0.6, launch_holdout=0.3)
    launch = draw_launch(parameters, everybody, matched, np.zeros((100_000, len(ARMS)), bool), rng)
    assert matched[launch.row].all()
    assert len(launch.row) == pytest.approx(30_000, rel=0.03)
    shares = np.bincount(launch.arm, minlength=len(ARMS)) / len(launch.arm)
    np.testing.assert_allclose(shares[[0, CALL, SMS]], [0.3, 0.35, 0.35], atol=0.015)
    assert shares[[0, CALL, SMS]].sum() == pytest.approx(1)


def test_outcomes_are_the_potential_ones_of_the_arm_drawn(city: City) -> None:
    launch = run_launch(city)
    np.testing.assert_array_equal(launch.is_subscribed, city.truth.outcome[launch.row, launch.arm])
    assert 0 < launch.is_subscribed.sum() < len(launch.row)


def test_subscriptions_are_dated_between_contact_and_the_campaign_s_end(city: City) -> None:
    for campaign, start in ((city.pilot, pilot_start()), (run_launch(city), launch_start())):
        assert (campaign.contacted_on >= start).all()
        assert (campaign.contacted_on < start + 30).all()
        dated = ~np.isnat(campaign.subscribed_on)
        np.testing.assert_array_equal(dated, campaign.is_subscribed)
        won = campaign.subscribed_on[dated]
        assert (won >= campaign.contacted_on[dated]).all()
        assert (won <= last_day(start)).all()


def test_a_late_decision_is_dated_on_the_campaign_s_last_day() -> None:
    everybody, rng = np.ones(2_000, bool), np.random.default_rng(4)
    parameters = MarketParameters(pilot_share=1.0, decision_days=60)
    pilot = draw_pilot(parameters, everybody, everybody, np.ones((2_000, len(ARMS)), bool), rng)
    assert pilot.subscribed_on.max() == last_day(pilot_start())
    assert (pilot.subscribed_on == last_day(pilot_start())).mean() < 0.5


def test_the_pilot_s_subscribers_have_the_service_and_its_list_is_left_in_peace(city: City) -> None:
    pilot, truth = city.pilot, city.truth
    assert pilot.is_subscribed.any()
    assert truth.subscribed_before[pilot.row[pilot.is_subscribed]].all()
    assert not truth.outcome[pilot.row[pilot.is_subscribed]].any()
    assert (pilot.arm == 0).any()
    assert not city.observed.permitted[pilot.row].any()
    assert np.intersect1d(run_launch(city).row, pilot.row).size == 0


def test_the_tables_keep_their_contracts(tables: dict[str, pd.DataFrame]) -> None:
    for contract in (CONTACTS, OUTCOMES, HOLDINGS):
        check_table(tables[contract.name], contract, contract.name)
    contacts, outcomes = tables["contacts"], tables["outcomes"]
    key = ["campaign_id", "customer_id"]
    pd.testing.assert_frame_equal(contacts[key], outcomes[key])
    assert sorted(contacts["campaign_id"].unique()) == [PILOT, LAUNCH]
    assert (outcomes["revenue_cny"].notna() == outcomes["is_subscribed"]).all()
    assert (outcomes["subscribed_on"].notna() == outcomes["is_subscribed"]).all()


def test_the_hold_out_costs_nothing_and_is_never_reached(tables: dict[str, pd.DataFrame]) -> None:
    contacts = tables["contacts"]
    held_out = contacts["channel"] == "none"
    assert (contacts["cost_cny"] == 0).equals(held_out)
    assert contacts["is_reached"].isna().equals(held_out)
    calls = contacts[contacts["channel"] == "call"]
    assert (calls["cost_cny"] == MarketParameters().cost_cny[CALL - 1]).all()
    reach = calls["is_reached"].astype(bool).mean()
    assert reach == pytest.approx(0.55, abs=4 * np.sqrt(0.25 / len(calls)))


def test_a_contact_not_reached_changes_nothing(city: City, tables: dict[str, pd.DataFrame]) -> None:
    both = tables["contacts"].merge(tables["outcomes"])
    is_missed = (~both["is_reached"]).fillna(value=False)
    missed = both[is_missed & (both["campaign_id"] == LAUNCH)]
    row = missed["customer_id"].to_numpy() - city.observed.customer_id[0]
    np.testing.assert_array_equal(missed["is_subscribed"], city.truth.outcome[row, 0])
    assert len(missed) > 30


def test_holdings_are_those_who_had_the_service_those_won_and_those_who_came_alone(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    holdings, outcomes = tables["holdings"].set_index("customer_id"), tables["outcomes"]
    won = outcomes[outcomes["is_subscribed"]].set_index("customer_id")
    before = city.observed.customer_id[city.truth.subscribed_before]
    alone = city.truth.outcome[:, 0] & ~np.isin(city.observed.customer_id, outcomes["customer_id"])
    came = pd.Index(city.observed.customer_id[alone])
    assert len(came) > 50
    assert not came.isin(won.index).any()
    assert set(holdings.index) == set(before) | set(won.index) | set(came)
    pd.testing.assert_series_equal(
        holdings.loc[won.index, "since"], won["subscribed_on"], check_names=False, check_dtype=False
    )
    assert holdings.loc[came, "since"].between("2025-07-01", "2025-09-30").all()
    others = holdings.drop(won.index.union(came))
    assert (others["since"] < pd.Timestamp("2025-04-01")).all()  # before the pilot, which left them out


def test_a_subscription_is_kept_for_its_months_from_its_day_or_the_list_s(
    city: City, tables: dict[str, pd.DataFrame]
) -> None:
    holdings = tables["holdings"]
    early = holdings["since"] < pd.Timestamp(pilot_start())
    start = holdings["since"].where(~early, pd.Timestamp("2025-07-01"))
    kept = city.truth.months_kept[holdings["customer_id"].to_numpy() - city.observed.customer_id[0]]
    ended = holdings["until"].notna().to_numpy()
    months = (holdings["until"] - start).dt.days / 30.4375
    for group in (early, ~early):
        assert (ended & group).sum() > 20
    np.testing.assert_allclose(months[ended], kept[ended], atol=0.05)
    np.testing.assert_array_equal(ended[early], kept[early] < 12)
    assert (~ended[kept == 12]).all()


def test_who_is_left_alone_subscribes_as_often_and_as_late_as_the_launch_s_hold_out() -> None:
    parameters = MarketParameters(holder_rate=0.3, partner_share=0.6, launch_holdout=0.8)
    city = make_city(parameters, 5, 0, 40_000)
    launch = run_launch(city)
    (holdings,) = (table.to_pandas() for name, table in tabulate_campaigns(city) if name == "holdings")
    since = pd.to_datetime(holdings.set_index("customer_id")["since"]).reindex(city.observed.customer_id)
    came = (since >= pd.Timestamp(launch_start())).to_numpy()
    free = city.observed.permitted & city.observed.matched
    held_out, listed = np.zeros(city.size, bool), np.zeros(city.size, bool)
    held_out[launch.row[launch.arm == 0]] = listed[launch.row] = True
    groups = [free & ~listed, held_out]
    shares = [came[group].mean() for group in groups]
    error = np.sqrt(
        sum(share * (1 - share) / group.sum() for share, group in zip(shares, groups, strict=True))
    )
    assert shares[1] > 6 * error
    assert abs(shares[0] - shares[1]) < 3 * error
    days = [since[group & came].astype("datetime64[s]").astype("int64") / 86_400 for group in groups]
    assert abs(days[0].mean() - days[1].mean()) < 3 * np.sqrt(sum(day.var() / len(day) for day in days))


def test_who_keeps_it_for_twelve_months_has_not_given_up(city: City, tables: dict[str, pd.DataFrame]) -> None:
    won = city.pilot.row[city.pilot.is_subscribed]
    holdings = tables["holdings"].set_index("customer_id").loc[city.observed.customer_id[won]]
    stays = city.truth.months_kept[won] == 12
    assert stays.any()
    assert holdings["until"][stays].isna().all()
    assert (holdings["until"][~stays] > holdings["since"][~stays]).all()


def test_a_market_without_a_pilot_or_launch_is_possible() -> None:
    parameters = MarketParameters(pilot_share=0, pilot_partner_share=0, launch_share=0)
    city = make_city(parameters, 1, 0, 4_000)
    assert not city.observed.recently_contacted.any()
    assert dict(tabulate_campaigns(city))["contacts"].num_rows == 0
