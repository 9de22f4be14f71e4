"""What an A/A replay returns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.chart.draw import draw_estimates
from leadline.evaluate.planning.records import to_records
from leadline.evaluate.planning.units import tell_value
from leadline.features.experiment import Metric
from leadline.language import _, format_value
from leadline.language.formats import format_interval
from leadline.results import Column, Kpi, result_html, table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KEEPS, TOO_MANY, TOO_FEW = "keeps its word", "too many alarms", "too few alarms"
#: Below this chance, divided by the rows, p-values are called not uniform.
_STRICT = 0.01


@dataclass(frozen=True, eq=False, kw_only=True)
class ReplayResult:
    """How often a test "finds" an effect where there is none.

    Attributes
    ----------
    rows
        One row a metric as asked, and for a mean one more with or without winsorising: ``row`` (its name in
        ``p_values``), ``metric``, ``label``, ``winsorise`` (quantile; missing without), ``is_asked``,
        ``units`` (of all arms in a split), ``base`` (mean, share or ratio), ``standard_error`` (of the
        difference, mean over splits), ``alarms`` (share of splits with p below ``alpha``) with
        ``alarms_ci_lower`` and ``alarms_ci_upper`` (95%), ``uniform_p_value`` (Kolmogorov-Smirnov),
        ``verdict``.
    p_values
        One row a split, one column a row of ``rows``.
    metrics
        As asked.
    alpha
        What the test promises.
    runs
        Splits.
    has_covariates
        Whether the test adjusts for covariates.
    """

    rows: pd.DataFrame
    p_values: pd.DataFrame = field(repr=False)
    metrics: tuple[Metric, ...]
    alpha: float
    runs: int
    has_covariates: bool

    @property
    def asked(self) -> pd.DataFrame:
        """The rows of the metrics as asked."""
        return self.rows[self.rows["is_asked"]]

    @property
    def keeps_word(self) -> bool:
        """Whether no metric as asked raises more alarms than promised."""
        return not self.asked["verdict"].eq(TOO_MANY).any()

    @property
    def summary(self) -> str:
        """Whether the test keeps its word, by the deciding metric and the worst one."""
        rows = self.asked.to_dict("records")
        told = _("; ").join(
            _(
                "“{metric}” {alarms} (95% CI {interval})",
                metric=row["label"],
                alarms=format_value(row["alarms"], "share"),
                interval=format_interval(row["alarms_ci_lower"], row["alarms_ci_upper"], "share"),
            )
            for row in rows
        )
        words = {
            "runs": format_value(self.runs, "count"),
            "alpha": format_value(self.alpha, "share"),
            "told": told,
        }
        if not self.keeps_word:
            return _(
                "The test does not keep its word on this data. Of {runs} random splits of history, in which "
                "nothing differs, it “finds” a difference more often than the {alpha} promised: {told}.",
                **words,
            )
        return _(
            "The test keeps its word on this data. Of {runs} random splits of history, in which nothing "
            "differs, it “finds” a difference about as often as promised ({alpha}) or less: {told}.",
            **words,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a metric and rule for its outliers."""
        return self.rows

    @property
    def kpis(self) -> Sequence[Kpi]:
        """False alarms of the deciding metric."""
        first = self.asked.iloc[0]
        return (
            Kpi(
                label=_("False alarms in the replay of history"),
                value=float(first["alarms"]),
                unit="share",
                ci_lower=float(first["alarms_ci_lower"]),
                ci_upper=float(first["alarms_ci_upper"]),
                help=_("Share of random splits of history that differ by the test, where nothing differs."),
            ),
        )

    @property
    def warnings(self) -> Sequence[str]:
        """Metrics whose test raises too many or too few alarms, and p-values that are not uniform."""
        notes = []
        for row in self.asked.to_dict("records"):
            if row["verdict"] == TOO_MANY:
                notes.append(
                    _(
                        "The test of “{metric}” raises too many alarms: hold more customers, winsorise the "
                        "metric, or let a share decide.",
                        metric=row["label"],
                    )
                )
            elif row["verdict"] == TOO_FEW:
                notes.append(
                    _(
                        "The test of “{metric}” raises fewer alarms than allowed: it is safe, and finds less "
                        "than the plan says.",
                        metric=row["label"],
                    )
                )
            elif row["uniform_p_value"] < _STRICT / len(self.asked):
                notes.append(
                    _(
                        "The p-values of “{metric}” are not uniform where nothing differs, as happens with "
                        "few buyers: trust the share of alarms, not a single p-value.",
                        metric=row["label"],
                    )
                )
        return notes

    def figure(self) -> "Figure":
        """Draw the share of false alarms of each metric against what is promised."""
        frame = self.rows.rename(
            columns={"alarms": "value", "alarms_ci_lower": "lower", "alarms_ci_upper": "upper"}
        )[["value", "lower", "upper"]].assign(label=self._name_rows())
        values = _("; ").join(
            f"{row['label']} {format_value(row['value'], 'share')}" for row in frame.to_dict("records")
        )
        return draw_estimates(
            frame,
            title=_("How often a test finds what is not there"),
            axis_label=_("Share of random splits of history that “differ”, with 95% interval"),
            unit="share",
            alt=_("False alarms: {values}.", values=values),
            reference=self.alpha,
            reference_label=_("promised"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "replay": to_records(self.rows.drop(columns="label")),
            "replay_runs": self.runs,
            "replay_keeps_word": self.keeps_word,
        }

    def _repr_html_(self) -> str:
        metrics = {metric.key: metric for metric in self.metrics}
        verdicts = {
            KEEPS: _("keeps its word"),
            TOO_MANY: _("too many alarms"),
            TOO_FEW: _("too few alarms"),
        }
        frame = self.rows.assign(
            name=self._name_rows(),
            told=self.rows["verdict"].map(verdicts),
            mean=[
                tell_value(metrics[key], value)
                for key, value in zip(self.rows["metric"], self.rows["base"], strict=True)
            ],
            error=[
                tell_value(metrics[key], value)
                for key, value in zip(self.rows["metric"], self.rows["standard_error"], strict=True)
            ],
        )
        columns = {
            "name": Column(_("Metric")),
            "mean": Column(_("In the history")),
            "error": Column(_("Standard error of a difference")),
            "alarms": Column(_("False alarms"), "share"),
            "alarms_ci_lower": Column(_("95% CI"), "share", upper="alarms_ci_upper"),
            "told": Column(_("The test")),
        }
        caption = _("Random splits of history, in which nothing differs")
        return result_html(self, table_html(frame, columns, name="replay", caption=caption))

    def _name_rows(self) -> list[str]:
        return [
            row["label"]
            if row["is_asked"]
            else _("{metric}, as it is", metric=row["label"])
            if pd.isna(row["winsorise"])
            else _(
                "{metric}, cut at the {quantile} quantile",
                metric=row["label"],
                quantile=format_value(row["winsorise"], "number"),
            )
            for row in self.rows.to_dict("records")
        ]
