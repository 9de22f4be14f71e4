"""Joining a partner's list without giving numbers away: keys, allowed columns, an audit line (E2)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from leadline.data.flags import read_flag
from leadline.data.partner.audit import append_audit
from leadline.data.partner.keyed_lists import KEYED, KeyedList
from leadline.data.partner.purposes import AllowList, choose_columns, find_numbers_of_people
from leadline.data.partner.result import ListCounts, PartnerJoinResult
from leadline.data.raw import find_file_rows, name_rows, suggest
from leadline.errors import DataError
from leadline.language import _, plural

#: What becomes of a number whose partner rows tell different facts.
Conflicts = Literal["leave_out", "first", "last"]

_STAFF = "is_staff"


@dataclass(frozen=True, eq=False, kw_only=True)
class _Facts:
    """The partner's facts, one row a number; what was brought together and what contradicts."""

    frame: pd.DataFrame
    repeated_rows: int
    staff_disputed: int
    conflicting: pd.Index
    conflict_columns: dict[str, int]


def join_partner(
    ours: KeyedList,
    theirs: KeyedList,
    *,
    allow: AllowList,
    purpose: str,
    audit: str | Path | None,
    columns: Sequence[str] | None = None,
    customer: str = "customer_id",
    conflicts: Conflicts = "leave_out",
) -> PartnerJoinResult:
    """Find our customers on a partner's list, and take over the columns allowed for ``purpose``.

    Parameters
    ----------
    ours, theirs
        Both lists under the same key (`leadline.data.key_list`, `leadline.data.open_keyed`).
    allow
        Purpose → columns of the partner's that may cross for it.
    purpose
        What the join is for, a key of ``allow``.
    audit
        File to which the audit line is added before anything is returned; None only where both lists are
        ours, and nothing crosses.
    columns
        The partner's columns asked for; by default every allowed one that is there.
    customer
        Our column of customers' ids.
    conflicts
        Partner rows of one number that agree in all crossing columns count as one. Where they differ:
        ``leave_out`` joins none of them, ``first`` or ``last`` takes that row in the order of their file.
        ``is_staff`` is never settled so: one yes among a number's rows makes it the partner's employee.

    Returns
    -------
    PartnerJoinResult
        ``matched`` has one row a matched customer: ``customer``'s column and the crossing columns; no number,
        keyed or plain.

    Raises
    ------
    DataError
        With all problems at once: lists under different keys, a column that may not cross, ids that are
        telephone numbers; or if the audit line cannot be written.
    """
    _check(ours, theirs, customer)
    crossing = choose_columns(
        theirs.frame, allow=allow, purpose=purpose, columns=columns, set_apart=(KEYED, customer)
    )
    told = _read_staff(theirs.frame[[KEYED, *crossing]])
    facts = _bring_together(told, conflicts)
    keys = ours.frame[KEYED]
    is_shared = keys.duplicated(keep=False)
    places = pd.Index(facts.frame[KEYED]).get_indexer(pd.Index(keys))
    is_found = (places >= 0) & ~is_shared
    taken = facts.frame[crossing].iloc[places[is_found]].set_axis(keys.index[is_found])
    matched = pd.concat([ours.frame.loc[is_found, [customer]], taken], axis=1).reset_index(drop=True)
    reasons = _explain(keys, is_shared, facts)
    result = PartnerJoinResult(
        matched=matched,
        unmatched=ours.frame[[customer]].assign(reason=reasons)[~is_found].reset_index(drop=True),
        purpose=purpose,
        columns=tuple(crossing),
        key_id=ours.key_id,
        ours=_count(ours, repeated_rows=int(is_shared.sum()), matched=len(matched)),
        theirs=_count(theirs, repeated_rows=facts.repeated_rows, matched=len(matched)),
        conflicts=conflicts,
        conflicting_numbers=len(facts.conflicting),
        conflict_columns=facts.conflict_columns,
        staff=int(matched[_STAFF].sum()) if _STAFF in matched else None,
        staff_disputed=facts.staff_disputed,
        left_behind=tuple(str(name) for name in theirs.frame if name not in (KEYED, *crossing)),
    )
    if audit is not None:
        append_audit(audit, "partner_join", _write_entry(result, ours, theirs))
    return result


