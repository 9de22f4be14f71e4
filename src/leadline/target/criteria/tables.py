"""Tables of the four criteria as a report shows them."""

from collections.abc import Mapping
from html import escape

import pandas as pd

from leadline.intervals import Estimate
from leadline.language import _
from leadline.results import Column, table_html
from leadline.target.criteria.accessible import ANY
from leadline.target.criteria.lasting import Lasting
from leadline.target.criteria.telling import (
    define_criterion,
    tell_criterion,
    tell_stability,
    tell_verdict,
)


def write_criteria(criteria: pd.DataFrame) -> str:
    """Write the table of criteria, with the definition of each figure below it."""
    if criteria.empty:
        return ""
    frame = criteria.assign(
        name=criteria["criterion"].map(tell_criterion), told=criteria["verdict"].map(tell_verdict)
    )
    columns = {
        "name": Column(_("Criterion")),
        "value": Column(_("Measured"), "share"),
        "value_ci_lower": Column(_("95% CI"), "share", upper="value_ci_upper"),
        "bar": Column(_("At least wanted"), "share"),
        "told": Column(_("Verdict")),
    }
    defined = "".join(
        f"<li><strong>{escape(tell_criterion(name))}.</strong> {escape(define_criterion(name))}</li>"
        for name in criteria["criterion"]
    )
    table = table_html(frame, columns, name="criteria", caption=_("The four criteria"))
    return f"{table}<ul>{defined}</ul>"


def write_rules(rules: pd.DataFrame) -> str:
    """Write the rule in words."""
    if rules.empty:
        return ""
    columns = {
        "segment": Column(_("Segment")),
        "rule": Column(_("Placed there by")),
        "customers": Column(_("Customers it was tried on"), "count"),
        "right": Column(_("Of them in the segment"), "share"),
        "right_ci_lower": Column(_("95% CI"), "share", upper="right_ci_upper"),
    }
    caption = _("Measurable: the rule in words")
    return table_html(rules, columns, name="segment_rules_told", caption=caption)


def write_access(access: pd.DataFrame, labels: Mapping[str, str], media: str) -> str:
    """Write the share reached, a row a segment and a column a channel; below it, what ``media`` says."""
    told = f"<p>{escape(media)}</p>" if media else ""
    if access.empty:
        return told
    channels = list(dict.fromkeys(access["channel"]))
    wide = access.pivot_table(
        index="segment", columns="channel", values="reached", sort=False, dropna=False, observed=True
    )
    any_channel = access[access["channel"] == ANY].set_index("segment")
    frame = pd.DataFrame({"segment": any_channel.index, "customers": any_channel["customers"].to_numpy()})
    columns = {"segment": Column(_("Segment")), "customers": Column(_("Customers"), "count")}
    for place, channel in enumerate(channels):
        name = _("Any channel") if channel == ANY else labels.get(channel, channel)
        frame[f"channel_{place}"] = wide.reindex(frame["segment"])[channel].to_numpy()
        columns[f"channel_{place}"] = Column(name, "share")
    caption = _("Accessible: whom each channel reaches with permission")
    return table_html(frame, columns, name="segment_access", caption=caption) + told


def write_profit(profit: pd.DataFrame) -> str:
    """Write what each segment brings; in a table of its own, what may still come."""
    if profit.empty:
        return ""
    brings = {
        "segment": Column(_("Segment")),
        "customers": Column(_("Customers"), "count"),
        "profit_cny": Column(_("Profit a customer"), "money_cny"),
        "profit_cny_ci_lower": Column(_("95% CI"), "money_cny", upper="profit_cny_ci_upper"),
        "total_cny": Column(_("Profit in all"), "money_cny"),
        "total_cny_ci_lower": Column(_("95% CI"), "money_cny", upper="total_cny_ci_upper"),
    }
    table = table_html(
        profit, brings, name="segment_profit", caption=_("Profitable: what each segment brings")
    )
    if "to_come_cny" not in profit.columns:
        return table
    comes = {
        "segment": Column(_("Segment")),
        "potential": Column(_("Potential"), "share"),
        "potential_ci_lower": Column(_("95% CI"), "share", upper="potential_ci_upper"),
        "potential_cny": Column(_("Potential a customer"), "money_cny"),
        "potential_cny_ci_lower": Column(_("95% CI"), "money_cny", upper="potential_cny_ci_upper"),
        "to_come_cny": Column(_("May still come in all"), "money_cny"),
        "to_come_cny_ci_lower": Column(_("95% CI"), "money_cny", upper="to_come_cny_ci_upper"),
    }
    shown = {name: column for name, column in comes.items() if name in profit.columns}
    caption = _("Profitable: what may still come")
    return table + table_html(profit, shown, name="segment_potential", caption=caption)


def write_stability(lasting: Lasting | None, agreement: Estimate | None) -> str:
    """Write all figures on stability."""
    frame = tell_stability(lasting, agreement)
    if frame.empty:
        return ""
    columns = {
        "told": Column(_("Measure")),
        "value": Column(_("Measured")),
        "interval": Column(_("95% CI")),
    }
    told = _(
        "Agreement is the adjusted Rand index: 1 when both place the same customers together, 0 when no more "
        "than by chance."
    )
    table = table_html(
        frame, columns, name="segment_stability_told", caption=_("Stable: over time and samples")
    )
    return f"{table}<p>{escape(told)}</p>"


def write_transitions(transitions: pd.DataFrame) -> str:
    """Write the share of each segment by where it is a period later; small cells are empty."""
    if transitions.empty:
        return ""
    names = list(dict.fromkeys(transitions["before"]))
    shares = transitions.set_index(["before", "after"])["share"]
    frame = pd.DataFrame({"before": names})
    columns = {"before": Column(_("Segment before"))}
    for place, after in enumerate(names):
        frame[f"after_{place}"] = [shares[(before, after)] for before in names]
        columns[f"after_{place}"] = Column(_("then {segment}", segment=after), "share")
    caption = _("Stable: where customers are a period later")
    told = ""
    if frame.drop(columns="before").isna().to_numpy().any():
        told = _("Empty cells speak of few customers, or would give such a cell away by subtraction.")
    return table_html(frame, columns, name="segment_transitions", caption=caption) + (
        f"<p>{escape(told)}</p>" if told else ""
    )


def write_matched(matched: pd.DataFrame | None) -> str:
    """Write how far each segment is found when segments are made anew from the earlier period."""
    if matched is None:
        return ""
    columns = {
        "segment": Column(_("Segment")),
        "customers": Column(_("Customers by the rule"), "count"),
        "again_customers": Column(_("By the segment made anew"), "count"),
        "overlap": Column(_("Shared, of all in either"), "share"),
    }
    caption = _("Stable: each segment made anew from the earlier period")
    return table_html(matched, columns, name="segment_made_anew", caption=caption)
