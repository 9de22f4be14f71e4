"""The composite index of the case's first model: principal components weighted by their share of variance."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_NONE = 1e-9  # keeps a constant column from a division by 0


def standardise_log(values: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return log(1 + x) of a column that is never negative, at mean 0 and standard deviation 1."""
    logs = np.log1p(np.maximum(values, 0), dtype=float)
    return np.asarray((logs - logs.mean()) / (logs.std() + _NONE))


def score_composite(columns: Sequence[NDArray[np.generic]]) -> NDArray[np.float64]:
    """Score each row by the components whose eigenvalue exceeds 1 (Kaiser 1960), at least one.

    Each component points where its loadings sum to more than 0 and counts by its share of the variance kept
    (system T4, the case's own method).
    """
    if len(columns[0]) == 0:
        return np.empty(0)
    table = np.stack([standardise_log(column) for column in columns])
    correlations = table @ table.T / table.shape[1]
    eigenvalues, loadings = np.linalg.eigh(correlations)
    kept = np.flatnonzero(eigenvalues > 1) if (eigenvalues > 1).any() else np.array([-1])
    directions = loadings[:, kept] * np.where(loadings[:, kept].sum(axis=0) < 0, -1, 1)
    weights = directions @ (eigenvalues[kept] / max(eigenvalues[kept].sum(), _NONE))
    return np.asarray(weights @ table)