def _check(ours: KeyedList, theirs: KeyedList, customer: str) -> None:
    problems = []
    if ours.key_id != theirs.key_id:
        problems.append(
            _(
                "our list was keyed with {key_id}, theirs with {their_key_id}: nothing could match. "
                "Compare the key files (one stray mark makes another key) and key one list again.",
                key_id=ours.key_id,
                their_key_id=theirs.key_id,
            )
        )
    if customer not in ours.frame:
        hint = suggest(customer, ours.frame.columns)
        problems.append(
            _(
                "{customer}: our list has no such column.{hint} It must name each customer.",
                customer=customer,
                hint=hint,
            )
        )
    elif problem := find_numbers_of_people(ours.frame[customer], is_id=True):
        problems.append(_("{problem} A customer's id must not be the number.", problem=problem))
    elif (several := ours.frame[customer].duplicated()).any():
        rows = find_file_rows(several)
        problems.append(
            plural(
                "{customer}: {count} row repeats a customer of our list ({rows}). Keep one number a "
                "customer, or facts of several would be mixed.",
                "{customer}: {count} rows repeat a customer of our list ({rows}). Keep one number a "
                "customer, or facts of several would be mixed.",
                len(rows),
                customer=customer,
                rows=name_rows(rows),
            )
        )
    if problems:
        raise DataError(_("The lists cannot be joined"), problems)


def _read_staff(told: pd.DataFrame) -> pd.DataFrame:
    """Make ``is_staff`` true or false, however it is spelt: whom to leave alone must be certain."""
    if _STAFF not in told:
        return told
    flag = read_flag(told[_STAFF])
    if flag is None:
        raise DataError.of(
            _("The lists cannot be joined"),
            _(
                "{staff}: must be yes or no in every row, for the partner's employees are no "
                "targets. Have the empty or other values corrected.",
                staff=_STAFF,
            ),
        )
    return told.assign(**{_STAFF: flag})


def _bring_together(rows: pd.DataFrame, conflicts: Conflicts) -> _Facts:
    """Collapse rows that agree; find the numbers whose rows do not, and settle them as asked."""
    rows, staff_disputed = _settle_staff(rows)
    different = rows.drop_duplicates()
    clashing = different[different.duplicated(KEYED, keep=False)]
    conflicting = pd.Index(clashing[KEYED].unique())
    spread = clashing.groupby(KEYED).nunique(dropna=False).gt(1).sum()
    match conflicts:
        case "leave_out":
            facts = different[~different[KEYED].isin(conflicting)]
        case "first" | "last":
            facts = rows.drop_duplicates(KEYED, keep=conflicts)
        case _:
            raise DataError.of(
                _("The lists cannot be joined"),
                _("conflicts == {conflicts}, must be leave_out, first or last.", conflicts=repr(conflicts)),
            )
    return _Facts(
        frame=facts,
        repeated_rows=int(rows.duplicated(KEYED).sum()),
        staff_disputed=staff_disputed,
        conflicting=conflicting,
        conflict_columns={str(name): int(count) for name, count in spread.items() if count},
    )


def _settle_staff(rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Make a number with one yes staff in all its rows, and count those whose rows disagreed."""
    if _STAFF not in rows:
        return rows, 0
    of_number = rows.groupby(KEYED)[_STAFF]
    is_staff = of_number.transform("any")
    disputed = int(rows.loc[is_staff & ~of_number.transform("all"), KEYED].nunique())
    return rows.assign(**{_STAFF: is_staff}), disputed


def _explain(keys: pd.Series, is_shared: pd.Series, facts: _Facts) -> pd.Series:
    """Say for each of our customers why the partner tells us nothing, should it be so."""
    reasons = pd.Series("not_on_their_list", keys.index, dtype="str")
    reasons[keys.isin(facts.conflicting)] = "their_rows_conflict"
    reasons[is_shared] = "number_of_several_customers"
    return reasons


def _count(keyed: KeyedList, *, repeated_rows: int, matched: int) -> ListCounts:
    return ListCounts(
        rows=keyed.rows,
        missing=keyed.missing,
        invalid=keyed.invalid,
        numbers=int(keyed.frame[KEYED].nunique()),
        repeated_rows=repeated_rows,
        matched=matched,
    )


def _write_entry(result: PartnerJoinResult, ours: KeyedList, theirs: KeyedList) -> dict[str, Any]:
    return {
        "purpose": result.purpose,
        "columns": list(result.columns),
        "key_id": result.key_id,
        "ours": asdict(result.ours) | {"sha256": ours.sha256},
        "theirs": asdict(result.theirs) | {"sha256": theirs.sha256},
        "conflicts": result.conflicts,
        "conflicting_numbers": result.conflicting_numbers,
        "staff_disputed": result.staff_disputed,
    }
