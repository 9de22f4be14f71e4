"""What a split of asset tiers returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.disclosure import tell_hidden
from leadline.intervals import Estimate
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.views.border import Measure
from leadline.target.views.groups import to_records
from leadline.target.views.telling import draw_measure, label_share, tell_counts, tell_estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TIERS = ("large", "medium", "small")
#: The level of those of whom a split is not known.
UNKNOWN = "?"
_SURE = 0.05


@dataclass(frozen=True, eq=False, kw_only=True)
class TiersSplitResult:
    """Large, medium and small customers, core and non-core, and what tells them apart.

    Attributes
    ----------
    tiers
        One row a ``tier`` and ``is_core``: ``customers``, ``share``, mean ``contribution`` and ``assets``,
        ``contribution_share`` and ``assets_share`` of all, each with ``_ci_lower`` and ``_ci_upper`` (95%),
        and ``is_hidden``.
    splits
        One row a ``tier``, ``split`` (column) and ``level``: ``customers``, ``share`` of the tier, mean
        ``contribution``, ``core`` (share of core customers), with intervals, and ``is_hidden``.
    explained
        One row for the tier alone (``split`` empty) and one a split within tiers: ``explains``, the share of
        the differences in contribution, with its interval, ``p_value``, ``p_value_holm``.
    assignments
        One row a customer: ``customer_id``, ``tier``, ``is_core``, ``is_unsure``.
    unsure
        Share of all customers who could be on the other side of the core threshold.
    contribution
        The column and threshold that tell core customers.
    labels
        What a reader calls each split.
    minimum
        Fewest customers of whom a row speaks.
    """

    tiers: pd.DataFrame
    splits: pd.DataFrame
    explained: pd.DataFrame
    assignments: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    unsure: Estimate
    contribution: Measure
    labels: Mapping[str, str]
    minimum: int

    @property
    def summary(self) -> str:
        """How many of the large are core, what size explains, and what adds most to it."""
        size, best = self.explained.iloc[0], self._find_best()
        words = {
            "explains": format_value(float(size["explains"]), "share"),
            "interval": format_interval(size["explains_ci_lower"], size["explains_ci_upper"], "share"),
        }
        core = _(
            "{share} of customers are large and core; the size of assets explains {explains} (95% CI "
            "{interval}) "
            "of the differences in contribution",
            share=self._tell_core(),
            **words,
        )
        if best is None:
            return _("{core}, and no split adds to it provably.", core=core)
        return _(
            "{core}; {split} adds {added} ({added_interval}).",
            core=core,
            split=self.labels[best["split"]],
            added=format_value(float(best["explains"]), "points"),
            added_interval=format_interval(best["explains_ci_lower"], best["explains_ci_upper"], "points"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a tier, core and non-core."""
        return self.tiers

    @property
    def kpis(self) -> Sequence[Kpi]:
        """What size explains of what customers contribute."""
        size = self.explained.iloc[0]
        return (
            Kpi(
                label=_("Explained by the size of assets"),
                value=float(size["explains"]),
                unit="share",
                ci_lower=float(size["explains_ci_lower"]),
                ci_upper=float(size["explains_ci_upper"]),
                help=_(
                    "Share of the differences in contribution that tiers of assets explain (adjusted R²)."
                ),
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Name hidden rows."""
        return [*tell_hidden(self.tiers, self.minimum), *tell_hidden(self.splits, self.minimum)]

    def figure(self) -> "Figure":
        """Draw the contribution of a customer of each tier, core and non-core."""
        shown = self.tiers[~self.tiers["is_hidden"] & (self.tiers["customers"] > 0)]
        return draw_measure(
            shown,
            [
                label_share(tell_tier(row["tier"], bool(row["is_core"])), row["share"])
                for row in shown.to_dict("records")
            ],
            "contribution",
            unit="money_cny",
            title=_("What a customer of each tier contributes"),
            axis_label=_("CNY a customer, mean with 95% interval"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "asset_tiers": to_records(self.tiers),
            "asset_tier_splits": to_records(self.splits),
            "contribution_explained": to_records(self.explained),
            "core_unsure": dict(self.unsure._asdict()),
        }

    def _repr_html_(self) -> str:
        groups = self.tiers.assign(
            name=[
                tell_tier(tier, bool(core))
                for tier, core in zip(self.tiers["tier"], self.tiers["is_core"], strict=True)
            ]
        )
        explained = self.explained.assign(
            split=[
                _("and also: {split}", split=self.labels[column]) if column else _("Size of assets")
                for column in self.explained["split"]
            ]
        )
        contribution = tell_estimate("contribution", _("Contribution"), "money_cny")
        counts = tell_counts()
        of_all = {
            "contribution_share": Column(_("Of all contribution"), "share"),
            "assets_share": Column(_("Of all assets"), "share"),
        }
        adds = {"split": Column(_("What is known"))} | tell_estimate("explains", _("Explains"), "share")
        name = {"name": Column(_("Customers by assets"))}
        tables = [
            table_html(groups, name | counts | contribution | of_all, name="asset_tiers", caption=_("Tiers")),
            table_html(explained, adds, name="explained", caption=_("What explains contribution")),
            *(self._tell_split(number, split) for number, split in enumerate(self.labels, 1)),
        ]
        return result_html(self, "".join(tables))

    def _tell_split(self, number: int, split: str) -> str:
        """Write the contribution within tiers as a table: a row a level, the tiers beside one another."""
        measures = ["contribution", "contribution_ci_lower", "contribution_ci_upper"]
        of_split = self.splits[self.splits["split"] == split]
        wide = of_split[["level"]].drop_duplicates()
        columns = {"level": Column(_("Level"))}
        for tier in TIERS:
            rows = of_split.loc[of_split["tier"] == tier, ["level", *measures]]
            names = {name: name.replace("contribution", tier) for name in measures}
            wide = wide.merge(rows.rename(columns=names), on="level", how="left")
            columns |= tell_estimate(tier, tell_tier(tier), "money_cny")
        frame = wide.assign(
            level=[_("not known") if level == UNKNOWN else level for level in wide["level"]],
        )
        caption = _("What a customer contributes within tiers, by: {split}", split=self.labels[split])
        return table_html(frame, columns, name=f"tier_split_{number}", caption=caption)

    def _tell_core(self) -> str:
        first = self.tiers.iloc[0]
        if first["is_hidden"]:
            return _("Too few to be named")
        interval = format_interval(first["share_ci_lower"], first["share_ci_upper"], "share")
        return f"{format_value(float(first['share']), 'share')} ({interval})"

    def _find_best(self) -> Any:
        """Return the split that adds most among those that add provably, or None."""
        added = self.explained.iloc[1:]
        added = added[(added["p_value_holm"] < _SURE) & (added["explains_ci_lower"] > 0)]
        return None if added.empty else added.iloc[int(np.argmax(added["explains"].to_numpy()))]


def tell_tier(tier: str, is_core: bool | None = None) -> str:  # noqa: FBT001 (a cell of the table)
    """Name a tier, core or non-core, as a reader sees it."""
    names = {
        ("large", None): _("Large"),
        ("large", True): _("Large, core"),
        ("large", False): _("Large, non-core"),
        ("medium", None): _("Medium"),
        ("medium", True): _("Medium, core"),
        ("medium", False): _("Medium, non-core"),
        ("small", None): _("Small"),
        ("small", True): _("Small, core"),
        ("small", False): _("Small, non-core"),
    }
    return names[tier, is_core]
