"""Planted segments found, and none found in noise: the full form, 100 markets of each kind.

Each line is a kind of market: how often the number of segments was right (planted), or how often structure
was claimed (noise). Bars: at least 90 of 100 right where the separation is stated, at most 5 of 100 claims.
Separation is the distance of the two nearest centres, in standard deviations within a segment. Then the
speed of many small k-means against scikit-learn's, and of the mixtures against StepMix, in the same run.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

from leadline.target.segments import read_bases
from leadline.target.segments.evidence import weigh_fit
from leadline.target.segments.fit import MODELS, Method, fit_segments
from leadline.target.segments.latent import Design, fit_mixtures, lay_out
from leadline.target.segments.lloyd import fit_many
from leadline.target.segments.reference import measure_reference
from leadline.target.segments.stability import draw_samples

CUSTOMERS, COLUMNS, ANSWERS = 500, 6, 12
HALF, LEAST_DIFFERENT, YES, THRESHOLD = 0.5, 0.4, 0.4, 0.4
NUMBERS = range(2, 11)


Table = np.ndarray | pd.DataFrame


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


def plant_both(segments: int, separation: float, chance: float) -> Callable[[np.random.Generator], Table]:
    """Half of the columns numbers, half of the questions, of the same segments."""

    def draw(rng: np.random.Generator) -> Table:
        while True:
            centres = rng.normal(size=(segments, COLUMNS // 2)) * separation / np.sqrt(2)
            likely = rng.random((segments, ANSWERS // 2)) < HALF
            near = np.linalg.norm(centres[:, None] - centres[None], axis=2)
            differ = (likely[:, None] != likely[None]).mean(axis=2)
            pairs = np.triu_indices(segments, 1)
            if near[pairs].min() >= separation and differ[pairs].min() >= LEAST_DIFFERENT:
                break
        truth = rng.integers(0, segments, CUSTOMERS)
        numbers = pd.DataFrame(centres[truth] + rng.normal(size=(CUSTOMERS, COLUMNS // 2)))
        chances = np.where(likely, chance, 1 - chance)[truth]
        answers = pd.DataFrame(np.where(rng.random(chances.shape) < chances, "yes", "no"))
        return pd.concat([numbers.add_prefix("n"), answers.add_prefix("a")], axis=1)

    return draw


def plant_unequal(rng: np.random.Generator) -> np.ndarray:
    """Three segments of 60, 30 and 10% with spreads 1, 0.5 and 1.5, 5 to 7 apart."""
    centres, spreads = np.array([[0, 0, 0, 0], [5, 0, 1, 0], [0, 6, 3, 2]]), np.array([1, 0.5, 1.5])
    truth = rng.choice(3, CUSTOMERS, p=[0.6, 0.3, 0.1])
    return centres[truth] + rng.normal(size=(CUSTOMERS, 4)) * spreads[truth][:, None]


def plant_counts(rng: np.random.Generator) -> np.ndarray:
    """Two segments by money spent and by visits, which spread more where there are many."""
    truth = rng.integers(0, 2, CUSTOMERS)
    return np.column_stack([50 + 150 * truth + rng.normal(0, 8, CUSTOMERS), rng.poisson(2 + 9 * truth)])


#: Kind of market → number of segments, how it is drawn, and the methods to count with.
PLANTED = {
    **{
        f"{k} segments of numbers, {apart} apart": (k, plant_numbers(k, apart), ["kmeans"])
        for k in (2, 4)
        for apart in (3, 4)
    },
    **{
        f"{k} segments of answers, {chance}": (k, plant_answers(k, chance), ["latent_class", "kmeans"])
        for k in (3, 5)
        for chance in (0.8, 0.85, 0.9)
    },
    "3 segments of unequal spread": (3, plant_unequal, ["kmeans"]),
    "2 segments of money and counts": (2, plant_counts, ["kmeans"]),
    "3 segments of both, 3 apart and 0.85": (3, plant_both(3, 3, 0.85), ["mixed"]),
}
NOISE = {
    "normal": (lambda rng: rng.normal(size=(CUSTOMERS, COLUMNS)), ["kmeans", "tree", "gaussian", "mixed"]),
    "normal, correlated 0.64": (correlate, ["kmeans", "tree", "gaussian"]),
    "uniform": (lambda rng: rng.random((CUSTOMERS, COLUMNS)), ["kmeans", "tree"]),
    "lognormal, correlated": (lambda rng: np.exp(0.7 * correlate(rng)), ["kmeans", "tree"]),
    "long tails (t, 4 df)": (lambda rng: rng.standard_t(4, size=(CUSTOMERS, COLUMNS)), ["kmeans", "tree"]),
    "answers, independent": (
        lambda rng: np.where(rng.random((CUSTOMERS, ANSWERS)) < YES, "yes", "no"),
        ["kmeans", "tree", "latent_class"],
    ),
    "answers of one trait": (
        lambda rng: np.where(
            rng.normal(size=(CUSTOMERS, ANSWERS)) + rng.normal(size=(CUSTOMERS, 1)) > THRESHOLD, "yes", "no"
        ),
        ["kmeans", "tree"],
    ),
}


def count_segments(values: Table, method: Method, rng: np.random.Generator) -> int:
    """Decide as `choose_segments` does, without the stability that the decision does not need."""
    frame = pd.DataFrame(values).rename(columns=str).add_prefix("c")
    bases = read_bases(frame, list(frame))
    if method in MODELS:
        criteria = []
        for k in (1, *NUMBERS):
            criteria.append(weigh_fit(fit_segments(bases, method, k, rng), len(frame)).bic)
            if k >= int(np.argmin(criteria)) + 3:  # two numbers in a row are worse: more take minutes
                break
        return 1 + int(np.argmin(criteria))
    return measure_reference(bases, method, NUMBERS, clouds=20, pairs=0, rng=rng).natural


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
    if not given.only:
        compare_speed()
    for name, (truth, draw, methods) in PLANTED.items():
        for method in methods:
            report(f"{name}, {method}", draw, method, given, lambda found, truth=truth: found == truth)
    for name, (draw, methods) in NOISE.items():
        for method in methods:
            report(f"noise, {name}, {method}: structure", draw, method, given, lambda found: found > 1)


def report(name: str, draw: Callable, method: Method, given: argparse.Namespace, is_met: Callable) -> None:
    if given.only not in name:
        return
    started = time.process_time()
    found = [
        count_segments(draw(rng), method, rng) for rng in map(np.random.default_rng, range(given.markets))
    ]
    met = sum(map(is_met, found))
    tally = dict(sorted(Counter(found).items()))
    seconds = time.process_time() - started
    print(f"{name}: {met} of {given.markets}; numbers found {tally}; {seconds:.0f} CPU s", flush=True)


if __name__ == "__main__":
    main()
