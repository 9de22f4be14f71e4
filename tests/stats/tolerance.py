"""When a measured rate is near enough to what was promised: the whole interval of it in the band.

An equivalence rule: a point as the target would fail true methods once the tries are many (Wilson's interval
of a list of 200 covers 95.6%), and a band without the interval would pass on luck.
"""

from typing import NamedTuple

from scipy import stats


class Band(NamedTuple):
    """Where a rate must lie."""

    lower: float
    upper: float

    def __str__(self) -> str:
        return f"band {self.lower:.4g} to {self.upper:.4g}"


FALSE_POSITIVE = Band(0.04, 0.06)
AT_MOST_5_PERCENT = Band(0.0, 0.06)
COVERAGE = Band(0.935, 0.965)
AT_LEAST_95_PERCENT = Band(0.935, 1.0)
POWER = Band(0.785, 0.82)
MISMATCH = Band(0.0008, 0.0012)


class Rate(NamedTuple):
    """A rate and its 99.9% interval (Clopper & Pearson 1934); without tries it was worked out exactly."""

    value: float
    lower: float
    upper: float
    tries: int = 0

    def is_in(self, band: Band) -> bool:
        """Whether the whole interval lies in the band."""
        return band.lower <= self.lower and self.upper <= band.upper

    def tell(self, band: Band) -> str:
        """Say what was measured."""
        if not self.tries:
            return f"{self.value:.4%} by enumeration, {band}"
        return f"{self.value:.2%} [{self.lower:.2%}, {self.upper:.2%}], {band}, N {self.tries:,}"


def count_rate(hits: int, tries: int) -> Rate:
    """Rate of hits among simulated tries."""
    lower, upper = stats.binomtest(int(hits), tries).proportion_ci(0.999, method="exact")
    return Rate(hits / tries, float(lower), float(upper), tries)


def know_rate(value: float) -> Rate:
    """Rate that was worked out."""
    return Rate(value, value, value)
