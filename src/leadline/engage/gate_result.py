"""What the contact policy leaves, and what it took away."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.engage import list_figures
from leadline.engage.ids import ID
from leadline.engage.policy import ContactPolicy
from leadline.language import _, format_value
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, kw_only=True)
class GateResult:
    """Who may be contacted, as of a day.

    Attributes
    ----------
    permitted
        The customers who may be contacted, rows as they were handed in.
    decisions
        One row a customer whom the campaign is for, in the order handed in: ``customer_id`` (text),
        ``is_permitted``, ``first_rule`` (the first rule that bars, missing if none does) and
        ``barred_by_<rule>`` for each rule.
    rules
        One row a rule, in the order applied: ``rule``, ``label``; customers ``removed`` by it first, and
        ``left`` after it; all whom it bars, ``barred``, and whom no other rule bars, ``barred_alone``; values
        that were ``unknown``, and those of them ``unknown_barred``.
    all_ids
        Ids (text) of all customers handed in. Of those outside the group no rule was asked.
    as_of
        Day of the list.
    policy
        The rules applied.
    notes
        What could not be used, or was read in the safe way.
    """

    permitted: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    decisions: pd.DataFrame = field(repr=False)
    rules: pd.DataFrame
    all_ids: pd.Series = field(repr=False)
    as_of: dt.date
    policy: ContactPolicy
    notes: tuple[str, ...]

    @property
    def population(self) -> int:
        """Customers handed in."""
        return len(self.all_ids)

    @property
    def group(self) -> int:
        """Customers whom the campaign is for."""
        return len(self.decisions)

    @property
    def ids(self) -> pd.Series:
        """Ids (text) of the permitted customers."""
        ids: pd.Series = self.decisions.loc[self.decisions["is_permitted"], ID]
        return ids

    @property
    def summary(self) -> str:
        """How many may be contacted, and which rule takes most."""
        permitted = len(self.permitted)
        words = {
            "permitted": format_value(permitted, "count"),
            "population": format_value(self.group, "count"),
            "share": format_value(permitted / max(1, self.group), "share"),
        }
        largest = self.rules.sort_values("removed", ascending=False, kind="stable").iloc[0]
        if not largest["removed"]:
            return _("All {population} customers may be contacted.", **words)
        return _(
            "{permitted} of {population} customers ({share}) may be contacted; the rule “{rule}” takes most "
            "({removed}).",
            rule=largest["label"],
            removed=format_value(int(largest["removed"]), "count"),
            **words,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a rule: how many it removed, how many it left."""
        return self.rules.drop(columns="position")

    @property
    def flow(self) -> pd.DataFrame:
        """One row a step from the population to the permitted: ``label``, ``customers``, ``removed``."""
        start = [(_("Population"), self.population, 0)]
        if outside := self.population - self.group:
            start.append((_("Whom the campaign is for"), self.group, outside))
        first = pd.DataFrame(start, columns=["label", "customers", "removed"])
        steps = self.rules[["label", "left", "removed"]].rename(columns={"left": "customers"})
        steps = steps.assign(label=[_("without: {rule}", rule=label) for label in steps["label"]])
        return pd.concat([first, steps], ignore_index=True)

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Customers permitted, and their share of all."""
        permitted = len(self.permitted)
        return (
            Kpi(label=_("Customers who may be contacted"), value=permitted, unit="count"),
            Kpi(
                label=_("Share of those whom the campaign is for"),
                value=permitted / max(1, self.group),
                unit="share",
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Unknown values, rules that are switched off, and what could not be used."""
        return (*self._tell_unknown(), *self._tell_loose(), *self.notes)

    def _tell_unknown(self) -> list[str]:
        return [
            _(
                "“{rule}”: the value is unknown for {unknown} customers; {barred} of them are left out.",
                rule=row["label"],
                unknown=format_value(int(row["unknown"]), "count"),
                barred=format_value(int(row["unknown_barred"]), "count"),
            )
            for row in self.rules.to_dict("records")
            if row["unknown"]
        ]

    def _tell_loose(self) -> list[str]:
        loose = []
        if not self.policy.consent_required:
            loose.append(_("The policy asks for no consent: only those who opted out are left out for it."))
        if self.policy.minimum_age_years is None:
            loose.append(_("The policy names no minimum age: minors may be on the list."))
        if not self.policy.suitability_required:
            loose.append(_("The policy does not compare the product's risk with the customer's."))
        return loose

    def figure(self) -> "Figure":
        """Draw the customers left after each rule."""
        return list_figures.draw_gate(self.flow)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; no customer is named."""
        return {
            "gate_rules": self.table.to_dict("records"),
            "population": self.population,
            "group": self.group,
            "permitted": len(self.permitted),
            "gate_as_of": self.as_of.isoformat(),
            "policy_sha256": self.policy.digest,
        }

    def _repr_html_(self) -> str:
        columns = {
            "label": Column(_("Rule")),
            "removed": Column(_("Removed first by it"), "count"),
            "barred": Column(_("Barred by it in all"), "count"),
            "barred_alone": Column(_("By it alone"), "count"),
            "unknown_barred": Column(_("Barred as unknown"), "count"),
            "left": Column(_("Customers left"), "count"),
        }
        caption = _("From the population to those who may be contacted")
        return result_html(self, table_html(self.table, columns, name="gate", caption=caption))
