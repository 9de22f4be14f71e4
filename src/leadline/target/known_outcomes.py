"""Whose outcome is known on the day: from a column, or from a campaign that is over."""

from difflib import get_close_matches

import numpy as np
import pandas as pd

from leadline.data.flags import read_yes
from leadline.data.ids import spell_ids
from leadline.data.loop.tables import NO_CONTACT
from leadline.errors import ParameterError
from leadline.language import _, format_value
from leadline.target.logistic_scorecard import POINTS_PER_LOG_ODDS, LogisticScorecard
from leadline.target.metrics import FloatArray
from leadline.target.outcome import read_outcome
from leadline.target.scorecard_result import ScorecardResult
from leadline.target.scores_result import ScoresResult

_FOLDS = 5


def find_outcomes(
    frame: pd.DataFrame,
    *,
    target: str | None = None,
    positive: str | None = None,
    history: pd.DataFrame | None = None,
    id_column: str = "customer_id",
) -> pd.Series:
    """Say who bought, where it is known.

    Parameters
    ----------
    frame
        One row a customer.
    target, positive
        Column of the outcome, and its value that marks a buyer (`leadline.target.outcome`); a missing value
        is an outcome not known. Goes before ``history``.
    history
        One row a contact of a campaign that is over: ``customer_id``, ``channel``, ``is_subscribed``. Who was
        held out (channel ``none``) has no outcome of a contact; one bought of several is bought.
    id_column
        Names the customer in ``frame``.

    Returns
    -------
    pandas.Series
        ``buys`` (boolean, missing where not known), with the index of ``frame``.

    Raises
    ------
    ParameterError
        If the column is absent, or none of its values is plainly the buyers'.
    """
    unknown = pd.Series(pd.NA, index=frame.index, dtype="boolean", name="buys")
    if target is not None:
        known = frame[frame[target].notna()] if target in frame.columns else frame
        problems: list[str] = []
        buys = read_outcome(known, target, positive, problems)
        if buys is None:
            raise ParameterError(_("The outcome cannot be read"), problems)
        return pd.Series(buys, index=known.index, dtype="boolean").reindex(frame.index).rename("buys")
    if history is None:
        return unknown
    contacted = history[(history["channel"] != NO_CONTACT).to_numpy(dtype=bool)]
    outcomes = contacted.groupby(spell_ids(contacted["customer_id"]))["is_subscribed"].any()
    found = spell_ids(frame[id_column]).map(outcomes)
    return found.astype("boolean").rename("buys")


def tell_outcomes(buys: pd.Series) -> str:
    """Say of how many customers the outcome is known."""
    known = buys.dropna()
    if known.empty:
        return _("No outcome is known: what share of the listed buys cannot be said.")
    return _(
        "The outcome is known of {known} of {customers} customers, of whom {buyers} bought.",
        known=format_value(len(known), "count"),
        customers=format_value(len(buys), "count"),
        buyers=format_value(int(known.sum()), "count"),
    )


def choose_customers(frame: pd.DataFrame, among: str | None) -> pd.DataFrame:
    """Return the customers whose yes/no column ``among`` says yes; all without one.

    Raises
    ------
    ParameterError
        If the column is absent, holds something else than yes and no, or says yes for nobody.
    """
    if among is None:
        return frame
    if among not in frame.columns:
        near = get_close_matches(among, [str(name) for name in frame.columns], n=1, cutoff=0.5)
        hint = (
            _("Did you mean {near}?", near=repr(near[0]))
            if near
            else _("Name a yes/no column, or leave it empty.")
        )
        raise ParameterError.of(
            _("The customers cannot be chosen"),
            _("among == {among}: the table has no such column. {hint}", among=repr(among), hint=hint),
        )
    problems: list[str] = []
    is_inside = read_yes(frame[among], problems)
    if not problems and not is_inside.any():
        problems.append(_("{among}: is yes for nobody. Check the column, or leave among empty.", among=among))
    if problems:
        raise ParameterError(_("The customers cannot be chosen"), problems)
    return frame[is_inside]


