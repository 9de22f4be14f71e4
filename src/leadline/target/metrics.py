"""How good a list is: precision, recall, lift, AUC, gains and calibration, each with its interval.

Arrays share one row a held-out customer: ``buys`` (bool), ``scores`` (float), ``listed`` (bool).
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats
from statsmodels.discrete.discrete_model import Logit

from leadline.intervals import LEVEL, Estimate, wilson_interval

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
#: Nearer to 0 or 1 a prediction counts as this: the log-odds of certainty are infinite.
_LEAST_SHARE = 1e-9


def choose_list(scores: FloatArray, list_size: int, tie_order: npt.NDArray[np.int64]) -> BoolArray:
    """Mark the ``list_size`` customers with the highest scores.

    Equal scores are settled by ``tie_order``, one seeded random order of the customers that all stages share:
    neither the order of the file nor the stage decides.
    """
    best = np.lexsort((tie_order, -scores))[:list_size]
    listed = np.zeros(len(scores), dtype=bool)
    listed[best] = True
    return listed


def estimate_auc(buys: BoolArray, scores: FloatArray, level: float = LEVEL) -> Estimate:
    """Probability that a buyer scores above a non-buyer (ties count half).

    The variance is that of DeLong, DeLong & Clarke-Pearson (1988, Biometrics 44:837-845), by midranks as in
    Sun & Xu (2014, IEEE Signal Processing Letters 21:1389-1393); the interval is symmetric on the logit
    scale, so that it stays inside 0 to 1. Where all buyers stand above all others (or below), the variance
    is 0 and says nothing: the interval is then the exact one (Clopper & Pearson 1934, Biometrika 26:404-413)
    of as many disjoint pairs as there are, which is wide and safe.
    """
    positive, negative = scores[buys], scores[~buys]
    m, n = len(positive), len(negative)
    if not m or not n:
        return Estimate(np.nan, np.nan, np.nan)
    together = stats.rankdata(np.concatenate([positive, negative]))
    above = (together[:m] - stats.rankdata(positive)) / n
    below = 1 - (together[m:] - stats.rankdata(negative)) / m
    auc = float(above.mean())
    pairs = min(m, n)
    if auc in (0, 1):
        end = (0.5 - level / 2) ** (1 / pairs)
        return Estimate(auc, end, 1.0) if auc else Estimate(auc, 0.0, 1 - end)
    if pairs == 1:
        return Estimate(auc, 0.0, 1.0)
    error = np.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n)
    half = float(stats.norm.ppf(0.5 + level / 2)) * error / (auc * (1 - auc))
    logit = np.log(auc / (1 - auc))
    lower, upper = 1 / (1 + np.exp(-(logit - half))), 1 / (1 + np.exp(-(logit + half)))
    return Estimate(auc, float(lower), float(upper))


def estimate_lift(buys: BoolArray, listed: BoolArray, level: float = LEVEL) -> Estimate:
    """Precision of the list over the share of buyers among all, with an interval on the log scale.

    Delta method (Agresti 2013, *Categorical Data Analysis*, ch. 16.1) on log(p_list / p_all), written through
    the two independent groups, listed and unlisted. When a cell of (listed or not, buys or not) is empty, the
    variance is taken with half a customer added to each cell (Haldane 1956, Annals of Human Genetics
    20:309-311), else a list with every buyer would seem certain. No lift exceeds customers over list size.

    Parameters
    ----------
    buys, listed
        Shape (customers,): who buys, who is listed.
    level
        Confidence level of the interval.
    """
    k, n = int(listed.sum()), len(buys)
    found, total = int(buys[listed].sum()), int(buys.sum())
    if not total or not k:
        return Estimate(np.nan, np.nan, np.nan)
    lift = (found / k) / (total / n)
    if not found or k == n:
        return Estimate(lift, lift, lift if k == n else wilson_interval(0, k, level).upper / (total / n))
    cells = np.array([[found, k - found], [total - found, n - k - total + found]], dtype=float)
    cells += 0.5 * (cells == 0).any()
    customers, buyers = cells.sum(axis=1), cells[:, 0]
    share = buyers / customers
    slopes = np.array([1 / share[0], 0.0]) - customers / buyers.sum()
    error = np.sqrt((slopes**2 * share * (1 - share) / customers).sum())
    factor = float(np.exp(stats.norm.ppf(0.5 + level / 2) * error))
    return Estimate(lift, lift / factor, min(lift * factor, n / k))


def estimate_weighted_lift(
    buys: BoolArray, weights: FloatArray, bought: BoolArray, level: float = LEVEL
) -> Estimate:
    """Weighted precision of a list over the share of buyers among all, with an interval on the log scale.

    For lists whose customers count differently, or are contacted otherwise than the rest: delta method on
    log(p_list / p_all) by the influence of each customer (Hampel 1974, JASA 69:383-393).

    Parameters
    ----------
    buys
        Shape (customers,): the plain outcome, of which the share among all is taken.
    weights, bought
        How much each customer on the list counts (0 for all others), and who buys when contacted as planned.
    level
        Confidence level of the interval.
    """
    total, base = weights.sum(), float(buys.mean())
    if not total or not base:
        return Estimate(np.nan, np.nan, np.nan)
    share = float(weights[bought].sum() / total)
    if not share:
        effective = float(total**2 / (weights**2).sum())
        return Estimate(0.0, 0.0, wilson_interval(0, effective, level).upper / base)
    influence = weights * (bought - share) / (total * share) - (buys - base) / (len(buys) * base)
    factor = float(np.exp(stats.norm.ppf(0.5 + level / 2) * np.sqrt((influence**2).sum())))
    lift = share / base
    return Estimate(lift, lift / factor, lift * factor)


def trace_gains(buys: BoolArray, scores: FloatArray, tie_order: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Share of all buyers reached by contacting the best-scored share of customers.

    The cumulative gains curve (Lorenz 1905, Publications of the American Statistical Association 9:209-219,
    on scored customers); between two customers it is a straight line.

    Parameters
    ----------
    buys, scores, tie_order
        Shape (customers,): who buys, the score, and the order among equal scores (see `choose_list`).

    Returns
    -------
    pandas.DataFrame
        One row for each per cent contacted, 0 to 100: ``contacted_share``, ``reached_share``.
    """
    reached = np.concatenate([[0], np.cumsum(buys[np.lexsort((tie_order, -scores))])]) / buys.sum()
    contacted = np.linspace(0, 1, 101)
    return pd.DataFrame(
        {
            "contacted_share": contacted,
            "reached_share": np.interp(contacted, np.linspace(0, 1, len(reached)), reached),
        }
    )


