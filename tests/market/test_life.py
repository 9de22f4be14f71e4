"""Use, churn and value: checked against the equations, not against the code's own sums."""

from dataclasses import replace

import numpy as np
import pytest

from leadline.market.city import City, make_city
from leadline.market.life import HORIZON_MONTHS, Life, draw_life
from leadline.market.parameters import MarketParameters
from leadline.market.truth import ARMS, USES, Truth

LIGHT, MEDIUM, HEAVY = (USES.index(use) for use in ("light", "medium", "heavy"))


def draw(city: City, seed: int = 1, **parameters: float) -> Life:
    return draw_life(MarketParameters(**parameters), city.truth, np.random.default_rng(seed))


def test_a_subscription_lasts_one_to_twelve_months_and_is_worth_what_it_lasts(city: City) -> None:
    life = draw(city, contribution_spread=0.0)
    assert set(np.unique(life.months_kept)) == set(range(1, HORIZON_MONTHS + 1))
    parameters = MarketParameters()
    monthly = np.array(
        [parameters.contribution_light, parameters.contribution_medium, parameters.contribution_heavy]
    )
    np.testing.assert_allclose(life.value_cny, monthly[life.use] * life.months_kept, rtol=1e-6)


def test_giving_up_follows_the_hazard_of_each_use(city: City) -> None:
    life = draw(city, churn_difficulty=0.0, churn_light=0.10, churn_medium=0.04, churn_heavy=0.02)
    for use, hazard in ((LIGHT, 0.10), (MEDIUM, 0.04), (HEAVY, 0.02)):
        months = life.months_kept[life.use == use]
        kept = [(months > month).mean() for month in (1, 6, 11)]
        expected = [(1 - hazard) ** month for month in (1, 6, 11)]
        np.testing.assert_allclose(kept, expected, atol=4 * np.sqrt(0.25 / len(months)))


def test_those_who_find_it_hard_give_up_sooner(city: City) -> None:
    life, difficulty = draw(city), city.truth.difficulty
    hard, easy = difficulty > 1, difficulty < -1
    for use in (LIGHT, MEDIUM):
        of_use = life.use == use
        assert life.months_kept[of_use & hard].mean() < life.months_kept[of_use & easy].mean()


@pytest.mark.parametrize(("rate", "months"), [(0.0, HORIZON_MONTHS), (1.0, 1)])
def test_hazards_of_none_and_of_all_are_possible(city: City, rate: float, months: int) -> None:
    life = draw(city, churn_light=rate, churn_medium=rate, churn_heavy=rate)
    assert (life.months_kept == months).all()


def test_spread_of_contribution_leaves_its_mean(city: City) -> None:
    narrow, wide = draw(city, contribution_spread=0.0), draw(city, contribution_spread=0.8)
    assert wide.value_cny.std() > 1.5 * narrow.value_cny.std()
    assert wide.value_cny.mean() == pytest.approx(narrow.value_cny.mean(), rel=0.03)


def test_trading_brings_use_and_difficulty_takes_it(city: City) -> None:
    life, truth = draw(city), city.truth
    holders = truth.is_holder
    score = life.use[holders].astype(float)
    assert np.corrcoef(score, np.log1p(truth.trades_per_month[holders]))[0, 1] > 0.1
    assert np.corrcoef(score, truth.difficulty[holders])[0, 1] < -0.1


def test_levels_are_those_they_were_calibrated_to() -> None:
    cities = [make_city(MarketParameters(), 11, number, 100_000).truth for number in range(3)]
    won = np.concatenate([truth.value_cny[truth.outcome[:, ARMS.index("call")]] for truth in cities])
    assert won.mean() == pytest.approx(120, abs=4 * won.std() / np.sqrt(len(won)))
    kept = np.concatenate([truth.months_kept[truth.subscribed_before] for truth in cities])
    assert 0.19 < (kept < HORIZON_MONTHS).mean() < 0.31  # a quarter leave in a year (system T12)


def test_the_same_stream_draws_the_same_life_whoever_else_subscribes(city: City) -> None:
    nobody: Truth = replace(city.truth, subscribed_before=np.zeros(city.size, bool))
    first = draw_life(MarketParameters(), city.truth, np.random.default_rng(3))
    second = draw_life(MarketParameters(), nobody, np.random.default_rng(3))
    np.testing.assert_array_equal(first.value_cny, second.value_cny)
