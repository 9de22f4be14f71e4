"""Who is in the test and in which arm: the permitted only, at random; and whether arms are alike (V1)."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.data import check_columns
from leadline.data.flags import read_yes
from leadline.errors import DataError, ParameterError
from leadline.evaluate.planning.assignment import assign_arms, check_assignment, check_balance, hash_units
from leadline.evaluate.planning.assignment_result import ArmBalanceResult
from leadline.holm import correct_holm
from leadline.language import N_, _

_HEADLINE = N_("The arms cannot be assigned")


def permit_units(
    units: pd.DataFrame, *, permitted: str | None = None, barred: str | None = None
) -> npt.NDArray[np.bool_]:
    """Tell who may be contacted: only they can be in a test, also as its control.

    Parameters
    ----------
    units
        One row a unit.
    permitted
        Column of yes and no: only a plain yes permits.
    barred
        Column of yes and no (opted out): only a plain no permits.

    Raises
    ------
    DataError
        With every column that is absent, and answers that are neither yes nor no.
    """
    named = [name for name in (permitted, barred) if name]
    problems = [
        _("{name}: the units have no such column. Name another one, or leave it empty.", name=name)
        for name in named
        if name not in units.columns
    ]
    if problems:
        raise DataError(_(_HEADLINE), problems)
    allowed = np.ones(len(units), dtype=bool)
    if permitted:
        allowed &= read_yes(units[permitted], problems)
    if barred:
        allowed &= ~read_yes(units[barred], problems) & units[barred].notna().to_numpy()
    if problems:
        raise DataError(_(_HEADLINE), problems)
    return allowed


def assign_test(
    units: pd.DataFrame,
    *,
    unit: str,
    shares: Mapping[str, float],
    salt: str,
    size: int | None = None,
    strata: Sequence[str] = (),
    covariates: Sequence[str] = (),
    permitted: str | None = None,
    barred: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> ArmBalanceResult:
    """Draw the units of a test and their arms (`assign_arms`), and check that the arms are alike.

    Parameters
    ----------
    units
        One row a unit.
    unit
        Column of its id.
    shares
        Arm → share, the control first.
    salt
        A text of this test's own: with it anybody finds the same arms again.
    size
        Units of all arms; the others, drawn by the salt, stay outside. By default all.
    strata
        Columns within whose combinations the shares are met.
    covariates
        Numbers and flags by which the arms are compared; any other is passed over.
    permitted, barred
        As `permit_units`.
    labels
        Covariate → what a reader sees.

    Raises
    ------
    ParameterError
        With everything wrong of shares, salt and size.
    DataError
        With absent columns, answers that are neither yes nor no, ids that are missing or repeated; if too
        few units may be contacted.
    """
    if size is not None and size < 2 * len(shares):
        raise ParameterError.of(
            _(_HEADLINE), _("size == {size}, must be 2 or more for each arm.", size=f"{size:,}")
        )
    problems = check_columns(units, list(covariates), _("the table of units"))
    if problems:
        raise DataError(_(_HEADLINE), problems)
    allowed = permit_units(units, permitted=permitted, barred=barred)
    if allowed.sum() < 2 * len(shares):
        raise DataError.of(
            _(_HEADLINE),
            _(
                "{count} of {count_2} units may be contacted, and a test of {count_3} arms needs "
                "{count_4}. Check the columns of permission.",
                count=f"{int(allowed.sum()):,}",
                count_2=f"{len(units):,}",
                count_3=len(shares),
                count_4=2 * len(shares),
            ),
        )
    there = units[allowed]
    check_assignment(there, unit=unit, shares=shares, salt=salt, strata=strata)
    chosen = _draw(there, unit, salt, size)
    arms = assign_arms(chosen, unit=unit, shares=shares, salt=salt, strata=strata)
    told = chosen.assign(arm=arms)
    counts = arms.value_counts().reindex(list(shares), fill_value=0)
    if counts.min() < 2:  # noqa: PLR2004
        raise DataError.of(
            _(_HEADLINE),
            _(
                "{idxmin}: {min} units, a spread needs 2. Give it a larger share.",
                idxmin=counts.idxmin(),
                min=counts.min(),
            ),
        )
    control = next(iter(shares))
    numbers = [name for name in covariates if _is_number(units[name])]
    balance = check_balance(told, arm="arm", control=control, shares=shares, covariates=numbers)
    corrected = correct_holm(balance.covariates["p_value"].to_numpy(dtype=np.float64))
    return ArmBalanceResult(
        assignment=told[[unit, *strata, "arm"]].reset_index(drop=True),
        arms=pd.DataFrame(
            {"arm": list(shares), "share": list(shares.values()), "units": counts.to_numpy(dtype=np.int64)}
        ),
        balance=balance.covariates.assign(p_adjusted=corrected),
        shares_p_value=balance.shares_p_value,
        units=len(units),
        permitted=int(allowed.sum()),
        salt=salt,
        strata=tuple(strata),
        is_permission_asked=bool(permitted or barred),
        labels=dict(labels or {}),
    )


def _draw(units: pd.DataFrame, unit: str, salt: str, size: int | None) -> pd.DataFrame:
    """Keep ``size`` units by a hash of their own, so that the draw says nothing of the arm."""
    if size is None or size >= len(units):
        return units
    order = np.argsort(hash_units(units[unit], f"{salt}/draw"), kind="stable")
    return units.iloc[np.sort(order[:size])]


def _is_number(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column))