def bin_calibration(buys: BoolArray, scores: FloatArray, bins: int = 10) -> pd.DataFrame:
    """Compare what a model predicts with what happened: the reliability diagram.

    Groups of equal size as in Hosmer & Lemeshow (1980, Communications in Statistics A9:1043-1069).

    Parameters
    ----------
    buys, scores
        Shape (customers,): who buys, and the predicted share of buyers.
    bins
        Most groups.

    Returns
    -------
    pandas.DataFrame
        One row for each of up to ``bins`` groups of about equally many customers, by predicted share (equal
        predictions stay together): ``customers``, ``predicted_share``, ``observed_share`` and its Wilson
        interval ``observed_share_ci_lower``, ``observed_share_ci_upper``.
    """
    ranks = stats.rankdata(scores, method="average")
    group = np.minimum((ranks - 1) * bins // len(scores), bins - 1)
    rows = []
    for number in np.unique(group):
        inside = group == number
        observed = wilson_interval(int(buys[inside].sum()), int(inside.sum()))
        rows.append((int(inside.sum()), float(scores[inside].mean()), *observed))
    return pd.DataFrame(
        rows,
        columns=[
            "customers",
            "predicted_share",
            "observed_share",
            "observed_share_ci_lower",
            "observed_share_ci_upper",
        ],
    )


def estimate_calibration_slope(buys: BoolArray, scores: FloatArray, level: float = LEVEL) -> Estimate:
    """How far predictions must be stretched to fit what happened: 1 is right, below 1 they are too extreme.

    The slope of the outcome's log-odds on the predicted ones (Cox 1958, Biometrika 45:562-565; Steyerberg
    2019, *Clinical Prediction Models*, ch. 15), with the interval of Wald. A model that learned its training
    rows by heart has a slope below 1 among customers held out. Missing where all buy or none does, and
    where the predictions are all one or part buyers from others without an error.

    Parameters
    ----------
    buys, scores
        Shape (customers,): who buys, and the predicted share of buyers.
    level
        Confidence level of the interval.
    """
    parts = scores[buys], scores[~buys]
    if not all(map(len, parts)) or any(one.min() >= two.max() for one, two in (parts, parts[::-1])):
        return Estimate(np.nan, np.nan, np.nan)  # there is no largest likelihood
    log_odds = special.logit(np.clip(scores, _LEAST_SHARE, 1 - _LEAST_SHARE))
    found = Logit(buys.astype(float), np.column_stack([np.ones(len(buys)), log_odds])).fit(disp=0)
    slope, half = float(found.params[1]), float(stats.norm.ppf(0.5 + level / 2) * found.bse[1])
    return Estimate(slope, slope - half, slope + half)
