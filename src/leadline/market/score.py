"""A list that somebody made, matched with the market's customers: everything wrong with it at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadline.data.raw import counted, find_file_rows, name_rows, shorten, suggest
from leadline.errors import DataError
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
    headline = f"{source_name} cannot be scored"
    if "customer_id" not in frame.columns:
        hint = suggest("customer_id", frame.columns)
        raise DataError.of(
            headline,
            f"customer_id: the column is absent.{hint} Name your own column for it in a mapping file.",
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
        yield f"customer_id: {_count(missing, 'value')} missing{_where(missing)}. Fill or remove these rows."
    numbers = text.str.fullmatch(r"\d+\.\d*|\d+(\.\d*)?[eE][+-]?\d+").fillna(value=False).astype(bool)
    if numbers.any():
        yield (
            f"customer_id: {_count(numbers, 'id')} written with a decimal point or in scientific notation"
            f"{_where(numbers, text)}. Export the list again with the column as text."
        )
    unknown = (row < 0) & ~numbers & ~missing
    if unknown.any():
        yield (
            f"customer_id: {_count(unknown, 'id')} not in this market{_where(unknown, text)}. "
            "Check that the list was made from this folder's customers."
        )
    repeated = row.duplicated() & (row >= 0)  # however the id is spelled
    if repeated.any():
        yield (
            f"customer_id: {_count(repeated, 'customer')} listed already{_where(repeated, text)}. "
            "Keep one row each."
        )


def _check_permission(row: pd.Series, market: Market) -> Iterator[str]:
    barred = (row >= 0) & ~_may_contact(market)[row.to_numpy()]
    if barred.any():
        yield (
            f"customer_id: {_count(barred, 'customer')} not to be contacted (opted out, or never agreed)"
            f"{_where(barred)}. Remove them; consent and do_not_contact are in the customers table."
        )


def _check_channels(listed: pd.Series, arm: pd.Series, market: Market) -> Iterator[str]:
    missing = listed.isna()
    if missing.any():
        yield f"channel: {_count(missing, 'value')} missing{_where(missing)}. Write none for the hold-out."
    unknown = (arm < 0) & ~missing
    if unknown.any():
        hint = suggest(str(listed[unknown].iloc[0]), ARMS)
        yield (
            f"channel: {_count(unknown, 'value')} no channel{_where(unknown, listed)}.{hint} "
            f"Allowed are {', '.join(ARMS)}."
        )
    for code, capacity in enumerate(market.parameters.capacity(market.customers), start=1):
        wanted = int((arm == code).sum())
        if wanted > capacity:
            yield (
                f"channel: {wanted:,} customers by {ARMS[code]}, whose capacity in a market of "
                f"{market.customers:,} is {capacity:,}. Move {wanted - capacity:,} to another channel or off "
                "the list."
            )


def _may_contact(market: Market) -> NDArray[np.bool_]:
    return market.observed.consent & ~market.observed.do_not_contact


def _count(found: pd.Series, noun: str) -> str:
    return counted(int(found.sum()), f"{noun} is", f"{noun}s are")


def _where(found: pd.Series, values: pd.Series | None = None) -> str:
    """Name the first rows and, where they help, the first values."""
    shown = () if values is None else tuple(values[found].iloc[:_VALUES_NAMED])
    first = ", ".join(dict.fromkeys(map(shorten, shown)))
    return f" ({name_rows(find_file_rows(found))}{': ' if first else ''}{first})"
