"""Tiers A, B, C by score, and the rate to expect in each."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from leadline.engage.cells import UNKNOWN, YES_ANSWER, read_answers
from leadline.engage.ids import ID, check_ids, order_ids, spell_ids
from leadline.engage.problem import FloatArray, IntArray
from leadline.engage.tiers_result import TiersResult
from leadline.errors import DataError
from leadline.language import _

TIER_NAMES = ("A", "B", "C")
_LEVEL = 0.95


def assign_tiers(
    scores: pd.DataFrame,
    *,
    shares: Sequence[float] | None = None,
    cuts: Sequence[float] | None = None,
    names: Sequence[str] = TIER_NAMES,
    held_out: pd.DataFrame | None = None,
) -> TiersResult:
    """Put customers into tiers by score.

    Parameters
    ----------
    scores
        One row a customer: ``customer_id``, ``score``, higher is better. Without ``held_out`` the score must
        be a calibrated chance of buying (0 to 1).
    shares
        Share of the customers in each tier, best first; they sum to 1. Among equal scores at a cut the
        smaller id comes first.
    cuts
        In place of shares: the lowest score of each tier but the last, descending.
    names
        Names of the tiers, best first.
    held_out
        Customers whom the model never saw: ``score``, ``is_buyer``. They fall into tiers by the same scores,
        those tied at a cut into the upper one, and give the rates.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = [*_check_scores(scores, held_out), *_check_cuts(shares, cuts, names)]
    if problems:
        raise DataError(_("The tiers cannot be assigned"), problems)
    values = scores["score"].to_numpy(dtype=np.float64)
    by_id = order_ids(scores[ID])
    order = by_id[np.argsort(-values[by_id], kind="stable")]
    ranked = values[order]
    if cuts is not None:
        ends = np.searchsorted(-ranked, -np.asarray(cuts, dtype=float), side="right")
    else:
        ends = find_ends(len(ranked), () if shares is None else shares)
    tier = np.searchsorted(ends, np.arange(len(ranked)), side="right").astype(np.int64)
    assignments = pd.DataFrame(
        {
            "rank": np.arange(1, len(ranked) + 1),
            ID: spell_ids(scores[ID]).to_numpy()[order],
            "score": ranked,
            "tier": pd.Categorical.from_codes(tier, categories=pd.Index(names), ordered=True),
        }
    )
    return TiersResult(
        assignments=assignments,
        tiers=_describe_tiers(ranked, tier, names, held_out),
        is_observed=held_out is not None,
    )


def split_ranks(count: int, shares: Sequence[float], names: Sequence[str] = TIER_NAMES) -> pd.Series:
    """Return the tier of each of ``count`` customers in the order of their ranks, by shares of them all."""
    tier = np.searchsorted(find_ends(count, shares), np.arange(count), side="right")
    return pd.Series(pd.Categorical.from_codes(tier, categories=pd.Index(names[: len(shares)]), ordered=True))


def find_ends(count: int, shares: Sequence[float]) -> IntArray:
    """Return at how many customers each tier but the last ends."""
    ends: IntArray = np.round(np.cumsum(np.asarray(shares, dtype=float))[:-1] * count).astype(np.int64)
    return ends


def check_shares(shares: Sequence[float], names: Sequence[str] = TIER_NAMES) -> list[str]:
    """List what makes shares no shares of a list."""
    problems = []
    if len(shares) != len(names):
        problems.append(
            _("{count} shares for {count_2} tiers. Give one a tier.", count=len(shares), count_2=len(names))
        )
    if not all(0 < share <= 1 for share in shares) or not abs(sum(shares) - 1) < 1e-9:  # noqa: PLR2004 (rounding)
        problems.append(_("shares == {shares}, must be above 0 and sum to 1.", shares=list(shares)))
    return problems


