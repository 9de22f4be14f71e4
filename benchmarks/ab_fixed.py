"""Errors and coverage of every default test of a finished campaign, on 10,000 simulated ones each.

Bars: a test of an effect that is not there finds one in at most 5% plus two Monte-Carlo standard errors of
the campaigns; 95% intervals of an effect that is there hold it in 94 to 96% of them. Estimates are those of
the reports (`estimate_arms`, `compare_shares`, `find_difference`, `find_lift`, order statistics), on moments
of drawn units; revenue is 0 for most and lognormal for the others.
"""

import argparse
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from leadline.evaluate.estimates.arms import estimate_arms
from leadline.evaluate.estimates.effects import ArmEstimate, Effect, find_difference, find_lift
from leadline.evaluate.estimates.families import adjust_p_values
from leadline.evaluate.estimates.moments import Moments
from leadline.evaluate.estimates.shares import compare_shares, find_share_lift
from leadline.evaluate.estimates.winners import correct_winner
from leadline.features.experiment.quantiles import choose_ranks
from leadline.features.experiment.scan import ARM

RUNS, CHUNK, SEED = 10_000, 250, 20260101
_GRID = 1_500
LOW, HIGH, LEVEL = 0.94, 0.96, 0.95
ARMS = ["control", "arm"]
BUYS, SPREAD = 0.1, 1.0
#: Shares of the strata, their levels, and how much larger the effect is in each.
STRATA = ([0.5, 0.3, 0.2], [0.05, 0.10, 0.25], [0.5, 1.0, 2.0])


class Case(NamedTuple):
    """A kind of campaign: its name, draws of it, and the truth of difference and lift for an effect."""

    name: str
    draw: Callable[[np.random.Generator, float, int], Iterator[tuple[Effect, Effect | None]]]
    truth: Callable[[float], tuple[float, float]]
    effect: float
    is_barred: bool = True


def draw_revenue(rng: np.random.Generator, shape: tuple[int, ...], times: float = 1.0) -> np.ndarray:
    """Most buy nothing; the rest by a lognormal, of mean 1 over all."""
    worth = rng.lognormal(-(SPREAD**2) / 2, SPREAD, shape) / BUYS
    return np.where(rng.random(shape) < BUYS, times * worth, 0.0)


def shares(rate: float, units: int, control_units: int, *, is_barred: bool = True) -> Case:
    def draw(rng, effect, runs):
        yes = rng.binomial(units, rate * (1 + effect), runs)
        for one, other in zip(yes.tolist(), rng.binomial(control_units, rate, runs).tolist(), strict=True):
            lift = find_share_lift(one, units, other, control_units) if other else None
            yield compare_shares(one, units, other, control_units), lift

    name = f"share of {rate:.1%}, {units:,} and {control_units:,} units (Newcombe)"
    return Case(name, draw, lambda effect: (rate * effect, effect), 0.2, is_barred)


def take_moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means and co-moments of (runs, units, measures)."""
    means = values.mean(axis=1)
    apart = values - means[:, None]
    return means, np.einsum("rum,run->rmn", apart, apart)


def compare(
    cells: pd.DataFrame, parts: list[np.ndarray], columns: str, **how
) -> Iterator[tuple[Effect, Effect]]:
    """Compare the arms of each run; ``parts`` are the cells' units, (runs, units, measures) each."""
    told = [take_moments(part) for part in parts]
    count = np.array([part.shape[1] for part in parts], dtype=float)
    for run in range(len(parts[0])):
        means, comoments = (np.array([one[kind][run] for one in told]) for kind in (0, 1))
        moments = Moments(cells=cells, columns=tuple(columns), count=count, means=means, comoments=comoments)
        yield compare_moments(moments, **how)


def compare_moments(moments: Moments, **how) -> tuple[Effect, Effect]:
    found = estimate_arms(moments, ARMS, "y", **how)
    control, arm = found.estimates
    covariance = float(found.covariance[0, 1])
    return (
        find_difference(arm, control, covariance=covariance),
        find_lift(arm, control, covariance=covariance),
    )


def measures(
    name: str, units: tuple[int, int], columns: str, make: Callable, truth: Callable, *, is_barred=True, **how
) -> Case:
    """Return a case of two arms whose units ``make`` draws: (rng, (runs, units), effect) -> measures."""
    cells = pd.DataFrame({ARM: ARMS})

    def draw(rng, effect, runs):
        for start in range(0, runs, CHUNK):
            size = min(CHUNK, runs - start)
            parts = [make(rng, (size, units[place]), effect if place else 0.0) for place in (0, 1)]
            yield from compare(cells, parts, columns, **how)

    return Case(f"{name}, {units[1]:,} and {units[0]:,} units", draw, truth, 0.2, is_barred)


