"""The sentences of a staged comparison: what a marketer can repeat."""

from collections.abc import Hashable
from typing import Any

import pandas as pd
from babel.numbers import format_decimal

from leadline.intervals import Estimate
from leadline.language import _, format_value, plural
from leadline.language.formats import format_interval
from leadline.language.messages import current_locale
from leadline.target.holdout import Holdout

#: A split counts as flattering when at most this share of the splits did as well for the last stage.
_FLATTERING = 0.1
_FEWEST_SPLITS = 5


def tell_summary(stages: pd.DataFrame, steps: pd.DataFrame, base: Estimate) -> str:
    """One sentence on the last stage's list, and which stage brings the gain."""
    last = stages.iloc[-1]
    counted, listed = int(last.get("contacts_counted", last["list_size"])), int(last["list_size"])
    if counted < listed:
        return _(
            "{sentence}.",
            sentence=_("; ").join([_tell_counted(last, base), *_tell_source(stages, steps, base)]),
        )
    head = _(
        "Of {listed} customers listed, {buyers} buy ({precision}, 95% CI {interval}): "
        "{lift} times (95% CI {lift_interval}) the {base} of a random list",
        listed=format_value(int(last["list_size"]), "count"),
        buyers=format_value(int(last["buyers_listed"]), "count"),
        precision=format_value(float(last["precision"]), "share"),
        interval=format_interval(last["precision_ci_lower"], last["precision_ci_upper"], "share"),
        lift=_decimal(last["lift"]),
        lift_interval=_(
            "{lower} to {upper}", lower=_decimal(last["lift_ci_lower"]), upper=_decimal(last["lift_ci_upper"])
        ),
        base=format_value(base.value, "share"),
    )
    clauses = [head, *_tell_source(stages, steps, base)]
    return _("{sentence}.", sentence=_("; ").join(clauses))


def _tell_counted(last: pd.Series, base: Estimate) -> str:
    """Say what is expected of a list of which only some were contacted as planned."""
    return _(
        "Of {listed} customers listed, {counted} had been contacted by the channel planned; judged by "
        "them {precision} buy (95% CI {interval}), {lift} times (95% CI {lift_interval}) the {base} of a "
        "random list",
        listed=format_value(int(last["list_size"]), "count"),
        counted=format_value(int(last["contacts_counted"]), "count"),
        precision=format_value(float(last["precision"]), "share"),
        interval=format_interval(last["precision_ci_lower"], last["precision_ci_upper"], "share"),
        lift=_decimal(last["lift"]),
        lift_interval=_(
            "{lower} to {upper}", lower=_decimal(last["lift_ci_lower"]), upper=_decimal(last["lift_ci_upper"])
        ),
        base=format_value(base.value, "share"),
    )


def _tell_source(stages: pd.DataFrame, steps: pd.DataFrame, base: Estimate) -> list[str]:
    """Clauses on which stage brings most, which make the list worse, and a last one that is not proven."""
    rows = [step for step in steps.to_dict("records") if step["verdict"] != "unjudged"]
    better = [step for step in rows if step["verdict"] == "better"]
    worse = [step for step in rows if step["verdict"] == "worse"]
    if rows and not better and not worse:
        return [_("no stage is yet distinguishable from the one before it")]
    clauses = []
    if better:
        best = max(better, key=lambda step: step["gain"])
        words = {"stage": best["stage"], "gain": _points(best)}
        over_random = stages["precision"].iloc[-1] - base.value
        if over_random / 2 < best["gain"] <= over_random:
            clauses.append(_("“{stage}” brings most of it ({gain})", **words))
        else:
            clauses.append(_("the largest proven step is “{stage}” ({gain})", **words))
    clauses += [
        _("“{stage}” makes the list worse ({gain})", stage=step["stage"], gain=_points(step))
        for step in worse
    ]
    if rows and rows[-1]["verdict"] == "open":
        clauses.append(
            _("what “{stage}” adds is not yet distinguishable from nothing", stage=rows[-1]["stage"])
        )
    return clauses


def tell_steps(stages: pd.DataFrame, steps: pd.DataFrame, base: Estimate, holdout: Holdout) -> list[str]:
    """One sentence a stage: what it brought."""
    first = stages.iloc[0]
    sentences = [
        _(
            "“{stage}” lists {precision} buyers where a random list holds {base}.",
            stage=first["name"],
            precision=format_value(float(first["precision"]), "share"),
            base=format_value(base.value, "share"),
        )
    ]
    for step in steps.to_dict("records"):
        words = {"stage": step["stage"], "against": step["against"], "gain": _points(step)}
        if step["verdict"] == "unjudged":
            sentences.append(_("What “{stage}” adds to “{against}” cannot be judged on this table.", **words))
            continue
        if step["verdict"] == "better":
            verdict = _("“{stage}” adds to “{against}”: {gain}", **words)
        elif step["verdict"] == "worse":
            verdict = _("“{stage}” makes the list of “{against}” worse: {gain}", **words)
        else:
            verdict = _("“{stage}” is not yet distinguishable from “{against}”: {gain}", **words)
        sentences.append(_("{verdict}; {helped}.", verdict=verdict, helped=_tell_helped(step, holdout)))
    return sentences


