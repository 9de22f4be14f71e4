"""What a test measures, a line a metric: ``"spend: mean, CNY"``, ``"spend/orders: ratio"`` (V1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from leadline.errors import ParameterError
from leadline.language import N_, _

MetricKind = Literal["conversion", "mean", "ratio", "quantile"]
_HEADLINE = N_("The metrics cannot be read")
_FALLS, _GUARDRAIL, _MONEY, _AS = "lower is better", "guardrail", "CNY", "as "
_PLAIN = "unadjusted"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric of a test.

    Attributes
    ----------
    key
        Names it in records: the column or columns as written; with its kind if two metrics share them.
    kind
        ``conversion`` (share of units that did), ``mean`` (of a number a unit), ``ratio`` (of two sums
        over units) or ``quantile`` (of a number a unit).
    value, denominator
        Columns; only a ratio has the second.
    label
        What a reader sees.
    quantile
        0 to 1; of a quantile only.
    winsorise
        Values above this quantile of all arms together count as the quantile; of a mean only.
    is_money
        Whether it is in CNY.
    is_guardrail
        Whether it only must not become worse by more than the margin.
    falls_is_good
        Whether lower is better.
    is_adjusted
        Whether the covariates are used with it (CUPED).
    """

    key: str
    kind: MetricKind
    value: str
    denominator: str = ""
    label: str
    quantile: float | None = None
    winsorise: float | None = None
    is_money: bool = False
    is_guardrail: bool = False
    falls_is_good: bool = False
    is_adjusted: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is made of."""
        return (self.value, self.denominator) if self.denominator else (self.value,)


def parse_metrics(texts: Sequence[str]) -> tuple[Metric, ...]:
    """Read metrics as an analyst writes them.

    ``column: kind`` with, after commas, any of ``CNY``, ``guardrail``, ``lower is better``,
    ``unadjusted`` (covariates take no part), ``winsorise 0.99`` (of a mean), a quantile's number
    (``spend: quantile 0.9``) and, last, ``as`` what a reader sees:
    ``"complaints: conversion, guardrail, lower is better, as Complained within 30 days"``.
    Without a kind a column is a mean. The first metric that is no guardrail is the one that decides.

    Raises
    ------
    ParameterError
        With every line that cannot be read, and what it may be.
    """
    problems: list[str] = []
    metrics = [metric for text in texts if (metric := _parse(text, problems)) is not None]
    if not texts:
        problems.append(_('No metric is named; write for example "visit: conversion".'))
    if not problems and all(metric.is_guardrail for metric in metrics):
        problems.append(_("All metrics are guardrails; one must be what the campaign is for."))
    metrics = _tell_apart(metrics)
    keys = [metric.key for metric in metrics]
    problems += [
        _("“{key}” is named twice.", key=key) for key in sorted({key for key in keys if keys.count(key) > 1})
    ]
    if problems:
        raise ParameterError(_(_HEADLINE), problems)
    return tuple(metrics)


def _parse(text: str, problems: list[str]) -> Metric | None:
    columns, _colon, rest = text.partition(":")
    rest, _as, label = rest.partition(f", {_AS}") if f", {_AS}" in rest else (rest, "", "")
    kind, *options = [part.strip() for part in rest.split(",")] if rest.strip() else ["mean"]
    kind, _space, number = kind.partition(" ")
    value, slash, denominator = (part.strip() for part in columns.partition("/"))
    wrong = []
    if kind not in get_args(MetricKind):
        wrong.append(_("“{kind}” is not one of {args}", kind=kind, args=_(", ").join(get_args(MetricKind))))
    if not value or (slash and not denominator):
        wrong.append(_("a column's name is missing"))
    if bool(denominator) != (kind == "ratio"):
        wrong.append(_("a ratio, and nothing else, has two columns: a/b: ratio"))
    quantile = _share(number) if kind == "quantile" else None
    if (kind == "quantile") != bool(number) or (number and quantile is None):
        wrong.append(_("a quantile, and nothing else, has a number between 0 and 1: spend: quantile 0.9"))
    winsorise = None
    for option in options:
        cut = re.fullmatch(r"winsori[sz]e\s+(\S+)", option)
        if cut:
            winsorise = _share(cut[1])
            if winsorise is None or kind != "mean":
                wrong.append(_("winsorise is for a mean, with a quantile between 0 and 1"))
        elif option not in (_FALLS, _GUARDRAIL, _MONEY, _PLAIN):
            wrong.append(
                _(
                    "“{option}” is not {money}, {guardrail}, {falls}, {plain}, winsorise 0.99 or as …",
                    option=option,
                    money=_MONEY,
                    guardrail=_GUARDRAIL,
                    falls=_FALLS,
                    plain=_PLAIN,
                )
            )
    if wrong:
        problems.append(f"“{text}”: {'; '.join(wrong)}.")
        return None
    key = f"{value}/{denominator}" if denominator else value
    return Metric(
        key=key,
        kind=kind,  # type: ignore[arg-type]  # checked above
        value=value,
        denominator=denominator,
        label=label.strip() or key,
        quantile=quantile,
        winsorise=winsorise,
        is_money=_MONEY in options,
        is_guardrail=_GUARDRAIL in options,
        falls_is_good=_FALLS in options,
        is_adjusted=_PLAIN not in options,
    )


def _tell_apart(metrics: Sequence[Metric]) -> list[Metric]:
    """Add the kind to the keys of metrics that share a column."""
    keys = [metric.key for metric in metrics]
    shared = {key for key in keys if keys.count(key) > 1}
    return [
        replace(metric, key=f"{metric.key} ({_spell_kind(metric)})") if metric.key in shared else metric
        for metric in metrics
    ]


def _spell_kind(metric: Metric) -> str:
    return f"quantile {metric.quantile:g}" if metric.quantile else metric.kind


def _share(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 < value < 1 else None
