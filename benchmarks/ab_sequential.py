"""What sequential tests promise, over simulated tests with 20 looks; 20,000 of each kind.

Bars: an error of at most 5% plus two Monte-Carlo standard errors for every test that may be looked at,
skewed revenue (most buy nothing, the rest by a lognormal) included; at least 95% less two standard errors
of intervals that hold the truth; power beside the test without looks of at least 95% (O'Brien-Fleming),
80% (Pocock) and 50% (confidence sequence). Uncorrected peeking is shown for contrast. Looks are one batch
of units apart in both arms; the first is the one that `monitor_experiment` would allow. Arms of 4 to 1 are
shown without a bar: there skewness does not cancel.
"""

import argparse
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from leadline.evaluate.monitoring.confidence_sequence import mixture_boundary, tune_rho
from leadline.evaluate.monitoring.group_sequential import chance_as_extreme
from leadline.evaluate.monitoring.looks import CONTRIBUTORS
from leadline.evaluate.monitoring.spending import SPENDING, Boundaries, find_boundaries

FloatArray = npt.NDArray[np.float64]
LOOKS, BATCH, LEVEL = 20, 3_000, 0.05
FRACTIONS = np.arange(1, LOOKS + 1) / LOOKS
#: Power of the test without looks at the effects that are simulated.
POWER = 0.8
BUYS, SPREAD = 0.05, 1.0
FLOORS = {"obrien_fleming": 0.95, "pocock": 0.80, "confidence sequence": 0.50}
_GRID, _FEWEST_RUNS = 15, 20


class Metric(NamedTuple):
    """A kind of metric: units of treated and control a look, mean and standard deviation of a unit."""

    name: str
    treated: int
    control: int
    mean: float
    deviation: float

    @property
    def first(self) -> int:
        """Place of the first look that is allowed."""
        contributors = min(self.treated, self.control) / (1 + (self.deviation / self.mean) ** 2)
        return max(0, int(np.ceil(CONTRIBUTORS / contributors)) - 1)


