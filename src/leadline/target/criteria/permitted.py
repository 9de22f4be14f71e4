"""Whom each channel may reach: conditions on yes/no columns, read as permissions."""

from collections.abc import Mapping, Sequence

import pandas as pd

from leadline.data import check_columns
from leadline.data.flags import read_yes
from leadline.errors import DataError
from leadline.language import _
from leadline.target.segments.plan import NOT


def read_permitted(customers: pd.DataFrame, channels: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Say whom each channel may reach.

    Parameters
    ----------
    customers
        One row a customer.
    channels
        Channel → yes/no columns that must all hold; one written after "not " must not. A missing answer
        permits nothing, either way.

    Returns
    -------
    DataFrame
        One row a customer with the index of ``customers``, one column of yes and no a channel.

    Raises
    ------
    DataError
        With every column that is absent or is neither yes nor no.
    """
    named = dict.fromkeys(_strip(one) for conditions in channels.values() for one in conditions)
    problems = check_columns(customers, named, _("the table of customers"))
    yes = {name: read_yes(customers[name], problems) for name in named if name in customers}
    if problems:
        raise DataError(_("Who may be reached cannot be told"), problems)
    known = {name: customers[name].notna().to_numpy() for name in named}
    held = {
        condition: known[_strip(condition)]
        & (yes[_strip(condition)] ^ (condition.strip() != _strip(condition)))
        for conditions in channels.values()
        for condition in conditions
    }
    columns = {
        channel: pd.DataFrame({one: held[one] for one in conditions}, index=customers.index).all(axis=1)
        for channel, conditions in channels.items()
    }
    return pd.DataFrame(columns, index=customers.index)


def _strip(condition: str) -> str:
    return condition.strip().removeprefix(NOT).strip()
