"""Whether the interaction test, shrunken effects and money of a test keep their word, in 10,000 runs each.

1. The interaction test calls one effect several in at most 5% + 2 Monte-Carlo standard errors: conversions
   and zero-inflated lognormal revenue, few and many groups, even and uneven, with and without an effect;
   Cochran's Q with inverse variances beside it, on the same runs.
2. Intervals of profit hold the true one in 94 to 96%: conversions, revenue, revenue less a cost that goes
   with it; the widest interval in 95% or more; of return on a measured cost (Fieller) in 94 to 96%.
3. Intervals of shrunken effects hold the true ones in 95% (average over groups), whatever their spread, and
   are nearer to them than the effects as measured.
"""

import argparse
from collections.abc import Callable

import numpy as np
from scipy import special

from leadline.evaluate.estimates.effects import ArmEstimate
from leadline.evaluate.judging.interaction import find_errors, find_interaction, shrink_effects
from leadline.evaluate.judging.money_gain import Joint, count_fixed, count_measured
from leadline.evaluate.judging.pairs import Pair

SEED = 20_260
SIGMA, BUYERS, ALPHA = 1.2, 0.1, 0.05
Draw = Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]]


def draw_shares(
    units: np.ndarray, rate: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return difference and variance of a unit of each group (rate: groups × 2)."""
    share = rng.binomial(units, rate) / units
    return share[:, 0] - share[:, 1], share * (1 - share) * units / (units - 1)


def draw_revenue(
    units: np.ndarray, scale: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the same of revenue, 0 for nine in ten and lognormal for the others (scale: a group's level)."""
    group = np.repeat(np.arange(units.size), rng.binomial(units, BUYERS).ravel())
    value = np.exp(SIGMA * rng.standard_normal(len(group))) * np.repeat(scale, 2)[group]
    total = np.bincount(group, value, minlength=units.size)
    squares = np.bincount(group, value**2, minlength=units.size)
    size = units.ravel()
    mean = total / size
    spread = (squares - total * mean) / (size - 1)
    mean = mean.reshape(-1, 2)
    return mean[:, 0] - mean[:, 1], spread.reshape(-1, 2)


def plan_tests(rng: np.random.Generator) -> dict[str, tuple[np.ndarray, Draw]]:
    """Name each case: units, and a draw without interaction."""
    few = np.full((4, 2), 500)
    eight = np.column_stack([np.geomspace(150, 6_000, 8), np.geomspace(150, 6_000, 8) / 4]).astype(int)
    forty = rng.integers(30, 300, (40, 2))
    many = rng.integers(20, 60, (500, 2))
    rates = {len(units): rng.uniform(0.01, 0.15, (len(units), 1)) for units in (few, eight, forty, many)}
    cases: dict[str, tuple[np.ndarray, Draw]] = {}
    for name, units in (("4 even", few), ("8 uneven", eight), ("40 small", forty), ("500 tiny", many)):
        rate = rates[len(units)]
        level = rng.uniform(0.3, 3.0, len(units))
        cases[f"conversion, no effect, {name}"] = (
            units,
            lambda rng, units=units, rate=rate: draw_shares(units, rate, rng),
        )
        lifted = np.hstack([rate + 0.05, rate])
        cases[f"conversion, +5 points, {name}"] = (
            units,
            lambda rng, units=units, rate=lifted: draw_shares(units, rate, rng),
        )
        cases[f"revenue, no effect, {name}"] = (
            units,
            lambda rng, units=units, level=level: draw_revenue(units, level, rng),
        )
    return cases


def test_interactions(runs: int) -> None:
    print(f"Interaction test, {runs:,} runs: share of p < 0.05 where effects are one (Cochran's Q beside it)")
    bar = ALPHA + 2 * np.sqrt(ALPHA * (1 - ALPHA) / runs)
    for name, (units, draw) in plan_tests(np.random.default_rng(SEED)).items():
        rng = np.random.default_rng(SEED + 1)
        size = units.astype(float)
        called = plain = 0
        for _run in range(runs):
            difference, spread = draw(rng)
            called += find_interaction(difference, spread, size).p_value < ALPHA
            variance = np.maximum((spread / size).sum(axis=1), 1e-12)
            centre = np.average(difference, weights=1 / variance)
            cochran = ((difference - centre) ** 2 / variance).sum()
            plain += special.chdtrc(len(units) - 1, cochran) < ALPHA
        mark = "ok" if called / runs <= bar else f"above {bar:.4f}"
        print(f"  {name:36} {called / runs:.4f}   Q {plain / runs:.4f}   {mark}")


def cover_shrunken(runs: int) -> None:
    print("Shrunken effects: coverage of 95% intervals, squared error beside the effects as measured")
    for groups in (3, 8, 20):
        for times in (0.0, 1.0, 2.0):
            rng = np.random.default_rng(SEED + groups)
            units = np.geomspace(400, 4_000, groups)[:, None] * np.array([1.0, 0.5])
            rate = 0.10
            tau = times * np.sqrt(np.median(rate * (1 - rate) * (1 / units).sum(axis=1)))
            tau = min(tau, 0.03)
            size = units.astype(int)
            held, error, plain = 0.0, 0.0, 0.0
            for _run in range(runs):
                true = 0.02 + tau * rng.normal(size=groups)
                chance = np.clip(np.column_stack([rate + true, np.full(groups, rate)]), 0.001, 0.999)
                difference, spread = draw_shares(size, chance, rng)
                true = chance[:, 0] - chance[:, 1]
                found = shrink_effects(difference, find_errors(spread, size.astype(float)))
                held += np.mean((found.lower <= true) & (true <= found.upper))
                error += np.mean((found.value - true) ** 2)
                plain += np.mean((difference - true) ** 2)
            told = f"{held / runs:.4f}, error {error / plain:.2f}"
            print(f"  {groups:3} groups, spread {100 * tau:.2f} points: {told}")


def estimate(values: np.ndarray) -> list[ArmEstimate]:
    """Estimate each row's mean."""
    size = values.shape[1]
    pairs = zip(values.mean(axis=1), values.var(axis=1, ddof=1) / size, strict=True)
    return [ArmEstimate(float(mean), float(variance), size) for mean, variance in pairs]


def cover_money(runs: int) -> None:
    print("Money: coverage of 95% intervals of profit and return, 2,000 contacted and 1,000 held out")
    rng = np.random.default_rng(SEED + 5)
    sizes, cost, keep = (2_000, 1_000), 0.3, 0.5
    held = dict.fromkeys(
        ["conversion × value", "revenue", "revenue less measured cost", "the widest", "return (Fieller)"], 0
    )
    mean = np.exp(SIGMA**2 / 2)
    chances = (0.15, 0.10)
    truth = keep * mean * (chances[0] - chances[1])
    spent = 0.1 + 0.2 * chances[0] + 0.05 * chances[0] * mean
    batch = 500
    done = 0
    while done < runs:
        arms = []
        for chance, size in zip(chances, sizes, strict=True):
            buys = rng.random((batch, size)) < chance
            arms.append((buys, np.where(buys, rng.lognormal(0, SIGMA, (batch, size)), 0.0)))
        spending = 0.1 + 0.2 * arms[0][0] + 0.05 * arms[0][1]  # only contacts cost, more where they sell
        value = [estimate(keep * revenue) for _buys, revenue in arms]
        outlay = estimate(spending)
        joint = [estimate(keep * arms[0][1] - spending), value[1]]
        free = ArmEstimate(0.0, 0.0, sizes[1])
        for run in range(batch):
            yes = [int(buys[run].sum()) for buys, _revenue in arms]
            counts = (yes[0], sizes[0], yes[1], sizes[1])
            plain = {"units": sizes, "method": ""}
            shares = Pair(
                arm=ArmEstimate(yes[0] / sizes[0], 1, sizes[0]),
                control=ArmEstimate(yes[1] / sizes[1], 1, sizes[1]),
                counts=counts,
                **plain,
            )
            revenue = Pair(arm=value[0][run], control=value[1][run], **plain)
            costs = Pair(arm=outlay[run], control=free, **plain)
            sold = count_fixed(shares, 20.0, cost, 0.95)
            fixed = count_fixed(revenue, 1.0, cost, 0.95)
            both = count_measured(
                revenue,
                costs,
                Joint(joint[0][run], joint[1][run], 0.0),
                worth=1.0,
                contact_cost=0.0,
                level=0.95,
            )
            widest = count_measured(revenue, costs, None, worth=1.0, contact_cost=0.0, level=0.95)
            targets = (
                (sold.profit, 20 * (chances[0] - chances[1]) - cost),
                (fixed.profit, truth - cost),
                (both.profit, truth - spent),
                (widest.profit, truth - spent),
                (both.on_cost, truth / spent - 1),
            )
            for name, (found, true) in zip(held, targets, strict=True):
                held[name] += found.lower <= true <= found.upper
        done += batch
    for name, count in held.items():
        print(f"  {name:28} {count / done:.4f}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=10_000)
    given = asked.parse_args()
    print(f"{given.runs:,} runs a line, seed {SEED}")
    test_interactions(4 * given.runs)  # of a dozen lines one would else be above its bar by luck
    cover_money(given.runs)
    cover_shrunken(given.runs)


if __name__ == "__main__":
    main()
