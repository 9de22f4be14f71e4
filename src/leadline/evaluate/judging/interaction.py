"""Does an effect differ between groups, and by how much once chance is taken out? One test, one shrinkage."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from leadline.intervals import LEVEL

FloatArray = npt.NDArray[np.float64]
#: Units by which a group's variance is drawn to that of all: a group of few owes its own mostly to chance.
_PRIOR_UNITS = 20.0
#: The same for the weights of the test, which need not be right but should not go with the effects.
_WEIGHT_UNITS = 600.0
_GRID = 200
_TWO = 2
_STEPS = 26
_FARTHEST = 20.0


class Interaction(NamedTuple):
    """Test of no difference between groups: F, its degrees of freedom, the p-value."""

    statistic: float
    freedom: float
    error_freedom: float
    p_value: float


class Shrunken(NamedTuple):
    """Effects drawn to their mean: value and interval a group, and the median spread of true effects."""

    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    tau: float


def find_errors(spread: FloatArray, units: FloatArray) -> FloatArray:
    """Variance of each group's difference, from its own units and a little from those of all groups.

    A group in which nobody bought has no variance of its own to speak of; the variance of each side is
    therefore that of the group and of 20 units with the average variance of that side.

    Parameters
    ----------
    spread, units
        Variance of a unit and number of units, shape (groups, 2): arm and control.
    """
    own = np.maximum(units - 1, 0.0)
    average = (spread * own).sum(axis=0) / np.maximum(own.sum(axis=0), 1.0)
    drawn = (spread * own + _PRIOR_UNITS * average) / (own + _PRIOR_UNITS)
    return np.asarray((drawn / units).sum(axis=1), dtype=float)


def find_interaction(difference: FloatArray, spread: FloatArray, units: FloatArray) -> Interaction:
    """Test whether the effect is the same in all groups: one test, whatever their number.

    The weighted sum of squares of the groups' effects about their mean (Cochran's Q), divided by what it
    would be on average if all effects were one; its distribution is an F with the degrees of freedom of Box
    (1954, Annals of Mathematical Statistics 25:290-302; as the ANOVA-type statistic of Brunner, Dette & Munk
    1997, JASA 92:1494-1502). The expectation takes each group's own variance, so that the weights need not be
    right for the error rate to be; unlike Q with inverse variances it holds with thousands of small groups
    and where nobody bought in some. Of two groups it is Welch's t test of their two effects.

    Parameters
    ----------
    difference
        Arm less control, shape (groups,).
    spread, units
        Variance of a unit and number of units, shape (groups, 2): arm and control.
    """
    groups = len(difference)
    nothing = Interaction(np.nan, np.nan, np.nan, np.nan)
    variances = (spread / units).sum(axis=1)
    if groups == 1 or not variances.sum() > 0:
        return nothing
    weights = _find_weights(spread, units)
    total = weights.sum()
    centre = (weights * difference).sum() / total
    squares = float((weights * (difference - centre) ** 2).sum())
    parts = weights * (1 - weights / total)
    expected = float((parts * variances).sum())
    crossed = weights**2 * variances
    trace = float(((parts * variances) ** 2).sum() + (crossed.sum() ** 2 - (crossed**2).sum()) / total**2)
    loose = (parts[:, None] ** 2 * (spread / units) ** 2 / np.maximum(units - 1, 1.0)).sum()
    freedom = expected**2 / trace
    error_freedom = expected**2 / float(loose)
    statistic = squares / expected
    return Interaction(
        statistic, freedom, error_freedom, float(special.fdtrc(freedom, error_freedom, statistic))
    )


def shrink_effects(
    difference: FloatArray,
    variances: FloatArray,
    *,
    level: float = LEVEL,
    log_prior: Callable[[FloatArray], FloatArray] | None = None,
) -> Shrunken:
    """Draw the effects of groups to their mean, as far as they differ no more than chance makes them.

    Normal effects about a common mean, normal errors; mean with a flat prior, and the spread of true effects
    not fixed at an estimate (which is often 0, and would make intervals too short) but averaged over what the
    data leave open (Rubin 1981, Journal of Educational Statistics 6:377-401). The prior is flat on the square
    of the spread, which keeps the intervals' coverage (Morris & Lysy 2012, Statistical Science 27:115-134);
    of three groups it would not be proper and is flat on the spread. Two groups cannot tell how much groups
    differ: they stay as measured.

    Parameters
    ----------
    difference, variances
        Effect of each group and the variance of its error, shape (groups,).
    level
        Of the intervals.
    log_prior
        Logarithm of another prior density of the spread.
    """
    groups, tail = len(difference), (1 - level) / 2
    if groups == _TWO:
        reach = float(special.ndtri(1 - tail)) * np.sqrt(variances)
        return Shrunken(difference, difference - reach, difference + reach, np.nan)
    scale = float(np.sqrt(len(variances) / (1 / variances).sum()))
    # Even steps in tau / (tau + scale): fine where groups could differ by about their errors, and no end.
    share = (np.arange(_GRID) + 0.5) / _GRID
    tau = scale * share / (1 - share)
    prior = log_prior(tau) if log_prior else min(groups - 3, 1) * np.log(tau)
    weight = prior - 2 * np.log1p(-share)
    precision = 1 / (variances[:, None] + tau**2)
    total = precision.sum(axis=0)
    mean = (precision * difference[:, None]).sum(axis=0) / total
    residual = (precision * (difference[:, None] - mean) ** 2).sum(axis=0)
    weight = weight + 0.5 * (np.log(precision).sum(axis=0) - np.log(total) - residual)
    weight = np.exp(weight - special.logsumexp(weight))
    pull = variances[:, None] * precision
    centre = difference[:, None] + pull * (mean - difference[:, None])
    error = np.sqrt(tau**2 * pull + pull**2 / total)
    value = centre @ weight
    return Shrunken(
        value,
        _find_quantile(centre, error, weight, tail),
        _find_quantile(centre, error, weight, 1 - tail),
        float(tau[np.searchsorted(weight.cumsum(), 1 / 2)]),
    )


def _find_weights(spread: FloatArray, units: FloatArray) -> FloatArray:
    """Weights of the groups: as for one variance on both sides, so that they hardly depend on the effects."""
    own = np.maximum(units - 1, 0.0)
    pooled = (spread * own).sum(axis=1)
    average = pooled.sum() / own.sum()
    drawn = (pooled + _WEIGHT_UNITS * average) / (own.sum(axis=1) + _WEIGHT_UNITS)
    return np.asarray(1 / (drawn * (1 / units).sum(axis=1)), dtype=float)


def _find_quantile(centre: FloatArray, error: FloatArray, weight: FloatArray, share: float) -> FloatArray:
    """Quantile of each row's mixture of normals, by bisection of all rows at once."""
    used = weight > weight.max() * 1e-6
    centre, error, weight = centre[:, used], error[:, used], weight[used]
    lower = (centre - _FARTHEST * error).min(axis=1)
    upper = (centre + _FARTHEST * error).max(axis=1)
    for _step in range(_STEPS):
        middle = (lower + upper) / 2
        below = special.ndtr((middle[:, None] - centre) / error) @ weight < share
        lower, upper = np.where(below, middle, lower), np.where(below, upper, middle)
    return np.asarray((lower + upper) / 2, dtype=float)