def _tell_helped(step: dict[Hashable, Any], holdout: Holdout) -> str:
    helped = format_value(int(step["splits_helped"]), "count")
    if holdout == "random":
        return plural(
            "better in {helped} of {count} split",
            "better in {helped} of {count} splits",
            int(step["splits"]),
            helped=helped,
        )
    return plural(
        "better in {helped} of {count} draw of the training customers",
        "better in {helped} of {count} draws of the training customers",
        int(step["splits"]),
        helped=helped,
    )


def tell_luck(splits: pd.DataFrame, stages: pd.DataFrame, holdout: Holdout) -> str:
    """How far the last stage's precision moves over other splits, or training customers drawn anew."""
    precision = _precision_by_split(splits, stages)
    if len(precision) == 1:
        return _("Judged once only: how much is luck is not shown.")
    if holdout != "random":
        precision = precision.drop(1)
    words = {
        "lowest": format_value(float(precision.min()), "share"),
        "highest": format_value(float(precision.max()), "share"),
        "median": format_value(float(precision.median()), "share"),
    }
    if holdout == "random":
        return _(
            "Luck: over {count} random splits the last list holds {lowest} to {highest} buyers "
            "(median {median}). The splits overlap, so this is no confidence interval.",
            count=format_value(len(precision), "count"),
            **words,
        )
    return plural(
        "Luck: with the training customers drawn anew {count} time the last list holds {lowest} to "
        "{highest} buyers (median {median}); the held-out customers stay the same. A draw holds fewer "
        "different customers, so its list tends to be a little worse than the reported one.",
        "Luck: with the training customers drawn anew {count} times the last list holds {lowest} to "
        "{highest} buyers (median {median}); the held-out customers stay the same. A draw holds fewer "
        "different customers, so its list tends to be a little worse than the reported one.",
        len(precision),
        **words,
    )


def tell_lucky_split(splits: pd.DataFrame, stages: pd.DataFrame, holdout: Holdout) -> str:
    """Say so when the reported random split is among the best of all; empty otherwise.

    With a given hold-out the reported models beat those of redrawn customers by design, not by luck.
    """
    if holdout != "random":
        return ""
    precision = _precision_by_split(splits, stages)
    others = precision.drop(1)
    if len(others) < _FEWEST_SPLITS or (others >= precision[1]).mean() > _FLATTERING:
        return ""
    return _(
        "This split flatters: {reported} here, {median} in the median of {count} other splits.",
        reported=format_value(float(precision[1]), "share"),
        median=format_value(float(others.median()), "share"),
        count=format_value(len(others), "count"),
    )


def tell_method(holdout: Holdout, training: int, held_out: int, list_size: int) -> str:
    """How the stages were judged."""
    words = {
        "training": format_value(training, "count"),
        "listed": format_value(list_size, "count"),
        "held_out": format_value(held_out, "count"),
    }
    if holdout == "random":
        return _(
            "Models learned from {training} customers; all stages list {listed} of the same {held_out} "
            "others, held out at random.",
            **words,
        )
    if holdout == "time":
        return _(
            "Models learned from {training} earlier customers; all stages list {listed} of the same "
            "{held_out} latest ones.",
            **words,
        )
    return _(
        "Models learned from {training} customers; all stages list {listed} of the same {held_out} that the "
        "table marks as held out.",
        **words,
    )


def _precision_by_split(splits: pd.DataFrame, stages: pd.DataFrame) -> pd.Series:
    """Precision of the last stage; the index is the split, 1 the one reported."""
    last = splits[splits["stage"] == stages["name"].iloc[-1]]
    return pd.Series(last["precision"].to_numpy(), index=last["split"].to_numpy())


def _points(step: dict[Hashable, Any]) -> str:
    """Write "+4.0 points, 95% CI 1.5 to 6.4"."""
    return _(
        "{gain}, 95% CI {lower} to {upper}",
        gain=format_value(float(step["gain"]), "points"),
        lower=_decimal(100 * step["gain_ci_lower"]),
        upper=_decimal(100 * step["gain_ci_upper"]),
    )


def _decimal(value: float) -> str:
    return str(format_decimal(value, format="#,##0.0", locale=current_locale()))
