"""What a division into tiers returns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.engage import figures
from leadline.language import _, format_value, plural
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, kw_only=True)
class TiersResult:
    """Customers in tiers, the best scores first.

    Attributes
    ----------
    assignments
        One row a customer, best first: ``rank``, ``customer_id``, ``score``, ``tier``.
    tiers
        One row a tier: ``tier``, ``customers``, ``score_highest``, ``score_lowest``, ``expected_rate`` (0 to
        1) with ``_ci_lower`` and ``_ci_upper`` (95%), ``rate_customers`` on whom the rate rests, and
        ``tied_below``: customers of the next tier with this tier's lowest score.
    is_observed
        Whether the rates were observed on held-out customers (Wilson interval), where there are any; else
        they are the mean of calibrated predictions, with the range in which the tier's own rate falls if
        these hold.
    """

    assignments: pd.DataFrame = field(repr=False)  # a repr stands in the notebook, where no customer belongs
    tiers: pd.DataFrame
    is_observed: bool

    @property
    def has_rates(self) -> bool:
        """Whether the rate of any tier is known."""
        return bool(self.tiers["expected_rate"].notna().any())

    @property
    def summary(self) -> str:
        """What the first tier promises against the last."""
        first, last = self.tiers.iloc[0], self.tiers.iloc[-1]
        words = {
            "first": first["tier"],
            "customers": format_value(int(first["customers"]), "count"),
            "rate": format_value(float(first["expected_rate"]), "share"),
            "interval": format_interval(
                first["expected_rate_ci_lower"], first["expected_rate_ci_upper"], "share"
            ),
            "last": last["tier"],
            "last_rate": format_value(float(last["expected_rate"]), "share"),
            "lowest": format_value(float(first["score_lowest"]), "number"),
            "known": format_value(int(self.tiers["rate_customers"].sum()), "count"),
        }
        if not self.has_rates:
            return _(
                "Tier {first} holds {customers} customers, with a score of {lowest} or more; how many of "
                "them buy is not known here.",
                **words,
            )
        if self.is_observed:
            return _(
                "Tier {first} holds {customers} customers, of whom {rate} buy (95% CI {interval}); in tier "
                "{last} {last_rate} do. The rates come from {known} held-out customers.",
                **words,
            )
        return _(
            "Tier {first} holds {customers} customers, of whom {rate} should buy (95 of 100 times "
            "{interval}, if the predictions hold); in tier {last} {last_rate}.",
            **words,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a tier."""
        return self.tiers

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Expected rate of each tier."""
        return tuple(
            Kpi(
                label=_("Buyers in tier {tier}", tier=row["tier"]),
                value=float(row["expected_rate"]),
                unit="share",
                ci_lower=float(row["expected_rate_ci_lower"]),
                ci_upper=float(row["expected_rate_ci_upper"]),
                direction="up",
            )
            for row in self.tiers[self.tiers["expected_rate"].notna()].to_dict("records")
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Say how ties were broken, and which tiers cannot be told apart."""
        rows = self.tiers.to_dict("records")
        notes = [
            plural(
                "{count} customer of the next tier has the lowest score of tier {tier}: among equal scores "
                "the smaller id comes first, the same way every run.",
                "{shown} customers of the next tier have the lowest score of tier {tier}: among equal scores "
                "the smaller id comes first, the same way every run.",
                int(row["tied_below"]),
                shown=format_value(int(row["tied_below"]), "count"),
                tier=row["tier"],
            )
            for row in rows
            if row["tied_below"]
        ]
        for above, below in pairwise(rows):
            if self.has_rates and not above["expected_rate_ci_lower"] > below["expected_rate_ci_upper"]:
                notes.append(
                    _(
                        "The intervals of tiers {above} and {below} overlap.",
                        above=above["tier"],
                        below=below["tier"],
                    )
                )
        return notes

    def figure(self) -> "Figure":
        """Draw the expected rate of each tier; how many it holds where no rate is known."""
        if not self.has_rates:
            return figures.draw_tier_sizes(self.tiers)
        rates = self.tiers["expected_rate"].fillna(0).to_numpy(dtype=float)
        overall = float(np.average(rates, weights=self.tiers["customers"]))
        return figures.draw_tiers(self.tiers, overall)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        tiers = self.tiers.astype(object).where(self.tiers.notna(), None)
        return {"tiers": tiers.to_dict("records"), "tier_rates_observed": self.is_observed}

    def _repr_html_(self) -> str:
        columns = {
            "tier": Column(_("Tier")),
            "customers": Column(_("Customers"), "count"),
            "score_lowest": Column(_("Lowest score"), "number"),
            "score_highest": Column(_("Highest score"), "number"),
            "expected_rate": Column(_("Expected buyers"), "share"),
            "expected_rate_ci_lower": Column(_("95% CI"), "share", upper="expected_rate_ci_upper"),
        }
        if self.is_observed:
            columns["rate_customers"] = Column(_("Outcome known of"), "count")
        caption = _("Tiers by score, and the rate to expect in each")
        return result_html(self, table_html(self.tiers, columns, name="tiers", caption=caption))
