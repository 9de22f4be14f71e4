"""How strongly a column differs between segments: effect sizes of the population, with intervals."""

import numpy as np
from scipy import optimize, special

from leadline.intervals import LEVEL, Estimate

_LOW, _HIGH = 0.5 + LEVEL / 2, 0.5 - LEVEL / 2
_ENOUGH = 9_000.0  # beyond it the noncentral F of SciPy is not exact; the normal approximation is


def estimate_cramers_v(chi_square: float, freedom: int, count: int, smaller_side: int) -> Estimate:
    """Cramér's V of the population.

    The estimate takes off what chance adds (Bergsma 2013, Journal of the Korean Statistical Society
    42:323-328, without his second-order term for the sides); the interval turns the noncentral chi-square
    round (Smithson 2003, *Confidence Intervals*, ch. 4).
    """
    scale = count * (smaller_side - 1)
    ends = [_invert_chi_square(chi_square, freedom, level) for level in (_LOW, _HIGH)]
    value = np.sqrt(max(0.0, chi_square - freedom) / scale)
    lower, upper = (min(1.0, float(np.sqrt(end / scale))) for end in ends)
    return Estimate(min(1.0, float(value)), lower, upper)


def estimate_eta_square(ratio: float, freedom: tuple[int, int]) -> Estimate:
    """Share of the variance between groups in the population.

    The estimate is epsilon² (Kelley 1935, PNAS 21:554-559), eta² less what chance adds; the interval turns
    the noncentral F round (Steiger 2004, Psychological Methods 9:164-182). For ranks: of their variance.
    """
    between, within = freedom
    count = between + within + 1
    eta = between * ratio / (between * ratio + within)
    value = max(0.0, 1 - (1 - eta) * (count - 1) / within)
    ends = [_invert_ratio(ratio, freedom, level) for level in (_LOW, _HIGH)]
    lower, upper = (end / (end + count) for end in ends)
    return Estimate(value, float(lower), float(upper))


def _invert_chi_square(value: float, freedom: int, level: float) -> float:
    if special.chdtr(freedom, value) <= level:
        return 0.0
    return float(special.chndtrinc(value, freedom, level))


def _invert_ratio(ratio: float, freedom: tuple[int, int], level: float) -> float:
    between, within = freedom
    if special.fdtr(between, within, ratio) <= level:
        return 0.0
    centre = between * ratio
    spread = np.sqrt(2 * between + 4 * centre + 2 * centre**2 / within)
    if centre > _ENOUGH:
        return float(max(0.0, centre - between - special.ndtri(level) * spread))
    highest = centre + 10 * spread + 20
    return float(
        optimize.brentq(lambda end: special.ncfdtr(between, within, end, ratio) - level, 0.0, highest)
    )
