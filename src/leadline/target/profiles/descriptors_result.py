"""What tests of descriptors return."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from leadline.chart.draw import draw_estimates, draw_note
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target.views.groups import to_records

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SURE = 0.05
_SMALL = 0.10


@dataclass(frozen=True, eq=False, kw_only=True)
class DescriptorsResult:
    """In which descriptors the segments differ.

    Attributes
    ----------
    tests
        One row a ``descriptor``: ``label``, ``test``, ``statistic``, ``freedom``, ``p_value``,
        ``p_value_holm``, ``measure`` of the effect, ``effect_sample`` (Cramér's V or eta² as textbooks have
        it), ``effect`` of the population (what chance adds taken off) with ``_ci_lower`` and ``_ci_upper``
        (95%), ``customers``, ``missing``. Missing where nothing could be compared.
    draws
        Random orders of tests with small expected counts.
    """

    tests: pd.DataFrame
    draws: int

    @property
    def different(self) -> pd.DataFrame:
        """Descriptors whose corrected p-value is below 0.05, the surest first."""
        found = self.tests[self.tests["p_value_holm"] < _SURE]
        return found.sort_values("p_value_holm", kind="stable", ignore_index=True)

    @property
    def summary(self) -> str:
        """How many differ, and the one that does most surely."""
        found = self.different
        if found.empty:
            return _(
                "In none of {count} descriptors do the segments differ provably (Holm, 5%).",
                count=len(self.tests),
            )
        first = found.iloc[0]
        return _(
            "The segments differ in {found} of {count} descriptors (Holm, 5%), most surely in {label} "
            "({measure} "
            "{effect}, 95% CI {interval}).",
            found=len(found),
            count=len(self.tests),
            label=first["label"],
            measure=first["measure"],
            effect=format_value(float(first["effect"]), "index"),
            interval=format_interval(first["effect_ci_lower"], first["effect_ci_upper"], "index"),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a descriptor."""
        return self.tests

    @property
    def kpis(self) -> Sequence[Kpi]:
        """None: which differ stands in the figure."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """Proven but small differences, descriptors that cannot be tested, missing values."""
        notes = []
        weak = self.different[_on_one_scale(self.different, "effect_ci_upper") < _SMALL]
        if len(weak):
            notes.append(
                _(
                    "Provable but small, of little use for reaching a segment: {names}.",
                    names=_(", ").join(weak["label"]),
                )
            )
        untested = self.tests[self.tests["p_value"].isna()]
        if len(untested):
            notes.append(
                _("Not tested, for they do not vary: {names}.", names=_(", ").join(untested["label"]))
            )
        missing = self.tests[self.tests["missing"] > 0]
        if len(missing):
            told = _(", ").join(
                _("{label} {count}", label=row["label"], count=format_value(int(row["missing"]), "count"))
                for row in missing.to_dict("records")
            )
            notes.append(_("Missing values were left out: {told}.", told=told))
        return notes

    def figure(self) -> "Figure":
        """Draw the effect of each descriptor with its interval."""
        known = self.tests.dropna(subset=["effect"])
        if known.empty:
            return draw_note(self.summary)
        frame = pd.DataFrame(
            {
                "label": known["label"].to_numpy(),
                "value": _on_one_scale(known, "effect").to_numpy(),
                "lower": _on_one_scale(known, "effect_ci_lower").to_numpy(),
                "upper": _on_one_scale(known, "effect_ci_upper").to_numpy(),
            }
        )
        told = _("; ").join(
            f"{row['label']} {format_value(row['value'], 'index')}" for row in frame.to_dict("records")
        )
        return draw_estimates(
            frame,
            title=_("What the segments differ in"),
            axis_label=_("Cramér's V, or eta (the root of eta²), with 95% interval"),
            unit="index",
            alt=_("Effect sizes: {told}.", told=told),
            reference=_SMALL,
            reference_label=_("small"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {"descriptors": to_records(self.tests)}

    def _repr_html_(self) -> str:
        columns = {
            "label": Column(_("Descriptor")),
            "test": Column(_("Test")),
            "statistic": Column(_("Statistic"), "number"),
            "freedom": Column(_("df")),
            "p_value_holm": Column(_("p (Holm)"), "p_value"),
            "measure": Column(_("Effect")),
            "effect_sample": Column(_("In the sample"), "index"),
            "effect": Column(_("In the population"), "index"),
            "effect_ci_lower": Column(_("95% CI"), "index", upper="effect_ci_upper"),
        }
        caption = _("Descriptors, tested between segments")
        return result_html(self, table_html(self.tests, columns, name="descriptors", caption=caption))


def _on_one_scale(tests: pd.DataFrame, column: str) -> pd.Series:
    """Return V and the root of eta²: like a correlation, both reach 1, and 0.1 is small (Cohen 1988)."""
    return tests[column].where(tests["measure"] == "V", np.sqrt(tests[column]))
