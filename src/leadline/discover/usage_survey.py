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


def name_obstacles() -> dict[str, str]:
    """Return obstacle → what a yes means, continuing "60% of …"; asked of investors who never tried it."""
    return {
        "pc": _("investors are kept by a PC on broadband"),
        "difficulty": _("investors are kept by its difficulty"),
        "security": _("investors are kept by doubts about security"),
        "price": _("investors are kept by its price"),
        "none": _("investors name no obstacle"),
    }


def read_obstacles(survey: pd.DataFrame) -> pd.DataFrame:
    """Return whether each obstacle is a respondent's main one: a flag, missing where not asked.

    As `read_answers`, with the obstacles of `name_obstacles`.
    """
    main = survey["main_obstacle"]
    flags = {name: main.eq(name).astype("boolean").mask(main.isna()) for name in name_obstacles()}
    return survey[["weight", "stratum"]].assign(**flags)


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
