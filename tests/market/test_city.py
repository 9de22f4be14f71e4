"""People are alike where they should be: marginals, correlations, circles, and the truth's own rules."""

from dataclasses import fields, replace

import numpy as np
import pytest

from leadline.market.circles import count_friends, count_ties
from leadline.market.city import City, make_city
from leadline.market.parameters import MarketParameters
from leadline.market.truth import ARMS


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def test_the_same_seed_gives_the_same_city() -> None:
    first, again, other = (make_city(MarketParameters(), seed, 0, 5_000) for seed in (1, 1, 2))
    for part in ("observed", "truth"):
        for declared in fields(getattr(first, part)):
            values = [getattr(getattr(city, part), declared.name) for city in (first, again, other)]
            assert np.array_equal(values[0], values[1]), declared.name
    assert not np.array_equal(first.truth.income, other.truth.income)


def test_rates_are_the_parameters(city: City) -> None:
    parameters, truth, seen = city.parameters, city.truth, city.observed
    assert truth.is_holder.mean() == pytest.approx(parameters.holder_rate, abs=0.006)
    assert seen.consent.mean() == pytest.approx(parameters.consent_rate, abs=0.008)
    assert seen.do_not_contact.mean() == pytest.approx(parameters.do_not_contact_rate, abs=0.004)
    assert truth.has_partner_account[truth.is_holder].mean() == pytest.approx(0.25, abs=0.03)
    assert seen.matched[truth.has_partner_account].mean() == pytest.approx(0.88, abs=0.04)
    assert not seen.matched[~truth.has_partner_account].any()
    assert 18 <= truth.age_years.min() <= truth.age_years.max() <= 75


@pytest.mark.parametrize("size", [2_000, 2_001, 9_999])
def test_small_cities_hold_at_the_same_rate(size: int) -> None:
    rates = [make_city(MarketParameters(), seed, 0, size).truth.is_holder.mean() for seed in range(6)]
    assert np.mean(rates) == pytest.approx(0.09, abs=0.012)


def test_people_are_as_described(city: City) -> None:
    truth, seen = city.truth, city.observed
    assert correlation(truth.mobile_affinity, truth.age_years) < -0.35
    assert 0.15 < correlation(truth.mobile_affinity, truth.income) < 0.45
    assert correlation(np.log(seen.spend_cny), truth.income) > 0.5
    assert correlation(truth.price_sensitivity, truth.income) < -0.4
    assert correlation(np.log1p(seen.traffic_mb), truth.mobile_affinity) > 0.5
    assert truth.income[truth.is_holder].mean() > 0.4
    near = seen.branch_distance_km < 1
    assert seen.branch_days[near].mean() > 2 * seen.branch_days[~near].mean()
    assert truth.trades_in_hall[~truth.is_holder].sum() == 0


def test_holders_cluster_in_circles(city: City) -> None:
    truth = city.truth
    share = count_friends(city.ties, truth.is_holder) / count_ties(city.ties, city.size)
    assert share[truth.is_holder].mean() > 1.6 * share[~truth.is_holder].mean()


def test_investing_shows_weakly_in_telecom_behaviour(city: City) -> None:
    truth, seen = city.truth, city.observed
    assert seen.broker_calls[truth.is_holder].mean() > 1.5 * seen.broker_calls[~truth.is_holder].mean()
    assert seen.fund_calls[truth.is_holder].mean() > seen.fund_calls[~truth.is_holder].mean()
    assert abs(correlation(seen.broker_calls, truth.is_holder)) < 0.2


def test_without_signal_order_hotlines_tell_nothing() -> None:
    silent = make_city(MarketParameters(signal=0.0, staff_share=0.0), 7, 0, 50_000)
    of_holders = silent.observed.broker_calls[silent.truth.is_holder].mean()
    assert of_holders == pytest.approx(silent.observed.broker_calls.mean(), rel=0.25)


def test_the_partner_knows_its_clients_trading(city: City) -> None:
    at = city.observed.matched
    assert correlation(city.observed.trades_3m[at], city.truth.trades_per_month[at]) > 0.9
    assert correlation(city.observed.pc_share[at], city.truth.has_pc_substitute[at]) > 0.7
    assert not city.observed.trades_3m[~at].any()


def test_who_cannot_subscribe_never_does(city: City) -> None:
    truth = city.truth
    unable = ~truth.is_holder | truth.is_staff | truth.subscribed_before
    assert not truth.chance[unable].any()
    assert not truth.outcome[unable].any()
    assert (truth.chance[~unable] > 0).all()
    assert not truth.subscribed_before[~truth.is_holder | truth.is_staff].any()
    assert truth.chance.shape == truth.outcome.shape == (city.size, len(ARMS))


def test_outcomes_come_as_often_as_their_chances(city: City) -> None:
    expected, variance = (
        city.truth.chance.sum(axis=0),
        (city.truth.chance * (1 - city.truth.chance)).sum(axis=0),
    )
    assert (abs(city.truth.outcome.sum(axis=0) - expected) < 4 * np.sqrt(variance)).all()


def test_a_contact_never_lowers_a_chance(city: City) -> None:
    assert (city.truth.chance[:, 1:] >= city.truth.chance[:, :1] - 1e-6).all()
    assert (city.truth.outcome[:, 1:] >= city.truth.outcome[:, :1]).all()


def test_a_friend_s_word_reaches_only_who_has_a_friend_that_uses_it(city: City) -> None:
    truth, referral = city.truth, ARMS.index("referral")
    able = truth.is_holder & ~truth.is_staff & ~truth.subscribed_before
    without = able & (truth.friends_using == 0)
    assert without.any()
    np.testing.assert_array_equal(truth.chance[without, referral], truth.chance[without, 0])
    np.testing.assert_array_equal(truth.outcome[without, referral], truth.outcome[without, 0])
    assert (truth.chance[able & ~without, referral] > truth.chance[able & ~without, 0]).all()


def test_more_reach_never_lowers_a_chance(city: City) -> None:
    parameters = city.parameters
    raised = replace(
        parameters, reach=tuple(min(1.0, 1.3 * reach) for reach in parameters.reach), pilot_share=0.0
    )
    usual = make_city(replace(parameters, pilot_share=0.0, pilot_partner_share=0.0), 7, 1, 20_000).truth
    more = make_city(replace(raised, pilot_partner_share=0.0), 7, 1, 20_000).truth
    assert (more.chance >= usual.chance - 1e-6).all()
    assert more.chance[:, 1:].sum() > 1.05 * usual.chance[:, 1:].sum()


def test_the_pilot_is_over_when_lists_are_made(city: City) -> None:
    assert (city.pilot.arm == 0).any()
    won = city.pilot.row[city.pilot.is_subscribed]
    np.testing.assert_array_equal(np.flatnonzero(city.observed.recently_contacted), city.pilot.row)
    assert city.observed.subscribed_before[won].all()
    assert not city.observed.permitted[city.pilot.row].any()
    assert not city.observed.permitted[city.observed.do_not_contact | ~city.observed.consent].any()
