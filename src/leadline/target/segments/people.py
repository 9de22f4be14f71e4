"""Whom segments are made of: one row a customer under the customer's id, described from beside if need be."""

from collections.abc import Mapping, Sequence
from itertools import chain, count

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.data.ids import spell_ids
from leadline.errors import DataError, ParameterError
from leadline.language import _
from leadline.target.segments.bases import Basis
from leadline.target.views.checks import check_ids

#: Index of a table that names nobody: its rows are counted from 1.
ROW = "row"
_NAMED = 3


def index_customers(frame: pd.DataFrame, id_column: str | None) -> pd.DataFrame:
    """Put customers under their ids, spelt as text; without an id column rows are counted from 1.

    Raises
    ------
    DataError
        If the column is absent, or an id is missing or repeated.
    """
    if id_column is None:
        name = next(name for name in chain([ROW], (f"{ROW}_{n}" for n in count(1))) if name not in frame)
        return frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name=name), axis=0)
    if problems := check_ids(frame, id_column):
        raise DataError(_("The customers cannot be told apart"), problems)
    return frame.set_index(pd.Index(spell_ids(frame[id_column]).astype(object), name=id_column))


def describe_from(customers: pd.DataFrame, beside: pd.DataFrame, id_column: str | None) -> pd.DataFrame:
    """Add the columns of another table of the same customers.

    With ids in both, customers are found by them, and who is absent has missing values. Where the table has
    no ids of its own it must have as many rows, in the same order.

    Parameters
    ----------
    customers
        As `index_customers` returns them.
    beside
        One row a customer.
    id_column
        Names the customer in both.

    Raises
    ------
    DataError
        If a column is in both tables, ids repeat, nobody is found, or rows cannot be counted off.
    """
    has_ids = id_column is not None and id_column in beside.columns
    twice = [name for name in beside.columns if name in customers.columns and name != id_column]
    problems = [_("{name}: is in both tables. Leave it out of one.", name=name) for name in twice]
    if not has_ids and len(beside) != len(customers):
        problems.append(
            _(
                "it has {count} rows for {count_2} customers, and no id to find them by. Add a "
                "column of ids.",
                count=f"{len(beside):,}",
                count_2=f"{len(customers):,}",
            )
        )
    added = beside
    if has_ids and not problems:
        added = index_customers(beside, id_column).drop(columns=str(id_column))
        if not customers.index.isin(added.index).any():
            problems.append(_("none of its customers is in the table. Check that ids are spelt alike."))
    if problems:
        raise DataError(_("The table beside the customers cannot be joined"), problems)
    if has_ids:
        return customers.join(added)
    return pd.concat([customers, added.set_axis(customers.index, axis=0)], axis=1)


def rank_values(customers: pd.DataFrame, orders: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Turn ordered columns into their ranks, from 1.

    Raises
    ------
    DataError
        With every column that holds a value that is not in its order.
    """
    ranks: dict[str, pd.Series] = {}
    problems = []
    for name, order in orders.items():
        found = Basis(name=name, kind="ordinal", levels=tuple(order)).read(customers[name]) + 1
        strange = customers[name][np.isnan(found) & customers[name].notna().to_numpy()]
        if len(strange):
            said = _(", ").join(map(repr, list(dict.fromkeys(strange.astype(str)))[:_NAMED]))
            problems.append(
                _(
                    "{name}: {count} values are not in its order ({said}). Add them to orders.",
                    name=name,
                    count=f"{len(strange):,}",
                    said=said,
                )
            )
        ranks[name] = pd.Series(found, index=customers.index)
    if problems:
        raise DataError(_("Ordered columns cannot be ranked"), problems)
    return customers.assign(**ranks)


def check_request(*, segment_count: int | None, id_column: str | None, earlier: object) -> None:
    """Refuse what cannot be done before anything is computed.

    Raises
    ------
    ParameterError
        If one segment is asked for, or two periods of customers without ids.
    """
    problems = []
    if segment_count is not None and segment_count < 2:  # noqa: PLR2004 (one segment divides nobody)
        problems.append(
            _("segment_count == {segment_count}, must be 2 or more, or empty.", segment_count=segment_count)
        )
    if earlier is not None and id_column is None:
        problems.append(
            _("earlier: customers of two periods are found by their ids. Name them with id_column.")
        )
    if problems:
        raise ParameterError(_("The segments cannot be made so"), problems)


def label_customers(
    labels: npt.NDArray[np.int64], names: Sequence[str], customers: pd.DataFrame
) -> pd.Series:
    """Return the segment of each customer: ``labels`` counts from 0, ``names`` keep their order."""
    order = pd.CategoricalDtype(list(names), ordered=True)
    found = pd.Categorical.from_codes(labels.tolist(), dtype=order)
    return pd.Series(found, index=customers.index, name="segment")
