"""Whether the arms were alike before the start: covariates by arm, from their moments."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from leadline.evaluate.estimates.moments import read_moments
from leadline.features.experiment.scan import ARM, ExperimentScan
from leadline.holm import correct_holm


class Imbalance(NamedTuple):
    """A covariate in an arm beside the control.

    ``standardised`` is the difference of means in standard deviations (the root of the two arms' mean
    variance); ``p_adjusted`` is of no difference, by Holm over covariates × arms.
    """

    covariate: str
    arm: str
    standardised: float
    p_adjusted: float


def compare_covariates(scan: ExperimentScan) -> list[Imbalance]:
    """Compare each covariate's mean between each arm and the control, on the units of the fullest metric.

    Standardised differences: Austin 2009, Statistics in Medicine 28:3083-3107. In a randomised test they
    differ by chance alone, more in small ones; the p-value tells when chance does not explain them.
    A covariate without spread takes no part.
    """
    told = max(scan.moments.values(), key=lambda one: one.frame["count"].sum(), default=None)
    if told is None or not told.covariates:
        return []
    moments = read_moments(told.frame, by=scan.by, columns=told.columns, ddof=told.ddof).merge([ARM])
    place = {arm: row for row, arm in enumerate(moments.cells[ARM])}
    found, p_values = [], []
    for name in told.covariates:
        column = moments.place(name)
        means = moments.means[:, column]
        variances = moments.comoments[:, column, column] / np.maximum(moments.count - 1, 1)
        for arm in scan.arms[1:]:
            if arm not in place or scan.arms[0] not in place:
                continue
            rows = [place[arm], place[scan.arms[0]]]
            if not variances[rows].sum() > 0 or not (moments.count[rows] > 1).all():
                continue
            apart = float(means[rows[0]] - means[rows[1]])
            error = float(np.sqrt((variances[rows] / moments.count[rows]).sum()))
            found.append((name, arm, apart / float(np.sqrt(variances[rows].mean()))))
            p_values.append(2 * float(stats.norm.sf(abs(apart) / error)))
    return [
        Imbalance(*one, float(p_value)) for one, p_value in zip(found, correct_holm(p_values), strict=True)
    ]
