"""The list: the customers with the most points, in one order on every engine."""

import ibis
import ibis.expr.types as ir

from leadline.errors import ParameterError
from leadline.features.ids import align_ids
from leadline.language import _


def top_customers(
    scores: ir.Table,
    *,
    most: int,
    points: str = "points",
    customer: str = "customer_id",
    excluded: ir.Table | None = None,
) -> ir.Table:
    """Choose the customers with the most points, whole numbers; equal points are ordered by id, lowest first.

    Text ids are compared by their characters' codes (binary collation), whole numbers as numbers.

    Parameters
    ----------
    scores
        One row a customer. Rows without points, or without an id, are not chosen.
    most
        Length of the list.
    points, customer
        Columns of ``scores``.
    excluded
        Table whose column ``customer`` names who must not be on the list (opt-outs, hold-outs).

    Returns
    -------
    ibis Table
        At most ``most`` rows of ``scores`` in order, with ``rank`` from 1; write it ordered by ``rank``.

    Raises
    ------
    ParameterError
        If ``most`` is below 1, or points are no whole numbers: they would not order alike everywhere.
    DataError
        If ids of ``excluded`` cannot be compared with those of ``scores``.
    """
    problems = []
    if most < 1:
        problems.append(_("most == {most}, must be 1 or more.", most=most))
    if not scores[points].type().is_integer():
        problems.append(
            _("{points} holds {kind}, must hold whole numbers.", points=points, kind=scores[points].type())
        )
    if problems:
        raise ParameterError(_("The list cannot be made"), problems)
    known = scores.filter(scores[points].notnull(), scores[customer].notnull())
    if excluded is not None:
        out = align_ids(
            excluded.select(customer), customer, to=scores[customer], headline=_("The list cannot be made")
        ).distinct()
        known = known.anti_join(out, customer)
    order = [known[points].desc(), known[customer].asc()]
    chosen = known.order_by(order).limit(most)
    rank = ibis.row_number().over(order_by=[chosen[points].desc(), chosen[customer].asc()])
    return chosen.mutate(rank=(rank + 1).cast("int64")).order_by("rank")