def make_revenue(rng, shape, effect):
    return draw_revenue(rng, shape, 1 + effect)[..., None]


def make_known(rng, shape, effect):
    """Revenue of those who bought before, too: the covariate is what they spent."""
    habit = rng.lognormal(-0.125, 0.5, shape)
    before = habit * draw_revenue(rng, shape)
    after = (0.5 * before + 0.5 * habit * draw_revenue(rng, shape)) * (1 + effect)
    return np.stack([after, before], axis=-1)


def make_orders(rng, shape, effect):
    """Orders of one customer are alike; most have few."""
    orders = 1.0 + rng.poisson(rng.gamma(1, 2, shape))
    habit = rng.lognormal(-0.125, 0.5, shape)
    spend = orders * habit * rng.gamma(4, 0.25, shape) * (1 + effect)
    return np.stack([spend, orders, habit * rng.lognormal(-0.125, 0.5, shape)], axis=-1)


def stratified(units: int) -> Case:
    """Post-stratified shares: strata of random size, with levels and effects of their own."""
    weights, levels, tilts = (np.array(one) for one in STRATA)
    cells = pd.DataFrame([(arm, stratum) for stratum in range(3) for arm in ARMS], columns=[ARM, "stratum"])

    def draw(rng, effect, runs):
        sizes = rng.multinomial(units, np.repeat(weights / 2, 2), runs)
        rates = np.column_stack([levels, levels * (1 + effect * tilts)]).ravel()
        yes = rng.binomial(sizes, rates)
        means = yes / sizes
        for count, mean in zip(sizes, means, strict=True):
            moments = Moments(
                cells=cells,
                columns=("y",),
                count=count.astype(float),
                means=mean[:, None],
                comoments=(count * mean * (1 - mean))[:, None, None],
            )
            yield compare_moments(moments)

    base = float(weights @ levels)
    change = float(weights @ (levels * tilts))
    return Case(
        f"post-stratified share of {base:.1%}, {units:,} units",
        draw,
        lambda effect: (change * effect, change * effect / base),
        0.2,
    )


def quantile(share: float, units: int) -> Case:
    ranks = choose_ranks(units, share)
    coverage = stats.binom.cdf(ranks[1] - 1, units, share) - stats.binom.cdf(ranks[0] - 1, units, share)
    width = 2 * stats.norm.isf((1 - coverage) / 2)

    def estimate(values):
        ordered = np.sort(values, axis=1)
        spread = (ordered[:, ranks[1] - 1] - ordered[:, ranks[0] - 1]) / width
        return np.quantile(ordered, share, axis=1), spread**2

    def draw(rng, effect, runs):
        for start in range(0, runs, CHUNK):
            size = (min(CHUNK, runs - start), units)
            each = [estimate(rng.lognormal(0, 1, size) * times) for times in (1 + effect, 1.0)]
            for arm, control in zip(zip(*each[0], strict=True), zip(*each[1], strict=True), strict=True):
                pair = [
                    ArmEstimate(float(value), float(variance), units) for value, variance in (arm, control)
                ]
                yield find_difference(*pair), find_lift(*pair)

    value = float(np.exp(stats.norm.ppf(share)))
    name = f"quantile {share:g} of spend, {units:,} and {units:,} units"
    return Case(name, draw, lambda effect: (value * effect, effect), 0.2)


def list_cases() -> list[Case]:
    plain = lambda effect: (effect, effect)  # noqa: E731 (the mean of the control is 1)
    ratio = lambda effect: (effect, effect)  # noqa: E731
    return [
        shares(0.10, 2_000, 2_000),
        shares(0.01, 2_000, 2_000),
        shares(0.01, 9_000, 1_000),
        shares(0.005, 2_000, 2_000, is_barred=False),
        measures("revenue", (2_000, 2_000), "y", make_revenue, plain),
        measures("revenue", (1_000, 4_000), "y", make_revenue, plain, is_barred=False),
        measures("revenue, CUPED", (2_000, 2_000), "yx", make_known, plain, covariates=["x"]),
        measures("spend per order", (1_000, 1_000), "ydx", make_orders, ratio, denominator="d"),
        measures(
            "spend per order, CUPED",
            (1_000, 1_000),
            "ydx",
            make_orders,
            ratio,
            denominator="d",
            covariates=["x"],
        ),
        stratified(4_000),
        quantile(0.5, 1_000),
        quantile(0.9, 1_000),
    ]


