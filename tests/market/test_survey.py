"""The sample against its own people: shares, weights, who is asked, and intervals that hold."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from leadline.data.contract import check_table
from leadline.data.tables import SURVEY
from leadline.discover import estimate_shares, name_shares, read_answers
from leadline.market.city import City, make_city
from leadline.market.parameters import MarketParameters
from leadline.market.shares import CASE_SHARES, true_shares
from leadline.market.streams import Purpose
from leadline.market.survey import STRATA, Answers, draw_answers, draw_survey, find_respondents

SMALL = MarketParameters(survey_subscribers=60, survey_investors=300, survey_others=200)


def estimate(survey: pd.DataFrame) -> pd.DataFrame:
    return estimate_shares(read_answers(survey), name_shares()).shares.set_index("question")


def ask(city: City) -> Answers:
    return draw_answers(city.parameters, city.truth, city.streams.open(Purpose.SURVEY))


def sample(parameters: MarketParameters, cities: Sequence[Answers]) -> pd.DataFrame:
    return draw_survey(parameters, [find_respondents(parameters, city) for city in cities])


@pytest.fixture(scope="module")
def cities() -> list[Answers]:
    return [ask(make_city(MarketParameters(), 21, number, 100_000)) for number in range(4)]


def test_true_shares_are_near_the_case(cities: list[Answers]) -> None:
    shares = true_shares(cities).set_index("question")
    luck = 3.5 * np.sqrt(0.25 / shares["people"])
    assert (abs(shares["share"] - pd.Series(CASE_SHARES)) < luck).all()
    assert shares["share"]["used_by_non_investors"] == 0


def test_true_shares_count_the_people_they_are_shares_of(cities: list[Answers]) -> None:
    light = sum(int((city.has_tried & ~city.uses_often).sum()) for city in cities)
    hard = sum(int((city.has_tried & ~city.uses_often & city.finds_difficult).sum()) for city in cities)
    row = true_shares(cities).set_index("question").loc["finds_difficult"]
    assert (row["people"], row["share"]) == (light, hard / light)


def test_the_sample_keeps_the_contract_and_its_strata(cities: list[Answers]) -> None:
    survey = check_table(sample(SMALL, cities), SURVEY, "survey")
    assert survey["stratum"].value_counts().reindex(STRATA).tolist() == [60, 300, 200]
    weights = survey.groupby("stratum")["weight"].sum()
    people = [sum(int((city.stratum == code).sum()) for city in cities) for code in range(3)]
    np.testing.assert_allclose(weights[list(STRATA)], people)
    assert survey["weight"].sum() == pytest.approx(400_000)
    assert survey["stratum"].iloc[:100].nunique() == 3  # the strata take turns


def test_only_those_are_asked_whom_a_question_concerns(cities: list[Answers]) -> None:
    survey = sample(SMALL, cities)
    asked = survey.notna()
    tried, holds = survey["has_tried"], survey["holds_account"]
    assert (asked["uses_often"] == tried).all()
    assert (asked["places_orders"] == tried).all()
    assert (asked["finds_difficult"] == (tried & ~survey["uses_often"].fillna(value=True))).all()
    for question in ("slow_data_has_broadband", "pc_is_substitute"):
        assert (asked[question] == holds).all()
    assert (asked["main_obstacle"] == (holds & ~tried)).all()
    assert not (tried & ~holds).any()


def test_every_person_of_a_stratum_is_as_likely_to_be_asked(cities: list[Answers]) -> None:
    """Over many markets each city gives respondents in proportion to its people of the stratum."""
    shares = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        drawn = [replace(city, lot=rng.random(len(city.lot))) for city in cities[:2]]
        pools = [find_respondents(SMALL, city) for city in drawn]
        pools[0].frame["age_band"] = "first"
        survey = draw_survey(SMALL, pools)
        shares.append((survey.loc[survey["stratum"] == "investors", "age_band"] == "first").mean())
    first, second = (int((city.stratum == 1).sum()) for city in cities[:2])
    expected = first / (first + second)
    assert np.mean(shares) == pytest.approx(expected, abs=4 * np.sqrt(0.25 / 300 / 40))


def test_a_stratum_smaller_than_its_sample_is_asked_whole() -> None:
    answers = ask(make_city(MarketParameters(), 5, 0, 4_000))
    survey = sample(MarketParameters(), [answers])
    own = survey[survey["stratum"] == "subscribers"]
    assert len(own) == (answers.stratum == 0).sum() > 0
    assert (own["weight"] == 1).all()
    found = estimate(survey).loc["uses_often"]
    truth = true_shares([answers]).set_index("question")["share"]["uses_often"]
    assert found["share"] == truth
    assert found["share_ci_lower"] == found["share_ci_upper"] == truth  # a census has no luck


def test_price_is_a_barrier_but_not_the_main_one(cities: list[Answers]) -> None:
    obstacles = sample(MarketParameters(), cities)["main_obstacle"].value_counts()
    assert obstacles["price"] < obstacles["difficulty"]
    assert obstacles["price"] < obstacles["security"] < obstacles["pc"]


def test_answers_are_traits(city: City) -> None:
    first, second = ask(city), ask(city)
    for name, values in vars(first).items():
        np.testing.assert_array_equal(values, getattr(second, name))


def test_intervals_hold_the_truth_about_95_times_in_100(cities: list[Answers]) -> None:
    """100 samples of the same people; 100 markets of their own are in benchmarks/market_survey.py."""
    few = np.flatnonzero(cities[0].holds_account | (np.arange(100_000) < 2_000))
    people = Answers(**{name: values[few] for name, values in vars(cities[0]).items()})
    truth = true_shares([people]).set_index("question")["share"]
    held = []
    for seed in range(100):
        lots = np.random.default_rng(seed).random(len(few))
        found = estimate(sample(SMALL, [replace(people, lot=lots)]))
        held.append((found["share_ci_lower"] <= truth) & (truth <= found["share_ci_upper"]))
    coverage = pd.concat(held, axis=1).mean(axis=1)
    assert (coverage >= 0.89).all(), coverage  # 0.95 less 2.8 standard errors
    assert coverage["slow_data_has_broadband"] < 1  # an interval that never fails is too wide
