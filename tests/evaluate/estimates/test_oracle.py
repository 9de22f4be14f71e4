"""500 random tests beside tea-tasting 1.14, fed with pandas: the same numbers to nine digits."""

from itertools import combinations
from typing import Any

import ibis
import numpy as np
import pandas as pd
import tea_tasting as tt
from tea_tasting.aggr import Aggregates

from leadline.evaluate.estimates.effects import (
    ArmEstimate,
    Effect,
    estimate_mean,
    estimate_ratio,
    find_difference,
)
from leadline.evaluate.estimates.moments import Moments, read_moments
from leadline.features.experiment.moments import moment_features

CASES = 500
COLUMNS = ["spend", "orders", "before"]


def make_cases(rng: np.random.Generator) -> list[pd.DataFrame]:
    """Arms of unequal size, skewed values of any magnitude, covariates from useless to nearly the same."""
    cases = []
    for _case in range(CASES):
        size = int(rng.integers(12, 400))
        arm = rng.permutation(np.arange(size) < rng.integers(4, size - 3)).astype(int)
        orders = 1 + rng.poisson(rng.uniform(0.1, 5), size)
        before = rng.gamma(rng.uniform(0.3, 4), 1, size)
        noise = rng.lognormal(0, rng.uniform(0.1, 1.5), size)
        scale = 10.0 ** rng.integers(-3, 6)
        spend = scale * (rng.uniform(0, 3) * before + noise + rng.uniform(-0.2, 0.5) * arm)
        cases.append(pd.DataFrame({"variant": arm, "spend": spend, "orders": orders, "before": before}))
    return cases


def read_all(cases: list[pd.DataFrame]) -> Moments:
    units = pd.concat([case.assign(test=number) for number, case in enumerate(cases)])
    by = ["test", "variant"]
    frame = moment_features(ibis.memtable(units), by=by, columns=COLUMNS).to_pyarrow().to_pandas()
    return read_moments(frame, by=by, columns=COLUMNS)


def adjust_as_tea_tasting(arms: Moments) -> list[ArmEstimate]:
    """Adjust with the slope of all units about one mean; ours is that within arms, and differs little."""
    whole = arms.merge([])
    spend, before = whole.place("spend"), whole.place("before")
    slope = float(whole.comoments[0, spend, before] / whole.comoments[0, before, before])
    adjusted = arms.combine({"adjusted": {"spend": 1.0, "before": -slope}})
    centre = slope * float(whole.means[0, before])
    rows = [estimate_mean(adjusted.take(slice(row, row + 1)), "adjusted") for row in range(2)]
    return [row._replace(value=row.value + centre) for row in rows]


def put_on_log_scale(arm: ArmEstimate) -> ArmEstimate:
    return ArmEstimate(float(np.log(arm.value)), arm.variance / arm.value**2, arm.units)


def check(theirs: object, control: ArmEstimate, arm: ArmEstimate) -> None:
    found = find_difference(arm, control)
    ours = [control.value, arm.value, *found[:4], arm.value / control.value - 1]
    names = ["control", "treatment", "effect_size", "effect_size_ci_lower", "effect_size_ci_upper", "pvalue"]
    names += ["rel_effect_size"]
    if control.value > 0 and arm.value > 0:
        # Their relative interval is that of the logarithms' difference, by the same test.
        relative: Effect = find_difference(put_on_log_scale(arm), put_on_log_scale(control))
        ours += [np.expm1(relative.lower), np.expm1(relative.upper)]
        names += ["rel_effect_size_ci_lower", "rel_effect_size_ci_upper"]
    wanted = [getattr(theirs, name) for name in names]
    scale = max(abs(control.value), abs(arm.value))
    np.testing.assert_allclose(ours, wanted, rtol=1e-9, atol=1e-9 * min(1.0, scale))


METRICS = {
    "mean": tt.Mean("spend"),
    "adjusted": tt.Mean("spend", "before"),
    "ratio": tt.RatioOfMeans("spend", "orders"),
}
#: So many cases go all the way, from a frame; of the others pandas makes what it makes of frames.
WHOLE = 20


def aggregate(units: pd.DataFrame) -> Aggregates:
    covariance = units[COLUMNS].cov()
    return Aggregates(
        len(units),
        units[COLUMNS].mean().to_dict(),
        {name: covariance.loc[name, name] for name in COLUMNS},
        {pair: covariance.loc[pair] for pair in combinations(COLUMNS, 2)},
    )


def analyse(number: int, case: pd.DataFrame) -> dict[str, Any]:
    if number < WHOLE:
        return dict(tt.Experiment(METRICS).analyze(case))
    control, arm = (aggregate(case[case["variant"] == one]) for one in (0, 1))
    return {name: metric.analyze_aggregates(control, arm) for name, metric in METRICS.items()}


def test_random_cases_as_in_tea_tasting(rng: np.random.Generator) -> None:
    cases = make_cases(rng)
    moments = read_all(cases)
    for number, case in enumerate(cases):
        theirs = analyse(number, case)
        arms = moments.take(slice(2 * number, 2 * number + 2))
        each = [arms.take(slice(row, row + 1)) for row in range(2)]
        check(theirs["mean"], *(estimate_mean(arm, "spend") for arm in each))
        check(theirs["adjusted"], *adjust_as_tea_tasting(arms))
        check(theirs["ratio"], *(estimate_ratio(arm, "spend", "orders") for arm in each))
