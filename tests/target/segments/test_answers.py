"""Answers that mean less than they seem: one of each is found, and sound ones raise no alarm."""

import numpy as np
import pandas as pd
import pytest

from leadline.target.segments.answers import check_answers, warn_of_answers

SIZE, ITEMS = 400, ["a", "b", "c", "d", "e"]


@pytest.fixture
def sound(rng: np.random.Generator) -> pd.DataFrame:
    trait = rng.normal(3, 0.9, SIZE)[:, None]
    return pd.DataFrame(
        np.clip(np.rint(trait + rng.normal(0, 1, (SIZE, len(ITEMS)))), 1, 5).astype(int), columns=ITEMS
    )


def test_sound_answers_raise_no_alarm(sound: pd.DataFrame, rng: np.random.Generator) -> None:
    timed = sound.assign(duration_s=rng.gamma(20, 15, SIZE))
    assert warn_of_answers(timed, ITEMS) == check_answers(timed, ITEMS) == []
    yes_no = pd.DataFrame(rng.integers(0, 2, (SIZE, 5)), columns=ITEMS)
    assert warn_of_answers(yes_no * 0, ITEMS) == check_answers(yes_no, ITEMS) == []
    unlike = pd.DataFrame(rng.integers(1, 6, (SIZE, 5)), columns=ITEMS).assign(b=lambda frame: 6 - frame["a"])
    assert warn_of_answers(unlike, ITEMS) == []


@pytest.mark.covers("bad_inputs", "straight_liners")
def test_one_answer_throughout_is_counted(sound: pd.DataFrame) -> None:
    honest = int(sound.eq(sound["a"], axis=0).all(axis=1)[100:].sum())
    sound.loc[:99, ITEMS] = 3
    (told,) = warn_of_answers(sound, ITEMS)
    assert told.startswith(f"{100 + honest} of 400 respondents gave one answer to all 5 questions")


@pytest.mark.covers("bad_inputs", "out_of_scale_answer")
def test_an_answer_off_the_scale_is_named(sound: pd.DataFrame) -> None:
    sound.loc[7, "c"] = 55
    (told,) = check_answers(sound, ITEMS)
    assert told.startswith("c: 1 answer is off the scale of 1 to 5 (row 9: 55). Correct")


@pytest.mark.covers("bad_inputs", "reversed_items")
def test_a_question_the_other_way_round_is_named(sound: pd.DataFrame) -> None:
    (told,) = warn_of_answers(sound.assign(d=6 - sound["d"]), ITEMS)
    assert told.startswith("d: seems to be worded the other way round")


@pytest.mark.covers("bad_inputs", "speeders_duplicate_respondents")
def test_haste_is_counted(sound: pd.DataFrame) -> None:
    (told,) = warn_of_answers(sound.assign(duration_s=[20] * 30 + [200] * 370), ITEMS)
    assert told.startswith("duration_s: 30 of 400 respondents took less than a third of the median time")
