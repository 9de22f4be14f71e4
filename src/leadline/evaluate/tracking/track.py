"""Follow a campaign: the contacted against those held out, on every day since its start (V3)."""

import datetime as dt
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from leadline.data.columns import check_columns
from leadline.disclosure import MINIMUM
from leadline.errors import DataError, ParameterError
from leadline.evaluate.tracking.curves import follow_shares
from leadline.evaluate.tracking.tracking_result import TrackingResult
from leadline.language import N_, _, plural

Step = Literal["day", "week", "month"]
_HEADLINE = N_("The campaign cannot be followed")


class _Followed(NamedTuple):
    units: pd.DataFrame
    """``is_control``, ``entered`` and ``acted`` (days since the first; missing: never)."""
    warnings: list[str]


def track_campaign(
    units: pd.DataFrame,
    *,
    arm: str = "arm",
    control: str = "held_out",
    entered_on: str = "entered_on",
    outcome: str = "is_subscribed",
    acted_on: str = "subscribed_on",
    started_on: dt.date | None = None,
    ended_on: dt.date | None = None,
    as_of: dt.date | None = None,
    corridor: pd.DataFrame | None = None,
    expected_share: float = 0.05,
    every: Step = "week",
    name: str = "",
    label: str = "",
) -> TrackingResult:
    """Follow how many acted, arm against arm, and say when the campaign left its planned corridor.

    The bands hold on all days together (`leadline.evaluate.tracking.curves.follow_shares`), so one may look
    every day: a campaign that stays within its corridor is called outside it, ever, in 5% of cases at most.

    Parameters
    ----------
    units
        One row a customer: arm, day of entry, whether and on which day they acted.
    arm, control
        Column of the arm; what it says of those held out. All others count as contacted.
    entered_on, outcome, acted_on
        Columns. Without an outcome a customer is left out, and told.
    started_on, ended_on
        First day, by default that of the first entry; last day on which an outcome counts, if known.
    as_of
        Last day that is looked at; by default the campaign's last, or the last on which anything happened.
    corridor
        As `leadline.evaluate.tracking.corridor.plan_corridor` makes it; None where nothing was planned.
    expected_share
        Share expected to act, fixed beforehand; the bands are narrowest there.
    every
        Steps of the table; the alert looks at every day.
    name, label
        What the campaign and the act are called.

    Raises
    ------
    DataError
        With all problems of the columns, if an arm is empty, or those who acted have no day.
    ParameterError
        If ``expected_share`` is no share, or the last day lies before the first.
    """
    if not 0 < expected_share < 1:
        raise ParameterError.of(
            _(_HEADLINE),
            _(
                "expected_share == {expected_share}, must lie between 0 and 1.",
                expected_share=repr(expected_share),
            ),
        )
    _check(units, arm, control, (entered_on, acted_on), outcome)
    first = pd.Timestamp(started_on) if started_on else units[entered_on].min()
    last = _find_last(units, entered_on, acted_on, ended_on, as_of)
    if last < first:
        raise ParameterError.of(
            _(_HEADLINE),
            _(
                "the last day, {last}, lies before the first, {first}.",
                last=f"{last:%Y-%m-%d}",
                first=f"{first:%Y-%m-%d}",
            ),
        )
    chosen = units[[arm, entered_on, outcome, acted_on]].set_axis(
        ["arm", "entered_on", "outcome", "acted_on"], axis=1
    )
    chosen = chosen.assign(acted_on=pd.to_datetime(chosen["acted_on"]))
    followed = _count_days(chosen, control, first)
    length = (last - first).days
    looks = _look(followed.units, length, expected_share)
    if corridor is not None:
        looks = looks.merge(corridor, on="day", how="left", validate="one_to_one")
    return TrackingResult(
        looks=_date(looks, first),
        every=every,
        corridor=None if corridor is None else _date(corridor, first),
        ended_on=ended_on,
        name=name,
        label=label,
        notes=tuple(followed.warnings),
    )


def _find_last(
    units: pd.DataFrame, entered_on: str, acted_on: str, ended_on: dt.date | None, as_of: dt.date | None
) -> pd.Timestamp:
    happened = units[[entered_on, acted_on]].max().max()
    ends = [pd.Timestamp(day) for day in (ended_on, as_of) if day is not None]
    return min(ends) if ends else pd.Timestamp(happened)


