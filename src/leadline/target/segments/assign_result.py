"""What placing new customers returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_note, draw_signed_bars
from leadline.disclosure import tell_hidden
from leadline.intervals import Estimate
from leadline.language import _, format_value, plural
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.segments.drift import SEGMENT, WATCH
from leadline.target.views.groups import to_records

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TWICE, _HALF = 2, 0.5


@dataclass(frozen=True, eq=False, kw_only=True)
class AssignmentResult:
    """New customers placed in segments.

    Attributes
    ----------
    assigned
        One row a customer, in the order and with the labels of the table: its id, ``segment`` (1, 2, …),
        ``segment_name``, ``is_far`` (further from its segment than 99 of 100 of those it was made from).
    cells
        One row a segment: ``segment``, ``segment_name``, ``customers``, ``share`` and ``difference`` from
        ``share_then``, the two with ``_ci_lower`` and ``_ci_upper`` (95%); small ones hidden.
    drift
        One row a column, and one for the shares of the segments (`measure_drift`).
    far, far_then, far_difference
        Share of customers who are far, of those that the segments were made from, and the one less the other.
    minimum
        Fewest customers of whom a cell speaks.
    labels
        Column → how a reader calls it.
    is_comparable
        Whether these customers were weighted as those were; else nothing is compared with then.
    notes
        Categories never seen, and what is not told or not compared.
    """

    assigned: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    cells: pd.DataFrame
    drift: pd.DataFrame
    far: Estimate
    far_then: float
    far_difference: Estimate
    minimum: int
    labels: Mapping[str, str]
    is_comparable: bool = True
    notes: Sequence[str]

    @property
    def customers(self) -> int:
        """How many were placed."""
        return len(self.assigned)

    @property
    def is_far_hidden(self) -> bool:
        """Whether the share of the far would speak of a few people."""
        count = int(self.assigned["is_far"].sum())
        return 0 < count < self.minimum or 0 < self.customers - count < self.minimum

    @property
    def is_strange(self) -> bool:
        """Whether clearly more are far than were, at least twice as many.

        A segment lies closest to the customers that it was made from: others are far a little more often.
        """
        return (
            self.is_comparable and self.far_difference.lower > 0 and self.far.value >= _TWICE * self.far_then
        )

    @property
    def summary(self) -> str:
        """How many were placed, how many are far, and whether the base has moved."""
        placed = plural(
            "{count} customer is placed in one of {segments} segments.",
            "{count} customers are placed in {segments} segments.",
            self.customers,
            segments=len(self.cells),
        )
        return f"{placed} {self._tell_far()} {self._tell_drift()}"

    @property
    def table(self) -> pd.DataFrame:
        """One row a segment."""
        return self.cells

    @property
    def told_drift(self) -> pd.DataFrame:
        """The drift, columns and verdicts as a reader calls them."""
        return self.drift.assign(
            column=[self._name(column) for column in self.drift["column"]],
            verdict=[_tell_verdict(verdict) for verdict in self.drift["verdict"]],
        )

    @property
    def kpis(self) -> Sequence[Kpi]:
        """How many were placed, how many are far, and how many columns have changed."""
        cards = [Kpi(label=_("Customers placed"), value=self.customers, unit="count")]
        if not self.is_far_hidden:
            cards.append(
                Kpi(
                    label=_("Far from their segment"),
                    value=self.far.value,
                    unit="share",
                    ci_lower=self.far.lower,
                    ci_upper=self.far.upper,
                    direction="down",
                )
            )
        if not self.is_comparable:
            return cards
        changed = len(self._name_drift("changed"))
        return (*cards, Kpi(label=_("Columns that changed"), value=changed, unit="count", direction="down"))

    @property
    def warnings(self) -> Sequence[str]:
        """What makes the segments doubtful for these customers."""
        notes = list(self.notes)
        if not self.is_far_hidden and self.is_strange:
            notes.append(
                _(
                    "{share} are far from their segment where {expected} were: there are customers here of a "
                    "kind that the segments do not know.",
                    share=format_value(self.far.value, "share"),
                    expected=format_value(self.far_then, "share"),
                )
            )
        if changed := self._name_drift("changed"):
            notes.append(
                _(
                    "These have changed since the segments were made: {columns}. Make the segments anew "
                    "before decisions rest on them.",
                    columns=_(", ").join(changed),
                )
            )
        if watched := self._name_drift("watch"):
            notes.append(_("Watch these, they are moving: {columns}.", columns=_(", ").join(watched)))
        if self.is_comparable and (loudest := float(self.drift["psi_chance"].max())) > WATCH:
            notes.append(
                _(
                    "Few customers: a drift index up to {chance} is chance here, and a smaller change is not "
                    "seen.",
                    chance=format_value(loudest, "number"),
                )
            )
        return [*notes, *tell_hidden(self.cells, self.minimum)]

    def figure(self) -> "Figure":
        """Draw how the share of each segment differs from then, with its interval."""
        if not self.is_comparable:
            return draw_note(_("The segments were made with weights; without them nothing is compared."))
        shown = self.cells[~self.cells["is_hidden"] & self.cells["difference"].notna()]
        if shown.empty:
            return draw_note(_("Every segment holds too few customers to be shown."))
        frame = pd.DataFrame(
            {
                "label": shown["segment_name"],
                "value": shown["difference"],
                "lower": shown["difference_ci_lower"],
                "upper": shown["difference_ci_upper"],
            }
        )
        told = _("; ").join(
            f"{row['label']} {format_value(row['value'], 'points')}" for row in frame.to_dict("records")
        )
        return draw_signed_bars(
            frame,
            title=_("Which segments have grown"),
            axis_label=_("Change of the share in points, with 95% interval"),
            alt=_("Change of each segment's share: {told}.", told=told),
            unit="points",
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        far = None if self.is_far_hidden else dict(self.far._asdict())
        return {
            "assigned_customers": self.customers,
            "assigned_segments": to_records(self.cells),
            "assigned_drift": to_records(self.drift),
            "assigned_far": far,
            "assigned_far_then": self.far_then,
        }

    def _repr_html_(self) -> str:
        tables = table_html(
            self.cells,
            describe_segments(),
            name="assigned_segments",
            caption=_("Segments of these customers"),
        )
        tables += table_html(
            self.told_drift,
            describe_drift(),
            name="assigned_drift",
            caption=_("Whether the columns have changed since"),
        )
        return result_html(self, tables)

    def _tell_far(self) -> str:
        if self.is_far_hidden:
            if self.far.value < _HALF:
                return _("Fewer than {minimum} are far from their segment.", minimum=self.minimum)
            return _("All but fewer than {minimum} are far from their segment.", minimum=self.minimum)
        return _(
            "{share} are far from their segment (95% CI {interval}); {expected} of those it was made from "
            "were.",
            share=format_value(self.far.value, "share"),
            interval=format_interval(self.far.lower, self.far.upper, "share"),
            expected=format_value(self.far_then, "share"),
        )

    def _tell_drift(self) -> str:
        if not self.is_comparable:
            return _("Whether anything has changed cannot be told without weights.")
        if changed := self._name_drift("changed"):
            return _("Changed since: {columns}.", columns=_(", ").join(changed))
        if watched := self._name_drift("watch"):
            return _("To be watched: {columns}.", columns=_(", ").join(watched))
        return _("No column is seen to have changed.")

    def _name_drift(self, verdict: str) -> list[str]:
        return [self._name(column) for column in self.drift.loc[self.drift["verdict"] == verdict, "column"]]

    def _name(self, column: str) -> str:
        """Name a row of the drift; the last is that of the segments."""
        return _("shares of the segments") if column == SEGMENT else self.labels.get(column, column)


def describe_segments() -> dict[str, Column]:
    """Return how a reader sees the segments (`AssignmentResult.cells`)."""
    return {
        "segment_name": Column(_("Segment")),
        "customers": Column(_("Customers"), "count"),
        "share": Column(_("Share"), "share"),
        "share_ci_lower": Column(_("95% CI"), "share", upper="share_ci_upper"),
        "share_then": Column(_("Share then"), "share"),
        "difference": Column(_("Difference"), "points"),
        "difference_ci_lower": Column(_("95% CI"), "points", upper="difference_ci_upper"),
    }


def describe_drift() -> dict[str, Column]:
    """Return how a reader sees the drift (`AssignmentResult.told_drift`)."""
    return {
        "column": Column(_("Column")),
        "psi": Column(_("Drift index"), "index"),
        "psi_chance": Column(_("By chance up to"), "index"),
        "missing_then": Column(_("Missing then"), "share"),
        "missing_now": Column(_("Missing now"), "share"),
        "new_categories": Column(_("New categories"), "share"),
        "verdict": Column(_("Verdict")),
    }


def _tell_verdict(verdict: str) -> str:
    told = {"stable": _("stable"), "watch": _("watch"), "changed": _("changed")}
    return (told | {"not compared": _("not compared")})[verdict]
