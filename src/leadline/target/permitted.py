"""Customers who may not be contacted belong on no list: they are left out before any stage is judged."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from leadline.data.flags import NO, YES
from leadline.errors import DataError
from leadline.language import _, format_value, plural
from leadline.target.metrics import BoolArray

_ID = "customer_id"
_NAMED = 6


@dataclass(frozen=True, eq=False, kw_only=True)
class PermittedCustomers:
    """The customers who may be contacted, and how many were left out for which reason.

    ``left_out`` has one row a reason, in the order in which they were asked: ``reason``, ``customers`` (those
    whom no reason before had left out). ``unasked`` are those who opted out or did not agree and might be
    contacted but for that.
    """

    frame: pd.DataFrame
    unasked: pd.DataFrame
    left_out: pd.DataFrame

    @property
    def summary(self) -> str:
        """How many stay, and why the others do not."""
        if self.left_out.empty:
            return _(
                "Nobody is left out: the table does not say who may not be contacted (columns consent and "
                "do_not_contact). Permission must be asked before a list is used."
            )
        reasons = _("; ").join(
            _("{reason}: {count}", reason=row["reason"], count=format_value(int(row["customers"]), "count"))
            for row in self.left_out.to_dict("records")
        )
        return plural(
            "{count} customer may be contacted and is judged. Left out: {reasons}.",
            "{count} customers may be contacted and are judged. Left out: {reasons}.",
            len(self.frame),
            reasons=reasons,
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary)}</p>"


def leave_out_barred(frame: pd.DataFrame, *, holders: Iterable[str] | None = None) -> PermittedCustomers:
    """Leave out who may not be contacted, as far as the table tells.

    Parameters
    ----------
    frame
        One row a customer; ``consent`` and ``do_not_contact`` are asked where they are columns (yes and no in
        any form; what is missing or neither counts against contact).
    holders
        Ids (``customer_id``) of those who hold the product already; None is nobody.

    Raises
    ------
    DataError
        If nobody may be contacted, or holders are named and the customers have no ids.
    """
    barred: list[tuple[str, BoolArray]] = []
    if "do_not_contact" in frame.columns:
        barred.append((_("opted out"), ~_says(frame["do_not_contact"], NO)))
    if "consent" in frame.columns:
        barred.append((_("no consent"), ~_says(frame["consent"], YES)))
    holds = np.zeros(len(frame), dtype=bool)
    if holders is not None:
        if _ID not in frame.columns:
            raise DataError.of("Holders cannot be left out", f"{_ID}: the table has no such column. Map it.")
        ids = frame[_ID].astype("string")
        holds = ids.isin(pd.Series(list(holders), dtype="string")).to_numpy(dtype=bool)
        barred.append((_("hold the product already"), holds))
    kept = np.ones(len(frame), dtype=bool)
    rows = []
    for reason, who in barred:
        rows.append((reason, int((kept & who).sum())))
        kept &= ~who
    if not kept.any():
        raise DataError.of(
            "There is nobody to list",
            f"all {len(frame):,} customers opted out or did not agree. Check consent and do_not_contact.",
        )
    return PermittedCustomers(
        frame=frame[kept].reset_index(drop=True),
        unasked=frame[~kept & ~holds].reset_index(drop=True),
        left_out=pd.DataFrame(rows, columns=["reason", "customers"]),
    )


def find_holders(
    holdings: pd.DataFrame | None, *, as_of: dt.date | None, product_id: str | None = None
) -> list[str] | None:
    """Return the ids of those who hold the product on a day; None where holdings are not known.

    Parameters
    ----------
    holdings
        One row a product held by a customer: ``customer_id``, ``product_id``, ``since``, ``until``.
    as_of
        The day; None asks of any day.
    product_id
        The product offered; may be left out where the table knows one only.

    Raises
    ------
    DataError
        If the product is not named and there are several, or it is none of them.
    """
    if holdings is None:
        return None
    known = sorted(holdings["product_id"].astype("string").unique())
    if (product_id is None and len(known) > 1) or (product_id is not None and product_id not in known):
        raise DataError.of(
            "Holders cannot be left out",
            f"product_id == {product_id!r}, must be one of the products held: {', '.join(known[:_NAMED])}.",
        )
    held = pd.Series(data=True, index=holdings.index)
    if product_id is not None:
        held &= holdings["product_id"].astype("string") == product_id
    if as_of is not None:
        day = pd.Timestamp(as_of)
        held &= (pd.to_datetime(holdings["since"]) <= day) & ~(pd.to_datetime(holdings["until"]) <= day)
    return list(holdings.loc[held, _ID].astype("string"))


def _says(column: pd.Series, answers: frozenset[str]) -> BoolArray:
    words = column.astype(object).map(lambda value: str(value).strip().casefold().removesuffix(".0"))
    said: BoolArray = words.isin(answers).to_numpy(dtype=bool) & column.notna().to_numpy()
    return said
