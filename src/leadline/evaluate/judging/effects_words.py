"""The sentences of a comparison of arms: what was found, and what to know before believing it."""

from typing import Any

import pandas as pd

from leadline.evaluate.checks.check import tell_p
from leadline.evaluate.judging.telling import tell_change, tell_family, tell_level, tell_verdict
from leadline.language import _, format_value, join_sentences, plural
from leadline.language.formats import format_interval

#: Of so many other arms the sentence speaks; the table has all.
_OTHERS = 2
#: An arm with fewer conversions says little, whatever the method.
_FEW = 10
#: Where one arm is so many times the other, and fewer units than this make up a mean, Welch's t finds
#: effects that are not there in up to 6.5% of tests (benchmarks/ab_fixed.py).
_UNEVEN, _CONTRIBUTORS = 3.0, 200
#: So much of an effect may be luck without a word.
_LITTLE = 0.05


def summarise(main: pd.DataFrame, guardrails: pd.DataFrame, *, family: int, level: float) -> str:
    """Tell the metric that decides, arm by arm, the best first, and what became of the guardrails."""
    first, *others = main.to_dict("records")
    parts = [_tell_first(first, family, level)]
    parts += [_tell_other(row) for row in others[:_OTHERS]]
    if len(others) > _OTHERS:
        left = len(others) - _OTHERS
        parts.append(plural("{count} more arm is in the table", "{count} more arms are in the table", left))
    told = _("{sentence}.", sentence=_("; ").join(parts))
    return join_sentences([told, *_tell_guardrails(guardrails)])


def find_warnings(effects: pd.DataFrame, guardrails: pd.DataFrame, winners: pd.DataFrame) -> list[str]:
    """List what cannot be told, and what a winner's effect leaves out."""
    return [
        *_warn_unknown(effects),
        *_warn_few(effects),
        *_warn_skewed(effects),
        *_warn_guardrails(guardrails),
        *_warn_winners(winners),
    ]


def _tell_first(row: Any, family: int, level: float) -> str:
    interval = format_interval(row["difference_ci_lower"], row["difference_ci_upper"], row["difference_unit"])
    notes = [
        _("{level} CI {interval}", level=tell_level(level), interval=interval),
        join_sentences(filter(None, [tell_p(row["p_adjusted"]), tell_family(family)])),
    ]
    told = _(
        "{metric}: {value} with “{arm}” against {control_value} with “{control}”, {change} ({notes})",
        metric=row["label"],
        value=format_value(row["value"], row["unit"]),
        arm=row["arm"],
        control_value=format_value(row["control_value"], row["unit"]),
        control=row["control"],
        change=_tell_size(row),
        notes=_("; ").join(notes),
    )
    return (
        told if row["verdict"] in ("better", "worse") else _("{told}: not told apart from chance", told=told)
    )


def _tell_size(row: Any) -> str:
    """Say how much more or less: "5.1 points more"."""
    size = abs(float(row["difference"]))
    words = {"value": format_value(size, row["difference_unit"]).lstrip("+")}
    if size == 0:
        return _("no difference")
    return _("{value} more", **words) if row["difference"] > 0 else _("{value} less", **words)


def _tell_other(row: Any) -> str:
    words = {"arm": row["arm"], "change": tell_change(row, row["difference_unit"])}
    if row["verdict"] == "better":
        return _("“{arm}” is better, too: {change}", **words)
    if row["verdict"] == "worse":
        return _("“{arm}” is worse: {change}", **words)
    if row["verdict"] == "unknown":
        return _("“{arm}” cannot be compared", **words)
    return _("“{arm}” is not told apart from “{control}”: {change}", **words, control=row["control"])


def _tell_guardrails(guardrails: pd.DataFrame) -> list[str]:
    if not len(guardrails):
        return []
    verdicts = guardrails["verdict"]
    if (verdicts == "holds").all():
        return [_("Every guardrail holds.")]
    told = [
        _(
            "{metric} with “{arm}”: {verdict}",
            metric=row["label"],
            arm=row["arm"],
            verdict=tell_verdict(row["verdict"]),
        )
        for row in guardrails[verdicts != "holds"].to_dict("records")
    ]
    shown = told[: _OTHERS + 1] + (["…"] if len(told) > _OTHERS + 1 else [])
    return [_("Guardrails: {verdicts}.", verdicts=_("; ").join(shown))]


def _warn_unknown(effects: pd.DataFrame) -> list[str]:
    """Say of each metric without an effect or a relative effect why, once for all arms."""
    told = []
    for (label, reason), rows in effects[effects["reason"] != ""].groupby(["label", "reason"], sort=False):
        words = {"metric": label, "arms": _(", ").join(rows["arm"]), "reason": reason}
        if rows["p_value"].isna().any():
            told.append(_("{metric} cannot be compared ({arms}): {reason}", **words))
        else:
            told.append(_("{metric} has no relative effect ({arms}): {reason}", **words))
    return told


def _warn_few(effects: pd.DataFrame) -> list[str]:
    told = []
    for label, rows in effects[effects["unit"] == "share"].groupby("label", sort=False):
        own = rows.loc[rows["value"] * rows["units"] < _FEW, "arm"]
        control = rows.loc[rows["control_value"] * rows["control_units"] < _FEW, "control"]
        if few := [*control.unique(), *own]:
            told.append(
                _(
                    "{metric}: fewer than {few} conversions with {arms}; read the interval, not the value.",
                    metric=label,
                    few=_FEW,
                    arms=_(", ").join(f"“{arm}”" for arm in few),
                )
            )
    return told


def _warn_skewed(effects: pd.DataFrame) -> list[str]:
    sizes = effects[["units", "control_units"]]
    uneven = sizes.max(axis=1) >= _UNEVEN * sizes.min(axis=1)
    skewed = effects[uneven & (effects["contributors"] < _CONTRIBUTORS) & effects["p_value"].notna()]
    return [
        _(
            "{metric}: few units make up most of it and one arm is much larger ({arms}); its p-value is a "
            "little too small. Winsorise amounts, compare shares without covariates, draw arms of like size.",
            metric=label,
            arms=_(", ").join(rows["arm"]),
        )
        for label, rows in skewed.groupby("label", sort=False)
    ]


def _warn_guardrails(guardrails: pd.DataFrame) -> list[str]:
    if not (guardrails["verdict"] == "no margin").any():
        return []
    return [
        _(
            "No margin was named for the guardrails: that no harm was found does not show that there is "
            "none. Name the share of the control's value by which they may be worse."
        )
    ]


def _warn_winners(winners: pd.DataFrame) -> list[str]:
    """Say of the first winner how much of its effect may be luck, where it is more than a little."""
    first = winners[: min(1, len(winners))]
    shrunk = (first["difference"] - first["corrected"]).abs() > _LITTLE * first["difference"].abs()
    spans = first["corrected_ci_lower"] * first["corrected_ci_upper"] <= 0
    first = first[shrunk | spans]
    told = [
        _(
            "{metric}: “{arm}” was called better because its effect looked large, so what was seen tends to "
            "be too large. Corrected for that: {corrected}.",
            metric=row["label"],
            arm=row["arm"],
            corrected=tell_change(row, row["difference_unit"], "corrected"),
        )
        for row in first.to_dict("records")
    ]
    if told and int(first["arms"].iloc[0]) > 1:
        told.append(
            plural(
                "It is also the best of {count} arm; the corrected interval allows for that, its value not.",
                "It is also the best of {count} arms; the corrected interval allows for that, its value not.",
                int(first["arms"].iloc[0]),
            )
        )
    return [join_sentences(told)] if told else []
