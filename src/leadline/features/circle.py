"""Social circle: who of the partner's people a customer calls or is called by (the case; E2)."""

import datetime as dt

import ibis
import ibis.expr.types as ir

from leadline.errors import DataError
from leadline.features.whole import add_up
from leadline.features.window import plain_day, within_days
from leadline.language import _

#: Kinds of members → how their columns begin.
KINDS = {"account_holder": "holder", "staff": "staff"}
#: End of a call → the column that tells, where calls lie in buckets, whose customer the bucket's is.
IN_BUCKET = {"caller_id": "is_caller_in_bucket", "callee_id": "is_callee_in_bucket"}


def circle_features(calls: ir.Table, members: ir.Table, *, as_of: dt.date, window_days: int = 90) -> ir.Table:
    """Count each customer's calls with members in the ``window_days`` days that end with ``as_of``.

    Parameters
    ----------
    calls
        One row a call: ``caller_id``, ``callee_id``, ``called_on``, as `leadline.data.tables.CALLS`. Calls to
        oneself and calls after ``as_of`` are not seen. With the columns of ``IN_BUCKET`` only the ends that
        these mark are customers; the other ends are met in buckets of their own.
    members
        ``customer_id`` and ``kind``, ``account_holder`` or ``staff``; who is both has two rows. Repeated rows
        count once, other kinds not at all. Ids that were read as text are compared as numbers where those
        of ``calls`` are numbers.
    as_of
        Day of the analysis, the last of the window.
    window_days
        Length of the window, that day included.

    Returns
    -------
    ibis Table
        One row a customer who called a member or was called by one: ``customer_id``; for account holders
        ``called_holder``, ``called_by_holder``, ``holder_calls``, ``holder_contacts`` (distinct holders),
        ``days_since_holder_call`` (missing without such a call); the same for ``staff`` and for ``member``,
        which is either kind, one person counting once. Whoever is not in it had no such call.

    Raises
    ------
    DataError
        If ids are text in ``calls`` and numbers elsewhere: zeros at their head would decide who matches.
    """
    members = _align_ids(calls, members)
    seen = calls.filter(
        within_days(calls.called_on, as_of=as_of, days=window_days), calls.caller_id != calls.callee_id
    )
    known = members.filter(members.kind.isin(list(KINDS)))
    people = known.group_by("customer_id").aggregate(
        **{f"is_{short}": (known.kind == kind).any() for kind, short in KINDS.items()}
    )
    made = _calls_with(seen, people, customer="caller_id", contact="callee_id")
    received = _calls_with(seen, people, customer="callee_id", contact="caller_id")
    return _count(made.union(received), plain_day(as_of))


def _calls_with(seen: ir.Table, people: ir.Table, *, customer: str, contact: str) -> ir.Table:
    if IN_BUCKET[customer] in seen.columns:
        seen = seen.filter(seen[IN_BUCKET[customer]])
    joined = seen.join(people, seen[contact] == people.customer_id)
    return joined.select(
        customer_id=seen[customer],
        contact_id=seen[contact],
        called_on=seen.called_on.cast("date"),
        is_made=ibis.literal(customer == "caller_id"),
        **{f"is_{short}": people[f"is_{short}"] for short in KINDS.values()},
    )


def _count(calls: ir.Table, day: dt.date) -> ir.Table:
    """Bring calls together by pair, then by customer: distinct contacts without a distinct count."""
    kinds = [f"is_{short}" for short in KINDS.values()]  # a contact's own, so they part no pair
    pairs = calls.group_by("customer_id", "contact_id", *kinds).aggregate(
        calls=calls.count(),
        was_called=calls.is_made.any(),
        was_caller=(~calls.is_made).any(),
        last_call_on=calls.called_on.max(),
    )
    pairs = pairs.mutate(is_member=ibis.literal(True))  # noqa: FBT003 - a member is of one kind at least
    columns: dict[str, ir.Value] = {}
    for short in [*KINDS.values(), "member"]:
        chosen = pairs[f"is_{short}"]
        columns |= {
            f"called_{short}": (pairs.was_called & chosen).any(),
            f"called_by_{short}": (pairs.was_caller & chosen).any(),
            f"{short}_calls": add_up(pairs.calls, where=chosen),
            f"{short}_contacts": pairs.count(where=chosen),
            f"days_since_{short}_call": ibis.literal(day).delta(
                pairs.last_call_on.max(where=chosen), unit="day"
            ),
        }
    return pairs.group_by("customer_id").aggregate(**columns)


def _align_ids(calls: ir.Table, members: ir.Table) -> ir.Table:
    """Bring members' ids to the type of those in ``calls``, which is the large table."""
    kinds = {"calls.caller_id": calls.caller_id.type(), "calls.callee_id": calls.callee_id.type()}
    if all(kind.is_integer() for kind in kinds.values()) and members.customer_id.type().is_string():
        return members.mutate(customer_id=members.customer_id.cast("int64"))
    kinds["members.customer_id"] = members.customer_id.type()
    if len({kind.is_string() for kind in kinds.values()}) > 1:
        found = _(", ").join(_("{name} is {kind}", name=name, kind=kind) for name, kind in kinds.items())
        raise DataError.of(
            _("Calls and members cannot be joined"),
            _("{found}. Make ids text in both tables, or numbers in both.", found=found),
        )
    return members
