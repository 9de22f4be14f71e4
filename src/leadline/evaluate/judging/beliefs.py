"""The Bayesian reading of every effect: how likely it is good, and what a wrong choice costs (V1)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from leadline.evaluate.estimates.beliefs import weigh_effect
from leadline.evaluate.judging.pairs import Pair
from leadline.evaluate.judging.units import find_units
from leadline.features.experiment.metric import Metric

COLUMNS = [
    "metric",
    "label",
    "arm",
    "prior",
    "belief",
    "belief_ci_lower",
    "belief_ci_upper",
    "is_better",
    "loss_if_chosen",
    "loss_if_not",
    "difference_unit",
]


def weigh_effects(
    metrics: Sequence[Metric], pairs: Mapping[str, Mapping[str, Pair]], *, prior_lift: float, level: float
) -> pd.DataFrame:
    """Join each effect with a prior about no effect, as wide as ``prior_lift`` times the control's value.

    Returns
    -------
    DataFrame
        One row a metric and arm: ``metric``, ``label``, ``arm``; in the unit of the difference ``prior``
        (standard deviation), ``belief`` with ``belief_ci_lower`` and ``belief_ci_upper``, ``loss_if_chosen``
        and ``loss_if_not`` (expected, 0 or more); ``is_better`` (probability of a change for the better).
        Missing where the control's value cannot be told from 0, or nothing varies.
    """
    rows = []
    reach = float(stats.norm.isf((1 - level) / 2))
    for metric in metrics:
        good = -1 if metric.falls_is_good else 1
        for arm, pair in pairs[metric.key].items():
            prior = prior_lift * abs(pair.control.value)
            told = {"metric": metric.key, "label": metric.label, "arm": arm, "prior": prior}
            told["difference_unit"] = find_units(metric).difference
            if pair.control.value**2 > reach**2 * pair.control.variance and pair.variance > 0:
                difference = pair.arm.value - pair.control.value
                found = weigh_effect(good * difference, pair.variance, prior=prior)
                half = found.error * reach
                told |= {
                    "belief": good * found.value,
                    "belief_ci_lower": good * found.value - half,
                    "belief_ci_upper": good * found.value + half,
                    "is_better": found.is_better,
                    "loss_if_chosen": found.loss_if_chosen,
                    "loss_if_not": found.loss_if_not,
                }
            rows.append(told)
    return pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(COLUMNS[3:-1], np.float64))
