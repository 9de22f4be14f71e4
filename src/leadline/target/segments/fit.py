"""Segments of one number by one method: fitted, and given to customers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from sklearn.mixture import GaussianMixture
from sklearn.tree import DecisionTreeRegressor

from leadline.errors import DataError, ParameterError
from leadline.language import _
from leadline.target.segments.bases import Bases, FloatArray, IntArray, is_number
from leadline.target.segments.latent import FOUND, Design, Mixtures, end_mixtures, fit_mixtures, lay_out
from leadline.target.segments.placement import read_placement
from leadline.target.segments.questions import cut_in_double
from leadline.target.segments.restarts import MANY_ROWS, search_kmeans

Method = Literal["kmeans", "gaussian", "latent_class", "mixed", "tree"]
METHODS: tuple[Method, ...] = get_args(Method)
#: Methods that are models of probability, with information criteria.
MODELS: frozenset[Method] = frozenset({"gaussian", "latent_class", "mixed"})
_NORMAL_STARTS = 10
_STARTS_AT_ONCE, _MOST_MIXTURES = 20, 60
_LEAST_LEAF = 0.01
_LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False, kw_only=True)
class Fit:
    """Segments of one number, numbered 0, 1, … from the largest.

    Attributes
    ----------
    method, k
        How many segments, and how made.
    labels
        Segment of each row. Shape: (rows,).
    score
        What the method maximises: minus the sum of squared distances, or the log-likelihood.
    parameters
        Free parameters of a model; 0 for methods that are none.
    entropy
        Of the model's assignments, summed over rows: 0 when each row surely belongs to one segment.
    starts, times_found
        Random starts, and how many of them led to the best.
    place
        Gives rows of the same columns their segments.
    learned
        What was learned, as plain arrays.
    """

    method: Method
    k: int
    labels: IntArray
    score: float
    parameters: int
    entropy: float
    starts: int
    times_found: int
    place: Callable[[Bases], IntArray]
    learned: Mapping[str, FloatArray]


def check_method(bases: Bases, method: Method) -> list[str]:
    """List why a method cannot be used on these bases."""
    numbers = [basis.name for basis in bases.columns if is_number(basis)]
    unordered = [basis.name for basis in bases.columns if basis.kind in ("binary", "categorical")]
    problems = []
    if method == "latent_class" and numbers:
        problems.append(
            _(
                "{numbers}: latent classes take answers, not numbers. Use method “mixed”.",
                numbers=_(", ").join(numbers),
            )
        )
    if method == "gaussian" and unordered:
        problems.append(
            _(
                "{unordered}: no normal distribution fits answers. Use method “mixed”.",
                unordered=_(", ").join(unordered),
            )
        )
    if method == "gaussian" and bases.is_weighted:
        problems.append(
            _("weights: method “gaussian” takes none. Use method “mixed”, or leave the weights out.")
        )
    return problems


def fit_segments(bases: Bases, method: Method, k: int, rng: np.random.Generator) -> Fit:
    """Fit ``k`` segments, starting again until the best is found twice.

    k-means: at least 10 random starts, at most 200 (30 for many rows, see `search_kmeans`). Latent classes
    and mixed models: 20 to 60; of more than 20,000 different rows on so many, and the best is run on all.
    Normal distributions: 10; a tree needs none. One segment (``k == 1``) is allowed: everybody.

    Raises
    ------
    ParameterError
        If the method is unknown, or the number of segments below 1.
    DataError
        If the method does not suit the columns, or there are fewer different rows than segments.
    """
    wrong = (
        []
        if method in METHODS
        else [
            _(
                "method == {method}, must be one of {methods}.",
                method=repr(method),
                methods=_(", ").join(METHODS),
            )
        ]
    )
    wrong += [] if k >= 1 else [_("k == {k}, must be at least 1.", k=k)]
    if wrong:
        raise ParameterError(_("The segments cannot be made"), wrong)
    problems = check_method(bases, method)
    distinct = len(np.unique(bases.matrix, axis=0)) if bases.customers < k * 1_000 else bases.customers
    if distinct < k:
        problems.append(
            _(
                "{k} segments of {distinct} different rows ({customers} in all): make fewer segments.",
                k=k,
                distinct=f"{distinct:,}",
                customers=f"{bases.customers:,}",
            )
        )
    if problems:
        raise DataError(_("The segments cannot be made"), problems)
    fitters = {"kmeans": _fit_kmeans, "gaussian": _fit_gaussian, "tree": _fit_tree}
    return fitters.get(method, _fit_mixture)(bases, method, k, rng)


def _fit_kmeans(bases: Bases, method: Method, k: int, rng: np.random.Generator) -> Fit:
    rows, weights, inverse = group_rows(bases.matrix, bases.weights)
    best = search_kmeans(rows, weights, k, rng)
    order = _order_by_size(best.labels, weights, k)
    learned = {"centres": best.centres[order]}
    return Fit(
        method=method,
        k=k,
        labels=np.argsort(order)[best.labels][inverse],
        score=-best.scatter,
        parameters=0,
        entropy=0.0,
        starts=best.starts,
        times_found=best.times_found,
        place=_place_by(bases, method, learned),
        learned=learned,
    )


def _fit_mixture(bases: Bases, method: Method, k: int, rng: np.random.Generator) -> Fit:
    design = lay_out(bases)
    matrix, weights, _inverse = group_rows(design.matrix, bases.weights)
    rows = Design(matrix=matrix, answers=design.answers, numbers=design.numbers)
    is_many = len(matrix) > MANY_ROWS
    drawn = rng.permutation(len(matrix))[:MANY_ROWS] if is_many else slice(None)
    some = Design(matrix=matrix[drawn], answers=design.answers, numbers=design.numbers)
    best: Mixtures | None = None
    starts = found = 0
    while found < min(2, k) and starts < _MOST_MIXTURES:
        tried, times = fit_mixtures(
            some, weights[None, drawn], k, starts=_STARTS_AT_ONCE if k > 1 else 1, rng=rng
        )
        starts += _STARTS_AT_ONCE
        gained = np.inf if best is None else float(tried.log_likelihoods[0] - best.log_likelihoods[0])
        found = int(times[0]) + (found if abs(gained) < FOUND else 0) if gained > -FOUND else found
        best = tried if gained > 0 else best
    assert best is not None  # noqa: S101 (there is at least one start)
    best = end_mixtures(rows, weights[None], best) if is_many else best
    order = np.argsort(-best.sizes[0], kind="stable")
    model = Mixtures(
        sizes=best.sizes[:, order], weights=best.weights[:, order], log_likelihoods=best.log_likelihoods
    )
    learned = {"log_sizes": model.sizes[0], "weights": model.weights[0]}
    place = _place_by(bases, method, learned)
    return Fit(
        method=method,
        k=k,
        labels=place(bases),
        score=float(model.log_likelihoods[0]),
        parameters=k - 1 + k * design.parameters,
        entropy=_entropy(_chances(model.score(rows)[0]), weights),
        starts=starts,
        times_found=found,
        place=place,
        learned=learned,
    )


def _fit_gaussian(bases: Bases, method: Method, k: int, rng: np.random.Generator) -> Fit:
    model = GaussianMixture(
        k, n_init=_NORMAL_STARTS, random_state=int(rng.integers(2**31)), tol=1e-5, max_iter=500
    )
    model.fit(bases.matrix)
    order = np.argsort(-model.weights_, kind="stable")
    chances: FloatArray = model.predict_proba(bases.matrix).T[order]
    roots: FloatArray = model.precisions_cholesky_[order]
    learned = {
        "shares": model.weights_[order],
        "means": model.means_[order],
        "covariances": model.covariances_[order],
        "roots": roots,
        "constants": np.log(model.weights_[order])
        + np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
        - roots.shape[1] * _LOG_2PI / 2,
    }
    place = _place_by(bases, method, learned)
    return Fit(
        method=method,
        k=k,
        labels=place(bases),
        score=float(model.score(bases.matrix) * bases.customers),
        parameters=int(model._n_parameters()),  # noqa: SLF001 (its own count, which its bic() uses)
        entropy=_entropy(chances, bases.weights),
        starts=_NORMAL_STARTS,
        times_found=1,
        place=place,
        learned=learned,
    )


def _fit_tree(bases: Bases, method: Method, k: int, rng: np.random.Generator) -> Fit:
    """Cut the customers by yes-no questions so that each leaf is as much alike as k-means would have it."""
    tree = DecisionTreeRegressor(
        max_leaf_nodes=max(k, 2),
        max_depth=None if k > 1 else 1,
        min_weight_fraction_leaf=_LEAST_LEAF,
        random_state=int(rng.integers(2**31)),
    )
    tree.fit(bases.matrix, bases.matrix, sample_weight=bases.weights)
    leaves, labels = np.unique(tree.apply(bases.matrix), return_inverse=True)
    labels = labels if k > 1 else np.zeros_like(labels)
    order = _order_by_size(labels, bases.weights, len(leaves))
    number = np.full(tree.tree_.node_count, -1, dtype=np.int64)
    number[leaves[order]] = np.arange(len(leaves))
    made = number[tree.apply(bases.matrix)] if k > 1 else np.zeros(bases.customers, dtype=np.int64)
    centres = np.stack(
        [
            np.average(bases.matrix[made == one], weights=bases.weights[made == one], axis=0)
            for one in range(made.max() + 1)
        ]
    )
    learned = {
        "features": tree.tree_.feature,
        "cuts": np.array([cut_in_double(cut) for cut in tree.tree_.threshold]),
        "left": tree.tree_.children_left,
        "right": tree.tree_.children_right,
        "segments": number,
        "centres": centres,
    }
    return Fit(
        method=method,
        k=k,
        labels=made,
        score=-float((bases.weights * ((bases.matrix - centres[made]) ** 2).sum(axis=1)).sum()),
        parameters=0,
        entropy=0.0,
        starts=1,
        times_found=1,
        place=_place_by(bases, method, learned),
        learned=learned,
    )


def group_rows(matrix: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Join equal rows, adding their weights, where that halves them; yes-no answers repeat a lot."""
    sample = matrix[: max(2_000, len(matrix) // 50)]
    if len(np.unique(sample, axis=0)) > len(sample) / 2 and len(matrix) > len(sample):
        return matrix, weights, np.arange(len(matrix))
    rows, inverse = np.unique(matrix, axis=0, return_inverse=True)
    places = np.asarray(inverse, dtype=np.int64).reshape(-1)
    if len(rows) > len(matrix) / 2:
        return matrix, weights, np.arange(len(matrix))
    return rows, np.bincount(places, weights=weights).astype(np.float64), places


def _place_by(bases: Bases, method: Method, learned: Mapping[str, FloatArray]) -> Callable[[Bases], IntArray]:
    placement = read_placement(bases.columns, method, learned)
    return lambda others: placement.place(others.readings)[0]


def _order_by_size(labels: IntArray, weights: FloatArray, k: int) -> IntArray:
    return np.argsort(-np.bincount(labels, weights=weights, minlength=k), kind="stable")


def _chances(joint: FloatArray) -> FloatArray:
    shares: FloatArray = np.exp(joint - joint.max(axis=0))
    chances: FloatArray = shares / shares.sum(axis=0)
    return chances


def _entropy(chances: FloatArray, weights: FloatArray) -> float:
    logs = np.log(np.maximum(chances, np.finfo(float).tiny))
    return float(-(weights * (chances * logs).sum(axis=0)).sum())
