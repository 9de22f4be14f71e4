"""What a division by value and potential returns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_note
from leadline.chart.grids import draw_grid
from leadline.disclosure import tell_hidden
from leadline.intervals import Estimate
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.views.border import Measure
from leadline.target.views.groups import to_records
from leadline.target.views.telling import draw_measure, label_share, tell_counts, tell_estimate, unit_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Type → whether value now, and potential, are at or above their thresholds.
SIDES = {
    "invest": (True, True),
    "absorb": (True, False),
    "rebuild": (False, True),
    "abandon": (False, False),
}
#: The types from the upper left of their map: value downwards, potential to the right.
_MAP = ("absorb", "invest", "abandon", "rebuild")
_MANY_UNSURE = 0.25


@dataclass(frozen=True, eq=False, kw_only=True)
class TypesResult:
    """Customers in four types by value now and potential.

    Attributes
    ----------
    types
        One row a type: ``type``, ``customers``, ``share`` of all customers, ``value`` (mean, in the unit of
        its column), ``value_share`` of the sum of value, ``unsure`` (share of the type that stands at a
        border), each with ``_ci_lower`` and ``_ci_upper`` (95%), and ``is_hidden``.
    border
        One row a type and another type that is possible for some of its customers: ``customers``, who may be
        possible for several.
    assignments
        One row a customer: ``customer_id``, ``type``, ``is_unsure``.
    unsure
        Share of all customers whose type could be another within the ranges of thresholds and predictions.
    value, potential
        What divides the customers.
    minimum
        Fewest customers of whom a row speaks.
    """

    types: pd.DataFrame
    border: pd.DataFrame
    assignments: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    unsure: Estimate
    value: Measure
    potential: Measure
    minimum: int

    @property
    def summary(self) -> str:
        """Whom to keep and grow, what they bring, and how sure the division is."""
        first = self.types.iloc[0]
        words = {
            "value": self.value.words,
            "line": format_value(self.value.line.value, unit_of(self.value.column)),
            "potential": self.potential.words,
            "potential_line": format_value(self.potential.line.value, unit_of(self.potential.column)),
        }
        if first["is_hidden"] or pd.isna(first["value_share"]):
            return _(
                "Customers are divided at {value} {line} and {potential} {potential_line}; {unsure}",
                unsure=self._tell_unsure(),
                **words,
            )
        return _(
            "{share} of customers ({interval}) are worth investing in ({value}: {line} or more; {potential}: "
            "{potential_line} or more) and bring {value_share} of the value ({value_interval}); {unsure}",
            share=format_value(float(first["share"]), "share"),
            interval=format_interval(first["share_ci_lower"], first["share_ci_upper"], "share"),
            value_share=format_value(float(first["value_share"]), "share"),
            value_interval=format_interval(
                first["value_share_ci_lower"], first["value_share_ci_upper"], "share"
            ),
            unsure=self._tell_unsure(),
            **words,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a type."""
        return self.types

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Share worth investing in, and the share at a border."""
        first = self.types.iloc[0]
        border = Kpi(
            label=_("Type could be another"),
            value=self.unsure.value,
            unit="share",
            ci_lower=self.unsure.lower,
            ci_upper=self.unsure.upper,
            direction="down",
            help=_("Customers who would be of another type within the ranges of lines and predictions."),
        )
        if first["is_hidden"]:
            return (border,)
        invest = Kpi(
            label=_("Worth investing in"),
            value=float(first["share"]),
            unit="share",
            ci_lower=float(first["share_ci_lower"]),
            ci_upper=float(first["share_ci_upper"]),
            help=_("Customers at or above both lines, of value now and of potential."),
        )
        return (invest, border)

    @property
    def warnings(self) -> Sequence[str]:
        """Borders that were taken as exact, borders that decide too much, and hidden rows."""
        notes = [
            _(
                "No range is given for {column} or its threshold: the border is taken as exact, which "
                "predictions never are.",
                column=measure.words,
            )
            for measure in (self.value, self.potential)
            if not measure.has_range
        ]
        notes += [
            _(
                "All customers stand on one side of the line: {column} {line}. Move it, and there are types.",
                column=measure.words,
                line=format_value(measure.line.value, unit_of(measure.column)),
            )
            for measure, place in ((self.value, 0), (self.potential, 1))
            if self._is_one_sided(place)
        ]
        if self.unsure.value >= _MANY_UNSURE:
            notes.append(
                _("Borders decide much: treat those whose type could be another with the cheaper offer.")
            )
        return [*notes, *tell_hidden(self.types, self.minimum)]

    def figure(self) -> "Figure":
        """Draw the map of the four types: what each brings now, and how many they are."""
        shown = self.types[~self.types["is_hidden"]].set_index("type", drop=False)
        shown = shown.reindex([name for name in _MAP if name in shown.index])
        if shown.empty:
            return draw_note(_("No group is large enough to be shown."))
        brings = shown["value_share"].notna().all()
        frame = pd.DataFrame(
            {
                "row": [_tell_side(self.value, above=SIDES[name][0]) for name in shown["type"]],
                "column": [_tell_side(self.potential, above=SIDES[name][1]) for name in shown["type"]],
                "value": shown["value_share" if brings else "share"].to_numpy(),
                "note": [
                    label_share(tell_type(row["type"]), row["share"]) for row in shown.to_dict("records")
                ],
            }
        )
        told = _("; ").join(
            f"{row['note']} {format_value(row['value'], 'share')}" for row in frame.to_dict("records")
        )
        title = _("What each type brings now, of all value") if brings else _("How many are of each type")
        return draw_grid(frame, title=title, unit="share", alt=f"{title}: {told}.")

    def border_figure(self) -> "Figure":
        """Draw the share of each type that could as well be of another."""
        shown = self.types[~self.types["is_hidden"] & (self.types["customers"] > 0)]
        return draw_measure(
            shown,
            [tell_type(name) for name in shown["type"]],
            "unsure",
            unit="share",
            title=_("Who could be of another type"),
            axis_label=_("Share of the type, with 95% interval"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "types": to_records(self.types),
            "border": to_records(self.border),
            "unsure": dict(self.unsure._asdict()),
            "value_threshold": dict(self.value.line._asdict()),
            "potential_threshold": dict(self.potential.line._asdict()),
        }

    def _repr_html_(self) -> str:
        columns = {
            "name": Column(_("Type")),
            **tell_counts(),
            **tell_estimate("value", self.value.words, unit_of(self.value.column)),
            **tell_estimate("value_share", _("Of all value"), "share"),
            "unsure": Column(_("Could be another type"), "share"),
        }
        frame = self.types.assign(name=[tell_type(name) for name in self.types["type"]])
        caption = _("Customers by value now and potential")
        return result_html(self, table_html(frame, columns, name="types", caption=caption))

    def _is_one_sided(self, place: int) -> bool:
        """Say whether nobody stands above, or nobody below, the first line (0) or the second (1)."""
        filled = self.types[self.types["is_hidden"] | (self.types["customers"] > 0)]
        return len({SIDES[name][place] for name in filled["type"]}) == 1

    def _tell_unsure(self) -> str:
        return _(
            "{share} ({interval}) would change their type within the ranges of thresholds and predictions.",
            share=format_value(self.unsure.value, "share"),
            interval=format_interval(self.unsure.lower, self.unsure.upper, "share"),
        )


def tell_type(name: str) -> str:
    """Name a type as a reader sees it."""
    return {
        "invest": _("invest"),
        "absorb": _("absorb"),
        "rebuild": _("rebuild"),
        "abandon": _("abandon"),
    }[name]


def _tell_side(measure: Measure, *, above: bool) -> str:
    line = format_value(float(measure.line.value), unit_of(measure.column))
    if above:
        return _("{column} {line} or more", column=measure.words, line=line)
    return _("{column} below {line}", column=measure.words, line=line)
