"""A list that somebody made, matched with the market's customers: everything wrong with it at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadline.data.raw import find_file_rows, name_rows, shorten, suggest
from leadline.errors import DataError
from leadline.language import _, plural
from leadline.market.market import Market
from leadline.market.truth import ARMS, Codes

_WHOLE = r"\d{1,18}"
_VALUES_NAMED = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class CustomerList:
    """A checked list. ``row`` and ``arm`` have shape (listed,), in the order of the list.

    ``opted_out``, ``already_subscribed`` and ``recently_contacted`` count customers whom a desk leaves off.
    """

    row: NDArray[np.int64]
    arm: Codes
    opted_out: int
    already_subscribed: int
    recently_contacted: int


def check_list(
    frame: pd.DataFrame,
    market: Market,
    *,
    source_name: str,
    channel: str = "call",
    allow_opted_out: bool = False,
) -> CustomerList:
    """Match a list with the market.

    Parameters
    ----------
    frame
        One row a customer, labelled as `leadline.data.read_table` did: ``customer_id`` and, if there is one,
        ``channel`` (one of `ARMS`; none is the hold-out).
    market
        The market that the customers are from.
    source_name
        What the list is called in messages.
    channel
        Of all customers, where the list has no such column.
    allow_opted_out
        Whether customers may be listed whom the law bars: only to see what consent costs.

    Raises
    ------
    DataError
        One message with every problem: column, count, first rows, remedy.
    """
    headline = _("{source_name} cannot be scored", source_name=source_name)
    if "customer_id" not in frame.columns:
        hint = suggest("customer_id", frame.columns)
        raise DataError.of(
            headline,
            _(
                "customer_id: the column is absent.{hint} Name your own column for it in a mapping file.",
                hint=hint,
            ),
        )
    text = frame["customer_id"].astype("string")
    row = _find_rows(text, market)
    listed = frame["channel"] if "channel" in frame.columns else pd.Series(channel, frame.index)
    arm = listed.astype("string").map({name: code for code, name in enumerate(ARMS)}).fillna(-1).astype(int)
    problems = [
        *_check_ids(text, row),
        *([] if allow_opted_out else _check_permission(row, market)),
        *_check_channels(listed, arm, market),
    ]
    if problems:
        raise DataError(headline, problems)
    seen, at = market.observed, row.to_numpy()
    return CustomerList(
        row=at,
        arm=np.asarray(arm, np.int8),
        opted_out=int((~_may_contact(market))[at].sum()),
        already_subscribed=int(seen.subscribed_before[at].sum()),
        recently_contacted=int(seen.recently_contacted[at].sum()),
    )


def _find_rows(text: pd.Series, market: Market) -> pd.Series:
    """Return the row of each customer in the market, −1 where there is none."""
    whole = text.str.fullmatch(_WHOLE).fillna(value=False).to_numpy(bool)
    ids = text.where(whole, "-1").astype("int64").to_numpy()
    known = market.observed.customer_id
    at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return pd.Series(np.where(known[at] == ids, at, -1), text.index)


def _check_ids(text: pd.Series, row: pd.Series) -> Iterator[str]:
    missing = text.isna()
    if missing.any():
        yield plural(
            "customer_id: {count} value is missing{where}. Fill or remove these rows.",
            "customer_id: {count} values are missing{where}. Fill or remove these rows.",
            int(missing.sum()),
            where=_where(missing),
        )
    numbers = text.str.fullmatch(r"\d+\.\d*|\d+(\.\d*)?[eE][+-]?\d+").fillna(value=False).astype(bool)
    if numbers.any():
        yield (
            plural(
                (
                    "customer_id: {count} id is written with a decimal point or in scientific "
                    "notation{where}. Export the list again with the column as text."
                ),
                (
                    "customer_id: {count} ids are written with a decimal point or in scientific "
                    "notation{where}. Export the list again with the column as text."
                ),
                int(numbers.sum()),
                where=_where(numbers, text),
            )
        )
    unknown = (row < 0) & ~numbers & ~missing
    if unknown.any():
        yield (
            plural(
                (
                    "customer_id: {count} id is not in this market{where}. Check that the list was made "
                    "from this folder's customers."
                ),
                (
                    "customer_id: {count} ids are not in this market{where}. Check that the list was "
                    "made from this folder's customers."
                ),
                int(unknown.sum()),
                where=_where(unknown, text),
            )
        )
    repeated = row.duplicated() & (row >= 0)  # however the id is spelled
    if repeated.any():
        yield (
            plural(
                "customer_id: {count} customer is listed already{where}. Keep one row each.",
                "customer_id: {count} customers are listed already{where}. Keep one row each.",
                int(repeated.sum()),
                where=_where(repeated, text),
            )
        )


def _check_permission(row: pd.Series, market: Market) -> Iterator[str]:
    barred = (row >= 0) & ~_may_contact(market)[row.to_numpy()]
    if barred.any():
        yield (
            plural(
                (
                    "customer_id: {count} customer is not to be contacted (opted out, or never "
                    "agreed){where}. Remove them; consent and do_not_contact are in the customers table."
                ),
                (
                    "customer_id: {count} customers are not to be contacted (opted out, or never "
                    "agreed){where}. Remove them; consent and do_not_contact are in the customers table."
                ),
                int(barred.sum()),
                where=_where(barred),
            )
        )


def _check_channels(listed: pd.Series, arm: pd.Series, market: Market) -> Iterator[str]:
    missing = listed.isna()
    if missing.any():
        yield plural(
            "channel: {count} value is missing{where}. Write none for the hold-out.",
            "channel: {count} values are missing{where}. Write none for the hold-out.",
            int(missing.sum()),
            where=_where(missing),
        )
    unknown = (arm < 0) & ~missing
    if unknown.any():
        hint = suggest(str(listed[unknown].iloc[0]), ARMS)
        yield (
            plural(
                "channel: {count} value is no channel{where}.{hint} Allowed are {arms}.",
                "channel: {count} values are no channel{where}.{hint} Allowed are {arms}.",
                int(unknown.sum()),
                where=_where(unknown, listed),
                hint=hint,
                arms=_(", ").join(ARMS),
            )
        )
    for code, capacity in enumerate(market.parameters.capacity(market.customers), start=1):
        wanted = int((arm == code).sum())
        if wanted > capacity:
            yield (
                _(
                    "channel: {wanted} customers by {channel}, whose capacity in a market of {customers} is "
                    "{capacity}. Move {surplus} to another channel or off the list.",
                    wanted=f"{wanted:,}",
                    channel=ARMS[code],
                    customers=f"{market.customers:,}",
                    capacity=f"{capacity:,}",
                    surplus=f"{wanted - capacity:,}",
                )
            )


def _may_contact(market: Market) -> NDArray[np.bool_]:
    return market.observed.consent & ~market.observed.do_not_contact


def _where(found: pd.Series, values: pd.Series | None = None) -> str:
    """Name the first rows and, where they help, the first values."""
    shown = () if values is None else tuple(values[found].iloc[:_VALUES_NAMED])
    first = _(", ").join(dict.fromkeys(map(shorten, shown)))
    rows = name_rows(find_file_rows(found))
    return f" ({rows}: {first})" if first else f" ({rows})"