def _count_days(units: pd.DataFrame, control: str, first: pd.Timestamp) -> _Followed:
    """Bring days to numbers; leave out who has no outcome, or acted before it all began."""
    warnings = []
    unknown = units["outcome"].isna().to_numpy(dtype=bool)
    is_control = (units["arm"] == control).to_numpy(dtype=bool)
    if unknown.any():
        warnings.append(
            plural(
                "{count} customer without an outcome is left out ({held_out} held out).",
                "{count} customers without an outcome are left out ({held_out} of them held out).",
                int(unknown.sum()),
                held_out=int((unknown & is_control).sum()),
            )
        )
    yes = units["outcome"].fillna(value=False).to_numpy(dtype=bool)
    acted = (units["acted_on"] - first).dt.days.astype("float64").where(yes)
    before = (acted < 0).to_numpy(dtype=bool)
    if before.any():
        warnings.append(
            plural(
                "{count} customer had subscribed before the campaign began and is left out.",
                "{count} customers had subscribed before the campaign began and are left out.",
                int(before.sum()),
            )
        )
    entered = (units["entered_on"] - first).dt.days.clip(lower=0)
    frame = pd.DataFrame({"is_control": is_control, "entered": entered, "acted": acted})
    return _Followed(frame[~(unknown | before)], warnings)


def _look(units: pd.DataFrame, length: int, expected_share: float) -> pd.DataFrame:
    """Count by day, from the first on which both arms hold enough customers to be shown."""
    days = np.arange(length + 1)
    counts = {}
    for is_control, group in units.groupby("is_control"):
        name = "control" if is_control else "treated"
        entered = np.sort(group["entered"].to_numpy(dtype=np.float64))
        acted = np.sort(group[["acted", "entered"]].max(axis=1)[group["acted"].notna()].to_numpy(dtype=float))
        counts[f"{name}_units"] = np.searchsorted(entered, days, side="right")
        counts[f"{name}_yes"] = np.searchsorted(acted, days, side="right")
    table = pd.DataFrame({"day": days, **counts})
    table = table[table[["treated_units", "control_units"]].min(axis=1) >= MINIMUM].reset_index(drop=True)
    if table.empty:
        raise DataError.of(
            _(_HEADLINE),
            _(
                "by the last day not both arms hold {minimum} customers. Wait, or look at a larger one.",
                minimum=MINIMUM,
            ),
        )
    sizes = units["is_control"].value_counts()
    told = follow_shares(
        (table["treated_yes"], table["treated_units"]),
        (table["control_yes"], table["control_units"]),
        expected_share=expected_share,
        final_units=(int(sizes[False]), int(sizes[True])),
    )
    return pd.concat([table, told], axis=1)


def _date(table: pd.DataFrame, first: pd.Timestamp) -> pd.DataFrame:
    return table.assign(date=first + pd.to_timedelta(table["day"], unit="D"))


def _check(units: pd.DataFrame, arm: str, control: str, days: tuple[str, str], outcome: str) -> None:
    entered_on, acted_on = days
    problems = check_columns(units, [arm, entered_on, outcome], _("the units"))
    if acted_on not in units.columns:
        problems.append(
            _(
                "{acted_on}: the units have no such column. Name the day on which they acted.",
                acted_on=acted_on,
            )
        )
    if problems:
        raise DataError(_(_HEADLINE), problems)
    arms = units[arm].dropna().unique()
    if control not in arms:
        problems.append(
            _(
                "{arm}: nobody is “{control}”. Known: {arms}. Name those held out with control.",
                arm=arm,
                control=control,
                arms=_(", ").join(map(str, sorted(arms)[:10])),
            )
        )
    elif len(arms) == 1:
        problems.append(
            _(
                "{arm}: everybody is “{control}”. Without contacted customers there is nothing to follow.",
                arm=arm,
                control=control,
            )
        )
    if missing := int(units[arm].isna().sum()):
        problems.append(
            _(
                "{arm}: {missing} customers have none. Fill it in, or remove them.",
                arm=arm,
                missing=f"{missing:,}",
            )
        )
    problems += [
        _(
            "{name}: holds {dtype}, must be days. Correct it, or name another column.",
            name=name,
            dtype=units[name].dtype,
        )
        for name in days
        if not (pd.api.types.is_datetime64_any_dtype(units[name]) or units[name].isna().all())
    ]
    if not problems:
        if missing := int(units[entered_on].isna().sum()):
            problems.append(
                _(
                    "{entered_on}: {missing} customers have no day. Fill it in, or remove them.",
                    entered_on=entered_on,
                    missing=f"{missing:,}",
                )
            )
        yes = units[outcome].fillna(value=False).astype("bool")
        if undated := int((yes & units[acted_on].isna()).sum()):
            problems.append(
                _(
                    "{acted_on}: {undated} customers acted, and have no day. Fill it in.",
                    acted_on=acted_on,
                    undated=f"{undated:,}",
                )
            )
    if problems:
        raise DataError(_(_HEADLINE), problems)
