import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from leadline.engage import assign_tiers
from leadline.errors import DataError


@pytest.fixture
def scores():
    return pd.DataFrame(
        {"customer_id": [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], "score": [0.9] + [0.5] * 6 + [0.1] * 3}
    )


def test_ties_at_a_cut_go_by_id_whatever_the_order_or_type_of_ids(scores, rng) -> None:
    wanted = None
    for _ in range(5):
        shuffled = scores.sample(frac=1, random_state=rng)
        for ids in (shuffled["customer_id"], shuffled["customer_id"].astype(str)):
            result = assign_tiers(shuffled.assign(customer_id=ids), shares=(0.3, 0.5, 0.2))
            tier_a = list(result.assignments.query("tier == 'A'")["customer_id"])
            assert tier_a == ["10", "4", "5"]
            wanted = wanted if wanted is not None else result.assignments
            pd.testing.assert_frame_equal(result.assignments, wanted)
    assert result.tiers["tied_below"].tolist() == [4, 2, 0]
    assert "4 customers of the next tier have the lowest score of tier A" in result.warnings[0]


def test_cuts_take_the_score_itself(scores) -> None:
    result = assign_tiers(scores, cuts=(0.5, 0.2))
    assert result.tiers["customers"].tolist() == [7, 0, 3]
    assert result.tiers["tied_below"].tolist() == [0, 0, 0]


def test_predicted_rates_have_the_range_of_what_comes_true(rng) -> None:
    chances = rng.beta(1, 9, 4_000)
    result = assign_tiers(
        pd.DataFrame({"customer_id": range(4_000), "score": chances}), shares=(0.1, 0.2, 0.7)
    )
    first = result.tiers.iloc[0]
    best = np.sort(chances)[-400:]
    drawn = (rng.random((4_000, 400)) < best).mean(axis=1)
    inside = ((drawn >= first["expected_rate_ci_lower"]) & (drawn <= first["expected_rate_ci_upper"])).mean()
    assert first["expected_rate"] == pytest.approx(best.mean())
    assert 0.93 < inside < 0.97


def test_observed_rates_are_those_of_held_out_customers(scores) -> None:
    held_out = pd.DataFrame(
        {"score": [0.95, 0.9, 0.6, 0.5, 0.2, 0.05], "is_buyer": ["yes", "no", 1, 0, True, False]}
    )
    result = assign_tiers(scores, shares=(0.1, 0.6, 0.3), held_out=held_out)
    assert result.tiers["expected_rate"].tolist() == [0.5, 0.5, 0.5]
    assert result.tiers["rate_customers"].tolist() == [2, 2, 2]
    lower, _ = proportion_confint(1, 2, method="wilson")
    assert result.tiers.loc[0, "expected_rate_ci_lower"] == pytest.approx(lower)
    assert result.is_observed
    assert "The intervals of tiers A and B overlap." in result.warnings


def test_without_a_known_outcome_tiers_are_told_by_score_alone(scores) -> None:
    points = scores.assign(score=scores["score"] * 100)
    nobody = pd.DataFrame({"score": pd.Series(dtype=float), "is_buyer": pd.Series(dtype=bool)})
    result = assign_tiers(points, shares=(0.1, 0.6, 0.3), held_out=nobody)
    assert "how many of them buy is not known here" in result.summary
    assert not result.kpis
    assert not any("overlap" in text for text in result.warnings)
    assert "How many customers each tier holds" in result.figure().get_label()
    assert "–" in result._repr_html_()


def test_all_problems_come_at_once(scores) -> None:
    scores.loc[3, "score"] = np.nan
    with pytest.raises(
        DataError, match=r"1 values of the table of scores[\s\S]*must be above 0 and sum to 1"
    ):
        assign_tiers(scores, shares=(0.5, 0.2, 0.2))
    with pytest.raises(DataError, match="either shares or cuts"):
        assign_tiers(scores)
    with pytest.raises(DataError, match="rates need held_out customers"):
        assign_tiers(pd.DataFrame({"customer_id": [1, 2], "score": [640.0, 3.0]}), cuts=(5, 4))
    with pytest.raises(DataError, match="descending"):
        assign_tiers(pd.DataFrame({"customer_id": [1, 2], "score": [0.6, 0.3]}), cuts=(0.2, 0.4))
