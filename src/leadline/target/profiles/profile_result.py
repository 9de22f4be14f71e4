"""What segment profiles return."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_note
from leadline.chart.profiles import draw_profiles
from leadline.language import _, format_value, plural
from leadline.language.formats import Unit, format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.views.groups import to_records

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Markers of a segment that its table shows, and unsure ones that a warning names.
_SHOWN, _EXAMPLES = 6, 3


@dataclass(frozen=True, eq=False, kw_only=True)
class ProfileResult:
    """Segments against all customers.

    Attributes
    ----------
    profiles
        One row a ``segment`` and ``variable``: ``column``, ``label``, ``is_share``, ``mean`` and
        ``difference`` from ``total`` (the mean of all), each with ``_ci_lower`` and ``_ci_upper`` (95%),
        ``is_marker`` (large), ``is_sure`` (not chance, Bonferroni), ``place`` and ``place_total`` (0 to 1:
        the share itself, or for numbers the place between the 5th and 95th percentile).
    sizes
        One row a ``segment``: ``customers``, ``share`` with its interval.
    left_out
        Segments of too few customers, or that would give such a one away by subtraction.
    absolute, relative
        Differences from which a variable is a marker.
    minimum
        Fewest customers of a segment that is described.
    """

    profiles: pd.DataFrame
    sizes: pd.DataFrame
    left_out: int
    absolute: float
    relative: float
    minimum: int

    @property
    def markers(self) -> pd.DataFrame:
        """The marker variables, largest difference of a segment first."""
        found = self.profiles[self.profiles["is_marker"]]
        size = (found["place"] - found["place_total"]).abs()
        order = found["segment"].map({name: place for place, name in enumerate(self.sizes["segment"])})
        return (
            found.assign(size=size, order=order)
            .sort_values(["order", "size"], ascending=[True, False], kind="stable", ignore_index=True)
            .drop(columns="order")
        )

    @property
    def summary(self) -> str:
        """How many markers each segment has."""
        if self.sizes.empty:
            return _("No segment can be described: one has too few customers, and others would give it away.")
        counts = self.profiles.groupby("segment", sort=False)["is_marker"].sum()
        told = _("; ").join(
            plural(
                "{segment} ({share}) has {count} marker",
                "{segment} ({share}) has {count} markers",
                int(counts[row["segment"]]),
                segment=row["segment"],
                share=format_value(float(row["share"]), "share"),
            )
            for row in self.sizes.to_dict("records")
        )
        return _(
            "Of {variables} variables, those that differ from all customers by {absolute} points or by "
            "{relative} of the mean mark a segment: {told}.",
            variables=self.profiles["variable"].nunique(),
            absolute=format_value(100 * self.absolute, "number"),
            relative=format_value(self.relative, "share"),
            told=told,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a segment and variable."""
        return self.profiles

    @property
    def kpis(self) -> Sequence[Kpi]:
        """None: sizes stand in the figure, one card a segment would hide the report's own."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """Large differences that may be chance, segments left out, and what the test takes as given."""
        notes = []
        unsure = self.profiles[self.profiles["is_marker"] & ~self.profiles["is_sure"]]
        if len(unsure):
            notes.append(
                plural(
                    "{count} large difference may be chance: {names}.",
                    "{count} large differences may be chance, such as {names}.",
                    len(unsure),
                    names=_("; ").join(
                        f"{row['segment']} {row['label']}"
                        for row in unsure.head(_EXAMPLES).to_dict("records")
                    ),
                )
            )
        if self.left_out:
            notes.append(
                plural(
                    "{count} segment is not described: it has fewer than {minimum} customers.",
                    "{count} segments are not described: they have fewer than {minimum} customers, or would "
                    "give such a one away by subtraction.",
                    self.left_out,
                    minimum=self.minimum,
                )
            )
        return [
            *notes,
            _(
                "Variables that made the segments differ between them by construction; what others differ "
                "in is the "
                "news."
            ),
        ]

    def figure(self) -> "Figure":
        """Draw the segment profile plot."""
        if self.sizes.empty:
            return draw_note(self.summary)
        order = [
            _("{segment} ({share})", segment=row["segment"], share=format_value(row["share"], "share"))
            for row in self.sizes.to_dict("records")
        ]
        panel = dict(zip(self.sizes["segment"], order, strict=True))
        told = _("; ").join(
            _("{segment}: {markers}", segment=segment, markers=_(", ").join(found["label"]) or _("none"))
            for segment, found in self.markers.groupby("segment", sort=False)
        )
        return draw_profiles(
            self.profiles.assign(
                panel=self.profiles["segment"].map(panel),
                value=self.profiles["place"],
                total=self.profiles["place_total"],
            )[["panel", "label", "value", "total", "is_marker"]],
            order=order,
            title=_("What marks each segment"),
            axis_label=self._tell_axis(),
            marker_label=_("marker"),
            other_label=_("like all customers"),
            total_label=_("all customers"),
            alt=_("Segment profiles; markers: {told}.", told=told),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"segment_profiles": to_records(self.profiles), "segment_sizes": to_records(self.sizes)}

    def _repr_html_(self) -> str:
        if self.sizes.empty:
            return result_html(self, "")
        marked = self.markers[self.markers["is_sure"]]
        marked = marked.groupby("segment", sort=False).head(_SHOWN).reset_index(drop=True)
        columns = {
            "segment": Column(_("Segment")),
            "label": Column(_("Marker")),
            "told_mean": Column(_("Segment's mean")),
            "told_interval": Column(_("95% CI")),
            "told_total": Column(_("All customers")),
        }
        told = pd.DataFrame([_tell_row(row) for row in marked.to_dict("records")])
        frame = pd.concat([marked, told], axis=1)
        caption = _("Variables that mark each segment, the largest {count} of each", count=_SHOWN)
        return result_html(self, table_html(frame, columns, name="markers", caption=caption))

    def _tell_axis(self) -> str:
        if self.profiles["is_share"].all():
            return _("Share who say yes")
        return _("Share who say yes; for numbers the place between low (5th percentile) and high (95th)")


def _tell_row(row: Any) -> dict[str, str]:
    unit: Unit = "share" if row["is_share"] else "number"
    return {
        "told_mean": format_value(float(row["mean"]), unit),
        "told_interval": format_interval(row["mean_ci_lower"], row["mean_ci_upper"], unit),
        "told_total": format_value(float(row["total"]), unit),
    }
