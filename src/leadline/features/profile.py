"""Everything known of each customer on a day, in one expression over the tables in bulk."""

import datetime as dt
from collections.abc import Sequence

import ibis.expr.types as ir

from leadline.errors import DataError
from leadline.features.circle import circle_features
from leadline.features.ids import align_ids
from leadline.features.trades import holding_features
from leadline.features.usage import usage_features
from leadline.language import _

ID = "customer_id"
#: What of the circle describes a customer.
CIRCLE_FACTS = ("holder_calls", "holder_contacts", "staff_calls")
CIRCLE_DAYS = 90


def customer_features(
    customers: ir.Table,
    *,
    as_of: dt.date,
    monthly_usage: ir.Table | None = None,
    calls: ir.Table | None = None,
    members: ir.Table | None = None,
    holdings: ir.Table | None = None,
) -> ir.Table:
    """Describe each customer by use, circle and holdings, as a day knows them.

    Parameters
    ----------
    customers
        One row a customer: ``customer_id``, text or whole number, and any other columns.
    as_of
        Day of the analysis. Nothing later is seen.
    monthly_usage, calls, holdings
        As `leadline.data.tables` describes them; a table that is not given adds no column.
    members
        Of `circle_features`; without it the calls add none either.

    Returns
    -------
    ibis Table
        One row a row of ``customers``: its columns; those of `usage_features`; ``holder_calls``,
        ``holder_contacts`` and ``staff_calls`` in 90 days (`circle_features`); ``products_held``
        (`holding_features`). Who has no row in a table has 0 in its columns.

    Raises
    ------
    DataError
        If ids cannot be compared, or ``customers`` has a column of one of these names already.
    """
    parts = []
    if monthly_usage is not None:
        parts.append(usage_features(monthly_usage, as_of=as_of))
    if calls is not None and members is not None:
        circle = circle_features(calls, members, as_of=as_of, window_days=CIRCLE_DAYS)
        parts.append(circle.select(ID, *CIRCLE_FACTS))
    if holdings is not None:
        parts.append(holding_features(holdings, as_of=as_of))
    _check_names(customers, parts)
    for part in parts:
        customers = _add_counts(customers, part)
    return customers


def _add_counts(customers: ir.Table, part: ir.Table) -> ir.Table:
    """Add columns by customer; who has no row did nothing, which is 0."""
    part = align_ids(part, ID, to=customers[ID], headline=_("Tables cannot be joined by customer"))
    joined = customers.left_join(part, customers[ID] == part[ID])
    names = [name for name in part.columns if name != ID]
    return joined.select(
        *(customers[name] for name in customers.columns),
        **{name: part[name].fill_null(0).cast(part[name].type()) for name in names},
    )


def _check_names(customers: ir.Table, parts: Sequence[ir.Table]) -> None:
    added = {name for part in parts for name in part.columns if name != ID}
    problems = [
        _("{name}: the features have a column of this name. Rename yours.", name=name)
        for name in customers.columns
        if name in added
    ]
    if problems:
        raise DataError(_("The customers cannot be described"), problems)
