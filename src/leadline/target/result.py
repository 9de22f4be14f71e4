"""What a staged comparison returns."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from leadline.intervals import Estimate
from leadline.language import _
from leadline.results import Column, Kpi, result_html, table_html
from leadline.target import figures, list_story, story
from leadline.target.contacts_result import ContactsResult
from leadline.target.gain_split_result import GainSplitResult
from leadline.target.ground import ChannelsJudged
from leadline.target.holdout import Holdout
from leadline.target.leaks import Finding
from leadline.target.trial import Trial

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: The record's view of a stage; later notebooks and the scheduler rely on these names.
_RECORDED = [
    "name",
    "method",
    "columns_used",
    "list_size",
    "buyers_listed",
    "contacts_counted",
    "effective_contacts",
    "can_be_listed",
    "tied_at_cut",
    "tied_listed",
    *(
        f"{measure}{part}"
        for measure in ("precision", "recall", "lift", "auc", "profit_cny")
        for part in ("", "_ci_lower", "_ci_upper")
    ),
]


@dataclass(frozen=True, eq=False, kw_only=True)
class StagesResult:
    """Stages judged on the same held-out customers with the same list size.

    Attributes
    ----------
    stages
        One row a stage: ``name``, ``method``, ``columns_used``, ``list_size``, ``buyers_listed`` (counts);
        ``contacts_counted`` of the list, as many as ``effective_contacts`` of equal weight; how many of the
        held-out customers ``can_be_listed``; ``tied_at_cut`` with one score, ``tied_listed`` of them;
        and ``precision``, ``recall``, ``auc`` (0 to 1), ``lift`` (a multiple) and, where value and cost are
        known, ``profit_cny``, each with ``_ci_lower`` and ``_ci_upper`` (95%).
    steps
        One row for each stage after the first: ``stage``, ``against`` (the one before), ``columns_added``;
        ``gain`` in precision (0.04 is 4 points) with ``gain_ci_lower`` and ``gain_ci_upper`` from the paired
        bootstrap; ``p_value`` (exact) and ``p_value_holm`` (adjusted for the number of steps); ``verdict``
        (better, worse, open, or unjudged where this table cannot show channels: see
        `leadline.target.compare.judge_gain`); and over all ``splits`` how many it helped, ``splits_helped``,
        and its ``median_gain``.
    splits
        One row a split and stage: ``split``, ``stage``, ``precision``. Split 1 is the one reported; the
        others are other random splits or, with a given hold-out, the same held-out customers with the
        training customers drawn anew.
    gains, calibration
        As `leadline.target.metrics.trace_gains` and `bin_calibration` return them, with ``stage`` and
        ``stage_order`` (from 0); of the calibration also the stage's ``slope`` with ``slope_ci_lower`` and
        ``slope_ci_upper`` (see `estimate_calibration_slope` there).
    weights
        One row a feature of each linear stage: ``stage``, ``feature``, ``label``, ``points_per_sd`` (20
        points double the odds; a positive weight raises the score), and ``points_lowest`` and
        ``points_highest`` over the ``splits``.
    contacts
        Tiers and channels of each list.
    lists
        One row a stage and listed customer, best first: ``stage``, ``position`` in the table (from 0),
        ``rank``, ``tier``, ``channel`` (empty texts for none).
    gain_split
        The whole gain, split among the plan's ingredients.
    findings
        Columns to doubt.
    notes
        What was filled in or grouped.
    holdout
        How the judging customers were held out: random, time or column.
    channels_judged
        How far the plan's channels can be judged: ``""`` (it has none), ``known``, ``random`` or ``not``.
    training_customers, held_out_customers, list_size
        Customers learned from, held out, and listed of those held out.
    base
        Share of buyers among all held-out customers, with its interval: the precision of a random list.
    trial
        The lists as they were made of the held-out customers, for further analyses.
    """

    stages: pd.DataFrame
    steps: pd.DataFrame
    splits: pd.DataFrame
    gains: pd.DataFrame
    calibration: pd.DataFrame
    weights: pd.DataFrame
    contacts: ContactsResult
    lists: pd.DataFrame
    gain_split: GainSplitResult
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    holdout: Holdout
    channels_judged: ChannelsJudged
    training_customers: int
    held_out_customers: int
    list_size: int
    base: Estimate
    trial: Trial

    @property
    def summary(self) -> str:
        """What the last stage's list achieves, and which stage brings it."""
        return story.tell_summary(self.stages, self.steps, self.base)

    @property
    def sentences(self) -> list[str]:
        """One sentence a stage, then how much is luck, then how it was judged."""
        return [
            *story.tell_steps(self.stages, self.steps, self.base, self.holdout),
            story.tell_luck(self.splits, self.stages, self.holdout),
            *list_story.tell_channels(self.channels_judged, self.stages),
            *list_story.tell_ties(self.stages, self.trial.plan),
            story.tell_method(self.holdout, self.training_customers, self.held_out_customers, self.list_size),
        ]

    @property
    def table(self) -> pd.DataFrame:
        """One row a stage: the recorded measures, and the gain over the stage before."""
        gains = self.steps[["stage", "gain", "gain_ci_lower", "gain_ci_upper", "p_value_holm"]]
        return self.stages.merge(gains, how="left", left_on="name", right_on="stage").drop(columns="stage")

    @property
    def kpis(self) -> Sequence[Kpi]:
        """Precision, lift and reach of the last stage's list, and its profit where it is known."""
        last = self.stages.iloc[-1]
        cards = [
            _card(_("Buyers on the list"), last, "precision", "share"),
            _card(_("Lift over a random list"), last, "lift", "ratio"),
            _card(_("Buyers reached, of all buyers"), last, "recall", "share"),
        ]
        if "profit_cny" in last:
            cards.append(_card(_("Profit of the list, all buyers counted"), last, "profit_cny", "money_cny"))
        return cards

    @property
    def warnings(self) -> Sequence[str]:
        """What cannot be judged, lists that are too long, columns to doubt, and a split that flatters."""
        lucky = story.tell_lucky_split(self.splits, self.stages, self.holdout)
        return [
            *list_story.tell_unjudged(self.channels_judged),
            *list_story.tell_filled(self.stages, self.trial.plan),
            *(finding.text for finding in self.findings),
            *([lucky] if lucky else []),
        ]

    def name_customers(self, ids: pd.Series) -> dict[str, pd.DataFrame]:
        """Return each stage's list with the ids of its customers, best first.

        Parameters
        ----------
        ids
            The id of every customer, one row each, as in the table that was judged.

        Returns
        -------
        dict
            Stage → ``customer_id``, ``rank``, ``tier`` and ``channel`` (empty texts for none).
        """
        named = self.lists.assign(customer_id=ids.to_numpy()[self.lists["position"]])
        columns = ["customer_id", "rank", "tier", "channel"]
        return {
            stage: named.loc[named["stage"] == stage, columns].reset_index(drop=True)
            for stage in self.stages["name"]
        }

    def figure(self) -> "Figure":
        """Precision of each stage with its interval, against a random list."""
        return figures.draw_precision(self.stages, self.base)

    def gains_figure(self) -> "Figure":
        """Share of buyers reached against share of customers contacted, a line a stage."""
        return figures.draw_gains(self.gains, self.stages, self.list_size / self.held_out_customers)

    def calibration_figure(self) -> "Figure":
        """Predicted against observed share of buyers, last stage."""
        return figures.draw_calibration(self.calibration)

    def luck_figure(self) -> "Figure":
        """Precision of each stage over all splits, or draws of the training customers."""
        return figures.draw_luck(self.splits, self.holdout)

    def weights_figure(self, shown: int = 12) -> "Figure":
        """Weights of the last linear stage that stay largest over all splits; a note if there is none."""
        return figures.draw_weights(self.weights, shown)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON for the run record."""
        return {
            "stages": self.stages[[name for name in _RECORDED if name in self.stages]].to_dict("records"),
            "steps": self.steps.to_dict("records"),
            "splits": self.splits.to_dict("records"),
            "findings": [asdict(finding) for finding in self.findings],
            "notes": list(self.notes),
            "holdout": self.holdout,
            "channels_judged": self.channels_judged,
            "training_customers": self.training_customers,
            "held_out_customers": self.held_out_customers,
            "base_rate": self.base.value,
            "base_rate_ci_lower": self.base.lower,
            "base_rate_ci_upper": self.base.upper,
        }

    def _repr_html_(self) -> str:
        shown = self.table
        is_counted = bool((shown["contacts_counted"] < shown["list_size"]).any())
        table = table_html(
            shown,
            _precision_columns(is_counted=is_counted),
            name="stages",
            caption=_("Each stage on the same held-out customers"),
        )
        more = {name: column for name, column in _other_columns().items() if name in shown}
        table += table_html(shown, more, name="stage_measures", caption=_("Reach and worth of each list"))
        sentences = "".join(f"<li>{escape(text)}</li>" for text in self.sentences)
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        notes = f"<p>{escape(_('What was filled in or grouped:'))}</p><ul>{notes}</ul>" if notes else ""
        return result_html(self, f"<ul>{sentences}</ul>{table}{notes}")


def _card(label: str, row: pd.Series, measure: str, unit: Any) -> Kpi:
    return Kpi(
        label=label,
        value=float(row[measure]),
        unit=unit,
        ci_lower=float(row[f"{measure}_ci_lower"]),
        ci_upper=float(row[f"{measure}_ci_upper"]),
        direction="up",
    )


def _precision_columns(*, is_counted: bool) -> dict[str, Column]:
    interval = _("95% CI")
    counted = {"contacts_counted": Column(_("Counted"), "count")} if is_counted else {}
    return {
        "name": Column(_("Stage")),
        **counted,
        "buyers_listed": Column(_("Buyers"), "count"),
        "precision": Column(_("Precision"), "share"),
        "precision_ci_lower": Column(interval, "share", upper="precision_ci_upper"),
        "gain": Column(_("Gain"), "points"),
        "gain_ci_lower": Column(interval, "points", upper="gain_ci_upper"),
        "p_value_holm": Column(_("p (Holm)"), "p_value"),
    }


def _other_columns() -> dict[str, Column]:
    interval = _("95% CI")
    return {
        "name": Column(_("Stage")),
        "recall": Column(_("Recall"), "share"),
        "recall_ci_lower": Column(interval, "share", upper="recall_ci_upper"),
        "lift": Column(_("Lift"), "ratio"),
        "lift_ci_lower": Column(interval, "ratio", upper="lift_ci_upper"),
        "auc": Column(_("AUC"), "index"),
        "profit_cny": Column(_("Profit"), "money_cny"),
        "profit_cny_ci_lower": Column(interval, "money_cny", upper="profit_cny_ci_upper"),
    }
