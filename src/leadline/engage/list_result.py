"""What a list is: its rows, how it came about, and what it can prove."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.data.loop.tables import HELD_OUT
from leadline.data.raw import suggest
from leadline.engage import figures, list_figures
from leadline.engage.gate_result import GateResult
from leadline.engage.ids import ID, hash_ids, spell_ids
from leadline.engage.parity import ParityResult, compare_parity
from leadline.engage.power import PowerStatement
from leadline.errors import DataError
from leadline.language import _, format_value, plural
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TREATED = "treated"


@dataclass(frozen=True, eq=False, kw_only=True)
class ListResult:
    """A list of customers to contact, with its hold-out.

    Attributes
    ----------
    rows
        One row a customer, best first: ``rank`` (from 1), ``customer_id`` (text), ``tier``, ``score``,
        ``channel`` (none for the hold-out), ``planned_channel``, ``arm`` (treated or held_out), ``reasons``.
    gate
        Who was allowed on it.
    power
        What list and hold-out can prove.
    scored, strangers
        Customers scored; of these, unknown to the gate.
    permitted_scored, reachable, worthy
        Permitted customers with a score; of these, with a channel; of these, worth more than 0 where the
        score is a value.
    tied_listed, tied_unlisted
        Customers with the last listed score, on the list and left off it.
    size
        Customers wanted, or None.
    salt
        By which the hold-out was drawn.
    """

    rows: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    gate: GateResult
    power: PowerStatement
    scored: int
    strangers: int
    permitted_scored: int
    reachable: int
    worthy: int
    tied_listed: int
    tied_unlisted: int
    size: int | None
    salt: str

    @property
    def to_contact(self) -> pd.DataFrame:
        """The rows for those who make the contacts: nobody held out is among them."""
        return self.rows[self.rows["arm"] == TREATED].drop(columns="planned_channel")

    def for_callers(self, customers: pd.DataFrame | None = None, columns: Sequence[str] = ()) -> pd.DataFrame:
        """Return what leaves the house for those who make the contacts.

        Columns: ``rank``, ``customer_id``, ``tier``, ``channel``, ``reasons``, and those of ``customers``
        that are asked for by name, such as ``phone``: none by default. Scores stay in the house.

        Raises
        ------
        DataError
            If a column asked for is none of ``customers``.
        """
        rows = self.to_contact[["rank", ID, "tier", "channel", "reasons"]].reset_index(drop=True)
        if not columns:
            return rows
        people = self.gate.permitted if customers is None else customers
        known = [str(name) for name in people.columns]
        if absent := [name for name in columns if name not in known]:
            raise DataError(
                _("The list cannot be handed on"),
                [
                    _(
                        "{name}: the customers table has no such column.{hint}",
                        name=name,
                        hint=suggest(name, known),
                    )
                    for name in absent
                ],
            )
        asked = people.assign(**{ID: spell_ids(people[ID])})[[ID, *columns]]
        more = rows.merge(asked.drop_duplicates(ID), on=ID, how="left", validate="one_to_one")
        return more[[*rows.columns[:2], *columns, *rows.columns[2:]]]

    def for_ledger(self) -> pd.DataFrame:
        """Return what `leadline.data.loop.LoopLedger.add_list` keeps of the rows, the hold-out among them.

        Columns: ``customer_id``, ``rank``, ``score``, ``tier``, ``channel`` (none for the hold-out), ``arm``.

        Raises
        ------
        DataError
            If the list was built without channels: the ledger keeps who is contacted by what.
        """
        if missing := int(self.rows["channel"].isna().sum()):
            raise DataError.of(
                _("The list cannot be kept in the ledger"),
                _(
                    "channel: {missing} customers have none. Build the list with channels.",
                    missing=f"{missing:,}",
                ),
            )
        return self.rows[[ID, "rank", "score", "tier", "channel", "arm"]].copy()

    @property
    def held_out_rows(self) -> pd.DataFrame:
        """The rows of those left alone; their list is not for those who make the contacts."""
        return self.rows[self.rows["arm"] == HELD_OUT]

    @property
    def held_out(self) -> int:
        """Customers held out."""
        return int((self.rows["arm"] == HELD_OUT).sum())

    @property
    def summary(self) -> str:
        """How many are listed, contacted and held out, and what that can prove."""
        head = _(
            "{listed} of {permitted} permitted customers are listed; {treated} are contacted, {held_out} are "
            "held out at random.",
            listed=format_value(len(self.rows), "count"),
            permitted=format_value(len(self.gate.permitted), "count"),
            treated=format_value(len(self.rows) - self.held_out, "count"),
            held_out=format_value(self.held_out, "count"),
        )
        return _("{first} {second}", first=head, second=self.power.sentences[0])

    @property
    def flow(self) -> pd.DataFrame:
        """One row a step from the population to the list: ``label``, ``customers``, ``removed``."""
        steps = [
            (_("with a score"), self.permitted_scored),
            (_("with a channel"), self.reachable),
            (_("worth more than they may lose"), self.worthy),
            (_("On the list: the best of these"), len(self.rows)),
        ]
        rows, left = [], len(self.gate.ids)
        for label, customers in steps:
            if customers < left or label == steps[-1][0]:
                rows.append((label, customers, left - customers))
            left = customers
        rows.append((_("of these contacted"), left - self.held_out, 0))
        rows.append((_("of these held out by lot"), self.held_out, 0))
        more = pd.DataFrame(rows, columns=["label", "customers", "removed"])
        return pd.concat([self.gate.flow, more], ignore_index=True)

    @property
    def table(self) -> pd.DataFrame:
        """One row a tier: ``tier``, ``listed``, ``treated``, ``held_out``, ``score_lowest``."""
        is_held_out = self.rows["arm"] == HELD_OUT
        counts = self.rows.assign(is_held_out=is_held_out).groupby("tier", sort=False)
        frame = counts.agg(
            listed=(ID, "size"), held_out=("is_held_out", "sum"), score_lowest=("score", "min")
        ).reset_index()
        return frame.assign(treated=frame["listed"] - frame["held_out"])

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Customers contacted and held out, and the smallest effect that is found."""
        return (
            Kpi(label=_("Customers contacted"), value=len(self.rows) - self.held_out, unit="count"),
            Kpi(label=_("Customers held out"), value=self.held_out, unit="count"),
            Kpi(label=_("Smallest effect found"), value=self.power.detectable_effect, unit="points"),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Strangers, a tie at the cut, a short list, tiers without a hold-out, limits of the power."""
        notes = []
        if self.strangers:
            notes.append(
                plural(
                    "{count} customer scored is not in the table of customers and was left out.",
                    "{shown} customers scored are not in the table of customers and were left out.",
                    self.strangers,
                    shown=format_value(self.strangers, "count"),
                )
            )
        if self.tied_unlisted:
            notes.append(self._tell_tie())
        if self.size is not None and len(self.rows) < self.size:
            notes.append(
                _(
                    "The list holds {listed} customers, fewer than the {size} wanted.",
                    listed=format_value(len(self.rows), "count"),
                    size=format_value(self.size, "count"),
                )
            )
        notes += [
            _("Tier {tier} is too small for a hold-out: its effect cannot be measured.", tier=row["tier"])
            for row in self.table.to_dict("records")
            if not row["held_out"]
        ]
        return [*notes, *self.power.warnings]

    def _tell_tie(self) -> str:
        return _(
            "The list ends inside a tie: {all} customers have the score {score}, and {taken} of them are "
            "listed. Among equal scores the smaller id comes first, the same way every run.",
            all=format_value(self.tied_listed + self.tied_unlisted, "count"),
            score=format_value(float(self.rows["score"].iloc[-1]), "number"),
            taken=format_value(self.tied_listed, "count"),
        )

    def compare_groups(self) -> ParityResult:
        """Compare how often groups by age and sex are on the list."""
        return compare_parity(self.gate.permitted, self.rows[ID])

    def figure(self) -> "Figure":
        """Draw the customers from the population to those contacted."""
        return list_figures.draw_list(self.flow)

    def power_figure(self) -> "Figure":
        """Draw the smallest effect that is found, by share held out."""
        return figures.draw_power(self.power.curve, self.held_out / len(self.rows))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; no customer is named."""
        effect = self.power.detectable_effect
        return {
            "listed": len(self.rows),
            "held_out": self.held_out,
            "list_tiers": self.table.to_dict("records"),
            "detectable_effect": None if pd.isna(effect) else effect,
            "tied_at_cut": self.tied_listed + self.tied_unlisted if self.tied_unlisted else 0,
            "list_ids_sha256": hash_ids(self.rows[ID]),
        }

    def _repr_html_(self) -> str:
        columns = {
            "tier": Column(_("Tier")),
            "listed": Column(_("Listed"), "count"),
            "treated": Column(_("Contacted"), "count"),
            "held_out": Column(_("Held out"), "count"),
            "score_lowest": Column(_("Lowest score"), "number"),
        }
        table = table_html(self.table, columns, name="list", caption=_("The list by tier"))
        sentences = "".join(f"<p>{escape(text)}</p>" for text in self.power.sentences[1:])
        return result_html(self, f"{sentences}{table}")
