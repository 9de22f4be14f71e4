"""Whether as many units came into each arm as were planned: if not, no effect may be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import comb
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from leadline.errors import DataError
from leadline.holm import correct_holm
from leadline.language import _

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
#: A mismatch is called below this p-value: checks are many, and a random split does not drift a little.
LEVEL = 0.001
#: An arm with less than this part of an equal share was hardly meant to have one.
_FAR = 0.5
_FEWEST_EXPECTED = 5
_MOST_OUTCOMES = 100_000
_DRAWS = 99_999
_TIE = 1e-7


class RatioTest(NamedTuple):
    """A p-value, and how it was found: ``chi-square``, ``exact``, ``simulated`` or ``no plan`` (then NaN)."""

    p_value: float
    method: str


@dataclass(frozen=True, eq=False, kw_only=True)
class SampleRatio:
    """Counts of the arms against the plan.

    Attributes
    ----------
    arms
        One row an arm: ``arm``, ``units``, ``planned_share`` (missing without a plan), ``found_share``.
    overall
        The test of all units.
    parts
        One row a segment or day: ``column``, ``part``, ``units``, ``p_value``, ``p_adjusted`` (Holm over all
        rows), ``method``, ``is_mismatch``, ``arm`` (furthest from plan), ``found_share`` (of that arm).
    level
        A p-value below it is a mismatch.
    """

    arms: pd.DataFrame
    overall: RatioTest
    parts: pd.DataFrame
    level: float

    @property
    def has_plan(self) -> bool:
        """Whether there was a plan to compare all units with."""
        return self.overall.method != "no plan"

    def leave_plan(self) -> "SampleRatio":
        """Return the parts alone: they were compared with what was found of all units, not with a plan."""
        arms = self.arms.assign(planned_share=np.nan)
        return replace(self, arms=arms, overall=RatioTest(float("nan"), "no plan"))


def assume_shares(units: Mapping[str, int]) -> dict[str, float] | None:
    """Equal shares of the arms, where none are planned; None if the counts tell that they were not meant."""
    equal = 1 / len(units)
    if 0 < min(units.values()) < _FAR * equal * sum(units.values()):
        return None
    return dict.fromkeys(units, equal)


def check_ratio(counts: Sequence[int], shares: Sequence[float], *, seed: int = 0) -> RatioTest:
    """Compare counts with planned shares.

    Pearson's chi-square where 5 or more units are expected in each arm (Cochran 1954, Biometrics 10:417-451).
    Else the exact multinomial test, which adds up the outcomes no more likely than the one found; simulated
    with ``seed`` where these are too many to list.

    Raises
    ------
    DataError
        If no unit was counted, a count is negative, or the shares are no plan.
    """
    found, plan = np.asarray(counts, dtype=np.int64), np.asarray(shares, dtype=np.float64)
    problems = _check_plan(plan, len(found))
    if (found < 0).any() or found.sum() == 0:
        problems.append(_("the counts are negative, or no unit was counted."))
    _refuse(problems)
    total = int(found.sum())
    if (total * plan).min() >= _FEWEST_EXPECTED:
        distance = float((((found - total * plan) ** 2) / (total * plan)).sum())
        return RatioTest(float(special.chdtrc(len(plan) - 1, distance)), "chi-square")
    if len(plan) == 2:  # noqa: PLR2004
        return RatioTest(float(stats.binomtest(int(found[0]), total, float(plan[0])).pvalue), "exact")
    chance = stats.multinomial(total, plan / plan.sum())
    limit = chance.logpmf(found) + _TIE
    if comb(total + len(plan) - 1, len(plan) - 1) <= _MOST_OUTCOMES:
        likely = chance.logpmf(_list_outcomes(total, len(plan)))
        return RatioTest(min(1.0, float(np.exp(likely[likely <= limit]).sum())), "exact")
    drawn = chance.rvs(_DRAWS, random_state=np.random.default_rng(seed))
    return RatioTest(float((1 + (chance.logpmf(drawn) <= limit).sum()) / (1 + _DRAWS)), "simulated")


def check_sample_ratio(
    units: pd.DataFrame,
    *,
    arm: str,
    shares: Mapping[str, float],
    segments: Sequence[str] = (),
    day: str | None = None,
    count: str | None = None,
    level: float = LEVEL,
    seed: int = 0,
) -> SampleRatio:
    """Test for a sample-ratio mismatch overall, by segment and by day.

    A mismatch means that units were lost or added for a reason that differs by arm, so no estimate can be
    trusted; where it sits tells the cause (Fabijan et al. 2019, *Diagnosing Sample Ratio Mismatch in Online
    Controlled Experiments*, KDD '19). Segments must have been known before the assignment.

    Parameters
    ----------
    units
        One row a unit, or with ``count`` one row a group of units.
    arm
        Column of the arm.
    shares
        Arm → planned share, adding up to 1.
    segments
        Columns tested class by class; a missing value is a class of its own.
    day
        Column of the time at which a unit entered, tested day by day (in its own time zone).
    count
        Column of the units that a row stands for.
    level
        A p-value below it is a mismatch: overall as it is, of segments and days after Holm's correction.
    seed
        Of p-values that must be simulated.

    Raises
    ------
    DataError
        With every absent column, arm without a plan, wrong share and wrong count.
    """
    _check_table(units, arm, shares, [*segments, *([day] if day else [])], count)
    weight = pd.Series(1, index=units.index) if count is None else units[count]
    plan = np.array(list(shares.values()))
    found = weight.groupby(units[arm]).sum().reindex(list(shares), fill_value=0).to_numpy(dtype=np.int64)
    rows: list[tuple[object, ...]] = []
    for column in dict.fromkeys([*segments, *([day] if day else [])]):
        values = units[column]
        part = pd.to_datetime(values).dt.strftime("%Y-%m-%d") if column == day else values.astype("string")
        long = pd.DataFrame({"part": part.fillna("(missing)"), "arm": units[arm], "units": weight})
        table = long.pivot_table("units", "part", "arm", aggfunc="sum", fill_value=0)
        table = table.reindex(columns=list(shares), fill_value=0)
        rows += [
            (column, label, *_test_part(counts, shares, seed))
            for label, counts in zip(table.index, table.to_numpy(dtype=np.int64), strict=True)
            if counts.sum()
        ]
    names = ["column", "part", "units", "p_value", "method", "arm", "found_share"]
    return SampleRatio(
        arms=pd.DataFrame(
            {"arm": list(shares), "units": found, "planned_share": plan, "found_share": found / found.sum()}
        ),
        overall=check_ratio(list(found), list(plan), seed=seed),
        parts=_adjust(pd.DataFrame(rows, columns=names), level),
        level=level,
    )


def _test_part(counts: IntArray, shares: Mapping[str, float], seed: int) -> tuple[object, ...]:
    plan, total = np.array(list(shares.values())), int(counts.sum())
    test = check_ratio(list(counts), list(plan), seed=seed)
    furthest = int(np.argmax(np.abs(counts - total * plan) / np.sqrt(total * plan * (1 - plan))))
    return total, test.p_value, test.method, list(shares)[furthest], counts[furthest] / total


def _adjust(parts: pd.DataFrame, level: float) -> pd.DataFrame:
    values = parts["p_value"].to_numpy(dtype=np.float64)
    adjusted = correct_holm(values)
    parts.insert(4, "p_adjusted", adjusted)
    parts.insert(6, "is_mismatch", adjusted < level)
    return parts


def _list_outcomes(total: int, arms: int) -> IntArray:
    """List every way in which ``total`` units fall into the arms; shape (outcomes, arms)."""
    rows = np.zeros((1, 0), dtype=np.int64)
    for _arm in range(arms - 1):
        left = total - rows.sum(axis=1)
        taken = np.concatenate([np.arange(most + 1) for most in left])
        rows = np.column_stack([np.repeat(rows, left + 1, axis=0), taken])
    return np.column_stack([rows, total - rows.sum(axis=1)])


def _check_plan(plan: FloatArray, arms: int) -> list[str]:
    if len(plan) != arms or arms < 2:  # noqa: PLR2004
        return [
            _(
                "{arms} arms have {count} planned shares. Name two arms or more, each with its share.",
                arms=arms,
                count=len(plan),
            )
        ]
    if not ((plan > 0) & (plan < 1)).all() or abs(plan.sum() - 1) > 1e-9:  # noqa: PLR2004
        return [
            _(
                "planned shares add up to {count}: each must be above 0, and their sum 1.",
                count=f"{plan.sum():g}",
            )
        ]
    return []


def _check_table(
    units: pd.DataFrame, arm: str, shares: Mapping[str, float], others: Sequence[str], count: str | None
) -> None:
    wanted = [arm, *others, *([count] if count else [])]
    problems = [
        _("{name}: the units have no such column.", name=name) for name in wanted if name not in units.columns
    ]
    problems += _check_plan(np.array(list(shares.values())), len(shares))
    if arm in units.columns:
        strange = [str(name) for name in units[arm].dropna().unique() if name not in shares]
        if strange:
            problems.append(
                _(
                    "{arm}: not planned: {strange}. Add their shares, or remove them.",
                    arm=arm,
                    strange=_(", ").join(strange),
                )
            )
        if missing := int(units[arm].isna().sum()):
            problems.append(
                _(
                    "{arm}: {missing} rows have no arm. Fill it in, or remove these rows.",
                    arm=arm,
                    missing=f"{missing:,}",
                )
            )
        if not len(units):
            problems.append(_("the units hold no rows. Check the source and its filters."))
    if count in units.columns:
        values = pd.to_numeric(units[count], errors="coerce")
        if wrong := int((~((values >= 0) & (values % 1 == 0))).sum()):
            problems.append(
                _(
                    "{count}: {wrong} rows hold no whole number of 0 or more. Correct them.",
                    count=count,
                    wrong=f"{wrong:,}",
                )
            )
        elif len(units) and values.sum() == 0:
            problems.append(_("{count}: no unit was counted. Check the source and its filters.", count=count))
    _refuse(problems)


def _refuse(problems: list[str]) -> None:
    if problems:
        raise DataError(_("The arms cannot be compared with the plan"), problems)
