"""A value and its interval, and the interval of a share."""

from typing import NamedTuple

from scipy import stats

LEVEL = 0.95


class Estimate(NamedTuple):
    """A value and its interval."""

    value: float
    lower: float
    upper: float


def wilson_interval(successes: float, trials: float, level: float = LEVEL) -> Estimate:
    """Share of ``successes`` with the score interval of Wilson (1927, JASA 22:209-212).

    Stays inside 0 to 1 and keeps its coverage for small counts, where the plain normal interval fails. Counts
    may be fractions: an effective number of respondents.
    """
    if trials <= 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    z = float(stats.norm.ppf(0.5 + level / 2))
    share = successes / trials
    shrink = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / shrink
    half = float(z * (share * (1 - share) / trials + z * z / (4 * trials**2)) ** 0.5) / shrink
    lower = centre - half if successes > 0 else 0.0  # exactly, for rounding would leave a trace above 0
    upper = centre + half if successes < trials else 1.0
    return Estimate(share, max(0.0, lower), min(1.0, upper))
