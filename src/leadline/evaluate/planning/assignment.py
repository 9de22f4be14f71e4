"""Random assignment that anybody with the salt can repeat, and whether its arms are alike."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from leadline.data import check_columns
from leadline.data.ids import spell_ids
from leadline.errors import DataError, ParameterError
from leadline.evaluate.planning.plan_order import check_shares
from leadline.language import N_, _

FloatArray = npt.NDArray[np.float64]
HashArray = npt.NDArray[np.uint64]
_HEADLINE = N_("The arms cannot be assigned")


def hash_units(ids: pd.Series, salt: str) -> HashArray:
    """Hash each id with the salt: first 8 bytes, big-endian, of SHA-256 of ``salt``, a zero byte, the id.

    Shape: (ids,). Texts are UTF-8, numbers are spelled as `leadline.data.ids.spell_ids` does, so that
    any language on any machine finds the same number (numpy's generators promise that to themselves only).
    """
    keyed = hashlib.sha256(salt.encode() + b"\0")
    digests = []
    for text in spell_ids(ids):
        one = keyed.copy()
        one.update(str(text).encode())
        digests.append(one.digest()[:8])
    return np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)


def assign_arms(
    units: pd.DataFrame, *, unit: str, shares: Mapping[str, float], salt: str, strata: Sequence[str] = ()
) -> pd.Series:
    """Assign each unit to an arm at random.

    Without ``strata`` an arm is a range of the hash, so a unit's arm depends on nothing but its id and the
    salt: units may come one by one, and shares are met by chance. With ``strata`` the units of a stratum are
    ordered by hash and cut into the shares, so that each is met up to one unit in every stratum; an arm then
    depends on who else is in the table.

    Parameters
    ----------
    units
        One row a unit.
    unit
        Column of the unit's id.
    shares
        Arm → its share, adding up to 1; the order decides which range of the hash an arm gets.
    salt
        A text of this test's own: the same one again would give each unit its old arm.
    strata
        Columns whose combinations are strata; a missing value is a class of its own.

    Returns
    -------
    pandas.Series
        ``arm`` of each unit, labelled as ``units``.

    Raises
    ------
    ParameterError
        With everything wrong of shares and salt.
    DataError
        With every absent column, and ids that are missing or repeated.
    """
    check_assignment(units, unit=unit, shares=shares, salt=salt, strata=strata)
    hashes = hash_units(units[unit], salt)
    bounds = np.cumsum(list(shares.values()))[:-1]
    if strata:
        place = _place_within(units[list(strata)], hashes, salt)
    else:
        place = (hashes >> np.uint64(11)).astype(np.float64) / 2.0**53  # 53 bits: exact, and below 1
    arms = np.array(list(shares), dtype=object)[np.searchsorted(bounds, place, side="right")]
    return pd.Series(arms, index=units.index, name="arm", dtype="str")


def _place_within(strata: pd.DataFrame, hashes: HashArray, salt: str) -> FloatArray:
    """Place each unit within its stratum, 0 to 1, in the order of the hashes.

    Places are shifted by an offset drawn for the stratum (systematic sampling: Cochran 1977, ch. 8); without
    it rounding would favour the same arm in every small stratum.
    """
    number = strata.groupby(list(strata.columns), dropna=False, sort=False).ngroup().to_numpy()
    order = np.lexsort((hashes, number))
    counts = np.bincount(number)
    starts = np.cumsum(counts) - counts
    offset = _spread(hashes[order][starts], salt)
    rank = np.arange(len(order)) - np.repeat(starts, counts)
    place = np.empty(len(order))
    place[order] = (rank + np.repeat(offset, counts)) / np.repeat(counts, counts)
    return place


def _spread(firsts: HashArray, salt: str) -> FloatArray:
    """Draw 0 to 1 for each stratum: its lowest hash, hashed again."""
    again = hash_units(pd.Series(firsts.astype(str)), salt + "/offset")
    return (again >> np.uint64(11)).astype(np.float64) / 2.0**53


def check_assignment(
    units: pd.DataFrame, *, unit: str, shares: Mapping[str, float], salt: str, strata: Sequence[str]
) -> None:
    """Refuse what `assign_arms` cannot assign; parameters and errors are its own."""
    wrong = check_shares(shares)
    if not salt.strip():
        wrong.append(_("salt is empty. Give a text of this test's own, such as its name and the day."))
    if wrong:
        raise ParameterError(_(_HEADLINE), wrong)
    problems = [
        _("{name}: the units have no such column.", name=name)
        for name in (unit, *strata)
        if name not in units.columns
    ]
    if unit in units.columns:
        ids = spell_ids(units[unit])
        missing, repeated = int(ids.isna().sum()), int((ids.duplicated() & ids.notna()).sum())
        if not len(ids):
            problems.append(_("the units hold no rows. Check the source and its filters."))
        if missing:
            problems.append(
                _(
                    "{unit}: {missing} ids are missing. Fill them in, or remove these rows.",
                    unit=unit,
                    missing=f"{missing:,}",
                )
            )
        if repeated:
            first = ids[ids.duplicated() & ids.notna()].iloc[0]
            problems.append(
                _(
                    "{unit}: {repeated} ids are repeated (first: {first}). Keep one row a unit.",
                    unit=unit,
                    repeated=f"{repeated:,}",
                    first=first,
                )
            )
    if problems:
        raise DataError(_(_HEADLINE), problems)


@dataclass(frozen=True, eq=False, kw_only=True)
class Balance:
    """Whether the arms are alike in what was known before.

    Attributes
    ----------
    covariates
        One row a covariate and arm other than control: ``covariate``, ``arm``, ``difference`` (standardised:
        arm less control, in standard deviations), ``expected_size`` (its mean absolute size under chance),
        ``p_value``.
    shares_p_value
        Chi-square of the arms' counts against the planned shares.
    """

    covariates: pd.DataFrame
    shares_p_value: float


def check_balance(
    units: pd.DataFrame, *, arm: str, control: str, shares: Mapping[str, float], covariates: Sequence[str]
) -> Balance:
    """Compare the arms before the test: their counts, and the means of covariates.

    The standardised difference divides by the root of the arms' mean variance (Austin 2009, Statistics in
    Medicine 28:3083-3107). Under chance it is about normal with standard error √(1/n₁ + 1/n₀), so its size is
    0.8 of that on average; of twenty covariates one differs at 5%.

    Parameters
    ----------
    units
        One row a unit. Covariates are numbers or flags; missing values are left out of their covariate.
    arm, control
        Column of the arm, and the arm that others are compared with.
    shares
        Arm → planned share.
    covariates
        Columns known before assignment.

    Raises
    ------
    DataError
        With every column that is absent or no number, and arms that were not planned or hold fewer than 2
        units.
    """
    _check_table(units, arm, control, shares, covariates)
    counts = units[arm].value_counts().reindex(list(shares), fill_value=0).to_numpy(dtype=np.float64)
    expected = counts.sum() * np.array(list(shares.values()))
    rows = []
    for covariate in covariates:
        values = units[covariate].astype("float64")
        base = values[units[arm] == control].dropna()
        for other in [name for name in shares if name != control]:
            told = values[units[arm] == other].dropna()
            rows.append((covariate, other, *_compare(told, base)))
    names = ["covariate", "arm", "difference", "expected_size", "p_value"]
    return Balance(
        covariates=pd.DataFrame(rows, columns=names),
        shares_p_value=float(stats.chisquare(counts, expected).pvalue),
    )


def _compare(told: pd.Series, base: pd.Series) -> tuple[float, float, float]:
    if min(len(told), len(base)) < 2:  # noqa: PLR2004
        return np.nan, np.nan, np.nan
    spread = float(((told.var() + base.var()) / 2) ** 0.5)
    gap = float(told.mean() - base.mean())
    error = (1 / len(told) + 1 / len(base)) ** 0.5
    size = error * (2 / np.pi) ** 0.5
    if spread == 0:
        return (0.0, size, 1.0) if gap == 0 else (np.copysign(np.inf, gap), size, 0.0)
    z = gap / float((told.var() / len(told) + base.var() / len(base)) ** 0.5)
    return gap / spread, size, float(2 * stats.norm.sf(abs(z)))


def _check_table(
    units: pd.DataFrame, arm: str, control: str, shares: Mapping[str, float], covariates: Sequence[str]
) -> None:
    problems = check_columns(units, [arm, *covariates], _("the units"))
    problems += [
        _("{name}: holds {dtype}, must be numbers or flags.", name=name, dtype=units[name].dtype)
        for name in covariates
        if name in units.columns
        and not pd.api.types.is_numeric_dtype(units[name])
        and not pd.api.types.is_bool_dtype(units[name])
    ]
    if control not in shares:
        problems.append(
            _(
                "control {control} is none of the planned arms: {shares}.",
                control=repr(control),
                shares=_(", ").join(shares),
            )
        )
    if any(not 0 < share < 1 for share in shares.values()) or abs(sum(shares.values()) - 1) > 1e-9:  # noqa: PLR2004
        problems.append(_("the planned shares must be above 0 and add up to 1."))
    if arm in units.columns:
        counts = units[arm].value_counts()
        strange = [str(name) for name in counts.index if name not in shares]
        if strange:
            problems.append(
                _(
                    "{arm}: not planned: {strange}. Add their shares, or remove them.",
                    arm=arm,
                    strange=_(", ").join(strange),
                )
            )
        problems += [
            _(
                "{arm}: {name} holds {counts} units, must hold 2 or more.",
                arm=arm,
                name=name,
                counts=counts.get(name, 0),
            )
            for name in shares
            if counts.get(name, 0) < 2  # noqa: PLR2004
        ]
    if problems:
        raise DataError(_("The balance of the arms cannot be checked"), problems)