def _describe_tiers(
    ranked: FloatArray, tier: IntArray, names: Sequence[str], held_out: pd.DataFrame | None
) -> pd.DataFrame:
    lowest = [ranked[tier == place].min(initial=np.inf) for place in range(len(names))]
    rows = []
    for place, name in enumerate(names):
        inside = ranked[tier == place]
        below = ranked[tier > place]
        if held_out is None:
            size, rate, lower, upper = len(inside), *_predict_rate(inside)
        else:
            size, rate, lower, upper = _observe_rate(held_out, np.minimum.accumulate(lowest), place)
        known = (inside.max(), inside.min(), (below == inside.min()).sum()) if len(inside) else (np.nan,) * 3
        rows.append((name, len(inside), *known, rate, lower, upper, size))
    frame = pd.DataFrame(
        rows,
        columns=[
            "tier",
            "customers",
            "score_highest",
            "score_lowest",
            "tied_below",
            "expected_rate",
            "expected_rate_ci_lower",
            "expected_rate_ci_upper",
            "rate_customers",
        ],
    )
    return frame.assign(tied_below=frame["tied_below"].fillna(0).astype(int))


def _predict_rate(chances: FloatArray) -> tuple[float, float, float]:
    """Mean chance, and the range of the rate that comes true: independent customers, normal approximation."""
    if not len(chances):
        return np.nan, np.nan, np.nan
    mean = float(chances.mean())
    half = float(stats.norm.ppf(0.5 + _LEVEL / 2) * np.sqrt((chances * (1 - chances)).sum()) / len(chances))
    return mean, max(0.0, mean - half), min(1.0, mean + half)


def _observe_rate(
    held_out: pd.DataFrame, lowest: Sequence[float] | FloatArray, place: int
) -> tuple[int, float, float, float]:
    """Rate of the held-out customers whose score belongs to the tier."""
    scores = held_out["score"].to_numpy(dtype=np.float64)
    of_tier = (scores[:, None] < np.asarray(lowest)[:-1]).sum(axis=1) == place
    buys = read_answers(held_out["is_buyer"])[of_tier] == YES_ANSWER
    if not len(buys):
        return 0, np.nan, np.nan, np.nan
    lower, upper = proportion_confint(int(buys.sum()), len(buys), alpha=1 - _LEVEL, method="wilson")
    return len(buys), float(buys.mean()), float(lower), float(upper)


def _check_scores(scores: pd.DataFrame, held_out: pd.DataFrame | None) -> list[str]:
    problems = check_ids(scores, _("the table of scores"))
    tables = {_("the table of scores"): scores} | ({} if held_out is None else {"held_out": held_out})
    for name, table in tables.items():
        if "score" not in table.columns:
            problems.append(_("score: {name} has no such column.", name=name))
        elif not pd.api.types.is_numeric_dtype(table["score"]):
            problems.append(
                _(
                    "score: {name} holds {dtype} there, must be numbers.",
                    name=name,
                    dtype=table["score"].dtype,
                )
            )
        elif bad := int((~np.isfinite(table["score"].to_numpy(dtype=float, na_value=np.nan))).sum()):
            problems.append(
                _(
                    "score: {bad} values of {name} are missing or infinite. Score them, or drop them.",
                    bad=f"{bad:,}",
                    name=name,
                )
            )
        elif held_out is None and not table["score"].between(0, 1).all():
            problems.append(
                _("score: not a chance from 0 to 1, so rates need held_out customers. Hand them in.")
            )
    if held_out is not None and "is_buyer" not in held_out.columns:
        problems.append(_("is_buyer: held_out has no such column."))
    elif held_out is not None and (read_answers(held_out["is_buyer"]) == UNKNOWN).any():
        problems.append(_("is_buyer: some values of held_out are neither yes nor no. Drop these customers."))
    return problems


def _check_cuts(
    shares: Sequence[float] | None, cuts: Sequence[float] | None, names: Sequence[str]
) -> list[str]:
    if (shares is None) == (cuts is None):
        return [_("give either shares or cuts, and not both.")]
    problems = []
    if len(set(names)) < len(names) or len(names) < 1:
        problems.append(_("names == {names}, must be different names, one a tier.", names=list(names)))
    if shares is not None:
        problems += check_shares(shares, names)
    if cuts is not None:
        if len(cuts) != len(names) - 1:
            problems.append(
                _(
                    "{count} cuts for {count_2} tiers. Give one fewer than tiers.",
                    count=len(cuts),
                    count_2=len(names),
                )
            )
        if not all(high > low for high, low in pairwise(cuts)):
            problems.append(_("cuts == {cuts}, must be descending and all different.", cuts=list(cuts)))
    return problems
