"""What a campaign was planned to bring by each day, and how far it may lie beside it (V3)."""

import datetime as dt

import numpy as np
import pandas as pd

from leadline.errors import DataError, ParameterError
from leadline.language import N_, _

_HEADLINE = N_("The plan cannot be used")


def plan_corridor(
    effect: float, *, last_day: int, half_after_days: int = 30, tolerance: float = 0.5
) -> pd.DataFrame:
    """Plan a difference that grows fast at first and reaches ``effect`` on the last day.

    By day t the part (1 − 2^(−t/h)) / (1 − 2^(−T/h)) of the effect is there: saturating growth by half-lives.

    Parameters
    ----------
    effect
        Difference of the shares planned for the last day: 0.05 is five points.
    last_day
        Days from the first contact (day 0) to the last day on which an outcome counts.
    half_after_days
        Days in which half of what can still come comes.
    tolerance
        How far the difference may lie beside the plan, as a part of the plan.

    Returns
    -------
    pandas.DataFrame
        One row a day: ``day`` (0 is the first contact's), ``planned``, ``lower``, ``upper``.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    problems = []
    if not 0 < abs(effect) < 1:
        problems.append(
            _(
                "effect == {effect}, must be a difference of shares other than 0: 0.05 is 5 points.",
                effect=repr(effect),
            )
        )
    if last_day < 1:
        problems.append(
            _(
                "last_day == {last_day}, must be 1 or more: the campaign ends after it starts.",
                last_day=repr(last_day),
            )
        )
    if half_after_days < 1:
        problems.append(
            _(
                "half_after_days == {half_after_days}, must be 1 or more.",
                half_after_days=repr(half_after_days),
            )
        )
    if not tolerance > 0:
        problems.append(
            _(
                "tolerance == {tolerance}, must be above 0: 0.5 lets half of the plan be missed.",
                tolerance=repr(tolerance),
            )
        )
    if problems:
        raise ParameterError(_(_HEADLINE), problems)
    days = np.arange(last_day + 1)
    planned = effect * (1 - 0.5 ** (days / half_after_days)) / (1 - 0.5 ** (last_day / half_after_days))
    room = tolerance * np.abs(planned)
    return pd.DataFrame({"day": days, "planned": planned, "lower": planned - room, "upper": planned + room})


def choose_corridor(
    table: pd.DataFrame | None,
    effect: float | None,
    *,
    started_on: dt.date,
    ended_on: dt.date,
    half_after_days: int,
    tolerance: float,
) -> pd.DataFrame | None:
    """Take the user's own plan, else the curve of a planned effect, else none."""
    if table is not None:
        return read_corridor(table, first_day=pd.Timestamp(started_on))
    if effect is None:
        return None
    length = (ended_on - started_on).days
    return plan_corridor(effect, last_day=length, half_after_days=half_after_days, tolerance=tolerance)


def read_corridor(table: pd.DataFrame, *, first_day: pd.Timestamp) -> pd.DataFrame:
    """Read a plan that the user has, and fill the days between those that it names.

    Parameters
    ----------
    table
        One row a day planned: ``day`` (days since the first contact, or a date), ``lower`` and ``upper`` of
        the difference of shares, and if known ``planned``.
    first_day
        Day 0.

    Returns
    -------
    pandas.DataFrame
        As `plan_corridor`, from the first day named to the last.

    Raises
    ------
    DataError
        With all problems at once.
    """
    absent = [name for name in ("day", "lower", "upper") if name not in table.columns]
    if absent:
        raise DataError(
            _(_HEADLINE),
            [
                _("{name}: the plan has no such column. Map your own name to it.", name=name)
                for name in absent
            ],
        )
    is_dated = pd.api.types.is_datetime64_any_dtype(table["day"])
    day = (table["day"] - first_day).dt.days if is_dated else pd.to_numeric(table["day"], errors="coerce")
    ends = table[["lower", "upper"]].apply(pd.to_numeric, errors="coerce")
    problems = []
    if wrong := int((~(day >= 0) | (day % 1 != 0)).sum()):
        problems.append(
            _(
                "day: {wrong} rows hold no date from the start on, and no whole number of 0 or more.",
                wrong=f"{wrong:,}",
            )
        )
    if again := int(day.duplicated().sum()):
        problems.append(_("day: {again} rows repeat a day. Keep one row a day.", again=f"{again:,}"))
    if wrong := int((~(ends.abs() <= 1)).any(axis=1).sum()):
        problems.append(
            _(
                "lower, upper: {wrong} rows hold no difference of shares. Write 0.05 for 5 points.",
                wrong=f"{wrong:,}",
            )
        )
    if wrong := int((ends["lower"] > ends["upper"]).sum()):
        problems.append(_("lower: {wrong} rows lie above upper. Exchange them.", wrong=f"{wrong:,}"))
    if len(table) < 2:  # noqa: PLR2004 (a corridor joins two days)
        problems.append(_("day: the plan names fewer than two days."))
    if problems:
        raise DataError(_(_HEADLINE), problems)
    if "planned" in table.columns:
        ends = ends.assign(planned=pd.to_numeric(table["planned"], errors="coerce"))
    else:
        ends = ends.assign(planned=ends.mean(axis=1))
    known = ends.set_axis(day.astype("int64")).sort_index()
    every = np.arange(known.index[0], known.index[-1] + 1)
    filled = {name: np.interp(every, known.index, known[name]) for name in ("planned", "lower", "upper")}
    return pd.DataFrame({"day": every, **filled})
