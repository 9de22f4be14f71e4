"""Shares of a population: weights by hand, coverage, and clear refusals."""

import numpy as np
import pandas as pd
import pytest

from leadline.discover import estimate_shares, name_obstacles, read_obstacles
from leadline.errors import DataError

QUESTIONS = {"slow": "investors find it slow"}


def make_survey(yes: list[bool | None], **more: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"stratum": ["a", "a", "b", "b"], "weight": [10.0, 10, 40, 40], "slow": pd.array(yes, "boolean")}
        | more
    )


def test_weights_decide_the_estimate() -> None:
    """By hand: 1 of 2 respondents who stand for 10 each, 0 of 2 who stand for 40 each: 10 of 100 people."""
    result = estimate_shares(make_survey([True, False, False, False]), QUESTIONS)
    row = result.shares.iloc[0]
    assert row["share"] == pytest.approx(0.1)
    variance = 0.9 * 2 * 0.5 * 0.1**2  # stratum a: linearised values 0.09 and -0.01; stratum b does not vary
    effective = 0.1 * 0.9 / variance
    half = 1.96 * np.sqrt(0.09 / effective + 1.96**2 / 4 / effective**2) / (1 + 1.96**2 / effective)
    assert row["share_ci_upper"] - row["share_ci_lower"] == pytest.approx(2 * half, rel=1e-3)
    assert "10.0% of investors find it slow" in result.summary


def test_only_those_asked_count() -> None:
    row = estimate_shares(make_survey([True, False, None, None]), QUESTIONS).shares.iloc[0]
    assert row["share"] == pytest.approx(0.5)
    assert row["respondents"] == 2


@pytest.mark.covers("controls", "unweighted_survey")
def test_every_problem_is_named_at_once() -> None:
    survey = make_survey([True] * 4, weight=["0", "many", "2", "2"]).assign(word="x")
    with pytest.raises(DataError) as caught:
        estimate_shares(survey, QUESTIONS | {"word": "y"})
    assert [text.split(":")[0] for text in caught.value.problems] == ["word", "weight"]
    assert "2 of 4 weights" in str(caught.value)
    with pytest.raises(DataError, match="sloww"):
        estimate_shares(survey, {"sloww": "z"})


def test_a_reader_gets_words_and_a_warning_where_few_were_asked() -> None:
    result = estimate_shares(make_survey([True, False, False, True]), QUESTIONS)
    assert "Only 4 respondents" in result.warnings[0]
    assert result.figure().get_label().startswith("Shares: investors find it slow")
    assert "investors find it slow" in result._repr_html_()


def test_a_stratum_of_many_weights_is_refused_in_any_order() -> None:
    survey = make_survey([True, False, False, True], weight=[1.0, 100, 40, 40])
    for rows in (survey, survey.iloc[::-1]):
        with pytest.raises(DataError, match="1 strata hold different weights .first: a"):
            estimate_shares(rows, QUESTIONS)


def test_one_respondent_of_a_stratum_leaves_the_interval_unknown() -> None:
    survey = make_survey([True, False, False, True]).iloc[[0, 2, 3]]
    row = estimate_shares(survey, QUESTIONS).shares.iloc[0]
    assert row["share"] == pytest.approx(50 / 90)
    assert np.isnan(row["share_ci_lower"])


def test_no_question_is_a_problem() -> None:
    with pytest.raises(DataError, match="no question is named"):
        estimate_shares(make_survey([True] * 4), {})


def test_the_main_obstacle_is_one_of_all_for_each_respondent_asked() -> None:
    survey = make_survey([True] * 4, main_obstacle=["pc", "price", None, "none"])
    flags = read_obstacles(survey)[list(name_obstacles())]
    assert flags.sum(axis=1).tolist() == [1, 1, 0, 1]
    assert flags.iloc[2].isna().all()
