"""The sentences of a channel plan: what a marketer can repeat."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from babel.numbers import format_currency, format_decimal

from leadline.engage.names import name_channel
from leadline.language import _, format_value
from leadline.language.messages import current_locale

#: A plan as good as the best to this share counts as equal.
_EQUAL = 1e-6
_NO_GAP = 1e-9


def tell_summary(plans: pd.DataFrame) -> str:
    """One sentence on the plan for profit, and whether precision and profit choose the same plan."""
    made = plans[plans["contacts"] > 0]
    if made.empty:
        return _("No contact is expected to earn what it costs: the plan for profit contacts nobody.")
    profit = plans[plans["plan"] == "profit"].iloc[0]
    most_precise = made.iloc[int(made["precision"].argmax())]
    head = _(
        "Assigned for profit, {contacts} contacts earn {profit} with {precision} buyers; the tier rule earns "
        "{rule_profit} with {rule_precision}",
        **_words(profit),
        **_words(plans[plans["plan"] == "tier_rule"].iloc[0], "rule_"),
    )
    best = made["profit_cny"].max()
    agree = most_precise["profit_cny"] >= best - _EQUAL * abs(best)
    if agree:
        tail = _("the most precise plan is the most profitable, too")
    else:
        tail = _(
            "precision and profit disagree: the most precise plan, “{plan}”, has {precision} buyers among "
            "{contacts} contacts and earns {profit}",
            plan=most_precise["label"],
            **_words(most_precise),
        )
    return _("{sentence}.", sentence=_("; ").join([head, tail]))


def tell_prices(prices: pd.DataFrame) -> list[str]:
    """One sentence a limit that holds the plan for profit back."""
    sentences = []
    for row in prices[prices["plan"] == "profit"].to_dict("records"):
        if row["price"] <= _NO_GAP:
            continue
        price = money(row["price"])
        if row["resource"] == "budget_cny":
            sentences.append(_("One more CNY of budget is worth {price} of profit.", price=price))
        elif row["resource"] == "contacts":
            sentences.append(_("One more contact on the list is worth {price}.", price=price))
        else:
            sentences.append(
                _(
                    "One more contact by {channel} is worth {price}.",
                    channel=name_channel(row["resource"]),
                    price=price,
                )
            )
    if not sentences:
        sentences.append(_("No limit holds the plan for profit back: more capacity or budget adds nothing."))
    return sentences


def tell_gap(gaps: Mapping[str, float], gap_cny: float) -> str:
    """How far the plan for profit may be from the best possible."""
    if gaps["profit"] <= _NO_GAP:
        return _("No plan under these limits can earn more: the bound is met.")
    return _(
        "No plan under these limits can earn more than {gap} above it ({share} of the bound).",
        gap=money(gap_cny),
        share=_per_cent(gaps["profit"]),
    )


def tell_limits(plans: pd.DataFrame, *, knows_alone: bool) -> list[str]:
    """Say what the figures rest on, and which plans lose money."""
    notes = [
        _(
            "Buyers and profit are expected values and hold if the chances do. Buyers include those who "
            "would buy unasked; profit leaves these out."
        )
        if knows_alone
        else _(
            "Buyers and profit are expected values and hold if the chances do. Both count customers who "
            "would have bought unasked, for nothing is known of these: the true profit is lower."
        )
    ]
    losing = plans[(plans["contacts"] > 0) & (plans["profit_cny"] < 0)]
    notes += [
        _("“{plan}” loses money: {profit}.", plan=row["label"], profit=money(row["profit_cny"]))
        for row in losing.to_dict("records")
    ]
    return notes


def _words(plan: "pd.Series[Any]", prefix: str = "") -> dict[str, str]:
    return {
        f"{prefix}contacts": format_value(int(plan["contacts"]), "count"),
        f"{prefix}profit": format_value(float(plan["profit_cny"]), "money_cny"),
        f"{prefix}precision": format_value(float(plan["precision"]), "share"),
    }


def money(value: float) -> str:
    """Write CNY to the cent."""
    locale = current_locale()
    return str(format_currency(value, "CNY", format="¤#,##0.00", locale=locale, currency_digits=False))


def _per_cent(share: float) -> str:
    return str(format_decimal(100 * share, format="0.######", locale=current_locale())) + "%"
