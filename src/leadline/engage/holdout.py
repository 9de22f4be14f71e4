"""The random hold-out of a list, without which nobody learns what the contact did."""

import hashlib
import hmac

import numpy as np
import pandas as pd

from leadline.engage.ids import ID, check_ids, spell_ids
from leadline.engage.problem import IntArray
from leadline.errors import DataError
from leadline.language import _


def draw_holdout(
    customers: pd.DataFrame, *, share: float = 0.10, size: int | None = None, salt: str
) -> pd.Series:
    """Hold out customers at random, the same share of every tier.

    Each id is hashed with the salt (HMAC-SHA-256); of each tier those with the lowest hashes are held out. So
    neither the order of the rows nor the score decides, and anyone with the salt can draw the same again.

    Parameters
    ----------
    customers
        One row a customer on the list: ``customer_id`` and, to stratify by it, ``tier``.
    share
        Share held out, above 0 and below 1.
    size
        Customers held out, in place of ``share``.
    salt
        A text of this campaign's own: one used again would hold out the same customers every time.

    Returns
    -------
    pandas.Series
        Whether each customer is held out, labelled as ``customers``.

    Raises
    ------
    DataError
        If the hold-out is empty, or leaves nobody to contact.
    """
    problems = check_ids(customers, _("the list"))
    if not (isinstance(salt, str) and salt.strip()):
        problems.append(_("salt is empty. Give a text of this campaign's own, such as its id and the day."))
    if not problems:
        problems += check_holdout_size(len(customers), share, size)
    if problems:
        raise DataError(_("The hold-out cannot be drawn"), problems)
    wanted = count_held_out(len(customers), share, size)
    tiers = customers["tier"].astype("string") if "tier" in customers.columns else None
    stratum = np.zeros(len(customers), np.int64) if tiers is None else pd.factorize(tiers, sort=True)[0]
    hashes = _hash_ids(spell_ids(customers[ID]), salt)
    counts = np.bincount(stratum - stratum.min())
    quota = _split_evenly(counts, wanted)
    order = np.lexsort((hashes, stratum))
    place = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    held_out = np.zeros(len(order), dtype=bool)
    held_out[order] = place < np.repeat(quota, counts)
    return pd.Series(held_out, index=customers.index, name="is_held_out")


def check_holdout_size(listed: int, share: float, size: int | None) -> list[str]:
    """List what makes a hold-out of this share or size impossible."""
    if size is not None:
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
            return [_("the hold-out's size == {size}, must be a whole number of 1 or more.", size=repr(size))]
        if size >= listed:
            return [
                _(
                    "the hold-out of {size} leaves nobody of a list of {listed} to contact. Make it smaller.",
                    size=f"{size:,}",
                    listed=f"{listed:,}",
                )
            ]
        return []
    if not 0 < share < 1:
        return [_("the hold-out's share == {share}, must be above 0 and below 1.", share=repr(share))]
    if not 0 < round(share * listed) < listed:
        return [
            _(
                "a hold-out of {share} of {listed} customers holds out nobody or all. Change the share.",
                share=f"{share:g}",
                listed=f"{listed:,}",
            )
        ]
    return []


def count_held_out(listed: int, share: float, size: int | None) -> int:
    """Return how many of ``listed`` customers are held out."""
    return round(share * listed) if size is None else int(size)


def _hash_ids(ids: pd.Series, salt: str) -> np.ndarray:
    keyed = hmac.new(salt.encode(), digestmod=hashlib.sha256)
    digests = []
    for text in ids:
        one = keyed.copy()
        one.update(str(text).encode())
        digests.append(one.digest()[:8])
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)


def _split_evenly(counts: IntArray, wanted: int) -> IntArray:
    """Split ``wanted`` in proportion to ``counts``; what rounding leaves goes to the largest remainders."""
    exact = counts * wanted / counts.sum()
    quota: IntArray = np.floor(exact).astype(np.int64)
    rest = np.argsort(-(exact - quota), kind="stable")[: wanted - int(quota.sum())]
    quota[rest] += 1
    return quota
