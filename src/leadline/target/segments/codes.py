"""Codes of levels as places in a table that also has a row for who has none."""

import numpy as np
import numpy.typing as npt

from leadline.target.segments.bases import Basis, FloatArray, IntArray


def find_rows(table: npt.NDArray[np.generic], codes: FloatArray) -> IntArray:
    """Return the rows of a table over levels, whose last is of who has none."""
    return np.where(np.isnan(codes), len(table) - 1, codes).astype(np.int64)


def list_codes(basis: Basis) -> FloatArray:
    """Return the codes of all levels, and last that of none."""
    return np.array([*range(len(basis.levels)), np.nan])
