"""What a test's money says in a sentence, and what it leaves out."""

from typing import TYPE_CHECKING

from leadline.language import _, format_value
from leadline.language.formats import format_interval

if TYPE_CHECKING:
    from leadline.evaluate.judging.money_result import MoneyResult

_THOUSAND = 1000


def tell_money(result: "MoneyResult") -> str:
    """Say what the best arm brings, and up to what cost it pays."""
    if result.metric is None:
        return _(
            "Whether it pays cannot be said: name what one more “{metric}” brings (value), or a metric "
            "in CNY.",
            metric=result.main.label,
        )
    best = result.profits.iloc[0]
    scale = result.population or _THOUSAND
    words = {
        "arm": best["arm"],
        "level": f"{100 * result.level:g}%",
        "limit": format_value(float(best["break_even"]), "price_cny"),
        "range": format_interval(best["break_even_ci_lower"], best["break_even_ci_upper"], "price_cny"),
        "units": format_value(scale, "count"),
        "profit": format_value(scale * float(best["profit"]), "money_cny"),
        "interval": format_interval(
            scale * best["profit_ci_lower"], scale * best["profit_ci_upper"], "money_cny"
        ),
    }
    if float(best["break_even"]) <= 0:
        return _(
            "No arm pays: a contact by {arm}, the best of them, brings {limit} even if it costs nothing "
            "({level} CI {range}).",
            **words,
        )
    if not result.is_known:
        return _(
            "A contact by {arm} brings {limit} before its cost ({level} CI {range}): it pays as long as it "
            "costs less. Name contact_cost to see the profit.",
            **words,
        )
    if float(best["profit_ci_lower"]) < 0 < float(best["profit_ci_upper"]):
        return _(
            "Whether {arm} pays is open: contacting {units} customers brought a profit of {profit}, but it "
            "could as well be a loss ({level} CI {interval}). A contact may cost up to {limit} ({level} CI "
            "{range}).",
            **words,
        )
    return _(
        "Contacting {units} customers by {arm} brings a profit of {profit} ({level} CI {interval}); it pays "
        "as long as a contact costs less than {limit} ({level} CI {range}).",
        **words,
    )


def tell_gaps(result: "MoneyResult") -> list[str]:
    """Say what the figures leave out."""
    if result.metric is None:
        return []
    notes = []
    if result.is_bound:
        notes.append(
            _(
                "How value and cost of a customer go together is not known: profit has the widest interval "
                "that is possible. A metric of both, such as cost ÷ value, would make it shorter."
            )
        )
    if result.cost_metric:
        notes.append(_("What a contact may cost is on top of the cost measured."))
    if result.metric.winsorise:
        notes.append(
            _(
                "The highest values of “{metric}” count as their cut: what the largest customers brought "
                "beyond it is in no figure here.",
                metric=result.metric.label,
            )
        )
    if len(result.profits) > 1:
        notes.append(
            _("The best of several arms tends to look better than it is: expect a little less of it.")
        )
    return notes
