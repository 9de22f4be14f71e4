"""Columns to criteria, criteria to one score: the arithmetic that every weighted judgement shares."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.target.views.weight_file import Criterion, ScoreWeights

FloatArray = npt.NDArray[np.float64]
FULL = 100.0


def score_criteria(frame: pd.DataFrame, weights: ScoreWeights, *, unknown: float = np.nan) -> FloatArray:
    """Score each criterion from 0 to 100.

    The score is the mean of the criterion's columns that are known, or of all with ``unknown`` in place of
    missing ones; where none is known it is missing.

    Returns
    -------
    array
        Shape: (rows, criteria).
    """
    return np.column_stack([_score_criterion(frame, one, unknown) for one in weights.criteria])


def weigh(parts: FloatArray, shares: FloatArray) -> FloatArray:
    """Weighted mean of the criteria that are known in each row; missing where none is.

    Parameters
    ----------
    parts
        Shape: (rows, criteria).
    shares
        Weight of each criterion.
    """
    known = ~np.isnan(parts)
    if known.all():
        return np.asarray(parts @ shares / shares.sum())
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nan_to_num(parts) @ shares / (known @ shares))


def share_weights(weights: ScoreWeights) -> FloatArray:
    """Return the weights as shares that sum to 1."""
    return np.array([one.weight for one in weights.criteria]) / FULL


def _score_criterion(frame: pd.DataFrame, criterion: Criterion, unknown: float) -> FloatArray:
    scaled = np.column_stack([_scale(frame, criterion, place) for place in range(len(criterion.scales))])
    scaled = np.where(np.isnan(scaled), unknown, scaled)
    known = ~np.isnan(scaled)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nansum(scaled, axis=1) / known.sum(axis=1))


def _scale(frame: pd.DataFrame, criterion: Criterion, place: int) -> FloatArray:
    scale = criterion.scales[place]
    values = frame[scale.column].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(np.clip((values - scale.worst) / (scale.best - scale.worst), 0, 1) * FULL)
