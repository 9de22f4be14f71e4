"""How far a share may stray from its expectation by luck alone, each person's chance being known."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

_LEVEL = 0.95


def luck_of_share(chance: NDArray[np.float64]) -> tuple[float, float]:
    """Return the ends between which the share of successes falls 95 times in 100; missing without people.

    The count of successes is Poisson-binomial; its distribution is the product of everybody's generating
    polynomial, multiplied pairwise by fast Fourier transform (Hong 2013, Computational Statistics & Data
    Analysis 59:41-51, compares such methods).
    """
    if not len(chance):
        return np.nan, np.nan
    below = np.cumsum(count_distribution(chance))
    tail = (1 - _LEVEL) / 2
    lower, upper = np.searchsorted(below, [tail, 1 - tail])
    return float(lower / len(chance)), float(min(upper, len(chance)) / len(chance))


def count_distribution(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability of 0, 1, … successes. Shape (people + 1,)."""
    people = len(chance)
    padded = np.zeros(1 << (people - 1).bit_length())
    padded[:people] = chance
    products = np.stack([1 - padded, padded], axis=1)
    while len(products) > 1:
        width = 2 * products.shape[1] - 1
        length = fft.next_fast_len(width, real=True)
        transformed = fft.rfft(products, length, axis=1)
        products = fft.irfft(transformed[::2] * transformed[1::2], length, axis=1)[:, :width]
    return np.clip(products[0, : people + 1], 0, 1)
