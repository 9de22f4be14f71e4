"""The Lorenz curve of a base, read from the best customer down, and what rests on it (system D3)."""

import numpy as np
import numpy.typing as npt
from scipy import special

from leadline.intervals import LEVEL, Estimate

FloatArray = npt.NDArray[np.float64]

_TAIL_SHARE = 0.05
_FEWEST = 2
_WIDEST_LOGIT = 6.0


class Lorenz:
    """Values in ascending order with their weights (sum 1), and the estimates that rest on them."""

    def __init__(self, values: FloatArray, weights: FloatArray) -> None:
        order = np.lexsort((weights, values))
        self.values = values[order]
        self.weights = weights[order] / weights.sum()
        self.mean = float((self.weights * self.values).sum())
        self.has_losses = bool(self.values[0] < 0)
        self._held = np.append(0.0, np.cumsum(self.weights))
        self._held[-1] = 1.0
        self._brought = np.append(0.0, np.cumsum(self.weights * self.values)) / self.mean

    def find_share(self, top: float) -> Estimate:
        """Share of the value that the best ``top`` of the customers bring."""
        if top in (0, 1):
            return Estimate(top, top, top)
        share = 1 - float(np.interp(1 - top, self._held, self._brought))
        cut = self._cut(top)
        influence = (np.maximum(self.values - cut, 0) + cut * top - share * self.values) / self.mean
        return self._surround(share, influence, top, is_bounded=not self.has_losses)

    def find_customers(self, goal: float) -> Estimate:
        """Smallest share of the customers that brings ``goal`` of the value: `find_share` turned round."""
        rising = slice(int(np.argmin(self._brought)), None)  # below it customers lose money
        top = 1 - float(np.interp(1 - goal, self._brought[rising], self._held[rising]))
        cut = self._cut(top)
        if cut <= 0:
            return Estimate(top, np.nan, np.nan)
        influence = (np.maximum(self.values - cut, 0) + cut * top - goal * self.values) / cut
        return self._surround(top, influence, top, is_bounded=True)

    def find_gini(self) -> Estimate:
        """Gini's mean difference over twice the mean absolute value."""
        held, brought = self._held[1:], self._brought[1:] * self.mean
        distances = self.values * (2 * held - 1) + self.mean - 2 * brought
        size = float((self.weights * np.abs(self.values)).sum())
        gini = max(0.0, float((self.weights * distances).sum()) / (2 * size))
        influence = (distances - gini * np.abs(self.values)) / size - gini
        return self._surround(gini, influence, 1.0, is_bounded=True)

    def find_tail_index(self) -> float:
        """Estimate after Hill (1975, Annals of Statistics 3:1163-1174): below 2 the variance is infinite."""
        tail = self._held[:-1] >= 1 - _TAIL_SHARE
        cut = self._cut(_TAIL_SHARE)
        if cut <= 0 or tail.sum() < _FEWEST:
            return float("nan")
        weights = self.weights[tail]
        excess = float((weights * np.log(self.values[tail] / cut)).sum() / weights.sum())
        return 1 / excess if excess > 0 else float("inf")

    def _cut(self, top: float) -> float:
        """Value of the last customer among the best ``top``."""
        place = int(np.searchsorted(self._held[1:], 1 - top, side="right"))
        return float(self.values[min(place, len(self.values) - 1)])

    def _surround(self, value: float, influence: FloatArray, top: float, *, is_bounded: bool) -> Estimate:
        """Interval by Student's t: its freedom is the rows among the ``top``, on which the spread rests."""
        count = len(influence)
        weighted = self.weights * influence
        error = float(np.sqrt(count / (count - 1) * (weighted**2).sum()))
        freedom = max(1, count - int(np.searchsorted(self._held, 1 - top)) - 1)
        reach = float(special.stdtrit(freedom, 0.5 + LEVEL / 2)) * error
        if not is_bounded:
            return Estimate(value, value - reach, value + reach)
        if error == 0 or not 0 < value < 1:
            return Estimate(value, value, value)
        middle, half = special.logit(value), reach / (value * (1 - value))
        if half > _WIDEST_LOGIT:  # a share so near its end, where the rest bring next to nothing
            return Estimate(value, max(0.0, value - reach), min(1.0, value + reach))
        return Estimate(value, float(special.expit(middle - half)), float(special.expit(middle + half)))
