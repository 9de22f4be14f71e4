"""Whose outcome counts on the day, and scores that have not seen it."""

import json

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
    tell_rates,
)
from leadline.target.scorecard_exports import write_exports
from leadline.target.scorecard_file import parse_scorecard
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


def test_ids_meet_however_they_are_spelt() -> None:
    history = pd.DataFrame({"customer_id": ["1", "2"], "channel": "call", "is_subscribed": [True, False]})
    for ids in ([1.0, 2.0], [" 1", "2"], [1, 2]):
        buys = find_outcomes(pd.DataFrame({"customer_id": ids}), history=history)
        assert buys.tolist() == [True, False]


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


@pytest.mark.covers("controls", "training_rows")
def test_who_was_learned_from_is_known_by_id_and_not_by_count() -> None:
    """On noise the rates of customers learned from flatter; one outcome more or less changes nothing."""
    frame, buys = make_noise()
    columns = list("abcdefgh")
    first = buys.where(np.arange(len(buys)) < 200)
    card = fit_scorecard(frame, columns=columns, method="logistic", buys=first)
    scores = score_customers(frame, card.points, list_size=10)

    def correlate(known: pd.Series) -> float:
        rows = take_unseen(scores, known, frame, card)
        return float(np.corrcoef(rows["score"], rows["is_buyer"])[0, 1])

    assert np.corrcoef(card.points.score(frame)[:200], first[:200].astype(bool))[0, 1] > 0.2
    one_more = buys.where(np.arange(len(buys)) < 201)
    assert correlate(one_more) < 0.15
    assert "learned from 200 of the 201" in tell_rates(one_more, frame, card)
    others = buys.where(np.arange(len(buys)) >= 200)
    kept = take_unseen(scores, others, frame, card)["score"].tolist()
    assert kept == card.points.score(frame)[200:].tolist()
    assert "learned from none" in tell_rates(others, frame, card)


def test_a_file_keeps_whom_it_learned_from_without_their_ids() -> None:
    frame, buys = make_noise()
    frame["customer_id"] = [f"id-{number}" for number in range(len(frame))]
    card = fit_scorecard(frame, columns=["a", "b"], method="logistic", buys=buys)
    other = fit_scorecard(frame, columns=["a", "c"], method="logistic", buys=buys)
    assert card.learned is not None
    assert other.learned is not None
    assert not set(card.learned.hashes) & set(other.learned.hashes)
    changed = fit_scorecard(frame, columns=["b", "c"], method="logistic", buys=buys).points
    texts = write_exports(card, changed)
    document = json.loads(texts["scorecard.json"])
    assert "id-7" not in texts["scorecard.json"]
    assert parse_scorecard(document).learned == card.learned
    assert "may flatter" in tell_rates(buys, frame, parse_scorecard(document | {"learned": None}))
    by_hand = parse_scorecard(json.loads(texts["scorecard_changed.json"]))
    assert "changed by hand" in tell_rates(buys, frame, by_hand)
    with pytest.raises(ParameterError, match="learned: holds no salt"):
        parse_scorecard(document | {"learned": {"salt": 3}})
