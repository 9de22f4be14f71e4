"""Sentences on a test's looks."""

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from leadline.evaluate.judging.telling import tell_level
from leadline.evaluate.words import spell_difference
from leadline.language import _, format_value, plural
from leadline.language.formats import format_interval

if TYPE_CHECKING:
    from leadline.evaluate.monitoring.result import MonitorResult

Decision = Literal["continue", "efficacy", "futility", "end"]


def tell_decision(result: "MonitorResult", row: Mapping[str, Any]) -> str:
    """Say what may be concluded now, and of which arm."""
    if not row["look"]:
        return _("It is too early for the first look; nothing may be concluded yet.")
    words = {
        "metric": result.metric.label,
        "arm": row["arm"],
        "control": result.control,
        "difference": spell_difference(float(row["difference"]), result.unit),
        "interval": format_interval(row["difference_ci_lower"], row["difference_ci_upper"], result.unit),
        "p": format_value(float(row["p_value"]), "p_value"),
        "share": format_value(float(row["fraction"]), "share"),
        "look": format_value(int(row["look"]), "count"),
        "level": tell_level(1 - result.alpha),
    }
    if row["decision"] == "efficacy":
        return _tell_effect(result, words)
    if row["decision"] == "end":
        return _(
            "The test is at its end and no effect on {metric} is found: {arm} is {difference} beside "
            "{control} ({level} CI {interval}; p {p}).",
            **words,
        )
    if row["decision"] == "futility":
        return _(
            "The test may be given up: a change of {effect} in {metric} would hardly be found now; "
            "{arm} is {difference} beside {control} after {share} of the planned units ({level} CI "
            "{interval}).",
            effect=format_value(result.effect, "share"),
            **words,
        )
    return _(
        "Nothing may be concluded yet: after {share} of the planned units {metric} of {arm} is {difference} "
        "beside {control}, and an interval that holds at every look is {interval}.",
        **words,
    )


def _tell_effect(result: "MonitorResult", words: Mapping[str, str]) -> str:
    if result.is_final and len(result.looks["look"].unique()) == 1:
        return _(
            "An effect is found at the end of the test: {metric} of {arm} is {difference} beside {control} "
            "({level} CI {interval}; p {p}).",
            **words,
        )
    if result.is_final:
        return _(
            "An effect is found, at look {look} of {looks}: {metric} of {arm} is {difference} beside "
            "{control} ({level} CI {interval}; p {p}, allowing for all looks).",
            looks=format_value(int(result.looks["look"].max()), "count"),
            **words,
        )
    return _(
        "The test may stop: at look {look}, with {share} of the planned units, {metric} of {arm} is "
        "{difference} beside {control} ({level} CI {interval}; p {p}, allowing for all looks).",
        **words,
    )


def tell_method(result: "MonitorResult") -> str:
    """Name the method and where looks come from."""
    arms = len(result.arms)
    if arms > 1:
        return plural(
            "{method}; for {count} arm",
            "{method}; for {count} arms together",
            arms,
            method=_name_method(result),
        )
    return _name_method(result)


def _name_method(result: "MonitorResult") -> str:
    if result.method == "confidence_sequence":
        return _("Confidence sequence: the interval holds at every look")
    if result.is_final and len(result.looks["look"].unique()) == 1:
        return _("One look, at the end")
    if result.spending == "pocock":
        return _("Group-sequential test with error spending as Pocock's")
    return _("Group-sequential test with error spending as O'Brien and Fleming's")


def tell_warnings(result: "MonitorResult") -> list[str]:
    """Say what a reader must know of the looks."""
    warnings = []
    planned = format_value(round(result.planned), "count")
    if result.basis == "all" and result.method != "once":
        warnings.append(
            _(
                "Neither planned units nor an end are named: this is taken as the final look, and no further "
                "one may follow."
            )
        )
    if result.basis == "pace":
        warnings.append(
            _(
                "How many units were planned is not named: by the pace so far it will be {planned}. Name it, "
                "so that the boundaries cannot move.",
                planned=planned,
            )
        )
    warnings += _tell_unseen(result)
    for row in result.arms.to_dict("records"):
        if row["direction"] == "worse":
            warnings.append(
                _("{arm} is worse than {control}: end this arm.", arm=row["arm"], control=result.control)
            )
        warnings += _tell_later(result, row)
    return warnings


def _tell_unseen(result: "MonitorResult") -> list[str]:
    if not result.unseen:
        return []
    units = format_value(result.unseen, "count")
    if result.is_final:
        return [
            _(
                "{units} units entered after the final look; to look again would be to try until it pleases, "
                "so they do not count here.",
                units=units,
            )
        ]
    return [_("{units} units entered since the last look; they count at the next.", units=units)]


def _tell_later(result: "MonitorResult", row: Mapping[Hashable, Any]) -> list[str]:
    """Say of looks after the one that decided what they show."""
    looks = result.looks[result.looks["arm"] == row["arm"]]
    later = len(looks) - int(row["look"])
    if row["decision"] != "efficacy" or later <= 0 or result.method != "group_sequential":
        return []
    last = looks.to_dict("records")[-1]
    interval = format_interval(last["difference_ci_lower"], last["difference_ci_upper"], result.unit)
    return [
        plural(
            "{arm}: the effect was found {count} look before the last. What came later does not count for "
            "the decision; with it the difference is {difference} (interval that holds at every look: "
            "{interval}).",
            "{arm}: the effect was found {count} looks before the last. What came later does not count for "
            "the decision; with it the difference is {difference} (interval that holds at every look: "
            "{interval}).",
            later,
            arm=row["arm"],
            difference=spell_difference(float(last["difference"]), result.unit),
            interval=interval,
        )
    ]
