"""The high-value score: five criteria, 50/20/10/10/10, weighed by a file (system T6)."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from leadline.errors import DataError
from leadline.intervals import LEVEL, Estimate
from leadline.language import _
from leadline.target.views.checks import SOURCE, check_ids, is_number
from leadline.target.views.groups import estimate_mean, spread
from leadline.target.views.high_value_result import HighValueResult
from leadline.target.views.shake import check_shake, shake_weights
from leadline.target.views.weighing import FULL, score_criteria, share_weights, weigh
from leadline.target.views.weight_file import ScoreWeights

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def score_customers(
    customers: pd.DataFrame,
    weights: ScoreWeights,
    *,
    rng: np.random.Generator,
    customer: str = "customer_id",
    top_share: float = 0.20,
    shake: float = 0.25,
    draws: int = 200,
) -> HighValueResult:
    """Score customers from 0 to 100 and take the best.

    A criterion's score is the mean of its known columns, each from 0 (worst) to 100 (best); the score is the
    weighted mean of the known criteria. What is unknown is not guessed: the lowest and highest score a
    customer could have stand beside it. How much each criterion truly decides is its share of the score's
    variance, which its weight need not be (Paruolo, Saisana & Saltelli 2013, Journal of the Royal Statistical
    Society A 176:609-634).

    Parameters
    ----------
    customers
        One row a customer with the columns of ``weights``, numbers or yes and no; missing values are allowed.
    weights
        As `leadline.target.views.parse_weights` reads them.
    rng
        Draws the weights that others might have set.
    customer
        Column of the customer's id; among equal scores the row that comes first in its order is taken.
    top_share
        Share of the scored customers who count as high-value.
    shake, draws
        How far each weight is shaken (a share of it), and how often.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = [*check_ids(customers, customer), *_check(customers, weights), *check_shake(shake, draws)]
    problems += (
        []
        if 0 < top_share < 1
        else [_("top_share == {top_share}, must be above 0 and below 1.", top_share=f"{top_share:g}")]
    )
    if problems:
        raise DataError(_("The customers cannot be scored"), problems)
    ordered = customers.sort_values(customer, kind="stable")
    parts, shares = score_criteria(ordered, weights), share_weights(weights)
    scores = weigh(parts, shares)
    size = max(1, round(top_share * int((~np.isnan(scores)).sum())))
    top = _take_top(scores, size)
    frequency, stays = _take_again(parts, shake_weights(shares, by=shake, draws=draws, rng=rng), top)
    assignments = pd.DataFrame(
        {
            "customer_id": ordered[customer].to_numpy(),
            "score": scores,
            "score_lowest": weigh(score_criteria(ordered, weights, unknown=0.0), shares),
            "score_highest": weigh(score_criteria(ordered, weights, unknown=FULL), shares),
            "is_top": top,
            "top_frequency": frequency,
        }
    )
    return HighValueResult(
        assignments=assignments.sort_values("score", ascending=False, kind="stable", ignore_index=True),
        criteria=_describe(weights, parts, shares, scores, top),
        weights=weights,
        top_share=top_share,
        stays=stays,
        shake=shake,
    )


def _take_top(scores: FloatArray, size: int) -> BoolArray:
    """Take the ``size`` highest known scores; among equal ones the first rows."""
    ranked = np.where(np.isnan(scores), -np.inf, scores)
    cut = np.partition(ranked, len(ranked) - size)[len(ranked) - size]
    top = ranked > cut
    top[np.flatnonzero(ranked == cut)[: size - int(top.sum())]] = True
    return np.asarray(top & ~np.isnan(scores))


def _take_again(parts: FloatArray, drawn: FloatArray, top: BoolArray) -> tuple[FloatArray, Estimate]:
    """Take the best under each draw's weights.

    Returns
    -------
    tuple
        How often each customer is among them, and the share of ``top`` who are: mean, range of 95% of draws.
    """
    size = int(top.sum())
    taken, stays = np.zeros(len(top)), []
    for shares in drawn:
        best = _take_top(weigh(parts, shares), size)
        taken += best
        stays.append((best & top).sum() / size)
    low, high = np.quantile(stays, [0.025, 0.975])
    return taken / len(drawn), Estimate(float(np.mean(stays)), float(low), float(high))


def _describe(
    weights: ScoreWeights, parts: FloatArray, shares: FloatArray, scores: FloatArray, top: BoolArray
) -> pd.DataFrame:
    known = ~np.isnan(parts)
    with np.errstate(invalid="ignore"):
        pieces = np.nan_to_num(parts) * shares / (known @ shares)[:, None]
    scored = ~np.isnan(scores)
    rows = []
    for place, one in enumerate(weights.criteria):
        row: dict[str, object] = {"criterion": one.name, "weight": one.weight / FULL}
        row |= {"known": float(known[:, place].mean())}
        row |= spread("mean_top", estimate_mean(parts[top, place]))
        row |= spread("mean_others", estimate_mean(parts[~top, place]))
        row |= spread("decides", _find_part(pieces[scored, place], scores[scored]))
        rows.append(row)
    return pd.DataFrame(rows)


def _find_part(piece: FloatArray, scores: FloatArray) -> Estimate:
    """Share of the score's variance that a criterion carries: a covariance ratio, linearised."""
    count = len(scores)
    apart = scores - scores.mean()
    variance = float((apart**2).mean())
    if count < 2 or variance == 0:  # noqa: PLR2004 (a spread needs two)
        return Estimate(np.nan, np.nan, np.nan)
    part = float(((piece - piece.mean()) * apart).mean() / variance)
    influence = ((piece - piece.mean()) * apart - part * apart**2) / variance
    reach = float(special.ndtri(0.5 + LEVEL / 2) * influence.std(ddof=1) / np.sqrt(count))
    return Estimate(part, part - reach, part + reach)


def _check(customers: pd.DataFrame, weights: ScoreWeights) -> list[str]:
    problems = [] if len(customers) else [_("{source} has no rows. Hand in at least one.", source=SOURCE)]
    for name in weights.columns:
        if name not in customers.columns:
            problems.append(
                _(
                    "{name}: {source} has no such column, which the weight file names.",
                    name=name,
                    source=SOURCE,
                )
            )
        elif not (is_number(customers[name]) or pd.api.types.is_bool_dtype(customers[name])):
            problems.append(
                _(
                    "{name}: holds {dtype}, must be numbers or yes and no.",
                    name=name,
                    dtype=customers[name].dtype,
                )
            )
        elif count := int(np.isinf(customers[name].to_numpy(dtype=np.float64, na_value=np.nan)).sum()):
            problems.append(
                _("{name}: {count} values are infinite. Empty these cells.", name=name, count=f"{count:,}")
            )
    return problems
