"""What a winner is worth, given that it had to win to be called one (the winner's curse, V1)."""

import numpy as np
from scipy import optimize, special

from leadline.intervals import LEVEL, Estimate

_FARTHEST = 40.0


def correct_winner(
    value: float, error: float, *, threshold: float, arms: int = 1, level: float = LEVEL
) -> Estimate:
    """Estimate an effect without the luck that made it significant.

    Of all runs of the test only those are looked at in which this effect, too, would have been called
    significant: there the statistic follows a normal distribution without its middle. The value is the effect
    under which what was seen has even odds of being exceeded (median-unbiased), the interval holds those
    under which it lies in no tail. Source: Zhong & Prentice (2008, Biostatistics 9:621-634).

    Where the best of several arms is told, the interval is Bonferroni's for all of them: it holds for
    whichever came out best, in at least the share ``level`` of the tests that find a winner. The value is not
    corrected for having been the best.

    Parameters
    ----------
    value, error
        The effect in the good direction, above 0, and its standard error.
    threshold
        Least z that was called significant, on either side of 0.
    arms
        How many arms the winner is the best of.
    """
    seen = value / error
    cut = min(threshold, seen)

    def above(effect: float) -> float:
        """Chance of a statistic at or above the one seen among significant ones, under an effect."""
        tails = np.logaddexp(special.log_ndtr(effect - cut), special.log_ndtr(-effect - cut))
        return float(np.exp(special.log_ndtr(effect - seen) - tails))

    def find(chance: float) -> float:
        low, high = seen - _FARTHEST, seen + _FARTHEST
        return error * float(optimize.brentq(lambda at: above(at) - chance, low, high, xtol=1e-10))

    tail = (1 - level) / 2 / arms
    return Estimate(find(0.5), find(tail), find(1 - tail))
