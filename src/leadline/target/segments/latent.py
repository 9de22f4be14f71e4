"""Finite mixtures fitted by EM: latent classes for answers, normal distributions for numbers, or both.

Within a class the columns are independent. Numbers and answers need the same two products of matrices, so
that all starts, and all samples of a bootstrap, are fitted at once. StepMix (Morin et al. 2025, Journal of
Statistical Software 113:8) finds the same maxima on the tables of ``tests/target/segments``, in
four to sixty times the time, by table, and a segmentation needs thousands of fits.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from leadline.target.segments.bases import Bases, FloatArray, IntArray, is_number

_LEAST_CHANCE, _LEAST_VARIANCE = 1e-12, 1e-3
_MOST_ROUNDS, _LONGEST_LEAP = 2_000, 1_000.0
_MOST_CELLS = 4_000_000
#: EM ends when a round adds less than this to the log-likelihood.
FINE, ROUGH = 1e-7, 1e-2
#: So many starts of each set, the best at `ROUGH`, are run to the end.
_FINISHED = 6
#: Two starts found the same when their log-likelihoods are within this.
FOUND = 0.01
_LEAST_LOG = float(np.log(_LEAST_CHANCE))
_LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False, kw_only=True)
class Design:
    """Rows laid out so that a class's log-likelihood is linear in them.

    ``matrix`` holds a column a level for answers, then x², x and "is known" for numbers; what is missing is 0
    everywhere, and so drops out of the likelihood. Shape: (rows, cells).
    """

    matrix: FloatArray
    answers: tuple[slice, ...]
    numbers: slice

    @property
    def parameters(self) -> int:
        """Free parameters of one class, its size left out."""
        levels = sum(int(place.stop - place.start) - 1 for place in self.answers)
        return levels + 2 * (int(self.numbers.stop - self.numbers.start) // 3)


def lay_out(bases: Bases) -> Design:
    """Lay the bases out for `fit_mixtures`."""
    blocks: list[FloatArray] = []
    answers, numbers, end = [], [], 0
    for place, basis in enumerate(bases.columns):
        values = bases.readings[:, place]
        if is_number(basis):
            numbers.append((values - basis.centres[0]) / basis.scales[0])
            continue
        block = (values[:, None] == np.arange(len(basis.levels))[None, :]).astype(np.float64)
        answers.append(slice(end, end + len(basis.levels)))
        end += len(basis.levels)
        blocks.append(block)
    if numbers:
        known = ~np.isnan(np.column_stack(numbers))
        scaled = np.where(known, np.column_stack(numbers), 0.0)
        blocks += [scaled**2, scaled, known.astype(np.float64)]
    cells = end + 3 * len(numbers)
    return Design(matrix=np.column_stack(blocks), answers=tuple(answers), numbers=slice(end, cells))


@dataclass(frozen=True, eq=False, kw_only=True)
class Mixtures:
    """Fitted mixtures, one a set of weights.

    Attributes
    ----------
    sizes, weights
        Log share of each class, shape (sets, k), and what a class adds to the log-likelihood for each cell of
        the design, shape (sets, k, cells).
    log_likelihoods
        Shape: (sets,).
    """

    sizes: FloatArray
    weights: FloatArray
    log_likelihoods: FloatArray

    def take(self, rows: IntArray | npt.NDArray[np.bool_] | slice) -> "Mixtures":
        """Return some of them."""
        return Mixtures(
            sizes=self.sizes[rows], weights=self.weights[rows], log_likelihoods=self.log_likelihoods[rows]
        )

    def score(self, design: Design) -> FloatArray:
        """Log of the joint density of row and class. Shape: (sets, k, rows)."""
        sets, k, cells = self.weights.shape
        product = self.weights.reshape(sets * k, cells) @ design.matrix.T
        return product.reshape(sets, k, -1) + self.sizes[:, :, None]


def fit_mixtures(
    design: Design,
    weights: FloatArray,
    k: int,
    *,
    starts: int,
    rng: np.random.Generator,
    tolerance: float = FINE,
) -> tuple[Mixtures, IntArray]:
    """Fit a mixture of ``k`` classes to every set of weights, each the best of ``starts`` random starts.

    Parameters
    ----------
    design
        The rows.
    weights
        Shape: (sets, rows).
    k
        Number of classes.
    starts
        Random starts a set: classes begin around rows drawn by weight.
    rng
        Source of chance.
    tolerance
        Log-likelihood that a last step may add. All starts are run to `ROUGH`, the best three further.

    Returns
    -------
    mixtures, found
        And how many starts of each set ended within 0.01 of its best log-likelihood.
    """
    at_once = max(1, _MOST_CELLS // (len(design.matrix) * k * starts))
    fits, founds = [], []
    for first in range(0, len(weights), at_once):
        mass = weights[first : first + at_once]
        tried = _run(design, np.repeat(mass, starts, axis=0), _begin(design, mass, k, starts, rng), ROUGH)
        if tolerance < ROUGH:
            tried = _polish(design, mass, tried, starts, tolerance)
        scores = tried.log_likelihoods.reshape(len(mass), starts)
        founds.append((scores > scores.max(axis=1, keepdims=True) - FOUND).sum(axis=1))
        fits.append(tried.take(scores.argmax(axis=1) + starts * np.arange(len(mass))))
    return _join(fits), np.concatenate(founds).astype(np.int64)


def end_mixtures(design: Design, weights: FloatArray, begun: Mixtures) -> Mixtures:
    """Run mixtures that were begun on a sample to their end on all rows, one a set of weights."""
    return _run(design, weights, begun, ROUGH)


def _polish(design: Design, mass: FloatArray, tried: Mixtures, starts: int, tolerance: float) -> Mixtures:
    """Run the best starts to the end; the others have lost."""
    scores = tried.log_likelihoods.reshape(len(mass), starts)
    ranked = np.argsort(-scores, axis=1)[:, :_FINISHED]
    hopeful = (ranked + starts * np.arange(len(mass))[:, None]).ravel()
    better = _run(design, np.repeat(mass, starts, axis=0)[hopeful], tried.take(hopeful), tolerance)
    sizes, weights, best = tried.sizes.copy(), tried.weights.copy(), tried.log_likelihoods.copy()
    sizes[hopeful], weights[hopeful], best[hopeful] = better.sizes, better.weights, better.log_likelihoods
    return Mixtures(sizes=sizes, weights=weights, log_likelihoods=best)


def _run(design: Design, mass: FloatArray, begin: Mixtures, tolerance: float) -> Mixtures:
    """Run EM, each two steps followed by a leap in their direction where that gains more.

    SQUAREM of Varadhan & Roland (2008, Scandinavian Journal of Statistics 35:335-353): plain EM needs
    thousands of rounds where classes overlap.
    """
    sizes, weights = begin.sizes.copy(), begin.weights.copy()
    best = np.full(len(mass), -np.inf)
    going = np.arange(len(mass))
    for _round in range(_MOST_ROUNDS):
        now, held = (
            Mixtures(sizes=sizes[going], weights=weights[going], log_likelihoods=best[going]),
            mass[going],
        )
        once = _step(design, held, now)
        twice = _step(design, held, once)
        leap = _leap(design, now, once, twice)
        reached = (held * logsumexp(leap.score(design), axis=1)).sum(axis=1)
        is_better = reached >= twice.log_likelihoods
        sizes[going] = np.where(is_better[:, None], leap.sizes, twice.sizes)
        weights[going] = np.where(is_better[:, None, None], leap.weights, twice.weights)
        best[going] = np.where(is_better, reached, twice.log_likelihoods)
        going = going[twice.log_likelihoods - once.log_likelihoods >= tolerance]
        if not len(going):
            break
    return Mixtures(sizes=sizes, weights=weights, log_likelihoods=best)


def _step(design: Design, mass: FloatArray, now: Mixtures) -> Mixtures:
    """Take one step of EM; its log-likelihood is that of where it started, which it cannot be below."""
    joint = now.score(design)
    highest = joint.max(axis=1)
    shares = np.exp(joint - highest[:, None, :])
    whole = shares.sum(axis=1)
    total = highest + np.log(whole)
    shares *= (mass / whole)[:, None, :]
    sizes, weights = _maximise(design, shares)
    return Mixtures(sizes=sizes, weights=weights, log_likelihoods=(mass * total).sum(axis=1))


def _leap(design: Design, now: Mixtures, once: Mixtures, twice: Mixtures) -> Mixtures:
    """Go on in the direction of two steps, as far as their shrinking tells, and make it a mixture again."""
    first = (once.sizes - now.sizes, once.weights - now.weights)
    bend = (twice.sizes - once.sizes - first[0], twice.weights - once.weights - first[1])
    length, turn = (
        np.sqrt((one[0] ** 2).sum(axis=1) + (one[1] ** 2).sum(axis=(1, 2))) for one in (first, bend)
    )
    reach = np.clip(length / np.maximum(turn, _LEAST_CHANCE), 1.0, _LONGEST_LEAP)
    sizes = now.sizes + 2 * reach[:, None] * first[0] + reach[:, None] ** 2 * bend[0]
    far = reach[:, None, None]
    weights = now.weights + 2 * far * first[1] + far**2 * bend[1]
    for place in design.answers:
        cells = np.maximum(weights[:, :, place], _LEAST_LOG)
        weights[:, :, place] = cells - logsumexp(cells, axis=2, keepdims=True)
    if design.numbers.stop > design.numbers.start:
        squares, plain, _constant = np.split(weights[:, :, design.numbers], 3, axis=2)
        variance = -0.5 / np.minimum(squares, -_LEAST_CHANCE)
        weights[:, :, design.numbers] = _write_normal(plain * variance, variance)
    sizes = np.maximum(sizes, _LEAST_LOG)
    return Mixtures(
        sizes=sizes - logsumexp(sizes, axis=1, keepdims=True),
        weights=weights,
        log_likelihoods=twice.log_likelihoods,
    )


def _begin(design: Design, mass: FloatArray, k: int, starts: int, rng: np.random.Generator) -> Mixtures:
    """Let each class begin half as everybody, half as a row drawn by weight."""
    totals = mass.cumsum(axis=1)
    sets = np.repeat(np.arange(len(mass)), starts)
    drawn = np.stack(
        [
            np.searchsorted(totals[one] / totals[one, -1], rng.random(k)).clip(0, mass.shape[1] - 1)
            for one in sets
        ]
    )
    shares: FloatArray = np.repeat(mass[sets][:, None, :], k, axis=1) / k
    half = mass.sum(axis=1)[sets][:, None] / k
    np.put_along_axis(
        shares, drawn[:, :, None], np.take_along_axis(shares, drawn[:, :, None], 2) + half[:, :, None], 2
    )
    sizes, weights = _maximise(design, shares)
    return Mixtures(sizes=sizes, weights=weights, log_likelihoods=np.full(len(sets), -np.inf))


def _maximise(design: Design, shares: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Turn the rows' shares in each class, (sets, k, rows), into the classes that fit them best."""
    sets, k, rows = shares.shape
    sums = (shares.reshape(sets * k, rows) @ design.matrix).reshape(sets, k, -1)
    weights = np.empty_like(sums)
    for place in design.answers:
        total = np.maximum(sums[:, :, place].sum(axis=2, keepdims=True), _LEAST_CHANCE)
        weights[:, :, place] = np.log(np.maximum(sums[:, :, place] / total, _LEAST_CHANCE))
    if design.numbers.stop > design.numbers.start:
        squares, plain, known = np.split(sums[:, :, design.numbers], 3, axis=2)
        known = np.maximum(known, _LEAST_CHANCE)
        mean = plain / known
        weights[:, :, design.numbers] = _write_normal(mean, squares / known - mean**2)
    size = shares.sum(axis=2)
    return np.log(np.maximum(size / size.sum(axis=1, keepdims=True), _LEAST_CHANCE)), weights


def _write_normal(mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Write a normal distribution as what it gives x², x and "is known"."""
    held = np.maximum(variance, _LEAST_VARIANCE)
    constant = -0.5 * (mean**2 / held + np.log(held) + _LOG_2PI)
    return np.concatenate([-0.5 / held, mean / held, constant], axis=2)


def _join(fits: list[Mixtures]) -> Mixtures:
    return Mixtures(
        sizes=np.concatenate([fit.sizes for fit in fits]),
        weights=np.concatenate([fit.weights for fit in fits]),
        log_likelihoods=np.concatenate([fit.log_likelihoods for fit in fits]),
    )
