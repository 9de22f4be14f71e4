"""What an assignment returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.chart.draw import draw_note, draw_signed_bars
from leadline.disclosure import MINIMUM
from leadline.evaluate.planning.records import to_records
from leadline.language import _, format_value
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: A family of covariates that differs so seldom by chance is no chance; shares are judged more strictly.
_SURE, _SURE_OF_SHARES = 0.05, 0.001
_SHOWN = 20


@dataclass(frozen=True, eq=False, kw_only=True)
class ArmBalanceResult:
    """Arms drawn at random, and whether they are alike.

    Attributes
    ----------
    assignment
        One row a unit of the test: its id, the strata, ``arm``.
    arms
        One row an arm, the control first: ``arm``, ``share`` (planned), ``units``.
    balance
        One row a covariate and arm other than control: ``covariate``, ``arm``, ``difference``
        (standardised), ``expected_size`` (its mean absolute size under chance), ``p_value``, ``p_adjusted``
        (Holm).
    shares_p_value
        Chi-square of the arms' counts against the shares planned.
    units, permitted
        Units there are, and those that may be contacted.
    salt
        With it anybody finds the same arms again.
    strata
        Columns within which the shares are met.
    is_permission_asked
        Whether any column of permission was named.
    labels
        Covariate → what a reader sees.
    """

    assignment: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    arms: pd.DataFrame
    balance: pd.DataFrame
    shares_p_value: float
    units: int
    permitted: int
    salt: str
    strata: tuple[str, ...]
    is_permission_asked: bool
    labels: Mapping[str, str]

    @property
    def is_alike(self) -> bool:
        """Whether the arms differ by no more than chance, in their counts and in what was known before."""
        return self.shares_p_value >= _SURE_OF_SHARES and not (self.balance["p_adjusted"] < _SURE).any()

    @property
    def summary(self) -> str:
        """How many are in each arm, of how many, and whether the arms are alike."""
        told = _(", ").join(
            f"{row['arm']} {format_value(int(row['units']), 'count')}" for row in self.arms.to_dict("records")
        )
        words = {
            "arms": told,
            "units": format_value(len(self.assignment), "count"),
            "permitted": format_value(self.permitted, "count"),
            "all": format_value(self.units, "count"),
            "salt": self.salt,
        }
        drawn = _("{units} of the {permitted} customers who may be contacted are drawn: {arms}.", **words)
        if not self.is_permission_asked:
            drawn = _("{units} of {all} customers are drawn: {arms}.", **words)
        return _("{drawn} {verdict}", drawn=drawn, verdict=self._tell_balance())

    def _tell_balance(self) -> str:
        if self.balance.empty:
            return _("Nothing was named by which the arms could be compared.")
        words = {
            "count": self.balance["covariate"].nunique(),
            "largest": format_value(float(self.balance["difference"].abs().max()), "index"),
        }
        if self.is_alike:
            return _(
                "The arms are alike in the {count} things known before: the largest difference is {largest} "
                "standard deviations, no more than chance makes.",
                **words,
            )
        return _(
            "The arms are not alike: the largest difference is {largest} standard deviations, more than "
            "chance makes. Draw again with another salt, before anybody is contacted, and say so.",
            **words,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a covariate and arm."""
        return self.balance

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Customers drawn."""
        return (Kpi(label=_("Customers drawn for the test"), value=len(self.assignment), unit="count"),)

    @property
    def warnings(self) -> Sequence[str]:
        """Arms that are not alike, arms that are tiny, and permission that nobody asked for."""
        notes = []
        if not self.is_permission_asked:
            notes.append(
                _(
                    "No column of permission was named: take out who has opted out, from the control as "
                    "well, before this assignment is used."
                )
            )
        if self.shares_p_value < _SURE_OF_SHARES:
            notes.append(_("The arms' sizes are not those planned, by more than chance: check the ids."))
        small = self.arms[self.arms["units"] < MINIMUM]["arm"]
        notes += [
            _("“{arm}” holds fewer than {minimum} customers.", arm=arm, minimum=MINIMUM) for arm in small
        ]
        return notes

    def figure(self) -> "Figure":
        """Draw the standardised differences, the largest first, with the range that chance allows."""
        if self.balance.empty:
            return draw_note(_("Nothing was named by which the arms could be compared."))
        order = self.balance["difference"].abs().sort_values(ascending=False).index[:_SHOWN]
        shown = self.balance.loc[order]
        error = shown["expected_size"] * (np.pi / 2) ** 0.5
        several = len(self.arms) > 2  # noqa: PLR2004 - a control and others
        frame = pd.DataFrame(
            {
                "label": self._name(shown) + (", " + shown["arm"] if several else ""),
                "value": shown["difference"],
                "lower": shown["difference"] - 1.96 * error,
                "upper": shown["difference"] + 1.96 * error,
            }
        )
        values = _("; ").join(
            f"{row['label']} {format_value(row['value'], 'index')}"
            for row in frame.head(3).to_dict("records")
        )
        return draw_signed_bars(
            frame,
            title=_("Are the arms alike before the test?"),
            axis_label=_("Difference from the control, in standard deviations, with 95% interval"),
            alt=_("Standardised differences, the largest: {values}.", values=values),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record; no customer is named."""
        return {
            "assignment_arms": to_records(self.arms),
            "assignment_balance": to_records(self.balance),
            "assignment_shares_p_value": self.shares_p_value,
            "assignment_salt": self.salt,
            "assignment_permitted": self.permitted,
            "assignment_is_alike": self.is_alike,
        }

    def _repr_html_(self) -> str:
        frame = self.balance.assign(name=self._name(self.balance))
        columns = {
            "name": Column(_("Known before")),
            "arm": Column(_("Arm")),
            "difference": Column(_("Difference, in standard deviations"), "index"),
            "expected_size": Column(_("Usual by chance"), "index"),
            "p_adjusted": Column(_("p-value, corrected"), "p_value"),
        }
        caption = _("The arms compared with the control")
        return result_html(self, table_html(frame, columns, name="assignment_balance", caption=caption))

    def _name(self, balance: pd.DataFrame) -> pd.Series:
        return balance["covariate"].map(lambda name: self.labels.get(name, name))
