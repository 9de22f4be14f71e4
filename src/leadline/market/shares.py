"""The true shares that a survey of the market's people is meant to find."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadline.market.survey import Answers

#: The shares as the case's study reports them.
CASE_SHARES = {
    "used_by_non_investors": 0.0,
    "uses_often": 0.64,
    "finds_difficult": 0.50,
    "places_no_orders": 0.71,
    "slow_data_has_broadband": 0.335,
    "pc_is_substitute": 0.55,
}


def true_shares(cities: Iterable[Answers]) -> pd.DataFrame:
    """Count every answer of everybody.

    Returns
    -------
    pandas.DataFrame
        One row a share of `CASE_SHARES`: ``question``, ``people`` (of whom it is a share) and ``share``
        (0 to 1; missing where there is nobody).
    """
    people, yes = dict.fromkeys(CASE_SHARES, 0), dict.fromkeys(CASE_SHARES, 0)
    for answers in cities:
        asked = answers.asked()
        for name in CASE_SHARES:
            of, says = _of_everybody(answers, asked, name)
            people[name] += int(of.sum())
            yes[name] += int((of & says).sum())
    return pd.DataFrame(
        {
            "question": name,
            "people": people[name],
            "share": yes[name] / people[name] if people[name] else np.nan,
        }
        for name in CASE_SHARES
    )


def _of_everybody(
    answers: Answers, asked: dict[str, NDArray[np.bool_]], name: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    if name == "used_by_non_investors":
        return ~answers.holds_account, answers.has_tried
    if name == "places_no_orders":
        return asked["places_orders"], ~answers.places_orders
    return asked[name], getattr(answers, name)
