"""The questions of a usage survey (the table ``survey``) that its case asks, ready for `estimate_shares`."""

import pandas as pd

from leadline.language import _


def name_shares() -> dict[str, str]:
    """Return question → what a yes means, continuing "60% of …"."""
    return {
        "used_by_non_investors": _("people without an account have tried it"),
        "uses_often": _("those who tried it use it often"),
        "finds_difficult": _("occasional users find it hard to use"),
        "places_no_orders": _("subscribers place no orders on it"),
        "slow_data_has_broadband": _("investors find data slow, have broadband"),
        "pc_is_substitute": _("investors would rather use a PC"),
    }


def read_answers(survey: pd.DataFrame) -> pd.DataFrame:
    """Return the answer to each question: a flag, missing where a respondent is not concerned.

    Parameters
    ----------
    survey
        One row a respondent, as `leadline.data.tables.SURVEY`.

    Returns
    -------
    pandas.DataFrame
        One row a respondent: ``weight``, ``stratum``, and the questions of `name_shares`.
    """
    is_investor = survey["holds_account"].astype("boolean")
    derived = {
        "used_by_non_investors": survey["has_tried"].astype("boolean").mask(is_investor),
        "places_no_orders": ~survey["places_orders"].astype("boolean"),
    }
    columns = {name: derived.get(name, survey.get(name)) for name in name_shares()}
    return survey[["weight", "stratum"]].assign(**columns)
