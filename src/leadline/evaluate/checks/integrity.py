"""What is wrong with a test's own records, as data: each check says how many, of how many, and who."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from leadline.data.ids import spell_ids
from leadline.errors import DataError
from leadline.holm import correct_holm

#: Missing outcomes are called uneven below this p-value, after Holm's correction over outcomes.
LEVEL = 0.01
_FEWEST_EXPECTED = 5
_SHOWN = 5
_DRAWS = 9_999


class Finding(NamedTuple):
    """Result of one check.

    ``check`` names it; ``wrong`` of ``total`` (units or rows, as the check says) are wrong; ``first`` holds
    up to five of their ids, in the table's order.
    """

    check: str
    wrong: int
    total: int
    first: tuple[str, ...]

    @property
    def is_problem(self) -> bool:
        """Whether anything is wrong."""
        return self.wrong > 0


def find_units_in_two_arms(units: pd.DataFrame, *, unit: str, arm: str) -> Finding:
    """Count the units that stand in more than one arm; rows without an id or an arm are left to others.

    Raises
    ------
    DataError
        With every absent column.
    """
    _check_present(units, [unit, arm])
    ids = spell_ids(units[unit])
    arms = units[arm].groupby(ids, sort=False).nunique()
    return _tell("units_in_two_arms", pd.Series(arms.index[arms > 1]), len(arms))


def find_duplicates(units: pd.DataFrame, *, unit: str) -> Finding:
    """Count the rows that repeat a unit, whatever its arm; a row without an id repeats none.

    Raises
    ------
    DataError
        With every absent column.
    """
    _check_present(units, [unit])
    ids = spell_ids(units[unit])
    repeated = ids[ids.duplicated() & ids.notna()]
    return _tell("duplicates", repeated, len(ids))


def find_early_outcomes(
    outcomes: pd.DataFrame, *, unit: str, outcome_at: str, start: pd.Timestamp
) -> Finding:
    """Count the outcomes (rows) dated before the test's ``start``; undated ones are none.

    Raises
    ------
    DataError
        With every absent column, one that holds no times, and one whose time zone is not that of ``start``.
    """
    _check_present(outcomes, [unit, outcome_at])
    _check_times(outcomes, [outcome_at], start)
    is_early = outcomes[outcome_at] < start
    return _tell(
        "outcomes_before_start", spell_ids(outcomes[unit])[is_early], int(outcomes[outcome_at].notna().sum())
    )


def find_late_exposures(units: pd.DataFrame, *, unit: str, exposed_at: str, outcome_at: str) -> Finding:
    """Count the units that were exposed after their outcome, which the exposure then cannot have caused.

    Parameters
    ----------
    units
        One row a unit and outcome. A unit's first exposure is compared with its first outcome; units that
        lack either are not counted.

    Raises
    ------
    DataError
        With every absent column, those that hold no times, and two that mix time zones.
    """
    _check_present(units, [unit, exposed_at, outcome_at])
    _check_times(units, [exposed_at, outcome_at])
    first = units.groupby(spell_ids(units[unit]), sort=False)[[exposed_at, outcome_at]].min().dropna()
    is_late = first[exposed_at] > first[outcome_at]
    return _tell("exposure_after_outcome", pd.Series(first.index[is_late]), len(first))


def check_missing_outcomes(
    units: pd.DataFrame, *, arm: str, outcomes: Sequence[str], level: float = LEVEL, seed: int = 0
) -> pd.DataFrame:
    """Test whether outcomes are missing in the same share of every arm; if not, the arms left are not alike.

    Pearson's chi-square of missing × arm; where fewer than 5 are expected in a cell, Fisher's exact test for
    two arms, and for more the Freeman-Halton test simulated with ``seed``.

    Parameters
    ----------
    units
        One row a unit.
    arm, outcomes
        Columns of the arm and of the outcomes; rows without an arm are left out.
    level
        A p-value below it, after Holm's correction over outcomes, is uneven.

    Returns
    -------
    pandas.DataFrame
        One row an outcome and arm: ``outcome``, ``arm``, ``units``, ``missing``, ``missing_share``, and of
        the outcome ``p_value``, ``p_adjusted``, ``is_uneven``.

    Raises
    ------
    DataError
        With every absent column, if no outcome is named, and if there are fewer than two arms.
    """
    _check_present(units, [arm, *outcomes])
    arms = units[arm].dropna()
    if arms.nunique() < 2 or not outcomes:  # noqa: PLR2004
        problem = f"{arm}: {arms.nunique()} arms and {len(outcomes)} outcomes: name two and one, or more."
        raise DataError.of("Missing outcomes cannot be compared", problem)
    frames, values = [], []
    for outcome in outcomes:
        is_missing = units.loc[arms.index, outcome].isna()
        table = (
            is_missing.groupby(arms.astype("string"))
            .agg(["size", "sum"])
            .set_axis(["units", "missing"], axis=1)
        )
        values.append(_test_missing(table.to_numpy(dtype=np.int64), seed))
        frames.append(table.rename_axis("arm").reset_index().assign(outcome=outcome))
    adjusted = correct_holm(values)
    told: pd.DataFrame = pd.concat(frames, ignore_index=True)
    told["missing_share"] = told["missing"] / told["units"]
    told["p_value"] = np.repeat(values, arms.nunique())
    told["p_adjusted"] = np.repeat(adjusted, arms.nunique())
    told["is_uneven"] = told["p_adjusted"] < level
    names = ["outcome", "arm", "units", "missing", "missing_share", "p_value", "p_adjusted", "is_uneven"]
    return told.reindex(columns=names)


def _test_missing(counts: npt.NDArray[np.int64], seed: int) -> float:
    table = np.column_stack([counts[:, 1], counts[:, 0] - counts[:, 1]])
    if (table.sum(axis=0) == 0).any():
        return 1.0
    expected = stats.contingency.expected_freq(table)
    if expected.min() >= _FEWEST_EXPECTED:
        return float(stats.chi2_contingency(table, correction=False).pvalue)
    if len(table) == 2:  # noqa: PLR2004
        return float(stats.fisher_exact(table).pvalue)
    draws = stats.random_table(table.sum(axis=1), table.sum(axis=0))
    chance = draws.rvs(_DRAWS, random_state=np.random.default_rng(seed))
    as_unlikely = draws.logpmf(chance) <= draws.logpmf(table) + 1e-7
    return float((1 + as_unlikely.sum()) / (1 + _DRAWS))


def _tell(check: str, ids: pd.Series, total: int) -> Finding:
    first = ids.dropna().drop_duplicates().head(_SHOWN)
    return Finding(check, len(ids), total, tuple(map(str, first)))


def _check_present(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    problems = [f"{name}: the table has no such column." for name in columns if name not in frame.columns]
    if problems:
        raise DataError("The records of the test cannot be checked", problems)


def _check_times(frame: pd.DataFrame, columns: Sequence[str], start: pd.Timestamp | None = None) -> None:
    problems = [
        f"{name}: holds {frame[name].dtype}, must hold times. Read it as dates."
        for name in columns
        if not pd.api.types.is_datetime64_any_dtype(frame[name])
    ]
    if not problems:
        has_zone = {name: frame[name].dt.tz is not None for name in columns}
        if start is not None:
            has_zone["start"] = start.tz is not None
        if len(set(has_zone.values())) > 1:
            told = ", ".join(
                f"{name} {'has' if zone else 'has no'} time zone" for name, zone in has_zone.items()
            )
            problems.append(f"times cannot be compared: {told}. Give all of them one, or none.")
    if problems:
        raise DataError("The records of the test cannot be checked", problems)
