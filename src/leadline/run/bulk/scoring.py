"""From a folder's tables to one expression: each customer, what the points ask for, and the points."""

import datetime as dt

import ibis
import ibis.expr.types as ir

from leadline.data.open_tables import OpenTables
from leadline.features.profile import CIRCLE_FACTS, ID, customer_features
from leadline.features.trades import holding_features
from leadline.features.usage import usage_features
from leadline.language import _
from leadline.target.points import PointsTable
from leadline.target.points_sql import points_expression

CUSTOMERS, USAGE, CALLS, MEMBERS, HOLDINGS = "customers", "monthly_usage", "calls", "members", "holdings"
POINTS = "points"
#: Whether a customer may be on a list, as far as the table of customers tells.
PERMITTED = "is_permitted"
#: Columns of customers that tell it; without one nobody is left out for it.
CONSENT, OPTED_OUT = "consent", "do_not_contact"


def score_tables(
    tables: OpenTables, points: PointsTable, *, as_of: dt.date, every_feature: bool = False
) -> ir.Table:
    """Describe and score each customer of a folder.

    Parameters
    ----------
    tables
        ``customers`` and any of ``monthly_usage``, ``calls`` with ``members``, ``holdings``.
    points
        The points; a table that none of its columns comes from is not read.
    as_of
        Day of the analysis.
    every_feature
        Whether all features are kept, asked for by the points or not.

    Returns
    -------
    ibis Table
        One row a customer: ``customer_id``; ``is_permitted`` (has agreed and has not opted out, as far as
        columns tell it; missing is no consent, and an opt-out); the columns of ``points``, or all but the
        number; ``points``, int32.

    Raises
    ------
    DataError
        If a column of ``points`` is absent or of the wrong kind, or ids do not fit.
    """
    customers = tables[CUSTOMERS]
    wanted = {
        name: tables[name]
        for names, features in _list_features(tables, as_of).items()
        if every_feature or features.intersection(points.columns)
        for name in names
    }
    left_out = {ID, "phone"}
    own = [
        name
        for name in customers.columns
        if name in points.columns or (every_feature and name not in left_out)
    ]
    people = customers.select(ID, *own, **{PERMITTED: _is_permitted(customers)})
    described = customer_features(people, as_of=as_of, **wanted)
    scored = described.mutate(**{POINTS: points_expression(points, described)})
    kept = scored.columns if every_feature else [ID, PERMITTED, *points.columns, POINTS]
    return scored.select(*kept)


def find_gaps(customers: ir.Table) -> list[str]:
    """Name what the customers' table does not tell, so that nobody is left out of a list for it."""
    told = {CONSENT: _("consent to marketing contact"), OPTED_OUT: _("who opted out")}
    return [
        _(
            "customers has no column {column} ({meaning}): nobody was left out for it.",
            column=column,
            meaning=meaning,
        )
        for column, meaning in told.items()
        if column not in customers.columns
    ]


def _list_features(tables: OpenTables, as_of: dt.date) -> dict[tuple[str, ...], set[str]]:
    """Return the tables that are there → the features that they make."""
    found: dict[tuple[str, ...], set[str]] = {}
    if USAGE in tables:
        found[USAGE,] = set(usage_features(tables[USAGE], as_of=as_of).columns) - {ID}
    if CALLS in tables and MEMBERS in tables:
        found[CALLS, MEMBERS] = set(CIRCLE_FACTS)
    if HOLDINGS in tables:
        found[HOLDINGS,] = set(holding_features(tables[HOLDINGS], as_of=as_of).columns) - {ID}
    return found


def _is_permitted(customers: ir.Table) -> ir.Value:
    yes, no = ibis.literal(value=True), ibis.literal(value=False)
    agreed = customers[CONSENT].fill_null(no) if CONSENT in customers.columns else yes
    opted_out = customers[OPTED_OUT].fill_null(yes) if OPTED_OUT in customers.columns else no
    return agreed & ~opted_out
