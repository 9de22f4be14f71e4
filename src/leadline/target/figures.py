"""The figures of a staged comparison: what is drawn, in words for the reader and for the alternative text."""

import pandas as pd
from babel.numbers import format_decimal
from matplotlib.figure import Figure

from leadline.chart.draw import (
    draw_agreement,
    draw_curves,
    draw_estimates,
    draw_note,
    draw_paths,
    draw_signed_bars,
)
from leadline.intervals import Estimate
from leadline.language import _, format_value
from leadline.language.messages import current_locale
from leadline.target.holdout import Holdout


def draw_precision(stages: pd.DataFrame, base: Estimate) -> Figure:
    """Precision of each stage with its interval, against a random list."""
    frame = pd.DataFrame(
        {
            "label": stages["name"],
            "value": stages["precision"],
            "lower": stages["precision_ci_lower"],
            "upper": stages["precision_ci_upper"],
        }
    )
    random = format_value(base.value, "share")
    values = _("; ").join(
        f"{row['label']} {format_value(row['value'], 'share')}" for row in frame.to_dict("records")
    )
    return draw_estimates(
        frame,
        title=_("Share of buyers on each stage's list"),
        axis_label=_("Buyers among those listed, with 95% interval"),
        unit="share",
        alt=_("Share of buyers on the list: {values}; a random list {random}.", values=values, random=random),
        reference=base.value,
        reference_label=_("random list {share}", share=random),
    )


def draw_gains(gains: pd.DataFrame, stages: pd.DataFrame, list_share: float) -> Figure:
    """Share of buyers reached against share of customers contacted; the alternative text tells ``recall``."""
    order = list(dict.fromkeys(gains.sort_values("stage_order", kind="stable")["stage"]))
    frame = gains.rename(columns={"contacted_share": "x", "reached_share": "y", "stage": "series"})
    reached = zip(stages["name"], stages["recall"], strict=True)
    values = _("; ").join(f"{name} {format_value(recall, 'share')}" for name, recall in reached)
    return draw_curves(
        frame,
        order=order,
        title=_("Buyers reached, by how many are contacted"),
        x_label=_("Customers contacted, best scores first"),
        y_label=_("Share of all buyers reached"),
        alt=_("Gains curves. Of all buyers the list reaches: {values}.", values=values),
        diagonal_label=_("Random list"),
        mark=list_share,
        mark_label=_("list: {share}", share=format_value(list_share, "share")),
    )


def draw_calibration(calibration: pd.DataFrame) -> Figure:
    """Predicted against observed share of buyers, last stage."""
    last = calibration[calibration["stage_order"] == calibration["stage_order"].max()]
    frame = last.rename(
        columns={
            "predicted_share": "x",
            "observed_share": "y",
            "observed_share_ci_lower": "lower",
            "observed_share_ci_upper": "upper",
        }
    )
    inside = int(((frame["lower"] <= frame["x"]) & (frame["x"] <= frame["upper"])).sum())
    slope = _tell_slope(last.iloc[0])
    return draw_agreement(
        frame,
        title=_("Does the prediction hold? “{stage}”", stage=last["stage"].iloc[0]),
        x_label=_("Predicted share of buyers"),
        y_label=_("Observed share, with 95% interval"),
        alt=_(
            "Predicted against observed share of buyers in {count} groups of held-out customers; the "
            "interval holds the prediction in {inside}; {slope}.",
            count=len(frame),
            inside=inside,
            slope=slope,
        ),
        diagonal_label=_("prediction = observation"),
        points_label=slope,
    )


def _tell_slope(row: pd.Series) -> str:
    """Say whether predictions lie too far apart: 1 is right, below it they do."""
    if pd.isna(row["slope"]):
        return _("calibration slope unknown")
    return _(
        "calibration slope {slope} (95% CI {interval}); below 1: too extreme",
        slope=format_decimal(row["slope"], "0.00", locale=current_locale()),
        interval=_(
            "{lower} to {upper}",
            lower=format_decimal(row["slope_ci_lower"], "0.00", locale=current_locale()),
            upper=format_decimal(row["slope_ci_upper"], "0.00", locale=current_locale()),
        ),
    )


def draw_luck(splits: pd.DataFrame, holdout: Holdout) -> Figure:
    """Precision of each stage over all splits, the reported one highlighted."""
    order = list(dict.fromkeys(splits["stage"]))
    frame = splits.rename(columns={"split": "path", "stage": "label", "precision": "value"})
    spread = splits.groupby("stage")["precision"].agg(["min", "max"])
    values = _("; ").join(
        _(
            "{stage} {lowest} to {highest}",
            stage=stage,
            lowest=format_value(float(spread.loc[stage, "min"]), "share"),
            highest=format_value(float(spread.loc[stage, "max"]), "share"),
        )
        for stage in order
    )
    if holdout == "random":
        other = _("other splits")
        alt = _("Share of buyers on the list, lowest to highest over the splits: {values}.", values=values)
    else:
        other = _("training customers drawn anew")
        alt = _(
            "Share of buyers on the list, lowest to highest with the training customers drawn anew: "
            "{values}.",
            values=values,
        )
    return draw_paths(
        frame,
        order=order,
        title=_("How much is luck?"),
        y_label=_("Buyers on the list"),
        alt=alt,
        highlighted=1,
        highlighted_label=_("this report"),
        other_label=other,
    )


def draw_weights(weights: pd.DataFrame, shown: int) -> Figure:
    """Weights of the last linear stage, in points: those that stay largest over all splits."""
    if weights.empty:
        return draw_note(_("No stage of this plan is a sum of weights, so there are none to show."))
    stage = weights["stage"].iloc[-1]
    last = weights[weights["stage"] == stage]
    sure = last[["points_lowest", "points_highest"]].abs().min(axis=1)
    sure = sure.where(last["points_lowest"] * last["points_highest"] > 0, 0)
    largest = last.loc[sure.sort_values(ascending=False, kind="stable").index[:shown]]
    largest = largest.sort_values("points_per_sd", ascending=False, kind="stable")
    frame = largest.rename(
        columns={"points_per_sd": "value", "points_lowest": "lower", "points_highest": "upper"}
    )
    values = _("; ").join(f"{row['label']} {row['value']:+.1f}" for row in frame.to_dict("records"))
    return draw_signed_bars(
        frame,
        title=_("What raises and lowers the score: “{stage}”", stage=stage),
        axis_label=_("Points for one standard deviation more; line: range as the training customers change"),
        alt=_("Largest weights in points: {values}.", values=values),
    )
