"""Whose outcome counts on the day, and scores that have not seen it."""

import numpy as np
import pandas as pd
import pytest

from leadline.errors import ParameterError
from leadline.target.fit_scorecard import fit_scorecard
from leadline.target.known_outcomes import (
    choose_customers,
    find_outcomes,
    score_unseen,
    take_unseen,
    tell_outcomes,
)
from leadline.target.scores import score_customers

FRAME = pd.DataFrame(
    {
        "customer_id": ["1", "2", "3", "4"],
        "buys": ["yes", None, "no", "no"],
        "is_matched": [True, False, True, None],
    },
    index=[10, 11, 12, 13],
)


def test_a_column_tells_and_a_missing_value_is_not_known() -> None:
    buys = find_outcomes(FRAME, target="buys")
    assert buys.index.equals(FRAME.index)
    assert buys.astype(object).where(buys.notna(), None).tolist() == [True, None, False, False]
    assert tell_outcomes(buys) == "The outcome is known of 3 of 4 customers, of whom 1 bought."
    assert find_outcomes(FRAME).isna().all()
    assert "No outcome is known" in tell_outcomes(find_outcomes(FRAME))
    with pytest.raises(ParameterError, match="Did you mean 'buys'"):
        find_outcomes(FRAME, target="buy")


def test_a_campaign_tells_of_those_it_contacted() -> None:
    history = pd.DataFrame(
        {
            "customer_id": ["1", "2", "3", "3", "9"],
            "channel": ["call", "none", "sms", "call", "call"],
            "is_subscribed": [False, True, False, True, True],
        }
    )
    buys = find_outcomes(FRAME, history=history)
    assert buys.astype(object).where(buys.notna(), None).tolist() == [False, None, True, None]


def test_customers_are_chosen_by_a_yes_no_column() -> None:
    assert choose_customers(FRAME, "is_matched").index.tolist() == [10, 12]
    assert choose_customers(FRAME, None) is FRAME
    with pytest.raises(ParameterError, match="Did you mean 'is_matched'"):
        choose_customers(FRAME, "is_macthed")
    with pytest.raises(ParameterError, match="is yes for nobody"):
        choose_customers(FRAME.assign(is_matched=False), "is_matched")


def make_noise(number: int = 400) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.standard_normal((number, 8)), columns=list("abcdefgh"))
    buys = pd.Series(rng.random(number) < 0.3, dtype="boolean")
    return frame.assign(customer_id=np.arange(number), rare=np.arange(number) == 3), buys


def test_unseen_scores_do_not_flatter_where_there_is_nothing_to_learn() -> None:
    """On noise a scorecard separates the customers it saw; those it did not see it cannot."""
    frame, buys = make_noise()
    columns = list("abcdefgh")
    card = fit_scorecard(frame, columns=columns, method="logistic", buys=buys)
    seen = card.points.score(frame).to_numpy()
    unseen = score_unseen(frame[columns], buys, seed=1)
    bought = buys.to_numpy(dtype=bool)
    assert np.corrcoef(seen, bought)[0, 1] > 0.2
    assert np.corrcoef(unseen, bought)[0, 1] < 0.1


def test_a_column_that_does_not_vary_in_a_fold_has_no_say_there() -> None:
    frame, buys = make_noise()
    assert np.isfinite(score_unseen(frame[["a", "rare"]], buys, seed=1)).all()


def test_only_what_was_learned_from_outcomes_is_scored_anew() -> None:
    frame, buys = make_noise()
    some = buys.where(np.arange(len(buys)) % 2 == 0)
    pca = fit_scorecard(frame, columns=["a", "b", "c"])
    scores = score_customers(frame, pca.points, list_size=10)
    held_out = take_unseen(scores, some, frame, pca)
    assert held_out["score"].tolist() == pca.points.score(frame)[::2].tolist()
    assert held_out["is_buyer"].tolist() == buys[::2].tolist()
    learned = fit_scorecard(frame, columns=["a", "b", "c"], method="logistic", buys=some)
    scores = score_customers(frame, learned.points, list_size=10)
    held_out = take_unseen(scores, some, frame, learned)
    assert held_out["score"].tolist() != learned.points.score(frame)[::2].tolist()
    assert held_out["score"].mean() == pytest.approx(learned.points.score(frame)[::2].mean())
    assert len(take_unseen(scores, find_outcomes(frame), frame, pca)) == 0
