"""Did the score put the right customers first? Among the contacted, and among those held out (V8)."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from leadline.data.ids import spell_ids
from leadline.disclosure import MINIMUM
from leadline.errors import DataError
from leadline.evaluate.estimates.shares import Count, compare_shares
from leadline.intervals import Estimate, wilson_interval
from leadline.language import _

_MOST_POINTS = 5


class Ranking(NamedTuple):
    """The best third by score against the rest.

    ``treated`` and ``control`` are differences of shares who acted, missing where a side holds fewer than 10
    customers; ``top`` and ``rest`` the shares of the contacted; ``calibration`` has one row a fifth of the
    contacted, where the score is a chance: ``customers``, ``x`` (mean score), ``y`` (share who acted),
    ``lower``, ``upper``; None where it is not.
    """

    treated: Estimate
    control: Estimate
    top: Estimate
    rest: Estimate
    calibration: pd.DataFrame | None


def group_by_score(score: pd.Series, names: tuple[str, str, str]) -> pd.Series:
    """Return the third of each customer, lowest first, equal scores together; missing where unknown."""
    third = pd.Series(np.ceil(score.rank(method="average", pct=True) * 3), score.index).clip(1, 3)
    return pd.Series(pd.Categorical(third.map(dict(enumerate(names, start=1))), names[::-1]), score.index)


def join_scores(
    units: pd.DataFrame, scores: pd.DataFrame | None, *, unit: str = "customer_id", score: str = "score"
) -> pd.DataFrame:
    """Add what a model said of each customer as the column ``score``, missing where it said nothing.

    Without ``scores``, one row a customer with ``unit`` and "score", the units stay as they are.

    Raises
    ------
    DataError
        If ``scores`` lacks a column, or names a customer twice.
    """
    if scores is None:
        return units
    problems = [
        _("{name}: the scores have no such column. Map your own name to it.", name=name)
        for name in (unit, "score")
        if name not in scores.columns
    ]
    if not problems:
        ids = spell_ids(scores[unit])
        if again := int(ids.duplicated().sum()):
            problems.append(
                _(
                    "{unit}: {again} rows of the scores name a customer again. Keep one each.",
                    unit=unit,
                    again=f"{again:,}",
                )
            )
    if problems:
        raise DataError(_("The scores cannot be joined"), problems)
    said = pd.Series(scores["score"].to_numpy(), ids)
    return units.assign(**{score: spell_ids(units[unit]).map(said).to_numpy()})


def judge_ranking(units: pd.DataFrame, top: str) -> Ranking:
    """Hold the best third against the others, and chances against what happened.

    Parameters
    ----------
    units
        One row a customer with an outcome: ``is_control``, ``yes``, ``score``, ``third``.
    top
        Name of the best third.
    """
    known = units[units["third"].notna()]
    sides = {side: known[known["is_control"] == side] for side in (False, True)}
    parts = {side: _part(rows, top) for side, rows in sides.items()}
    told = {side: _compare(*counts) for side, counts in parts.items()}
    best, rest = parts[False]
    return Ranking(
        treated=told[False],
        control=told[True],
        top=wilson_interval(*best),
        rest=wilson_interval(*rest),
        calibration=_calibrate(sides[False]),
    )


def _part(rows: pd.DataFrame, top: str) -> tuple[Count, Count]:
    is_top = rows["third"] == top
    best, rest = (rows.loc[chosen, "yes"] for chosen in (is_top, ~is_top))
    return Count(int(best.sum()), len(best)), Count(int(rest.sum()), len(rest))


def _compare(best: Count, rest: Count) -> Estimate:
    if min(best.units, rest.units) < MINIMUM:
        return Estimate(np.nan, np.nan, np.nan)
    return Estimate(*compare_shares(*best, *rest)[:3])


def _calibrate(contacted: pd.DataFrame) -> pd.DataFrame | None:
    """Hold chances against shares; a score outside 0 to 1, or of points, is no chance."""
    score = contacted["score"].astype("float64")
    if not score.between(0, 1).all() or set(score.unique()) <= {0.0, 1.0}:
        return None
    fifth = np.ceil(score.rank(method="average", pct=True) * _MOST_POINTS)
    cells = contacted.groupby(fifth).agg(customers=("yes", "size"), yes=("yes", "sum"), x=("score", "mean"))
    cells = cells[cells["customers"] >= MINIMUM]
    told = [wilson_interval(*pair) for pair in zip(cells["yes"], cells["customers"], strict=True)]
    ends = pd.DataFrame(told, columns=["y", "lower", "upper"], index=cells.index)
    return cells.drop(columns="yes").join(ends).reset_index(drop=True)