def bench_case(case: Case, runs: int) -> bool:
    rng = np.random.default_rng(SEED)
    false = sum(found.p_value <= 1 - LEVEL for found, _lift in case.draw(rng, 0.0, runs)) / runs
    difference, relative = case.truth(case.effect)
    inside, lifts = 0, []
    for found, lift in case.draw(rng, case.effect, runs):
        inside += found.lower <= difference <= found.upper
        if lift is not None:
            lifts.append(lift.lower <= relative <= lift.upper)
    covered, covered_lift = inside / runs, float(np.mean(lifts))
    bar = 1 - LEVEL + 2 * (LEVEL * (1 - LEVEL) / runs) ** 0.5
    is_good = false <= bar and LOW <= covered <= HIGH and LOW <= covered_lift <= HIGH
    mark = ("" if is_good else "  MISSED") if case.is_barred else "  (shown without a bar)"
    print(f"{case.name:58} {false:6.2%} {covered:8.2%} {covered_lift:8.2%}{mark}")
    return is_good or not case.is_barred


def bench_family(runs: int) -> bool:
    """Count false verdicts over four related metrics × two arms on one control, none with an effect."""
    rng = np.random.default_rng(SEED)
    root = np.linalg.cholesky(0.5 + 0.5 * np.eye(4))
    means = rng.normal(size=(runs, 3, 4)) @ root.T
    z = (means[:, 1:] - means[:, :1]) / 2**0.5
    p_values = 2 * stats.norm.sf(np.abs(z)).reshape(runs, -1)
    false = np.mean([adjust_p_values(one.tolist()).min() <= 1 - LEVEL for one in p_values])
    bar = 1 - LEVEL + 2 * (LEVEL * (1 - LEVEL) / runs) ** 0.5
    print(f"\nHolm over 4 metrics × 2 arms: any false verdict in {false:.2%} (bar {bar:.2%})")
    return bool(false <= bar)


def bench_guardrail(runs: int) -> bool:
    """Count how often complaints of 2% that are worse by just the margin of 25% are said to hold."""
    rng = np.random.default_rng(SEED)
    yes, other = rng.binomial(8_000, 0.025, runs).tolist(), rng.binomial(8_000, 0.02, runs).tolist()
    found = [compare_shares(a, 8_000, b, 8_000, times=1.25) for a, b in zip(yes, other, strict=True)]
    false = np.mean([one.value < 0 and one.p_value / 2 <= (1 - LEVEL) / 2 for one in found])
    bar = 0.025 + 2 * (0.025 * 0.975 / runs) ** 0.5
    print(f"Guardrail worse by just the margin: said to hold in {false:.2%} (bar {bar:.2%})")
    return bool(false <= bar)


def bench_winners(runs: int) -> bool:
    """Tell of tests with a winner how far off it is as seen and corrected, and whether the interval holds."""
    is_good = True
    print("\nWinners (effects in standard errors)       seen less truth   corrected   above truth   covered")
    for truth in ((1.0,), (2.0,), (3.0,), (1.0, 1.0), (3.0, 2.0)):
        rng = np.random.default_rng(SEED)
        threshold = float(stats.norm.isf((1 - LEVEL) / 2 / len(truth)))
        seen, true = [], []
        while len(seen) < runs:
            shape = (runs, len(truth))
            z = np.array(truth) + (rng.normal(size=shape) - rng.normal(size=(runs, 1))) / 2**0.5
            best = z.argmax(axis=1)
            top = z[np.arange(runs), best]
            seen += top[top > threshold].tolist()
            true += np.array(truth)[best[top > threshold]].tolist()
        values, effects = np.array(seen[:runs]), np.array(true[:runs])
        # Smooth in what was seen: corrected on a fine grid, and between its points.
        grid = np.linspace(threshold, values.max(), _GRID)
        told = [correct_winner(one, 1.0, threshold=threshold, arms=len(truth)) for one in grid]
        found = np.column_stack([np.interp(values, grid, one) for one in zip(*told, strict=True)])
        covered = float(np.mean((found[:, 1] <= effects) & (effects <= found[:, 2])))
        told = ", ".join(f"{one:g}" for one in truth)
        bias, left, above = (
            np.mean(values - effects),
            np.mean(found[:, 0] - effects),
            np.mean(found[:, 0] > effects),
        )
        print(f"{told:42} {bias:+15.2f} {left:+11.2f} {above:13.1%} {covered:9.1%}")
        is_good &= covered >= LEVEL - 2 * (LEVEL * (1 - LEVEL) / runs) ** 0.5
    return is_good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--only", default="", help="run the cases whose name has this in it, and no more")
    asked = parser.parse_args()
    runs = asked.runs
    bar = 1 - LEVEL + 2 * (LEVEL * (1 - LEVEL) / runs) ** 0.5
    print(f"{runs:,} campaigns each, seed {SEED}; bars: error at most {bar:.2%}, coverage 94% to 96%")
    print(f"{'':58} {'error':>6} {'covered':>8} {'lift':>8}")
    results = [bench_case(case, runs) for case in list_cases() if asked.only in case.name]
    if not asked.only:
        results += [bench_family(runs), bench_guardrail(runs), bench_winners(10 * runs)]
    raise SystemExit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
