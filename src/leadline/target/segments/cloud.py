"""The same columns without segments: one cloud to judge stability and fit against.

A cloud keeps each column's values and every pair's correlation, and has no groups: a normal distribution,
bent column by column into the shape of the data (a Gaussian copula: Nelsen 2006, ch. 2; drawn as in Cario &
Nelson 1997, NORTA). Columns permuted one by one would be no fair reference: k-means cuts any elongated cloud
into stable halves, and correlated noise would pass for structure.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.ndimage import gaussian_filter1d
from sklearn.preprocessing import PowerTransformer

from leadline.target.segments.bases import Bases, Basis, FloatArray, is_number

_FITTING_ROWS, _FITTING_ROUNDS = 4_000, 8
#: Cells of the smoothed distribution, its reach in standard deviations, and when it counts as flat.
_CELLS, _REACH, _HALVINGS, _FLAT = 400, 8.0, 12, 1e-6
_LEAST_EIGENVALUE, _MOST_CORRELATION = 1e-6, 0.999
Shape = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, eq=False, kw_only=True)
class Cloud:
    """One cloud; ``draw`` gives as many rows of it as the data have."""

    bases: Bases
    shapes: tuple[Shape, ...]
    root: FloatArray

    def draw(self, rng: np.random.Generator) -> Bases:
        """Draw customers without segments, as many as there are, nothing missing."""
        normal = rng.standard_normal((self.bases.customers, len(self.shapes))) @ self.root.T
        return self.bases.replace(_bend(normal, self.shapes))


def fit_cloud(bases: Bases, rng: np.random.Generator, *, independent: bool = False) -> Cloud:
    """Fit the cloud that has the columns' distributions and, unless ``independent``, their correlations.

    Numbers take the shape of one hump nearest to theirs, so that two humps in a column stay evidence of
    segments; answers keep their shares, with categories in the order of the main
    direction of the data.
    """
    ranks = [_rank_levels(bases, place) for place in range(len(bases.columns))]
    shapes = tuple(
        _shape(basis, bases.readings[:, place], ranks[place]) for place, basis in enumerate(bases.columns)
    )
    root = np.eye(len(shapes))
    if not independent and len(shapes) > 1:
        root = _fit_correlations(bases, shapes, ranks, rng)
    return Cloud(bases=bases, shapes=shapes, root=root)


def _fit_correlations(
    bases: Bases, shapes: tuple[Shape, ...], ranks: list[FloatArray], rng: np.random.Generator
) -> FloatArray:
    """Correct the normal correlations until the bent columns correlate as the data do."""
    wanted = _correlate(bases.readings, ranks)
    normal = rng.standard_normal((_FITTING_ROWS, len(shapes)))
    normal = (normal - normal.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(normal.T))).T
    root = _root(wanted)
    for _round in range(_FITTING_ROUNDS):
        found = _correlate(_bend(normal @ root.T, shapes), ranks)
        correlation = np.clip(root @ root.T + wanted - found, -_MOST_CORRELATION, _MOST_CORRELATION)
        np.fill_diagonal(correlation, 1.0)
        root = _root(correlation)
    return root


def _root(correlation: FloatArray) -> FloatArray:
    """Root of the nearest matrix that is a correlation."""
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, _LEAST_EIGENVALUE))
    scaled: FloatArray = root / np.linalg.norm(root, axis=1, keepdims=True)
    return scaled


def _correlate(values: FloatArray, ranks: list[FloatArray]) -> FloatArray:
    columns = []
    for place, rank in enumerate(ranks):
        column = values[:, place]
        if len(rank):
            column = np.where(np.isnan(column), np.nan, rank[np.nan_to_num(column).astype(int)])
        columns.append(np.where(np.isnan(column), np.nanmean(column), column))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation: FloatArray = np.nan_to_num(np.corrcoef(np.column_stack(columns), rowvar=False))
    return correlation


def _rank_levels(bases: Bases, place: int) -> FloatArray:
    """Rank of each level: its own order, or for categories that along the first principal component."""
    basis, codes = bases.columns[place], bases.readings[:, place]
    if is_number(basis):
        return np.empty(0)
    levels = np.arange(len(basis.levels))
    if basis.kind != "categorical":
        return levels.astype(np.float64)
    matrix = bases.matrix - bases.matrix.mean(axis=0)
    axis = np.linalg.eigh(matrix.T @ matrix)[1][:, -1]
    scores = matrix @ axis
    means = [scores[codes == level].mean() if (codes == level).any() else 0.0 for level in levels]
    return np.argsort(np.argsort(means)).astype(np.float64)


def _shape(basis: Basis, values: FloatArray, rank: FloatArray) -> Shape:
    known = values[~np.isnan(values)]
    if len(rank):
        order = np.argsort(rank)
        share = np.bincount(known.astype(int), minlength=len(basis.levels))[order] / len(known)
        cuts = stats.norm.ppf(share.cumsum()[:-1].clip(0, 1))
        return lambda normal: order[np.searchsorted(cuts, normal)].astype(np.float64)
    chances, quantiles = _smooth(known)
    return lambda normal: np.interp(stats.norm.cdf(normal), chances, quantiles)


def _smooth(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the distribution of ``values`` with the least smoothing that leaves one hump.

    Silverman's critical bandwidth (1981, Journal of the Royal Statistical Society B 43:97-99), on the scale
    of Yeo & Johnson's transformation (2000, Biometrika 87:954-959), which a long tail needs; the spread is
    kept.
    """
    bent: FloatArray = PowerTransformer().fit_transform(values[:, None])[:, 0]
    order = np.argsort(bent)
    counts, edges = np.histogram(bent, bins=_CELLS, range=(bent.mean() - _REACH, bent.mean() + _REACH))
    narrow, wide = 0.0, float(_CELLS)
    for _halving in range(_HALVINGS):
        middle = (narrow + wide) / 2
        narrow, wide = (narrow, middle) if _is_one_hump(_blur(counts, middle)) else (middle, wide)
    chances = np.concatenate([[0.0], _blur(counts, wide).cumsum()])
    width = edges[1] - edges[0]
    shrink = bent.std() / np.sqrt(bent.var() + (wide * width) ** 2)
    places = bent.mean() + (edges - bent.mean()) * shrink
    return chances / chances[-1], np.interp(places, bent[order], values[order])


def _blur(counts: npt.NDArray[np.int64], width: float) -> FloatArray:
    return np.asarray(gaussian_filter1d(counts.astype(np.float64), width, mode="constant"), dtype=np.float64)


def _is_one_hump(density: FloatArray) -> bool:
    steps = np.diff(density)
    rises = np.flatnonzero(steps > _FLAT * density.max())
    falls = np.flatnonzero(steps < -_FLAT * density.max())
    return not len(rises) or not len(falls) or bool(rises[-1] < falls[0])


def _bend(normal: FloatArray, shapes: tuple[Shape, ...]) -> FloatArray:
    columns = [shape(normal[:, place]) for place, shape in enumerate(shapes)]
    return np.column_stack(columns)
