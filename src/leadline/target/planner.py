"""How long two lists must be before a campaign can prove the step from one stage to the next (system T3)."""

from collections.abc import Hashable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from leadline.errors import DataError
from leadline.intervals import LEVEL, Estimate
from leadline.language import N_, _
from leadline.target.metrics import BoolArray, FloatArray
from leadline.target.planner_result import ListPlanResult
from leadline.target.proof import count_contacts_to_prove

_HEADLINE = N_("The list size cannot be planned")
_POINTS = 120
_SHORTEST, _LONGEST = 10, 10_000_000


class _Lists(NamedTuple):
    """Two lists: share of customers on both, and precision of those on one of them only."""

    shared: float
    before: float
    after: float


def plan_list_sizes(
    stages: pd.DataFrame,
    *,
    list_size: int,
    power: float = 0.8,
    steps: pd.DataFrame | None = None,
    overlaps: pd.DataFrame | None = None,
) -> ListPlanResult:
    """Say for each step how many contacts a list needs to prove it, and whether today's list is long enough.

    The figures are those of two lists contacted side by side and compared by a two-sided test at 5%
    (`leadline.target.proof.count_contacts_to_prove`). Customers on both lists buy or do not for both, so that
    only the others can show a difference: with a known overlap the unshared customers are two independent
    groups, and the list needs as many contacts as hold enough of them. Overlap and precision are taken to
    stay as they are when the list grows. The range of the needed contacts takes the gain at either end of its
    interval, with the mean of the two precisions kept.

    Parameters
    ----------
    stages
        One row a stage, in order: ``name``, ``precision`` (0 to 1) and, where known, ``precision_ci_lower``
        and ``precision_ci_upper``, as `StagesResult.stages` has them.
    list_size
        Customers on today's list.
    power
        Chance to prove a step that is real, 0 to 1.
    steps
        One row a step, by the later stage: ``stage``, ``gain_ci_lower``, ``gain_ci_upper``
        (`StagesResult.steps`). Without it the interval of a gain is made from those of the two precisions as
        if the lists were independent (Newcombe 1998, Statistics in Medicine 17:873-890, method 10).
    overlaps
        From `describe_overlaps`: one row a step, by the later stage: ``stage``, ``shared_share`` and
        ``shared_precision``. Leave out a step whose lists contact the same customer through different
        channels: what such a customer does is not shared.

    Raises
    ------
    DataError
        With all problems at once.
    """
    _check(stages, list_size, power, overlaps)
    intervals = _find_gains(stages, steps)
    shared = {} if overlaps is None else overlaps.set_index("stage").to_dict("index")
    rows, lists = [], []
    for before, after in pairwise(stages.to_dict("records")):
        pair = _tell_apart(before["precision"], after["precision"], shared.get(after["name"]), list_size)
        row = _plan_step(pair, intervals[after["name"]], power, list_size)
        lists.append(pair)
        rows.append(
            {
                "stage": after["name"],
                "against": before["name"],
                "precision_before": float(before["precision"]),
                "precision": float(after["precision"]),
                "gain": float(after["precision"] - before["precision"]),
                "gain_ci_lower": intervals[after["name"]][0],
                "gain_ci_upper": intervals[after["name"]][1],
                "shared_share": pair.shared if after["name"] in shared else np.nan,
                **row,
            }
        )
    return ListPlanResult(
        steps=pd.DataFrame(rows),
        curve=_trace_power(rows, lists, list_size),
        list_size=list_size,
        power=power,
    )


def find_power(precision: float, better: float, contacts: FloatArray | float) -> FloatArray:
    """Return the chance that two independent lists of ``contacts`` each show their difference.

    The inverse of `leadline.target.proof.count_contacts_to_prove`: two-sided test at 5%, pooled variance, the
    far tail left out.
    """
    middle = (precision + better) / 2
    under_none = stats.norm.ppf(0.5 + LEVEL / 2) * np.sqrt(2 * middle * (1 - middle))
    under_some = np.sqrt(precision * (1 - precision) + better * (1 - better))
    shown: FloatArray = stats.norm.cdf(
        (abs(better - precision) * np.sqrt(np.asarray(contacts, dtype=float)) - under_none) / under_some
    )
    return shown


def describe_overlaps(names: list[str], lists: list[BoolArray], buys: BoolArray) -> pd.DataFrame:
    """Say how much the lists of neighbouring stages share.

    Parameters
    ----------
    names, lists
        One entry a stage, in order; each list of shape (customers,): who is on it.
    buys
        Who buys, shape (customers,).

    Returns
    -------
    pandas.DataFrame
        One row a step: ``stage``, ``shared_share`` (of the list, on both) and ``shared_precision`` (share of
        buyers among those on both; missing where nobody is).
    """
    rows = []
    for name, (before, after) in zip(names[1:], pairwise(lists), strict=True):
        both = before & after
        rows.append((name, both.sum() / after.sum(), buys[both].mean() if both.any() else np.nan))
    return pd.DataFrame(rows, columns=["stage", "shared_share", "shared_precision"])


