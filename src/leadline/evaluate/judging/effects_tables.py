"""The tables of a comparison of arms; metrics of different units share one, so their values are text."""

import pandas as pd

from leadline.evaluate.judging.telling import tell_change, tell_level, tell_lift, tell_verdict
from leadline.language import _, format_value
from leadline.results import Column, table_html


def write_effects(effects: pd.DataFrame, level: float) -> str:
    """One row a metric and arm."""
    rows = effects.to_dict("records")
    frame = effects.assign(
        arm_value=[format_value(row["value"], row["unit"]) for row in rows],
        of_control=[format_value(row["control_value"], row["unit"]) for row in rows],
        change=[tell_change(row, row["difference_unit"]) for row in rows],
        lift=[tell_lift(row) for row in rows],
        told=[tell_verdict(row["verdict"]) for row in rows],
    )
    words = {"level": tell_level(level)}
    columns = {
        "label": Column(_("Metric")),
        "arm": Column(_("Arm")),
        "told": Column(_("Verdict")),
        "arm_value": Column(_("Value")),
        "of_control": Column(_("Control")),
        "change": Column(_("Difference ({level} CI)", **words)),
        "lift": Column(_("Relative ({level} CI)", **words)),
        "p_adjusted": Column(_("p, corrected"), "p_value"),
        "method": Column(_("Method")),
    }
    return table_html(frame, columns, name="effects", caption=_("Each arm against the control"))


def write_guardrails(guardrails: pd.DataFrame) -> str:
    """One row a guardrail and arm."""
    frame = guardrails.assign(told=guardrails["verdict"].map(tell_verdict))
    columns = {
        "label": Column(_("Guardrail")),
        "arm": Column(_("Arm")),
        "told": Column(_("Verdict")),
        "margin": Column(_("May be worse by"), "share"),
        "worst": Column(_("Worst not excluded"), "share"),
        "p_margin": Column(_("p of worse by more"), "p_value"),
        "p_harm": Column(_("p of no change"), "p_value"),
    }
    return table_html(frame, columns, name="guardrails", caption=_("What must not become worse"))


def write_winners(winners: pd.DataFrame, level: float) -> str:
    """One row a metric with a better arm."""
    rows = winners.to_dict("records")
    frame = winners.assign(
        seen=[tell_change(row, row["difference_unit"]) for row in rows],
        without_luck=[tell_change(row, row["difference_unit"], "corrected") for row in rows],
    )
    words = {"level": tell_level(level)}
    columns = {
        "label": Column(_("Metric")),
        "arm": Column(_("Best arm")),
        "seen": Column(_("As seen ({level} CI)", **words)),
        "without_luck": Column(_("Without the luck of winning ({level} CI)", **words)),
    }
    caption = _("Winners, corrected for having been called one")
    return table_html(frame, columns, name="winners", caption=caption)
