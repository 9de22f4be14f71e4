"""Planted segments found, and none found in noise: the full form, 100 markets of each kind.

Each line is a kind of market: how often the number of segments was right (planted), or how often structure
was claimed (noise). Bars: at least 90 of 100 right where the separation is stated, at most 5 of 100 claims.
Separation is the distance of the two nearest centres, in standard deviations within a segment. Then the
speed of many small k-means against scikit-learn's, and of the mixtures against StepMix, in the same run.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

from leadline.target.segments import read_bases
from leadline.target.segments.evidence import weigh_fit
from leadline.target.segments.fit import fit_segments
from leadline.target.segments.latent import Design, fit_mixtures, lay_out
from leadline.target.segments.lloyd import fit_many
from leadline.target.segments.reference import measure_reference
from leadline.target.segments.stability import draw_samples

CUSTOMERS, COLUMNS, ANSWERS = 500, 6, 12
HALF, LEAST_DIFFERENT, YES, THRESHOLD = 0.5, 0.4, 0.4, 0.4
NUMBERS = range(2, 11)


def plant_numbers(segments: int, separation: float) -> Callable[[np.random.Generator], np.ndarray]:
    """Centres drawn at random, the two nearest at least ``separation`` apart; spread 1 within."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        while True:
            centres = rng.normal(size=(segments, COLUMNS)) * separation / np.sqrt(2)
            distances = np.linalg.norm(centres[:, None] - centres[None], axis=2)
            if distances[np.triu_indices(segments, 1)].min() >= separation:
                return centres[rng.integers(0, segments, CUSTOMERS)] + rng.normal(size=(CUSTOMERS, COLUMNS))

    return draw


def plant_answers(segments: int, chance: float) -> Callable[[np.random.Generator], np.ndarray]:
    """Each segment says yes with ``chance`` or no with it; any two differ in at least 40% of questions."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        while True:
            likely = rng.random((segments, ANSWERS)) < HALF
            differ = (likely[:, None] != likely[None]).mean(axis=2)
            if differ[np.triu_indices(segments, 1)].min() >= LEAST_DIFFERENT:
                chances = np.where(likely, chance, 1 - chance)[rng.integers(0, segments, CUSTOMERS)]
                return np.where(rng.random(chances.shape) < chances, "yes", "no")

    return draw


def correlate(rng: np.random.Generator) -> np.ndarray:
    return 0.8 * rng.normal(size=(CUSTOMERS, 1)) + 0.6 * rng.normal(size=(CUSTOMERS, COLUMNS))


PLANTED = {
    **{f"{k} segments of numbers, 4 apart": (k, plant_numbers(k, 4)) for k in (2, 3, 4, 6)},
    **{f"{k} segments of answers, 0.85": (k, plant_answers(k, 0.85)) for k in (3, 4, 5)},
}
NOISE = {
    "normal": lambda rng: rng.normal(size=(CUSTOMERS, COLUMNS)),
    "normal, correlated 0.64": correlate,
    "uniform": lambda rng: rng.random((CUSTOMERS, COLUMNS)),
    "lognormal, correlated": lambda rng: np.exp(0.7 * correlate(rng)),
    "long tails (t, 4 df)": lambda rng: rng.standard_t(4, size=(CUSTOMERS, COLUMNS)),
    "answers, independent": lambda rng: np.where(rng.random((CUSTOMERS, ANSWERS)) < YES, "yes", "no"),
    "answers of one trait": lambda rng: np.where(
        rng.normal(size=(CUSTOMERS, ANSWERS)) + rng.normal(size=(CUSTOMERS, 1)) > THRESHOLD, "yes", "no"
    ),
}


def count_kmeans(values: np.ndarray, rng: np.random.Generator) -> int:
    bases = read_bases(
        pd.DataFrame(values).add_prefix("c"), [f"c{place}" for place in range(values.shape[1])]
    )
    return measure_reference(bases, "kmeans", NUMBERS, clouds=20, pairs=0, rng=rng).natural


def count_classes(values: np.ndarray, rng: np.random.Generator) -> int:
    bases = read_bases(
        pd.DataFrame(values).add_prefix("c"), [f"c{place}" for place in range(values.shape[1])]
    )
    method = "mixed" if values.dtype.kind == "f" else "latent_class"
    criteria = [weigh_fit(fit_segments(bases, method, k, rng), len(values)).bic for k in range(1, 8)]
    return 1 + int(np.argmin(criteria))


def compare_speed() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(1_000, 8))
    bases = read_bases(pd.DataFrame(matrix).add_prefix("c"), [f"c{place}" for place in range(8)])
    counts = draw_samples(bases, 20, rng)
    started = time.process_time()
    fit_many(bases.matrix, counts.astype(float), 5, starts=3, rng=rng)
    ours, started = time.process_time() - started, time.process_time()
    for count in counts:
        KMeans(5, n_init=3, random_state=0).fit(bases.matrix, sample_weight=count)
    theirs = time.process_time() - started
    print(f"20 k-means of 1,000 × 8: {ours:.2f} s, scikit-learn {theirs:.2f} s, ratio {theirs / ours:.1f}")
    try:
        from stepmix import StepMix  # noqa: PLC0415 (compared only where it is installed)
    except ImportError:
        print("StepMix is not installed: no comparison")
        return
    answers = plant_answers(4, 0.8)(rng)
    bases = read_bases(pd.DataFrame(answers).add_prefix("c"), [f"c{place}" for place in range(ANSWERS)])
    design = lay_out(bases)
    rows, times = np.unique(design.matrix, axis=0, return_counts=True)
    started = time.process_time()
    design = Design(matrix=rows, answers=design.answers, numbers=design.numbers)
    fitted, _ = fit_mixtures(design, times[None].astype(float), 4, starts=10, rng=rng)
    ours, started = time.process_time() - started, time.process_time()
    other = StepMix(
        4,
        measurement="binary",
        n_init=10,
        abs_tol=1e-10,
        rel_tol=0,
        max_iter=20_000,
        random_state=0,
        progress_bar=0,
    )
    patterns, counts = np.unique(bases.readings, axis=0, return_counts=True)
    other.fit(patterns, sample_weight=counts.astype(float))
    theirs = time.process_time() - started
    print(
        f"latent classes of {len(rows):,} patterns: {ours:.2f} s, StepMix {theirs:.2f} s, ratio "
        f"{theirs / ours:.0f}; log-likelihoods {fitted.log_likelihoods[0]:.4f}, "
        f"{other.lower_bound_ * counts.sum():.4f}"
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--markets", type=int, default=100)
    asked.add_argument("--only", default="")
    given = asked.parse_args()
    compare_speed()
    for name, (truth, draw) in PLANTED.items():
        counters = [count_kmeans] if "numbers" in name else [count_kmeans, count_classes]
        for counter in counters:
            if given.only in f"{name} {counter.__name__}":
                found = run(draw, counter, given.markets)
                right = sum(number == truth for number in found)
                print(f"{name}, {counter.__name__}: {right} of {given.markets} right", flush=True)
    for name, draw in NOISE.items():
        for counter in [count_kmeans, *([count_classes] if name == "answers, independent" else [])]:
            if given.only in f"{name} {counter.__name__}":
                claims = sum(number > 1 for number in run(draw, counter, given.markets))
                print(
                    f"noise, {name}, {counter.__name__}: structure in {claims} of {given.markets}", flush=True
                )


def run(draw: Callable, counter: Callable, markets: int) -> list[int]:
    return [counter(draw(rng), rng) for rng in map(np.random.default_rng, range(markets))]


if __name__ == "__main__":
    main()
