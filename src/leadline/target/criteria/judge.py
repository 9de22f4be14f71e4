"""The four criteria measured against what is wanted."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import special

from leadline.disclosure import MINIMUM, hide_small, hide_small_crossed
from leadline.errors import ParameterError
from leadline.intervals import LEVEL, Estimate
from leadline.language import _
from leadline.target.criteria.accessible import ANY
from leadline.target.criteria.lasting import Lasting
from leadline.target.criteria.measurable import Rule
from leadline.target.criteria.profitable import Profit
from leadline.target.criteria.scorecard import CriteriaResult
from leadline.target.criteria.telling import tell_too_few, warn_of_hidden
from leadline.target.profiles.descriptors_result import DescriptorsResult
from leadline.target.views.groups import spread

_UNKNOWN = Estimate(np.nan, np.nan, np.nan)
_COLUMNS = ["criterion", "value", "value_ci_lower", "value_ci_upper", "bar", "verdict"]
BARS: Mapping[str, float] = {"measurable": 0.70, "accessible": 0.50, "profitable": 0.05, "stable": 0.80}


def judge_criteria(
    *,
    rule: Rule | None = None,
    access: pd.DataFrame | None = None,
    profit: Profit | None = None,
    lasting: Lasting | None = None,
    agreement: Estimate | None = None,
    media: DescriptorsResult | None = None,
    bars: Mapping[str, float] | None = None,
    labels: Mapping[str, str] | None = None,
    minimum: int = MINIMUM,
    unmeasured: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
) -> CriteriaResult:
    """Put the four criteria on one card (Kotler 1967; Dolnicar, Grün & Leisch 2018, ch. 4).

    Parameters
    ----------
    rule, access, profit, lasting
        From `measure_rule`, `measure_access`, `measure_profit` and `follow_segments` (or `measure_lasting`);
        the card says which criteria were not measured.
    agreement
        Of segments made anew from other samples (`SegmentCountResult`).
    media
        Columns of media or channels tested between segments (`compare_descriptors`).
    bars
        Criterion → the share wanted: ``measurable`` (balanced accuracy, 0.70 unless said), ``accessible``
        (reached by any channel in the segment reached least, 0.50), ``profitable`` (differences in profit
        explained, 0.05), ``stable`` (stay a period, 0.80).
    labels
        Channel → what a reader calls it.
    minimum
        Fewest customers of a segment that is shown.
    unmeasured
        Criterion → a sentence why it could not be measured, in place of what it needs.
    notes
        What else the reader of the card is told.

    Raises
    ------
    ParameterError
        If a bar names no criterion, or is no share.
    """
    wanted = {**BARS, **(bars or {})}
    _check_bars(wanted)
    shown = _hide_access(access, minimum)
    found = {
        "measurable": rule.accuracy if rule else _UNKNOWN,
        "accessible": _find_least(shown),
        "profitable": profit.apart if profit else _UNKNOWN,
        "stable": lasting.stay if lasting else _UNKNOWN,
    }
    rows = [
        {"criterion": name, **spread("value", one), "bar": wanted[name], "verdict": judge(one, wanted[name])}
        for name, one in found.items()
        if not np.isnan(one.value)
    ]
    brought = _hide(None if profit is None else profit.segments, minimum)
    judged = _hide(None if rule is None else rule.segments, minimum)
    hidden, untold = list_hidden(brought, shown), list_hidden(judged)
    reasons = {"accessible": tell_too_few("accessible")} if len(shown) else {}
    return CriteriaResult(
        criteria=pd.DataFrame(rows, columns=_COLUMNS),
        access=shown,
        profit=brought,
        rules=_tell_rules(rule, hidden, minimum),
        rule_segments=judged,
        transitions=_hide_transitions(lasting, minimum),
        matched=_hide_matched(lasting, minimum),
        rule=rule,
        lasting=lasting,
        agreement=agreement,
        media=media,
        labels=labels or {},
        minimum=minimum,
        unmeasured=reasons | dict(unmeasured or {}),
        notes=[*notes, *warn_of_hidden(hidden, [name for name in untold if name not in hidden], minimum)],
    )


def _check_bars(bars: Mapping[str, float]) -> None:
    problems = [
        _("{name}: is no criterion. Use {bars}.", name=name, bars=_(", ").join(BARS))
        for name in bars
        if name not in BARS
    ]
    problems += [
        _("{name} == {bar}, must be a share from 0 to 1.", name=name, bar=bar)
        for name, bar in bars.items()
        if not 0 <= bar <= 1
    ]
    if problems:
        raise ParameterError(_("The bars of the criteria cannot be used"), problems)


def judge(estimate: Estimate, bar: float) -> str:
    """Say whether a bar is reached: ``yes``, ``no``, or ``open`` when the interval holds it."""
    if estimate.lower >= bar:
        return "yes"
    return "no" if estimate.upper < bar else "open"


def _find_least(shown: pd.DataFrame) -> Estimate:
    """Share reached in the segment reached least, of those that are shown.

    The smallest of k observed shares is below the smallest true one more often than not, so its own interval
    lies too low. Lower end: the smallest of the k lower ends; it is no higher than that of the segment truly
    reached least. Upper end: the smallest of the k upper ends, Bonferroni-corrected, since any of them might
    fall short. The ends are exact (Clopper & Pearson 1934), so that the interval holds at least 95%.
    """
    if shown.empty:
        return _UNKNOWN
    parts = shown[(shown["channel"] == ANY) & ~shown["is_hidden"]]
    if parts.empty:
        return _UNKNOWN
    size = parts["customers"].to_numpy(dtype=np.float64)
    reached = np.round(parts["reached"].to_numpy(dtype=np.float64) * size)
    tail = (1 - LEVEL) / 2
    lower = np.where(reached > 0, special.betaincinv(np.maximum(reached, 1), size - reached + 1, tail), 0)
    upper = special.betaincinv(reached + 1, np.maximum(size - reached, 1), 1 - tail / len(parts))
    return Estimate(
        float(parts["reached"].min()),
        float(lower.min()),
        float(np.where(reached < size, upper, 1).min()),
    )


def _hide(cells: pd.DataFrame | None, minimum: int) -> pd.DataFrame:
    return pd.DataFrame() if cells is None else hide_small(cells, minimum=minimum, keys=["segment"])


def _hide_access(access: pd.DataFrame | None, minimum: int) -> pd.DataFrame:
    if access is None:
        return pd.DataFrame()
    parts = access[access["segment"] != ANY]
    return hide_small(parts, minimum=minimum, keys=["segment", "channel"], within=["channel"])


def list_hidden(*tables: pd.DataFrame) -> list[str]:
    """Name the segments of which a row is hidden."""
    hidden = [table.loc[table["is_hidden"], "segment"] for table in tables if len(table)]
    return list(dict.fromkeys(name for names in hidden for name in names))


def _tell_rules(rule: Rule | None, hidden: Sequence[str], minimum: int) -> pd.DataFrame:
    """Leave out what was tried on few, and rules of segments that are hidden themselves."""
    told = _hide(None if rule is None else rule.words, minimum)
    if told.empty:
        return told
    return told[~told["is_hidden"] & ~told["segment"].isin(hidden)].drop(columns="is_hidden")


def _hide_transitions(lasting: Lasting | None, minimum: int) -> pd.DataFrame:
    if lasting is None:
        return pd.DataFrame()
    sides = ["before", "after"]
    return hide_small_crossed(lasting.transitions, minimum=minimum, keys=sides, sides=sides)


def _hide_matched(lasting: Lasting | None, minimum: int) -> pd.DataFrame | None:
    if lasting is None or lasting.matched is None:
        return None
    matched = lasting.matched
    least = matched[["customers", "again_customers"]].min(axis=1)
    cells = matched.assign(by_rule=matched["customers"], customers=least)
    hidden = hide_small(cells, minimum=minimum, keys=["segment"])
    return hidden.assign(customers=hidden["by_rule"]).drop(columns="by_rule")
