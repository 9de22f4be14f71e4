"""Four readings of one campaign beside its true uplift: which of them an analyst may believe (system V2)."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.chart.draw import draw_estimates
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.market.assignment import Assignment
from leadline.market.estimators import estimate_uplift_errors
from leadline.market.market import Market
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, kw_only=True)
class UpliftReadingResult:
    """The readings of a list's campaign, as `estimate_uplift_errors` returns them.

    Attributes
    ----------
    readings
        One row a reading: ``estimator``, ``estimate``, ``ci_lower``, ``ci_upper``, ``truth``, ``error``.
    """

    readings: pd.DataFrame

    @property
    def truth(self) -> float:
        """What a contact truly adds to the chance of subscribing."""
        return float(self.readings["truth"].iloc[0])

    @property
    def summary(self) -> str:
        """The truth, what the hold-out says of it, and what precision says."""
        held, naive = self._row("hold-out"), self._row("precision as effect")
        return _(
            "A contact truly adds {truth}. The hold-out says {held} (95% CI {interval}); whoever takes "
            "precision for effect says {naive}: {error} from the truth.",
            truth=format_value(self.truth, "points"),
            held=format_value(float(held["estimate"]), "points"),
            interval=format_interval(float(held["ci_lower"]), float(held["ci_upper"]), "points"),
            naive=format_value(float(naive["estimate"]), "points"),
            error=format_value(float(naive["error"]), "points"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a reading, named for a reader."""
        return self.readings.assign(estimator=self.readings["estimator"].map(_name_readings()))

    @property
    def kpis(self) -> Sequence[Kpi]:
        """The hold-out's estimate."""
        held = self._row("hold-out")
        return (
            Kpi(
                label=_("Uplift by the hold-out"),
                value=float(held["estimate"]),
                unit="points",
                ci_lower=float(held["ci_lower"]),
                ci_upper=float(held["ci_upper"]),
                direction="up",
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Nothing: the truth stands beside each reading."""
        return ()

    def figure(self) -> "Figure":
        """Each reading with its interval, against the truth."""
        table = self.table
        frame = pd.DataFrame(
            {
                "label": table["estimator"],
                "value": table["estimate"],
                "lower": table["ci_lower"],
                "upper": table["ci_upper"],
            }
        )
        return draw_estimates(
            frame,
            title=_("Four readings of one campaign"),
            axis_label=_("What a contact adds to the chance of subscribing, with 95% interval"),
            unit="share",
            alt=self.summary,
            reference=self.truth,
            reference_label=_("truth {value}", value=format_value(self.truth, "share")),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"uplift_readings": self.readings.to_dict("records")}

    def _repr_html_(self) -> str:
        columns = {
            "estimator": Column(_("Reading")),
            "estimate": Column(_("Uplift"), "points"),
            "ci_lower": Column(_("95% CI"), "points", upper="ci_upper"),
            "error": Column(_("Error"), "points"),
        }
        caption = _("Each reading of the same campaign, beside the truth")
        return result_html(self, table_html(self.table, columns, name="uplift_readings", caption=caption))

    def _row(self, estimator: str) -> dict[Hashable, Any]:
        chosen = self.readings[self.readings["estimator"] == estimator]
        return chosen.to_dict("records")[0]


def read_uplift(market: Market, assignment: Assignment, *, rng: np.random.Generator) -> UpliftReadingResult:
    """Contact a list in the market, and read the campaign in four ways.

    Parameters
    ----------
    market
        The market, with its truth.
    assignment
        The list.
    rng
        Draws the hold-out, a fifth of the list.
    """
    return UpliftReadingResult(readings=estimate_uplift_errors(market, assignment, rng))


def _name_readings() -> dict[str, str]:
    return {
        "hold-out": _("Contacted against a random hold-out"),
        "precision as effect": _("Precision taken for effect"),
        "listed against unlisted": _("Listed against unlisted"),
        "model of the unlisted": _("Listed against a model of the unlisted"),
    }
