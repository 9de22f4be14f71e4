"""The survey's shares: true ones of all people, and estimates from the sample with intervals that hold."""

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
_LEVEL = 0.95


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


def estimate_shares(survey: pd.DataFrame) -> pd.DataFrame:
    """Estimate every share from the sample alone.

    A share of those asked is a ratio of two weighted totals; its variance is linearised within strata
    (Taylor; Cochran 1977, *Sampling Techniques*, ch. 5A and 6) with the finite-population correction that
    the weights imply, and turned into an interval by Wilson's method on the effective number of respondents
    (Korn & Graubard 1998, Survey Methodology 24:193-201; Franco et al. 2019, Journal of Survey Statistics
    and Methodology 7:334-364).

    Returns
    -------
    pandas.DataFrame
        One row a share of `SHARES`: ``share_name``, ``meaning``, ``respondents`` (asked), ``share``,
        ``share_ci_lower``, ``share_ci_upper`` (95%).
    """
    weight = survey["weight"].to_numpy(dtype=float)
    stratum = survey["stratum"].to_numpy(dtype=str)
    rows = []
    for name, meaning in SHARES.items():
        of, says = _of_sample(survey, name)
        lower, share, upper = _estimate(weight, stratum, of, says)
        rows.append((name, meaning, int(of.sum()), share, lower, upper))
    columns = ["share_name", "meaning", "respondents", "share", "share_ci_lower", "share_ci_upper"]
    return pd.DataFrame(rows, columns=columns)


def _of_everybody(
    answers: Answers, asked: dict[str, NDArray[np.bool_]], name: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    if name == "used_by_non_investors":
        return ~answers.holds_account, answers.has_tried
    if name == "places_no_orders":
        return asked["places_orders"], ~answers.places_orders
    return asked[name], getattr(answers, name)


def _of_sample(survey: pd.DataFrame, name: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    if name == "used_by_non_investors":
        return ~survey["holds_account"].to_numpy(bool), survey["has_tried"].to_numpy(bool)
    answer = survey["places_orders" if name == "places_no_orders" else name]
    says = answer.fillna(value=False).to_numpy(bool)
    return answer.notna().to_numpy(), ~says if name == "places_no_orders" else says


def _estimate(
    weight: NDArray[np.float64],
    stratum: NDArray[np.str_],
    of: NDArray[np.bool_],
    says: NDArray[np.bool_],
) -> tuple[float, float, float]:
    """Return lower end, share and upper end."""
    if not of.any():
        return np.nan, np.nan, np.nan
    total = (weight * of).sum()
    share = float((weight * of * says).sum() / total)
    linear = weight * of * (says - share) / total
    variance = sum(
        _stratum_variance(linear[stratum == one], weight[stratum == one]) for one in np.unique(stratum)
    )
    if share * (1 - share) == 0:  # all said the same: the variance says nothing, the count of them does
        respondents = float(of.sum())
    elif variance == 0:  # everybody was asked
        return share, share, share
    else:
        respondents = share * (1 - share) / variance
    return _wilson(share, respondents)


def _stratum_variance(linear: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Variance of a stratum's total under simple random sampling without replacement."""
    size = len(linear)
    if size == 1:
        return 0.0
    left_out = 1 - 1 / weight[0]
    return float(left_out * size * linear.var(ddof=1))


def _wilson(share: float, respondents: float) -> tuple[float, float, float]:
    from scipy import stats  # noqa: PLC0415 (the command line must not pay for it)

    squared = float(stats.norm.ppf(0.5 + _LEVEL / 2)) ** 2
    shrink = 1 + squared / respondents
    centre = (share + squared / (2 * respondents)) / shrink
    half = np.sqrt(squared * share * (1 - share) / respondents + squared**2 / (4 * respondents**2)) / shrink
    return float(max(0.0, centre - half)), share, float(min(1.0, centre + half))
