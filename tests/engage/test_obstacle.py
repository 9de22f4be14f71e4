import numpy as np
import pandas as pd
import pytest

from leadline.engage import likely_obstacle
from leadline.errors import DataError

BANDS = ["18-29", "30-39", "40-49", "50-59", "60+"]


def make_survey(rng, size, *, by_age):
    band = rng.choice(BANDS, size)
    young = np.isin(band, ["18-29", "30-39"])
    common = rng.choice(["security", "pc", "price"], size, p=[0.5, 0.3, 0.2])
    by_band = np.where(young, "price", "difficulty")
    answer = np.where(rng.random(size) < 0.7, by_band, common) if by_age else common
    return pd.DataFrame({"main_obstacle": answer, "age_band": band, "weight": rng.uniform(1, 3, size)})


@pytest.fixture
def people():
    return pd.DataFrame({"customer_id": range(4), "age_years": [22, 70, None, 15]})


def test_an_attribute_that_tells_is_used(people, rng) -> None:
    result = likely_obstacle(people, make_survey(rng, 600, by_age=True), rng=rng)
    assert result.is_better
    assert list(result.guesses["obstacle"])[:2] == ["price", "difficulty"]
    assert result.gain.lower > 0.1
    assert result.unseen == 2
    assert "tells the main obstacle right for" in result.summary


def test_an_attribute_that_tells_nothing_is_owned_up_to(people, rng) -> None:
    better = 0
    everybody = pd.DataFrame({"customer_id": range(5), "age_band": BANDS})
    for _ in range(10):
        result = likely_obstacle(everybody, make_survey(rng, 60, by_age=False), rng=rng)
        better += result.is_better
        if not result.is_better:
            assert len(result.guesses["obstacle"].unique()) == 1  # though the small bands differ by chance
            assert "tells no more about the main obstacle" in result.summary
    assert better <= 2


def test_weights_decide_what_is_most_frequent(people, rng) -> None:
    survey = pd.DataFrame({"main_obstacle": ["pc"] * 60 + ["price"] * 40, "age_band": BANDS * 20})
    survey["weight"] = np.where(survey["main_obstacle"] == "price", 10.0, 1.0)
    result = likely_obstacle(people, survey, rng=rng)
    assert set(result.guesses["obstacle"]) == {"price"}
    assert result.gain.common_share == pytest.approx(400 / 460)


def test_all_problems_come_at_once(people, rng) -> None:
    survey = make_survey(rng, 60, by_age=False)
    survey.loc[0, "main_obstacle"] = "rare"
    survey.loc[1, "weight"] = -1
    with pytest.raises(DataError) as caught:
        likely_obstacle(people.drop(columns="age_years"), survey, rng=rng)
    text = str(caught.value)
    for part in (
        "'rare' was answered 1 times",
        "weight: values are missing or negative",
        "age_band: the customers",
    ):
        assert part in text
    with pytest.raises(DataError, match="0 different answers"):
        likely_obstacle(people, survey.assign(main_obstacle=None), rng=rng)


def test_the_result_draws_and_records(people, rng) -> None:
    result = likely_obstacle(people, make_survey(rng, 300, by_age=True), rng=rng)
    assert result.answers["customers"].sum() == 4
    assert "price" in result.figure().get_label()
    assert result.to_dict()["obstacle_is_better"] is True
    assert "<table" in result._repr_html_()
