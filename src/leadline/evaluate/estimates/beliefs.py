"""How likely an effect is to be good, and what is lost on average if it is not: a Bayesian reading (V1)."""

from typing import NamedTuple

import numpy as np
from scipy import stats


class Belief(NamedTuple):
    """What to believe of an effect in the good direction after the data.

    Attributes
    ----------
    value, error
        Mean and standard deviation of the belief, in the unit of the effect.
    is_better
        Probability that the effect is above 0.
    loss_if_chosen
        What choosing the arm costs on average: the shortfall where it is worse, 0 where it is better.
    loss_if_not
        What staying with the control costs on average.
    """

    value: float
    error: float
    is_better: float
    loss_if_chosen: float
    loss_if_not: float


def weigh_effect(value: float, variance: float, *, prior: float = np.inf) -> Belief:
    """Join an estimate with a normal prior about no effect.

    Both are normal, so the belief is: its mean is weighted by precision (Gelman et al. 2013, *Bayesian Data
    Analysis*, 3rd ed., section 2.5), and the expected losses have a closed form (Stucchio 2015, *Bayesian A/B
    Testing at VWO*; the same as GrowthBook's).

    Parameters
    ----------
    value, variance
        Effect in the good direction, and the variance of that estimate, above 0.
    prior
        Standard deviation of the effects that were expected before; infinite for no opinion.
    """
    precision = 1 / variance + 1 / prior**2
    mean, spread = value / variance / precision, precision**-0.5
    z = mean / spread
    density, chance = float(stats.norm.pdf(z)), float(stats.norm.cdf(z))
    return Belief(
        value=mean,
        error=spread,
        is_better=chance,
        loss_if_chosen=max(0.0, spread * (density - z * float(stats.norm.sf(z)))),
        loss_if_not=max(0.0, spread * (density + z * chance)),
    )
