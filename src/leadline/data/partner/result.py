"""What a join with a partner's list found, and what a reader must know of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from leadline.language import _, format_value, plural
from leadline.results import Column, Kpi, result_html, table_html


@dataclass(frozen=True, kw_only=True)
class ListCounts:
    """One side's list in figures.

    ``rows`` records, of which ``missing`` had no number and ``invalid`` one that is no mobile number;
    ``numbers`` different usable ones; ``repeated_rows`` records whose number other records have too (ours:
    all of them; theirs: those beyond the first); ``matched`` numbers found on the other side.
    """

    rows: int
    missing: int
    invalid: int
    numbers: int
    repeated_rows: int
    matched: int

    @property
    def match_rate(self) -> float:
        """Share of the different usable numbers that were found on the other side."""
        return self.matched / self.numbers


@dataclass(frozen=True, eq=False, kw_only=True)
class PartnerJoinResult:
    """A join of two keyed lists. Counts are of whole lists, no sample, and so have no interval.

    Attributes
    ----------
    matched
        One row a matched customer: our id and the columns that crossed.
    unmatched
        One row a customer of ours with a usable number but no facts: our id and ``reason``, one of
        ``not_on_their_list``, ``their_rows_conflict``, ``number_of_several_customers``.
    purpose, columns
        What the join was for, and which of the partner's columns crossed.
    key_id
        Short name of the key.
    ours, theirs
        Each list in figures.
    conflicts
        What became of numbers whose partner rows tell different facts: ``leave_out``, ``first``, ``last``.
    conflicting_numbers, conflict_columns
        How many those were, and in which columns they differ: column → numbers.
    staff
        Matched customers who are the partner's employees; None if ``is_staff`` did not cross.
    staff_disputed
        Numbers on the partner's list that one row calls an employee's and another does not: they count as
        employees'.
    left_behind
        The partner's columns that did not cross.
    """

    matched: pd.DataFrame
    unmatched: pd.DataFrame
    purpose: str
    columns: tuple[str, ...]
    key_id: str
    ours: ListCounts
    theirs: ListCounts
    conflicts: Literal["leave_out", "first", "last"]
    conflicting_numbers: int
    conflict_columns: dict[str, int]
    staff: int | None
    staff_disputed: int
    left_behind: tuple[str, ...]

    @property
    def summary(self) -> str:
        """How much of each list was found on the other."""
        return _(
            "{matched} customers were found on the partner's list: {ours} of our {our_numbers} usable "
            "numbers, {theirs} of their {their_numbers}.",
            matched=format_value(self.ours.matched, "count"),
            ours=format_value(self.ours.match_rate, "share"),
            our_numbers=format_value(self.ours.numbers, "count"),
            theirs=format_value(self.theirs.match_rate, "share"),
            their_numbers=format_value(self.theirs.numbers, "count"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a list, in figures."""
        names = (_("Our list"), _("Partner's list"))
        return pd.DataFrame(
            [
                {"list": name} | asdict(counts) | {"match_rate": counts.match_rate}
                for name, counts in zip(names, (self.ours, self.theirs), strict=True)
            ]
        )

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Match rates of both sides."""
        return (
            Kpi(label=_("Our numbers matched"), value=self.ours.match_rate, unit="share", direction="up"),
            Kpi(
                label=_("Partner's numbers matched"),
                value=self.theirs.match_rate,
                unit="share",
                direction="up",
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """What was left out or settled, whom not to contact, and what did not cross."""
        return [text for text in (*self._of_numbers(), self._of_conflicts(), *self._of_staff()) if text]

    def members(self) -> pd.DataFrame:
        """Return matched customers as `leadline.features.circle_features` asks: ``customer_id``, ``kind``."""
        ids = self.matched.iloc[:, 0].rename("customer_id")
        kind = pd.Series("account_holder", ids.index, dtype="str")
        if "is_staff" in self.matched:
            kind[self.matched["is_staff"]] = "staff"
        return pd.DataFrame({"customer_id": ids, "kind": kind})

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain JSON; no customer is in it."""
        return {
            "partner_join": {
                "purpose": self.purpose,
                "columns": list(self.columns),
                "key_id": self.key_id,
                "ours": asdict(self.ours) | {"match_rate": self.ours.match_rate},
                "theirs": asdict(self.theirs) | {"match_rate": self.theirs.match_rate},
                "conflicts": self.conflicts,
                "conflicting_numbers": self.conflicting_numbers,
                "conflict_columns": dict(self.conflict_columns),
                "staff": self.staff,
                "staff_disputed": self.staff_disputed,
            }
        }

    def _repr_html_(self) -> str:
        columns = {
            "list": Column(_("List")),
            "rows": Column(_("Records"), "count"),
            "missing": Column(_("Without a number"), "count"),
            "invalid": Column(_("No mobile number"), "count"),
            "numbers": Column(_("Different numbers"), "count"),
            "repeated_rows": Column(_("Records that share a number"), "count"),
            "matched": Column(_("Matched"), "count"),
            "match_rate": Column(_("Match rate"), "share"),
        }
        caption = _("Both lists, under keyed identifiers")
        return result_html(self, table_html(self.table, columns, name="partner_join", caption=caption))

    def _of_numbers(self) -> list[str]:
        texts = []
        if not self.ours.matched:
            texts.append(_("No number was found on both lists. Check that both hold the customers meant."))
        for name, counts in ((_("Our list"), self.ours), (_("Partner's list"), self.theirs)):
            if counts.invalid or counts.missing:
                texts.append(
                    _(
                        "{list}: {invalid} records hold no Chinese mobile number, {missing} none at all; "
                        "they cannot match.",
                        list=name,
                        invalid=format_value(counts.invalid, "count"),
                        missing=format_value(counts.missing, "count"),
                    )
                )
        if self.ours.repeated_rows:
            texts.append(
                plural(
                    "{count} of our customers shares a number with others and was left out.",
                    "{shown} of our customers share a number with others and were left out: nobody can "
                    "tell whose facts these are.",
                    self.ours.repeated_rows,
                    shown=format_value(self.ours.repeated_rows, "count"),
                )
            )
        return texts

    def _of_conflicts(self) -> str:
        if not self.conflicting_numbers:
            return ""
        settled = {
            "leave_out": _("they were left out"),
            "first": _("the first row counts"),
            "last": _("the last row counts"),
        }
        return _(
            "{count} numbers on the partner's list have rows that contradict one another ({columns}); "
            "{settled}.",
            count=format_value(self.conflicting_numbers, "count"),
            columns=_(", ").join(f"{name}: {count}" for name, count in self.conflict_columns.items()),
            settled=settled[self.conflicts],
        )

    def _of_staff(self) -> list[str]:
        if self.staff is None:
            return [_("The partner's employees are not flagged: is_staff did not cross. Ask for it.")]
        texts = []
        if self.staff:
            texts.append(
                plural(
                    "{count} matched customer is the partner's employee (is_staff): no target.",
                    "{shown} matched customers are the partner's employees (is_staff): no targets.",
                    self.staff,
                    shown=format_value(self.staff, "count"),
                )
            )
        if self.staff_disputed:
            texts.append(
                plural(
                    "{count} number on the partner's list is an employee's in one row and not in another: "
                    "taken as an employee's.",
                    "{shown} numbers on the partner's list are employees' in one row and not in another: "
                    "taken as employees'.",
                    self.staff_disputed,
                    shown=format_value(self.staff_disputed, "count"),
                )
            )
        return texts
