"""What follows if a person subscribes: use, the months until it is given up, and what it contributes.

The retention model is the discrete-time hazard of Fader & Hardie (2007, Journal of Interactive Marketing
21(1):76-90) with the hazard of each person's use class; use is an ordered logit (McCullagh 1980,
Journal of the Royal Statistical Society B 42:109-142).
"""

from dataclasses import dataclass

import numpy as np

from leadline.market.parameters import MarketParameters
from leadline.market.truth import USES, Codes, Floats, Traits

#: Months over which a subscription is followed; `Life.months_kept` of those who stay is this number.
HORIZON_MONTHS = 12
LIGHT = USES.index("light")


@dataclass(frozen=True, eq=False, kw_only=True)
class Life:
    """What would follow a subscription of each person; shape (customers,).

    ``use`` is a code of `USES`. ``months_kept`` is 1 to 12; 12 also stands for those who stay longer.
    ``value_cny`` is the contribution of the months kept.
    """

    use: Codes
    months_kept: Codes
    value_cny: Floats


def draw_life(parameters: MarketParameters, traits: Traits, rng: np.random.Generator) -> Life:
    """Draw what would follow a subscription for everybody, whether they ever subscribe or not."""
    customers = len(traits.customer_id)
    use = _draw_use(parameters, traits, rng)
    months = _draw_months(parameters, traits, use, rng)
    monthly = np.array(
        [
            parameters.contribution_light,
            parameters.contribution_medium,
            parameters.contribution_heavy,
        ]
    )
    spread = parameters.contribution_spread
    person = np.exp(spread * rng.standard_normal(customers, dtype=np.float32) - spread**2 / 2)  # mean 1
    return Life(
        use=use,
        months_kept=months,
        value_cny=(monthly[use] * person * months).astype(np.float32),
    )


def _draw_use(parameters: MarketParameters, traits: Traits, rng: np.random.Generator) -> Codes:
    taste = (
        parameters.use_base
        + parameters.use_trades * np.log1p(traits.trades_per_month)
        + parameters.use_difficulty * traits.difficulty
        + parameters.use_pc * traits.has_pc_substitute
        + rng.logistic(size=len(traits.customer_id))
    )
    return np.asarray(np.searchsorted([0.0, parameters.use_heavy], taste), np.int8)


def _draw_months(parameters: MarketParameters, traits: Traits, use: Codes, rng: np.random.Generator) -> Codes:
    """Months until the first in which the hazard strikes, by inverting the geometric distribution."""
    at_mean = np.array([parameters.churn_light, parameters.churn_medium, parameters.churn_heavy])
    with np.errstate(divide="ignore"):  # a rate of 0 or 1 is allowed, and its logit infinite
        logit = np.log(at_mean / (1 - at_mean))[use] + parameters.churn_difficulty * traits.difficulty
        hazard = 1 / (1 + np.exp(-logit))
        months = np.log1p(-rng.random(len(use))) / np.log1p(-hazard)
    return np.asarray(1 + np.minimum(months, HORIZON_MONTHS - 1), np.int8)
