"""Answers of respondents that mean less than they seem to, asked for segments."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.data.cases.runs import Ending, RunCase

RESPONDENTS, ITEMS = 600, 6
_RNG = np.random.default_rng(5)
_TRAIT = _RNG.normal(3, 0.9, RESPONDENTS)
_ANSWERS = np.clip(np.rint(_TRAIT[:, None] + _RNG.normal(0, 0.8, (RESPONDENTS, ITEMS))), 1, 5).astype(int)
QUESTIONS = [f"q{number}" for number in range(1, ITEMS + 1)]


def survey(**columns: object) -> pd.DataFrame:
    """Return sound answers on scales of 1 to 5, with columns of one's own, or in place of its own."""
    names = {"respondent": [f"r{number:04d}" for number in range(RESPONDENTS)]}
    answers = dict(zip(QUESTIONS, _ANSWERS.T, strict=True))
    return pd.DataFrame(names | answers | {"weight": 1.5} | columns)


def segmented(name: str, ending: Ending, frame: pd.DataFrame, *wanted: str, **given: Any) -> RunCase:
    """Return the run of `segment_market` on a survey."""

    def prepare(folder: Path) -> dict[str, Any]:
        frame.to_csv(folder / "survey.csv", index=False)
        quick = {"pairs": 2, "most_segments": 3, "segment_count": 2, "plan": "", "columns": QUESTIONS}
        return {"data": str(folder / "survey.csv"), "id_column": "respondent"} | quick | given

    return RunCase(name, "segment_market", prepare, ending, wanted)


_FIRST = np.arange(RESPONDENTS)
_STRAIGHT = {
    name: np.where(_FIRST < 150, 3, answers) for name, answers in zip(QUESTIONS, _ANSWERS.T, strict=True)
}
SURVEY_RUNS = [
    segmented(
        "zero_weights",
        "refused",
        survey(weight=np.where(_FIRST < 2, 0, 1)),
        "weight: 2 weights",
        "rows 2 and 3",
        weight="weight",
    ),
    segmented(
        "negative_weights",
        "refused",
        survey(weight=np.where(_FIRST == 4, -1, 1)),
        "weight: 1 weight",
        "row 6",
        weight="weight",
    ),
    segmented("straight_liners", "warning", survey(**_STRAIGHT), "162 of 600", "one answer"),
    segmented(
        "out_of_scale_answer",
        "refused",
        survey(q2=np.where(_FIRST == 9, 55, _ANSWERS[:, 1])),
        "q2: 1 answer",
        "1 to 5",
        "row 11",
    ),
    segmented("reversed_items", "warning", survey(q3=6 - _ANSWERS[:, 2]), "q3", "other way round"),
    segmented(
        "speeders_duplicate_respondents",
        "warning",
        survey(duration_s=np.where(_FIRST < 40, 20, 300)),
        "duration_s",
        "40 of 600",
    ),
]
