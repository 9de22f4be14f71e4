"""Intervals that hold at every moment at once, however often one looks (system V7).

Asymptotic confidence sequences: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024, Annals of Statistics
52:2613-2640 (arXiv 2103.06476), theorem 2.2: the boundary of Robbins's normal mixture around an average whose
variance is estimated. No end and no looks need be planned; the price is a wider interval.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import lambertw

from leadline.errors import ParameterError
from leadline.language import N_, _

FloatArray = npt.NDArray[np.float64]

_HEADLINE = N_("The confidence sequence cannot be computed")
_FEWEST = 2  # units: one an arm


class ConfidenceSequence(NamedTuple):
    """One entry a look."""

    lower: FloatArray
    upper: FloatArray
    p_values: FloatArray
    """Always valid: the smallest up to and with the look, so a later interval may hold 0 and p be small."""


def tune_rho(units: float, alpha: float = 0.05) -> float:
    """Find the mixture whose interval is narrowest when ``units`` have been seen.

    Exactly: ``units rho² = -W(-alpha² / e) - 1`` with the lower branch of Lambert's W (Howard,
    Ramdas, McAuliffe & Sekhon 2021, Annals of Statistics 49:1055-1080, section 3.5; Waudby-Smith et al.,
    appendix). Fix it before the data are seen.

    Raises
    ------
    ParameterError
        If ``units`` is not above 1 or ``alpha`` not between 0 and 1.
    """
    problems = (
        []
        if 1 < units < math.inf
        else [_("units: {units} is not above 1. Give the number intended.", units=units)]
    )
    _refuse(problems + _check_alpha(alpha))
    return math.sqrt((-lambertw(-(alpha**2) / math.e, k=-1).real - 1) / units)


def mixture_boundary(units: npt.ArrayLike, *, rho: float, alpha: float = 0.05) -> FloatArray:
    """How many standard errors each way the interval reaches when ``units`` have been seen (two-sided).

    Raises
    ------
    ParameterError
        If ``rho`` is not above 0, ``alpha`` not between 0 and 1 or a count below 2.
    """
    seen = np.asarray(units, dtype=np.float64)
    _refuse(_check_rho(rho) + _check_alpha(alpha) + _check_units(seen))
    time = seen * rho**2
    return np.asarray(np.sqrt((time + 1) / time * (np.log1p(time) - 2 * math.log(alpha))))


def follow_difference(
    differences: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    units: npt.ArrayLike,
    *,
    rho: float,
    alpha: float = 0.05,
) -> ConfidenceSequence:
    """Follow a difference of means by intervals and p-values that hold at all looks together.

    The guarantee is asymptotic: the first look should have enough units for a normal approximation (skewed
    revenue: thousands), and units should enter the arms in steady proportions.

    Parameters
    ----------
    differences, standard_errors
        One entry a look, from all data up to that look.
    units
        Of all arms of the comparison together, up to the look: never fewer than at the look before.
    rho
        From ``tune_rho``, fixed before the data were seen.
    alpha
        Chance that any interval ever misses the difference.

    Raises
    ------
    ParameterError
        With every missing difference, error not above 0, count that falls or is below 2, and wrong parameter.
    """
    values, errors, seen = (
        np.atleast_1d(np.asarray(one, dtype=np.float64)) for one in (differences, standard_errors, units)
    )
    problems = _check_rho(rho) + _check_alpha(alpha) + _check_units(seen)
    if not len(values) == len(errors) == len(seen):
        problems.append(
            _(
                "{count} differences, {count_2} standard errors and {count_3} counts: one a look.",
                count=len(values),
                count_2=len(errors),
                count_3=len(seen),
            )
        )
    problems += _tell(~np.isfinite(values), _("the difference is missing or infinite"))
    problems += _tell(~(np.isfinite(errors) & (errors > 0)), _("the standard error is not above 0"))
    problems += _tell(
        np.diff(seen, prepend=0.0) < 0, _("there are fewer units than before: data were taken away")
    )
    _refuse(problems)
    half = errors * mixture_boundary(seen, rho=rho, alpha=alpha)
    time = seen * rho**2
    logs = np.log1p(time) / 2 - (values / errors) ** 2 * time / (2 * (time + 1))
    p_values = np.minimum.accumulate(np.exp(np.minimum(0.0, logs)))
    return ConfidenceSequence(values - half, values + half, p_values)


def _check_rho(rho: float) -> list[str]:
    return [] if 0 < rho < math.inf else [_("rho: {rho} is not above 0. Find it by tune_rho.", rho=rho)]


def _check_alpha(alpha: float) -> list[str]:
    return [] if 0 < alpha < 1 else [_("alpha: {alpha} is not between 0 and 1. Most use 0.05.", alpha=alpha)]


def _check_units(seen: FloatArray) -> list[str]:
    wrong = ~(np.isfinite(seen) & (seen >= _FEWEST))
    return _tell(np.atleast_1d(wrong), _("the number of units is missing or below 2"))


def _tell(wrong: npt.NDArray[np.bool_], what: str) -> list[str]:
    return [_("look {look}: {what}.", look=look, what=what) for look in np.flatnonzero(wrong) + 1]


def _refuse(problems: list[str]) -> None:
    if problems:
        raise ParameterError(_(_HEADLINE), problems)
