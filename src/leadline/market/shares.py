"""The survey's shares: true ones of all people, and the answers from which a sample estimates them."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadline.market.survey import Answers

#: Share → (answer that counts, what it is a share of).
SHARES = {
    "used_by_non_investors": "those without an account who have tried the service",
    "uses_often": "those who tried it who use it often",
    "finds_difficult": "those who use it now and then who find it hard",
    "places_no_orders": "subscribers who place no orders on it",
    "slow_data_has_broadband": "investors who say that mobile data is slow and that they have broadband",
    "pc_is_substitute": "investors for whom a PC on broadband is the strongest substitute",
}
#: The same shares as the case's study reports them.
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
        One row a share of `SHARES`: ``share_name``, ``meaning``, ``people`` (of whom it is a share) and
        ``share`` (0 to 1; missing where there is nobody).
    """
    people, yes = dict.fromkeys(SHARES, 0), dict.fromkeys(SHARES, 0)
    for answers in cities:
        asked = answers.asked()
        for name in SHARES:
            of, says = _of_everybody(answers, asked, name)
            people[name] += int(of.sum())
            yes[name] += int((of & says).sum())
    return pd.DataFrame(
        {
            "share_name": name,
            "meaning": meaning,
            "people": people[name],
            "share": yes[name] / people[name] if people[name] else np.nan,
        }
        for name, meaning in SHARES.items()
    )


def read_answers(survey: pd.DataFrame) -> pd.DataFrame:
    """Return the answers behind each share of `SHARES`: flags, missing where a respondent is not concerned.

    One row a respondent, as in ``survey``, with its ``weight`` and ``stratum``: what
    `leadline.discover.estimate_shares` takes.
    """
    is_investor = survey["holds_account"].astype("boolean")
    derived = {
        "used_by_non_investors": survey["has_tried"].astype("boolean").mask(is_investor),
        "places_no_orders": ~survey["places_orders"].astype("boolean"),
    }
    columns = {name: derived.get(name, survey.get(name)) for name in SHARES}
    return survey[["weight", "stratum"]].assign(**columns)


def _of_everybody(
    answers: Answers, asked: dict[str, NDArray[np.bool_]], name: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    if name == "used_by_non_investors":
        return ~answers.holds_account, answers.has_tried
    if name == "places_no_orders":
        return asked["places_orders"], ~answers.places_orders
    return asked[name], getattr(answers, name)
