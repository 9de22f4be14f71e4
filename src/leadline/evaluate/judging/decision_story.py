"""Why a decision is as it is, and what would change it: one sentence each."""

from typing import TYPE_CHECKING

import numpy as np

from leadline.evaluate.judging.units import find_units
from leadline.language import _, format_value
from leadline.language.formats import format_interval

if TYPE_CHECKING:
    from leadline.evaluate.judging.decision_result import DecisionResult

_THOUSAND = 1000


def tell_reason(result: "DecisionResult") -> str:
    """Why, in one sentence."""
    if result.verdict == "no verdict":
        return result.failed[0] if result.failed else ""
    if result.harmed:
        return _(
            "“{arm}” harms what must not become worse: {metrics}.",
            arm=result.arm,
            metrics=_(", ").join(result.harmed),
        )
    if result.look in {"continue", "futility"}:
        return result.looked
    if _has_money(result):
        return _tell_profit(result)
    is_looked_at = result.look.startswith("efficacy") and not np.isnan(result.nominal)
    return result.looked if is_looked_at else _tell_effect(result)


def tell_change(result: "DecisionResult") -> str:
    """Tell what would change the verdict, in one sentence."""
    if result.verdict == "no verdict":
        return _("Repair what failed and evaluate again; until then no effect should be read.")
    if result.verdict == "roll out":
        return _tell_limit(result)
    if result.verdict == "stop":
        return _tell_revival(result)
    return _tell_wait(result)


def _tell_wait(result: "DecisionResult") -> str:
    """For what testing goes on."""
    if result.look == "continue":
        return _("The next look that is planned may end the test.")
    if result.unshown:
        return _(
            "Before a roll-out {metrics} must be shown to stay within the margin.",
            metrics=_(", ").join(result.unshown),
        )
    return _tell_strictness(result) or _tell_units(result)


def _tell_strictness(result: "DecisionResult") -> str:
    """Tell of a profit beyond chance by its own interval, but not by what the look asks for."""
    money = result.money
    if money is None or not money.is_known or np.isnan(result.nominal) or result.gain:
        return ""
    if money.read_arm(result.arm)["p_adjusted"] >= 1 - result.level:
        return ""
    return _(
        "The interval does not allow for several looks; this look asks for a p-value of {limit} or less.",
        limit=format_value(result.nominal, "p_value"),
    )


def _tell_units(result: "DecisionResult") -> str:
    """How many more units would do."""
    if np.isnan(result.more_units):
        return _("What it brings is not known yet: too little has happened to compare the arms.")
    if np.isinf(result.more_units):
        return _("The final look that is planned may end the test.")
    if not result.more_units:
        return _("The number of arms and metrics asks for more than this test holds.")
    return _(
        "About {count} more customers would be needed to tell a gain of the size seen from none (80% power).",
        count=format_value(int(result.more_units), "count"),
    )


def _has_money(result: "DecisionResult") -> bool:
    return result.money is not None and result.money.is_known


def _tell_profit(result: "DecisionResult") -> str:
    money = result.money
    assert money is not None  # noqa: S101 (asked for by the caller)
    row = money.read_arm(result.arm)
    scale = money.population or _THOUSAND
    words = {
        "arm": result.arm,
        "units": format_value(scale, "count"),
        "profit": format_value(scale * float(row["profit"]), "money_cny"),
        "loss": format_value(-scale * float(row["profit"]), "money_cny"),
        "level": f"{100 * money.level:g}%",
        "interval": format_interval(
            scale * row["profit_ci_lower"], scale * row["profit_ci_upper"], "money_cny"
        ),
    }
    if np.isnan(row["p_value"]):
        return _("Whether “{arm}” pays cannot be told.", **words)
    if not result.gain:
        return _(
            "Whether “{arm}” pays is open: contacting {units} customers brought a profit of {profit}, but "
            "anything from {interval} fits the data ({level} CI).",
            **words,
        )
    if result.gain > 0:
        return _(
            "Contacting {units} customers by “{arm}” brings a profit of {profit} ({level} CI {interval}).",
            **words,
        )
    return _(
        "Contacting {units} customers by “{arm}” loses {loss} (profit of {profit}, {level} CI {interval}).",
        **words,
    )


def _tell_effect(result: "DecisionResult") -> str:
    main = result.design.main
    rows = result.effects[(result.effects["metric"] == main.key) & (result.effects["arm"] == result.arm)]
    row, unit = rows.iloc[0], find_units(main).difference
    words = {
        "arm": result.arm,
        "metric": main.label,
        "difference": format_value(float(row["difference"]), unit),
        "level": f"{100 * result.level:g}%",
        "interval": format_interval(row["difference_ci_lower"], row["difference_ci_upper"], unit),
    }
    if row["verdict"] == "unknown":
        return _("What “{arm}” does to “{metric}” cannot be told.", **words)
    if row["verdict"] == "better":
        return _("“{arm}” makes “{metric}” better: {difference} ({level} CI {interval}).", **words)
    if row["verdict"] == "worse":
        return _("“{arm}” makes “{metric}” worse: {difference} ({level} CI {interval}).", **words)
    return _("No effect of “{arm}” on “{metric}” is shown: {difference} ({level} CI {interval}).", **words)


def _tell_limit(result: "DecisionResult") -> str:
    """Up to what contact cost a roll-out pays."""
    money = result.money
    if money is None or money.metric is None:
        return _("Whether it pays is not known: name what it brings (value) and what a contact costs.")
    row = money.read_arm(result.arm)
    return _(
        "Rolling out pays as long as a contact costs less than {limit} ({level} CI {interval}).",
        limit=format_value(float(row["break_even"]), "price_cny"),
        level=f"{100 * money.level:g}%",
        interval=format_interval(row["break_even_ci_lower"], row["break_even_ci_upper"], "price_cny"),
    )


def _tell_revival(result: "DecisionResult") -> str:
    """Tell what would have to be otherwise for a stopped arm to pay."""
    if not result.harmed and np.isinf(result.more_units):
        return _("Even ten times as many customers would hardly tell so small a gain from none.")
    if result.harmed or not _has_money(result) or result.money is None:
        return _("Another offer, message or channel would be a new test.")
    row = result.money.read_arm(result.arm)
    if row["break_even"] > 0:
        return _(
            "It would pay if a contact cost less than {limit} ({level} CI {interval}).",
            limit=format_value(float(row["break_even"]), "price_cny"),
            level=f"{100 * result.money.level:g}%",
            interval=format_interval(row["break_even_ci_lower"], row["break_even_ci_upper"], "price_cny"),
        )
    return _("It would not pay even if contacts were free.")
