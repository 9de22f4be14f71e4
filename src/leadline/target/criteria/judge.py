"""The four criteria measured against what is wanted."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from leadline.disclosure import MINIMUM, hide_small, hide_small_crossed, tell_hidden
from leadline.errors import ParameterError
from leadline.intervals import Estimate
from leadline.target.criteria.accessible import ANY
from leadline.target.criteria.lasting import Lasting
from leadline.target.criteria.measurable import Rule
from leadline.target.criteria.profitable import Profit
from leadline.target.criteria.scorecard import CriteriaResult
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

    Raises
    ------
    ParameterError
        If a bar names no criterion, or is no share.
    """
    wanted = {**BARS, **(bars or {})}
    _check_bars(wanted)
    found = {
        "measurable": rule.accuracy if rule else _UNKNOWN,
        "accessible": _find_least(access, minimum),
        "profitable": profit.apart if profit else _UNKNOWN,
        "stable": lasting.stay if lasting else _UNKNOWN,
    }
    rows = [
        {"criterion": name, **spread("value", one), "bar": wanted[name], "verdict": judge(one, wanted[name])}
        for name, one in found.items()
        if not np.isnan(one.value)
    ]
    brought = _hide(None if profit is None else profit.segments, minimum)
    return CriteriaResult(
        criteria=pd.DataFrame(rows, columns=_COLUMNS),
        access=_hide_access(access, minimum),
        profit=brought,
        rules=_tell_rules(rule, profit, minimum),
        rule_segments=_hide(None if rule is None else rule.segments, minimum),
        transitions=_hide_transitions(lasting, minimum),
        matched=_hide_matched(lasting, minimum),
        rule=rule,
        lasting=lasting,
        agreement=agreement,
        media=media,
        labels=labels or {},
        minimum=minimum,
        notes=[] if brought.empty else tell_hidden(brought, minimum),
    )


def _check_bars(bars: Mapping[str, float]) -> None:
    problems = [f"{name}: is no criterion. Use {', '.join(BARS)}." for name in bars if name not in BARS]
    problems += [
        f"{name} == {bar}, must be a share from 0 to 1." for name, bar in bars.items() if not 0 <= bar <= 1
    ]
    if problems:
        raise ParameterError("The bars of the criteria cannot be used", problems)


def judge(estimate: Estimate, bar: float) -> str:
    """Say whether a bar is reached: ``yes``, ``no``, or ``open`` when the interval holds it."""
    if estimate.lower >= bar:
        return "yes"
    return "no" if estimate.upper < bar else "open"


def _find_least(access: pd.DataFrame | None, minimum: int) -> Estimate:
    """Share reached in the segment reached least, of those large enough to be spoken of."""
    if access is None:
        return _UNKNOWN
    large = access[(access["channel"] == ANY) & (access["segment"] != ANY) & (access["customers"] >= minimum)]
    if large.empty:
        return _UNKNOWN
    least = large.iloc[int(large["reached"].to_numpy().argmin())]
    return Estimate(
        float(least["reached"]), float(least["reached_ci_lower"]), float(least["reached_ci_upper"])
    )


def _hide(cells: pd.DataFrame | None, minimum: int) -> pd.DataFrame:
    return pd.DataFrame() if cells is None else hide_small(cells, minimum=minimum, keys=["segment"])


def _hide_access(access: pd.DataFrame | None, minimum: int) -> pd.DataFrame:
    if access is None:
        return pd.DataFrame()
    parts = access[access["segment"] != ANY]
    return hide_small(parts, minimum=minimum, keys=["segment", "channel"], within=["channel"])


def _tell_rules(rule: Rule | None, profit: Profit | None, minimum: int) -> pd.DataFrame:
    """Leave out what was tried on few, and rules of segments that are small themselves."""
    told = _hide(None if rule is None else rule.words, minimum)
    if told.empty:
        return told
    small = told["segment"].iloc[:0]
    if profit is not None:
        small = profit.segments.loc[profit.segments["customers"] < minimum, "segment"]
    return told[~told["is_hidden"] & ~told["segment"].isin(small)].drop(columns="is_hidden")


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
