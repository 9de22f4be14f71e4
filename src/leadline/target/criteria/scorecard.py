"""The four criteria of a usable segmentation on one card (system T1)."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_note
from leadline.chart.grids import draw_grid, draw_promises
from leadline.intervals import Estimate
from leadline.language import _, plural
from leadline.results import Kpi, result_html
from leadline.target.criteria.lasting import Lasting
from leadline.target.criteria.measurable import Rule
from leadline.target.criteria.tables import (
    write_access,
    write_criteria,
    write_matched,
    write_profit,
    write_rules,
    write_stability,
    write_transitions,
)
from leadline.target.criteria.telling import (
    define_criterion,
    join_findings,
    tell_criterion,
    tell_media,
    warn_of_lasting,
    warn_of_rule,
    warn_of_unmeasured,
)
from leadline.target.profiles.descriptors_result import DescriptorsResult
from leadline.target.views.groups import spread, to_records

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NAME_CHARACTERS = 14


@dataclass(frozen=True, eq=False, kw_only=True)
class CriteriaResult:
    """Measurable, accessible, profitable, stable: each a figure, its interval and its bar.

    Attributes
    ----------
    criteria
        One row a criterion that was measured: ``criterion``, ``value`` (0 to 1) with ``_ci_lower`` and
        ``_ci_upper`` (95%), ``bar``, ``verdict`` (``yes``, ``no`` or ``open``: the interval holds the bar).
    access
        Share reached by segment and channel (`measure_access`), small segments hidden.
    profit
        What each segment brings (`measure_profit`), small segments hidden.
    rules
        The rule in words (`Rule`), without lines tried on few.
    rule_segments
        Share of each segment that the rule places right (`Rule`), small ones hidden.
    transitions, matched
        Of `Lasting`, small cells hidden; empty and None where it was not measured.
    rule, lasting
        As measured, small cells included; None where it was not. The tables of what was not measured are
        empty.
    agreement
        That of segments made anew from other samples, if known.
    media
        Columns of media or channels tested between segments, if they were.
    labels
        Channel → what a reader calls it.
    minimum
        Fewest customers of whom anything is shown.
    unmeasured
        Criterion → a sentence why it could not be measured.
    notes
        What was left out and hidden.
    """

    criteria: pd.DataFrame
    access: pd.DataFrame
    profit: pd.DataFrame
    rules: pd.DataFrame
    rule_segments: pd.DataFrame
    transitions: pd.DataFrame
    matched: pd.DataFrame | None
    rule: Rule | None
    lasting: Lasting | None
    agreement: Estimate | None
    media: DescriptorsResult | None
    labels: Mapping[str, str]
    minimum: int
    unmeasured: Mapping[str, str]
    notes: Sequence[str]

    @property
    def summary(self) -> str:
        """Which criteria hold, in words."""
        if self.criteria.empty:
            return _("None of the four criteria was measured: name the columns that they need.")
        return plural(
            "{count} of {measured} criteria holds. {told}",
            "{count} of {measured} criteria hold. {told}",
            int((self.criteria["verdict"] == "yes").sum()),
            measured=len(self.criteria),
            told=join_findings(self._rows),
        )

    @property
    def _rows(self) -> list[dict[str, Any]]:
        return to_records(self.criteria)

    @property
    def table(self) -> pd.DataFrame:
        """One row a criterion."""
        return self.criteria

    @property
    def kpis(self) -> Sequence[Kpi]:
        """One card a criterion, with its definition and the value wanted."""
        return tuple(
            Kpi(
                label=tell_criterion(row["criterion"]),
                value=float(row["value"]),
                unit="share",
                ci_lower=float(row["value_ci_lower"]),
                ci_upper=float(row["value_ci_upper"]),
                direction="up",
                bar=float(row["bar"]),
                help=define_criterion(row["criterion"]),
            )
            for row in self._rows
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Say what was not measured, what chance alone would reach, who left, and what is hidden."""
        return [
            *warn_of_unmeasured(self.criteria["criterion"], self.unmeasured),
            *warn_of_rule(self.rule),
            *warn_of_lasting(self.lasting, self.minimum),
            *self.notes,
        ]

    def figure(self) -> "Figure":
        """Draw each criterion with its interval, and what is wanted."""
        if self.criteria.empty:
            return draw_note(self.summary)
        frame = pd.DataFrame(
            {
                "label": [
                    tell_criterion(name).replace(": ", ":\n", 1) for name in self.criteria["criterion"]
                ],
                "value": self.criteria["value"],
                "lower": self.criteria["value_ci_lower"],
                "upper": self.criteria["value_ci_upper"],
                "truth": self.criteria["bar"],
            }
        )
        return draw_promises(
            frame,
            title=_("Is this segmentation usable?"),
            axis_label=_("Share, with 95% interval"),
            unit="share",
            alt=self.summary,
            value_label=_("measured"),
            truth_label=_("at least wanted"),
        )

    def transition_figure(self) -> "Figure":
        """Draw where the customers of each segment are a period later; small cells stay empty."""
        shown = self.transitions
        if shown.empty or shown["share"].isna().all():
            return draw_note(_("Nothing can be shown of who stays and who leaves a segment."))
        names = {name: textwrap.fill(str(name), _NAME_CHARACTERS) for name in shown["before"]}
        cells = pd.DataFrame(
            {
                "row": shown["before"].map(names),
                "column": shown["after"].map(names),
                "value": shown["share"],
                "note": "",
            }
        )
        title = _("From segment (rows) to segment (columns), a period later")
        return draw_grid(cells, title=title, unit="share", alt=title)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        told: dict[str, Any] = {
            "criteria": self._rows,
            "segment_access": to_records(self.access),
            "segment_profit": to_records(self.profit),
            "segment_rule": to_records(self.rule_segments),
            "segment_rules_told": to_records(self.rules),
        }
        if self.media is not None:
            told["segment_media"] = self.media.to_dict()["descriptors"]
        if self.agreement is not None:
            told |= spread("segment_agreement", self.agreement)
        if self.lasting is not None:
            half_life = self.lasting.half_life
            told |= {
                name: None if value == float("inf") else value
                for name, value in spread("segment_half_life", half_life).items()
            }
            told["segment_stay_by_chance"] = self.lasting.by_chance
            told["segment_transitions"] = to_records(self.transitions)
            if self.lasting.refit is not None:
                told |= spread("segment_made_anew", self.lasting.refit)
        return told

    def _repr_html_(self) -> str:
        tables = [
            write_criteria(self.criteria),
            write_rules(self.rules),
            write_access(self.access, self.labels, tell_media(self.media)),
            write_profit(self.profit),
            write_stability(self.lasting, self.agreement),
            write_transitions(self.transitions),
            write_matched(self.matched),
        ]
        return result_html(self, "".join(tables))
