"""Who can be assigned a channel: permitted customers with their score, tier and likely obstacle."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from leadline.data.raw import counted, shorten
from leadline.engage.cells import YES_ANSWER, read_answers
from leadline.engage.channels import check_numbers
from leadline.engage.ids import ID, check_ids, order_ids, spell_ids
from leadline.engage.problem import IntArray
from leadline.engage.tiers import TIER_NAMES, check_shares
from leadline.errors import DataError


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
    problems = [*check_ids(scored, "the table of scores"), *check_shares(tier_shares)]
    if list_size < 1:
        problems.append(f"list_size == {list_size:,}, must be 1 or more.")
    if "score" not in scored.columns:
        problems.append("score: the table of scores has no such column.")
    if permitted.empty:
        problems.append("nobody may be contacted: every customer is barred. Look at the rules of the policy.")
    if problems:
        raise DataError("The candidates cannot be found", problems)
    known = scored.assign(**{ID: spell_ids(scored[ID]).to_numpy()})
    wanted = spell_ids(permitted[ID])
    absent = wanted[~wanted.isin(known[ID])]
    if len(absent):
        problems.append(
            f"score: {counted(len(absent), 'permitted customer has', 'permitted customers have')} no score "
            f"(first: {shorten(absent.iloc[0])}). Score everybody, or name the group with among."
        )
    found = known[known[ID].isin(wanted).to_numpy(dtype=bool)]
    problems += check_numbers(found["score"], -np.inf, np.inf)
    if problems:
        raise DataError("The candidates cannot be found", problems)
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