def take_unseen(
    scores: ScoresResult,
    buys: pd.Series,
    frame: pd.DataFrame,
    card: ScorecardResult,
    *,
    id_column: str = "customer_id",
    seed: int = 7,
) -> pd.DataFrame:
    """Return customers whose outcome is known, with a score that has not seen it, for tiers' rates.

    Parameters
    ----------
    scores, buys, frame
        All customers: as scored, who bought (missing where not known), and their columns.
    card
        The scorecard. Where it learned from any of these customers each is scored by one that did not
        (`score_unseen`), shifted so that both rank alike on average; so, too, where it does not tell.

    Returns
    -------
    pandas.DataFrame
        One row a customer whose outcome is known: ``score``, ``is_buyer``. No row where nobody's is.
    """
    known = buys.notna().to_numpy()
    given = scores.scores.set_index("customer_id")["score"]
    ids = spell_ids(frame.loc[known, id_column])
    score = ids.map(given).to_numpy(dtype=float)
    if card.method == "logistic" and (card.learned is None or card.learned.holds(ids).any()):
        unseen = score_unseen(frame[list(card.points.columns)], buys, seed=seed)
        score = unseen + np.mean(score - unseen)
    return pd.DataFrame({"score": score, "is_buyer": buys[known].to_numpy(dtype=bool)})


def tell_rates(
    buys: pd.Series, frame: pd.DataFrame, card: ScorecardResult, *, id_column: str = "customer_id"
) -> str:
    """Say how far the points have seen the outcomes that give the tiers' rates (see `take_unseen`)."""
    known = buys.notna().to_numpy()
    if card.learned is None or not known.any():
        return {
            "pca": _("The points have seen no outcome."),
            "points": _("If somebody chose these points by looking at these outcomes, the rates flatter."),
            "logistic": _(
                "The scorecard does not say from whom it learned, so the rates may flatter. Each customer "
                "was scored by a scorecard made anew without them."
            ),
        }[card.method]
    seen = int(card.learned.holds(spell_ids(frame.loc[known, id_column])).sum())
    words = {"seen": format_value(seen, "count"), "known": format_value(int(known.sum()), "count")}
    if not seen:
        return _("The points learned from none of the customers whose outcome is known.")
    if card.method == "points":
        return _(
            "The points were changed by hand, and learned before from {seen} of the {known} customers with a "
            "known outcome: the rates may flatter.",
            **words,
        )
    return _(
        "The points learned from {seen} of the {known} customers with a known outcome, so each was scored by "
        "a scorecard made anew without them.",
        **words,
    )


def score_unseen(frame: pd.DataFrame, buys: pd.Series, *, seed: int) -> FloatArray:
    """Score each customer with a known outcome by a logistic scorecard that has not seen it.

    Five folds, buyers dealt evenly (Stone 1974, JRSS B 36:111-147). Each fold's scorecard counts from a zero
    of its own, so what is returned are its log-odds, in points (20 double the odds).

    Returns
    -------
    numpy.ndarray
        Points, shape (customers with a known outcome,), in their order.
    """
    known = buys.notna().to_numpy()
    learned, bought = frame[known], buys[known].to_numpy(dtype=bool)
    fold = _deal(bought, np.random.default_rng(seed))
    points = np.empty(len(learned))
    for number in range(_FOLDS):
        inside = fold == number
        card = LogisticScorecard().learn(learned[~inside], bought[~inside])
        scored = card.points_table_.score(learned[inside]).to_numpy()
        points[inside] = scored + card.intercept_ * POINTS_PER_LOG_ODDS
    return points


def _deal(bought: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the fold of each customer; buyers and others are dealt one after the other."""
    fold = np.empty(len(bought), dtype=np.int64)
    for part in (np.flatnonzero(bought), np.flatnonzero(~bought)):
        fold[rng.permutation(part)] = np.arange(len(part)) % _FOLDS
    return fold
