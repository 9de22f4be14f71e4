"""Who can be assigned a channel: permitted customers with their score, tier and likely obstacle."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from leadline.data.raw import shorten
from leadline.engage.cells import YES_ANSWER, read_answers
from leadline.engage.channel_check import check_numbers
from leadline.engage.ids import ID, check_ids, order_ids, spell_ids
from leadline.engage.problem import IntArray
from leadline.engage.tiers import TIER_NAMES, check_shares
from leadline.errors import DataError
from leadline.language import _, plural

_NAMED = 6


def find_candidates(
    permitted: pd.DataFrame, scored: pd.DataFrame, *, list_size: int, tier_shares: Sequence[float]
) -> pd.DataFrame:
    """Give every permitted customer score and tier.

    Tiers are shares of the list's places: of 500 places and shares of 20%, 30% and 50% the best 100 are A,
    the next 150 B, all others C, for any of them may take the last 250. A ``tier`` that ``scored`` names is a
    share of all customers scored, and is cut anew.

    Parameters
    ----------
    permitted
        Customers who passed the gate: ``customer_id``.
    scored
        One row a customer: ``customer_id``, ``score`` and, if known, ``obstacle``, ``chance_<channel>``.
    list_size
        Places on the list.
    tier_shares
        Share of the places of tier A, B, C: above 0, they sum to 1.

    Returns
    -------
    pandas.DataFrame
        One row a permitted customer, best first, equal scores by id: the columns of ``scored``, ``tier``.

    Raises
    ------
    DataError
        With all problems at once; customers without a score among them.
    """
    problems = [*check_ids(scored, _("the table of scores")), *check_shares(tier_shares)]
    if list_size < 1:
        problems.append(_("list_size == {list_size}, must be 1 or more.", list_size=f"{list_size:,}"))
    if "score" not in scored.columns:
        problems.append(_("score: the table of scores has no such column."))
    if permitted.empty:
        problems.append(
            _("nobody may be contacted: every customer is barred. Look at the rules of the policy.")
        )
    if problems:
        raise DataError(_("The candidates cannot be found"), problems)
    known = scored.assign(**{ID: spell_ids(scored[ID]).to_numpy()})
    wanted = spell_ids(permitted[ID])
    absent = wanted[~wanted.isin(known[ID])]
    if len(absent):
        problems.append(
            plural(
                "score: {count} permitted customer has no score (first: {iloc}). Score everybody, or "
                "name the group with among.",
                "score: {count} permitted customers have no score (first: {iloc}). Score everybody, "
                "or name the group with among.",
                len(absent),
                iloc=shorten(absent.iloc[0]),
            )
        )
    found = known[known[ID].isin(wanted).to_numpy(dtype=bool)]
    problems += check_numbers(found["score"], -np.inf, np.inf)
    if problems:
        raise DataError(_("The candidates cannot be found"), problems)
    by_id = order_ids(found[ID])
    ranked = found.iloc[by_id[np.argsort(-found["score"].to_numpy(dtype=float)[by_id], kind="stable")]]
    places = _place_tiers(len(ranked), list_size, tier_shares)
    tier = pd.Categorical.from_codes(places, categories=pd.Index(TIER_NAMES), ordered=True)
    return ranked.assign(tier=tier).reset_index(drop=True)


def keep_group(scored: pd.DataFrame, customers: pd.DataFrame, among: str | None) -> pd.DataFrame:
    """Return the scores of those customers whose column ``among`` says yes; of all without one."""
    if among is None or among not in customers.columns:
        return scored
    inside = customers.loc[read_answers(customers[among]) == YES_ANSWER, ID]
    return scored[spell_ids(scored[ID]).isin(spell_ids(inside)).to_numpy(dtype=bool)]


def find_product_risk(products: pd.DataFrame | None, product_id: object) -> int | None:
    """Return the risk level of a product (1 to 5); None where it is not known."""
    if products is None or not {"product_id", "risk_level"} <= set(products.columns):
        return None
    wanted = spell_ids(pd.Series([product_id], dtype=object)).iloc[0]
    levels = products.loc[spell_ids(products["product_id"]).eq(wanted).fillna(value=False), "risk_level"]
    return int(levels.iloc[0]) if len(levels) and levels.notna().iloc[0] else None


def _place_tiers(customers: int, list_size: int, shares: Sequence[float]) -> IntArray:
    ends = np.round(np.cumsum(np.asarray(shares, dtype=float))[:-1] * list_size).astype(np.int64)
    return np.searchsorted(ends, np.arange(customers), side="right").astype(np.int64)


def name_product(
    product_id: str | None, products: pd.DataFrame | None, holdings: pd.DataFrame | None
) -> str | None:
    """Return the product offered: the one named, or the only one held.

    Raises
    ------
    DataError
        If holders are to be left out and the product is none that is held.
    """
    if holdings is None or "product_id" not in holdings.columns:
        return product_id
    held = sorted(spell_ids(holdings["product_id"]).dropna().unique())
    if product_id is None and len(held) == 1:
        return str(held[0])
    known = set(held)
    if products is not None and "product_id" in products.columns:
        known |= set(spell_ids(products["product_id"]).dropna())
    if product_id is None or spell_ids(pd.Series([product_id], dtype=object)).iloc[0] not in known:
        raise DataError.of(
            _("Holders cannot be left out"),
            _(
                "product_id == {given}, must be one of the products held: {held}.",
                given=repr(product_id),
                held=_(", ").join(held[:_NAMED]),
            ),
        )
    return product_id
