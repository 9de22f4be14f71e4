"""What a reader sees of a test's checks: a row a check, the worst first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_estimates
from leadline.evaluate.checks.check import Check, tell_p
from leadline.evaluate.checks.sample_ratio import SampleRatio
from leadline.intervals import wilson_interval
from leadline.language import _, format_value, plural
from leadline.results import Column, Kpi, Mark, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from leadline.language.formats import Unit

_ORDER = {"failed": 0, "warning": 1, "good": 2, "not asked": 3}


@dataclass(frozen=True, eq=False, kw_only=True)
class ChecksResult:
    """All checks of a test.

    Attributes
    ----------
    checks
        Those made, and those that could not be.
    ratio
        Units by arm against the plan, and the test of all units; without one where none is known.
    """

    checks: tuple[Check, ...]
    ratio: SampleRatio

    @property
    def is_trusted(self) -> bool:
        """Whether no check failed; else no effect may be read."""
        return not self.failed

    @property
    def failed(self) -> list[str]:
        """What failed, a sentence a check."""
        return [_tell(check) for check in self.checks if check.verdict == "failed"]

    @property
    def summary(self) -> str:
        """Whether the test can be trusted."""
        made = sum(check.verdict != "not asked" for check in self.checks)
        if self.failed:
            return _(
                "The test cannot be trusted, and no effect should be read from it. {first}",
                first=self.failed[0],
            )
        doubts = sum(check.verdict == "warning" for check in self.checks)
        words = {"made": format_value(made, "count")}
        if not self.ratio.has_plan:
            return _(
                "The test can be read with care: of {made} checks none failed, but no planned shares of the "
                "arms are named, so nobody knows whether units were lost.",
                **words,
            )
        if doubts:
            return plural(
                "The test can be read with care: of {made} checks none failed and {count} gives a warning.",
                "The test can be read with care: of {made} checks none failed and {count} give a warning.",
                doubts,
                **words,
            )
        return _(
            "The test can be trusted: {made} checks were made and all are good; as many units came into each "
            "arm as planned ({p}).",
            **words,
            p=tell_p(self.ratio.overall.p_value),
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a check, the worst first: ``check``, ``question``, ``verdict``, ``found``, ``remedy``."""
        ordered = sorted(self.checks, key=lambda check: _ORDER[check.verdict])
        return pd.DataFrame(ordered, columns=list(Check._fields))

    @property
    def kpis(self) -> Sequence[Kpi]:
        """No card: a verdict is no figure."""
        return ()

    @property
    def marks(self) -> Sequence[Mark]:
        """Every check at the head of the page."""
        names = _name_checks()
        return [
            Mark(label=names[check.check], verdict=check.verdict, help=_tell(check)) for check in self.checks
        ]

    @property
    def warnings(self) -> Sequence[str]:
        """What failed or gives a doubt, and what to do."""
        unplanned = _("The arms are far from equal and no plan is known: name the planned shares.")
        told = [
            f"{_tell(check)} {check.remedy}"
            for check in self.checks
            if check.verdict in {"failed", "warning"}
        ]
        return told if self.ratio.has_plan else [unplanned, *told]

    def figure(self) -> "Figure":
        """Each arm's share of the units, less the planned one if there is one, with a 99.9% interval."""
        has_plan = self.ratio.has_plan
        total = float(self.ratio.arms["units"].sum())
        level = 1 - self.ratio.level
        rows = []
        for row in self.ratio.arms.to_dict("records"):
            share = wilson_interval(float(row["units"]), total, level)
            planned = row["planned_share"] if has_plan else 0.0
            rows.append((row["arm"], *(one - planned for one in share)))
        frame = pd.DataFrame(rows, columns=["label", "value", "lower", "upper"])
        unit: Unit = "points" if has_plan else "share"
        values = _("; ").join(
            f"{row['label']} {format_value(row['value'], unit)}" for row in frame.to_dict("records")
        )
        words = {"level": format_value(level, "share")}
        if not has_plan:
            return draw_estimates(
                frame,
                title=_("Units in each arm"),
                axis_label=_("Share of all units, with {level} interval", **words),
                unit=unit,
                reference=1 / len(frame),
                reference_label=_("if they were equal"),
                alt=_("Share of all units: {values}.", values=values),
            )
        return draw_estimates(
            frame,
            title=_("Units in each arm beside the plan"),
            axis_label=_(
                "Share of all units less the planned share, in points, with {level} interval", **words
            ),
            unit=unit,
            reference=0.0,
            reference_label=_("as planned"),
            alt=_("Departure from the planned share: {values}.", values=values),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        ratio = self.ratio
        verdict = "as planned" if ratio.overall.p_value >= ratio.level else "mismatch"
        arms = ratio.arms if ratio.has_plan else ratio.arms.assign(planned_share=None)
        return {
            "sample_ratio": {
                "p_value": ratio.overall.p_value if ratio.has_plan else None,
                "verdict": verdict if ratio.has_plan else "unknown plan",
            },
            "units_by_arm": arms.to_dict("records"),
            "checks": [
                {"check": check.check, "verdict": check.verdict, "found": check.found}
                for check in self.checks
            ],
            "is_trusted": self.is_trusted,
        }

    def _repr_html_(self) -> str:
        words = {
            "failed": _("failed"),
            "warning": _("warning"),
            "good": _("good"),
            "not asked": _("not asked"),
        }
        frame = self.table.assign(verdict=self.table["verdict"].map(words))
        columns = {
            "question": Column(_("Check")),
            "verdict": Column(_("Verdict")),
            "found": Column(_("Found, or why not asked")),
        }
        caption = _("Whether the test can be trusted")
        return result_html(self, table_html(frame, columns, name="checks", caption=caption))


def _tell(check: Check) -> str:
    return _("{question} {found}.", question=check.question, found=check.found)


def _name_checks() -> dict[str, str]:
    return {
        "sample_ratio": _("Sample ratio"),
        "sample_ratio_segments": _("Sample ratio by segment"),
        "sample_ratio_days": _("Sample ratio by day"),
        "two_arms": _("One arm a unit"),
        "repeated_units": _("No repetitions"),
        "no_arm": _("Arm known"),
        "outside_period": _("Within the period"),
        "early_outcomes": _("Outcomes after the start"),
        "late_exposures": _("Exposure before the outcome"),
        "short_followup": _("Equal time to respond"),
        "missing_outcomes": _("Outcomes missing alike"),
        "balance": _("Arms alike before"),
        "novelty": _("Steady over days"),
        "weekdays": _("Same on all weekdays"),
        "interference": _("Arms keep apart"),
    }