def _check(stages: pd.DataFrame, list_size: int, power: float, overlaps: pd.DataFrame | None) -> None:
    problems = [
        _(
            "stage {row}: precision == {row_2}, must lie between 0 and 1.",
            row=repr(row["name"]),
            row_2=row["precision"],
        )
        for row in stages.to_dict("records")
        if not 0 <= row["precision"] <= 1
    ]
    if len(stages) < 2:  # noqa: PLR2004 (a step has two ends)
        problems.append(_("there are {count} stages. A step needs two.", count=len(stages)))
    if list_size < 1:
        problems.append(_("list_size == {list_size}, must be 1 or more.", list_size=f"{list_size:,}"))
    if not 0 < power < 1:
        problems.append(_("power == {power}, must lie between 0 and 1.", power=power))
    if overlaps is not None:
        problems += [
            _(
                "stage {row}: shared_share == {row_2}, must lie between 0 and 1.",
                row=repr(row["stage"]),
                row_2=row["shared_share"],
            )
            for row in overlaps.to_dict("records")
            if not 0 <= row["shared_share"] <= 1
        ]
    if problems:
        raise DataError(_(_HEADLINE), problems)


def _tell_apart(before: float, after: float, overlap: dict[Hashable, Any] | None, list_size: int) -> _Lists:
    """Take out the customers on both lists; a share of 0 or 1 moves half a buyer away from it (Haldane)."""
    shared = float(overlap["shared_share"]) if overlap else 0.0
    common = float(overlap["shared_precision"]) if overlap and shared else 0.0
    if shared == 1:
        return _Lists(1.0, before, after)
    half = min(0.5, 0.5 / (list_size * (1 - shared)))
    alone = [(precision - shared * common) / (1 - shared) for precision in (before, after)]
    return _Lists(shared, *(float(np.clip(precision, half, 1 - half)) for precision in alone))


def _plan_step(pair: _Lists, gain: tuple[float, float], power: float, list_size: int) -> dict[str, Any]:
    needed = _count(pair, pair.after - pair.before, power)
    lower, upper = sorted(gain)
    unshared = 1 - pair.shared
    if np.isnan(lower) or not unshared:
        fewest, most = np.nan, np.nan
    else:
        ends = [_count(pair, end / unshared, power) for end in (lower, upper)]
        fewest, most = min(ends), np.inf if lower <= 0 <= upper else max(ends)
    return {
        "contacts_needed": needed,
        "contacts_needed_lower": fewest,
        "contacts_needed_upper": most,
        "power": float(find_power(pair.before, pair.after, list_size * unshared)) if needed < np.inf else 0.0,
        "verdict": "distinguishable" if needed <= list_size else "not yet",
        "buyers_at_need": needed * unshared * min(pair.before, pair.after) if needed < np.inf else np.nan,
    }


def _count(pair: _Lists, difference: float, power: float) -> float:
    """Contacts a list for a ``difference`` between the unshared customers, around their mean precision."""
    if pair.shared == 1 or not difference:
        return np.inf
    middle = (pair.before + pair.after) / 2
    half = min(abs(difference) / 2, middle - 1e-9, 1 - middle - 1e-9)
    return float(
        np.ceil(count_contacts_to_prove(middle - half, middle + half, power=power) / (1 - pair.shared))
    )


def _find_gains(stages: pd.DataFrame, steps: pd.DataFrame | None) -> dict[str, tuple[float, float]]:
    """Interval of each step's gain, by the later stage; missing where nothing is known of it."""
    if steps is not None:
        known = steps.set_index("stage")
        return {
            str(name): (float(known.loc[name, "gain_ci_lower"]), float(known.loc[name, "gain_ci_upper"]))
            for name in stages["name"].iloc[1:]
        }
    if "precision_ci_lower" not in stages:
        return dict.fromkeys(map(str, stages["name"].iloc[1:]), (np.nan, np.nan))
    estimates = [
        Estimate(*row)
        for row in stages[["precision", "precision_ci_lower", "precision_ci_upper"]].itertuples(index=False)
    ]
    return {
        str(name): _subtract(after, before)
        for name, (before, after) in zip(stages["name"].iloc[1:], pairwise(estimates), strict=True)
    }


def _subtract(after: Estimate, before: Estimate) -> tuple[float, float]:
    """Interval of the difference of two independent shares from their own (Newcombe's method 10)."""
    gain = after.value - before.value
    down = np.hypot(after.value - after.lower, before.upper - before.value)
    up = np.hypot(after.upper - after.value, before.value - before.lower)
    return float(gain - down), float(gain + up)


def _trace_power(rows: list[dict[str, Any]], lists: list[_Lists], list_size: int) -> pd.DataFrame:
    """Power of each step over list sizes: from ten contacts to twice what the hardest step needs."""
    needed = [row["contacts_needed"] for row in rows if row["contacts_needed"] < np.inf]
    longest = min(_LONGEST, 2 * max([list_size, *needed]))
    sizes = np.unique(np.geomspace(min(_SHORTEST, longest), longest, _POINTS))
    frames = [
        pd.DataFrame(
            {
                "stage": row["stage"],
                "list_size": sizes,
                "power": find_power(pair.before, pair.after, sizes * (1 - pair.shared)),
            }
        )
        for row, pair in zip(rows, lists, strict=True)
        if row["contacts_needed"] < np.inf
    ]
    return (
        pd.concat(frames, ignore_index=True)
        if frames
        else pd.DataFrame(columns=["stage", "list_size", "power"])
    )