_MEAN = np.exp(SPREAD**2 / 2)
_REVENUE = float(np.sqrt(BUYS * np.exp(2 * SPREAD**2) - (BUYS * _MEAN) ** 2))
METRICS = (
    Metric("normal", BATCH, BATCH, 1.0, 1.0),
    Metric("conversion of 5%", BATCH, BATCH, BUYS, float(np.sqrt(BUYS * (1 - BUYS)))),
    Metric("revenue, 5% buy", BATCH, BATCH, BUYS * _MEAN, _REVENUE),
    Metric("revenue, arms 4 to 1", 2 * BATCH * 4 // 5, 2 * BATCH // 5, BUYS * _MEAN, _REVENUE),
)


def draw_batch(
    metric: Metric, units: int, runs: int, effect: float, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Sum and sum of squares of a batch in each run; the effect is added to the mean."""
    if metric.name == "normal":
        mean = effect + rng.normal(0, 1 / np.sqrt(units), runs)
        return units * mean, units * mean**2 + rng.chisquare(units - 1, runs)
    if metric.name.startswith("conversion"):
        yes = rng.binomial(units, BUYS + effect, runs).astype(float)
        return yes, yes
    buyers = rng.binomial(units, BUYS, runs)
    spend = rng.lognormal(0, SPREAD, (runs, int(buyers.max()))) * (1 + effect / (BUYS * _MEAN))
    spend[np.arange(spend.shape[1]) >= buyers[:, None]] = 0.0
    return spend.sum(axis=1), (spend**2).sum(axis=1)


def simulate(
    metric: Metric, effect: float, runs: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Differences and their standard errors, shape (runs, looks)."""
    sums, squares, counts = np.zeros((2, runs)), np.zeros((2, runs)), np.zeros(2)
    differences, errors = np.empty((runs, LOOKS)), np.empty((runs, LOOKS))
    for look in range(LOOKS):
        for arm, (units, shift) in enumerate([(metric.treated, effect), (metric.control, 0.0)]):
            added, added_squares = draw_batch(metric, units, runs, shift, rng)
            sums[arm] += added
            squares[arm] += added_squares
            counts[arm] += units
        means = sums / counts[:, None]
        variances = (squares - counts[:, None] * means**2) / (counts[:, None] - 1) / counts[:, None]
        differences[:, look], errors[:, look] = means[0] - means[1], np.sqrt(variances.sum(axis=0))
    return differences[:, metric.first :], errors[:, metric.first :]


def bound_looks(metric: Metric) -> dict[str, FloatArray]:
    """Name → how many standard errors each look must reach."""
    effective = 4 / (1 / metric.treated + 1 / metric.control) * np.arange(metric.first + 1, LOOKS + 1)
    rho = tune_rho(effective[-1], LEVEL)
    times = list(FRACTIONS[metric.first :])
    return {
        **{name: find_boundaries(times, spending=SPENDING[name]).upper for name in SPENDING},
        "confidence sequence": mixture_boundary(effective, rho=rho, alpha=LEVEL),
        "uncorrected": np.full(len(effective), stats.norm.isf(LEVEL / 2)),
    }


def find_limits(bounds: Boundaries, look: int, z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """95% limits of the drift by the stagewise ordering, for those who stopped at a look with these Z."""
    grid = np.linspace(z.min() - 1e-6, z.max() + 1e-6, _GRID)

    def limit(value: float, chance: float) -> float:
        root = np.sqrt(bounds.fractions[look - 1])
        centre, reach = value / root, 12 / root

        def excess(drift: float) -> float:
            return chance_as_extreme(bounds, value, look, drift) - chance

        return float(optimize.brentq(excess, min(centre, 0) - reach, max(centre, 0) + reach, xtol=1e-5))

    lower, upper = (np.array([limit(value, chance) for value in grid]) for chance in (0.025, 0.975))
    return np.interp(z, grid, lower), np.interp(z, grid, upper)


def cover_stagewise(name: str, z: FloatArray, errors: FloatArray, truth: float) -> float:
    """Share of stopped tests whose stagewise interval holds the truth."""
    times = FRACTIONS[-z.shape[1] :]
    bounds = find_boundaries(list(times), spending=SPENDING[name])
    crossed = np.abs(z) >= bounds.upper
    stops = np.where(crossed.any(axis=1), crossed.argmax(axis=1), len(times) - 1) + 1
    covered = total = 0
    for look in np.unique(stops):
        rows = stops == look
        if rows.sum() < _FEWEST_RUNS:  # too few for a grid of their own, and of no weight
            continue
        lower, upper = find_limits(bounds, int(look), z[rows, look - 1])
        drift = truth / errors[rows, look - 1] / np.sqrt(times[look - 1])
        covered += int(((lower <= drift) & (drift <= upper)).sum())
        total += int(rows.sum())
    return covered / total


def tell(share: float, runs: int, *, most: float | None = None, least: float | None = None) -> str:
    slack = 2 * np.sqrt(LEVEL * (1 - LEVEL) / runs)
    is_missed = (most is not None and share > most + slack) or (least is not None and share < least - slack)
    return f"{share:.2%}{' MISSED' if is_missed else ''}"


def judge(metric: Metric, runs: int, rng: np.random.Generator) -> None:
    """Print what each test does with one kind of metric."""
    has_bar = metric.treated == metric.control
    bounds = bound_looks(metric)
    precision = metric.deviation * np.sqrt((1 / metric.treated + 1 / metric.control) / LOOKS)
    effect = float((stats.norm.isf(LEVEL / 2) + stats.norm.ppf(POWER)) * precision)
    null, null_errors = simulate(metric, 0.0, runs, rng)
    true, true_errors = simulate(metric, effect, runs, rng)
    limit = bounds["uncorrected"][-1]
    fixed_error = float((np.abs(null[:, -1] / null_errors[:, -1]) >= limit).mean())
    fixed_power = float((np.abs(true[:, -1] / true_errors[:, -1]) >= limit).mean())
    print(f"\n{metric.name}, {LOOKS - metric.first} looks; without looks: ", end="")
    print(f"error {fixed_error:.2%}, power {fixed_power:.1%}")
    for name, bound in bounds.items():
        error = float((np.abs(null / null_errors) >= bound).any(axis=1).mean())
        if name == "uncorrected":
            print(f"  {name:20} error {error:.2%}", flush=True)
            continue
        stops = np.abs(true / true_errors) >= bound
        ratio = float(stops.any(axis=1).mean() / fixed_power)
        held = float((np.abs(true - effect) <= bound * true_errors).all(axis=1).mean())
        used = np.where(stops.any(axis=1), stops.argmax(axis=1) + 1 + metric.first, LOOKS).mean() / LOOKS
        told = [
            f"error {tell(error, runs, most=LEVEL if has_bar else None)}",
            f"holds at every look {tell(held, runs, least=1 - LEVEL if has_bar else None)}",
            f"power {ratio:.1%} of it{' MISSED' if ratio < FLOORS[name] else ''}",
            f"{used:.0%} of the units",
        ]
        if name in SPENDING:
            after = cover_stagewise(name, true / true_errors, true_errors, effect)
            told.append(f"after the stop {tell(after, runs, least=1 - LEVEL if has_bar else None)}")
        print(f"  {name:20} {', '.join(told)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2_103)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    print(f"{options.runs:,} runs, {LOOKS} looks of {2 * BATCH:,} units, seed {options.seed}")
    for metric in METRICS:
        judge(metric, options.runs, rng)


if __name__ == "__main__":
    main()
