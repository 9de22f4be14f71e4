"""The four criteria in words: what each is called, how it is defined, what was found."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from leadline.intervals import Estimate
from leadline.language import _, format_value, join_sentences, plural
from leadline.language.formats import Unit, format_interval
from leadline.target.criteria.lasting import Lasting
from leadline.target.criteria.measurable import Rule
from leadline.target.profiles.descriptors_result import DescriptorsResult

_SURE = 0.05


def tell_criterion(name: str) -> str:
    """Name a criterion and its figure as a card does."""
    return {
        "measurable": _("Measurable: placed right by a rule"),
        "accessible": _("Accessible: reached, in the segment reached least"),
        "profitable": _("Profitable: differences in profit explained"),
        "stable": _("Stable: same segment a period later"),
    }[name]


def define_criterion(name: str) -> str:
    """Define the figure of a criterion for who does not know it."""
    return {
        "measurable": _(
            "A small decision tree on columns known of everybody, made from two thirds of the customers: the "
            "share of the other third that it places in their own segment, averaged over the segments "
            "(balanced accuracy)."
        ),
        "accessible": _(
            "The share of customers whom at least one channel reaches with their permission, in the segment "
            "where it is smallest."
        ),
        "profitable": _(
            "How much of the differences in profit between customers lies between the segments rather than "
            "within them (adjusted R²). 0%: all segments bring the same."
        ),
        "stable": _(
            "Of the customers of both periods, the share whom the same rule places in the same segment in "
            "both."
        ),
    }[name]


def tell_verdict(verdict: str) -> str:
    """Write a verdict."""
    return {"yes": _("holds"), "no": _("does not hold"), "open": _("is open")}[verdict]


def tell_finding(row: dict[str, Any]) -> str:
    """Tell one row of the criteria in a sentence."""
    words = {
        "value": format_value(row["value"], "share"),
        "interval": format_interval(row["value_ci_lower"], row["value_ci_upper"], "share"),
        "verdict": {"yes": _("yes"), "no": _("no"), "open": _("open")}[row["verdict"]],
    }
    return {
        "measurable": _("Measurable: {verdict}, a rule places {value} right ({interval}).", **words),
        "accessible": _(
            "Accessible: {verdict}, {value} of the segment reached least can be reached ({interval}).",
            **words,
        ),
        "profitable": _(
            "Profitable: {verdict}, segments explain {value} of the differences in profit ({interval}).",
            **words,
        ),
        "stable": _(
            "Stable: {verdict}, {value} are in the same segment a period later ({interval}).", **words
        ),
    }[row["criterion"]]


def warn_of_unmeasured(criteria: Iterable[str], reasons: Mapping[str, str]) -> list[str]:
    """Say of each criterion that was not measured why, or else what it needs."""
    needed = {
        "measurable": _(
            "Whether the segments are measurable was not measured: name columns known of everybody."
        ),
        "accessible": _(
            "Whether the segments are accessible was not measured: name channels and permissions."
        ),
        "profitable": _("Whether the segments differ in profit was not measured: name what customers bring."),
        "stable": _("Whether the segments last was not measured: it needs a second period."),
    }
    measured = set(criteria)
    return [note for name, note in (needed | dict(reasons)).items() if name not in measured]


def tell_too_few(criterion: str) -> str:
    """Say that segments of too few customers leave a criterion open."""
    return {
        "measurable": _(
            "Whether the segments are measurable was not measured: fewer than two have enough customers to "
            "hold some out."
        ),
        "accessible": _(
            "Whether the segments are accessible was not measured: none has enough customers to be shown, or "
            "it would give a small one away."
        ),
    }[criterion]


def warn_of_bases(criterion: str, columns: Sequence[str], labels: Mapping[str, str]) -> list[str]:
    """Say which columns were left out of a criterion because the segments were made from them."""
    if not columns:
        return []
    names = _(", ").join(f"“{labels.get(name, name)}”" for name in columns)
    return [
        {
            "measurable": _(
                "Left out of the rule, for the segments were made from them, and a rule would find them by "
                "construction: {names}.",
                names=names,
            ),
            "accessible": _(
                "Left out of the columns of media and channels, for the segments were made from them and "
                "differ in them by construction: {names}.",
                names=names,
            ),
        }[criterion]
    ]


def tell_all_bases() -> str:
    """Say that no column is left from which a rule could be made."""
    return _(
        "Whether the segments are measurable was not measured: they were made from all columns that are "
        "known of everybody."
    )


def warn_of_hidden(hidden: Sequence[str], untold: Sequence[str], minimum: int) -> list[str]:
    """Name the segments that are not shown, and those of which too few were held out for the rule."""
    notes = []
    if hidden:
        notes.append(
            _(
                "Not shown, and no part of a choice among segments: {segments}. At least one has fewer than "
                "{minimum} customers; the others would give it away by subtraction.",
                segments=_(", ").join(hidden),
                minimum=minimum,
            )
        )
    if untold:
        notes.append(
            _(
                "How many the rule places right is not shown of {segments}: too few were held out, or it "
                "would give such a segment away. A choice that weighs it leaves them out.",
                segments=_(", ").join(untold),
            )
        )
    return notes


def warn_of_rule(rule: Rule | None) -> list[str]:
    """Say what chance alone would reach."""
    if rule is None:
        return []
    chance = format_interval(rule.chance.lower, rule.chance.upper, "share")
    notes = [
        _(
            "A rule made from segments in random order places {chance} right (95 of 100 times {interval}): "
            "read the measurable figure against that.",
            chance=format_value(rule.chance.value, "share"),
            interval=chance,
        )
    ]
    if rule.left_out:
        notes.append(
            _(
                "Too few customers to hold some out, so left out of the rule: {segments}. The measurable "
                "figure is of the other segments.",
                segments=_(", ").join(rule.left_out),
            )
        )
    if rule.p_value > _SURE:
        notes.append(_("The rule is not provably better than chance."))
    return notes


def warn_of_lasting(lasting: Lasting | None, minimum: int) -> list[str]:
    """Say what chance alone would keep, and who left."""
    if lasting is None:
        return []
    notes = [
        _(
            "Placed at random in segments of these sizes, {chance} would be in the same segment in both "
            "periods: read the stable figure against that.",
            chance=format_value(lasting.by_chance, "share"),
        )
    ]
    if 0 < lasting.left < minimum:
        notes.append(_("Fewer than {minimum} customers of the first period are gone.", minimum=minimum))
    elif lasting.left:
        notes.append(
            plural(
                "{count} customer of the first period is gone in the second: staying is of those who are "
                "customers in both.",
                "{count} customers of the first period are gone in the second: staying is of those who are "
                "customers in both.",
                lasting.left,
            )
        )
    return notes


def tell_media(media: DescriptorsResult | None) -> str:
    """Say which column of media or channels tells the segments apart most."""
    if media is None:
        return ""
    found = media.different
    if found.empty:
        return _("No column of media or channels tells the segments apart provably (Holm, 5%).")
    root = found["effect"].where(found["measure"] == "V", np.sqrt(found["effect"]))
    first = found.iloc[int(root.to_numpy(dtype=np.float64).argmax())]
    return _(
        "Of {count} columns of media and channels, “{label}” tells the segments apart most: {measure} "
        "{effect} (95% CI {interval}; 0: not at all, 1: fully; p after Holm's correction {p_value}).",
        count=len(media.tests),
        label=first["label"],
        measure=first["measure"],
        effect=format_value(float(first["effect"]), "index"),
        interval=format_interval(first["effect_ci_lower"], first["effect_ci_upper"], "index"),
        p_value=format_value(float(first["p_value_holm"]), "p_value"),
    )


def tell_stability(lasting: Lasting | None, agreement: Estimate | None) -> pd.DataFrame:
    """List all that was measured on stability, a row each, written out: units differ by row."""
    rows: list[tuple[str, Estimate | None, Unit]] = []
    if lasting is not None:
        chance = Estimate(lasting.by_chance, np.nan, np.nan)
        rows += [
            (_("Same segment a period later"), lasting.stay, "share"),
            (_("The same, if customers were placed at random"), chance, "share"),
            (_("Periods until half have left their segment"), _round(lasting.half_life), "number"),
            (_("Agreement with segments made anew from the earlier period"), lasting.refit, "index"),
        ]
    rows.append((_("Agreement of segments made anew from other samples"), agreement, "index"))
    return pd.DataFrame(
        [
            {
                "told": label,
                "value": format_value(estimate.value, unit),
                "interval": format_interval(estimate.lower, estimate.upper, unit),
            }
            for label, estimate, unit in rows
            if estimate is not None
        ],
        columns=["told", "value", "interval"],
    )


def _round(estimate: Estimate) -> Estimate:
    """Periods to a tenth: more digits promise what nobody knows."""
    return Estimate(*(round(end, 1) for end in estimate))


def join_findings(criteria: Sequence[dict[str, Any]]) -> str:
    """Tell all criteria, a sentence each."""
    return join_sentences(tell_finding(row) for row in criteria)
