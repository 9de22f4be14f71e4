"""How concentrated value is among customers: Lorenz curve, Gini, "the top x% bring y%" (system D3)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from leadline.data import check_columns
from leadline.discover.concentration_result import ConcentrationResult
from leadline.errors import DataError
from leadline.intervals import LEVEL, Estimate

FloatArray = npt.NDArray[np.float64]

_TOPS = (0.01, 0.05, 0.10, 0.20, 0.50)
_CURVE_POINTS = 51
_TAIL_SHARE = 0.05
_FEWEST = 2


def measure_concentration(
    customers: pd.DataFrame,
    *,
    value: str,
    label: str,
    weight: str | None = None,
    tops: Sequence[float] = _TOPS,
    goal: float = 0.80,
) -> ConcentrationResult:
    """Measure how much of a value its best customers bring.

    The curve is Lorenz's, read from the best customer down. Gini is half the mean absolute difference between
    two customers over the mean *absolute* value: the usual Gini (0 equal, towards 1 one has all) where nobody
    is negative, and within 0 to 1 where some are (Raffinetti, Siletti & Vernizzi 2015, Statistical Methods &
    Applications 24:507-521). Shares are of the net sum, so losses can lift them over 100%.

    Variances are linearised (Deville 1999, Survey Methodology 25:193-203; Langel & Tillé 2013, Journal of the
    Royal Statistical Society A 176:521-540); shares and Gini have their intervals on the logit scale. They
    answer how far another base of this size, drawn from the same kind of customers, would differ.

    Parameters
    ----------
    customers
        One row a customer.
    value
        Column of what each brings; negative values (losses) count as they are.
    label
        What it is in words, continuing "of all …": "contribution".
    weight
        Column of the number of customers a row stands for, above 0; by default 1.
    tops
        Shares of the customers, above 0 and below 1, of whom to say what they bring.
    goal
        Share of the value of which to say how few customers bring it.

    Raises
    ------
    DataError
        With all problems at once: absent, missing or infinite values, weights that are not above 0, fewer
        than 2 customers, a sum that is not above 0, shares out of their range.
    """
    problems = [*_check_shares(tops, goal), *_check_table(customers, value, weight)]
    if problems:
        raise DataError("Concentration cannot be measured", problems)
    values = customers[value].to_numpy(dtype=np.float64)
    weights = np.ones(len(values)) if weight is None else customers[weight].to_numpy(dtype=np.float64)
    order = np.lexsort((weights, values))
    base = _Base(values[order], weights[order])
    rows = [(top, *base.find_share(top), top * float(weights.sum())) for top in sorted(set(tops))]
    curve = [(top, *base.find_share(top)) for top in np.linspace(0, 1, _CURVE_POINTS)]
    names = ["top_share", "value_share", "value_share_ci_lower", "value_share_ci_upper"]
    losing = values < 0
    return ConcentrationResult(
        shares=pd.DataFrame(rows, columns=[*names, "customers"]),
        curve=pd.DataFrame(curve, columns=names),
        gini=base.find_gini(),
        goal=goal,
        goal_customers=base.find_customers(goal),
        label=label,
        customers=float(weights.sum()),
        rows=len(values),
        losing_customers=float(weights[losing].sum()),
        losses_share=float(-(weights * values)[losing].sum() / (weights * values)[~losing].sum()),
        tail_index=base.find_tail_index(),
    )


class _Base:
    """Sorted values with their weights (sum 1), and the estimates that rest on them."""

    def __init__(self, values: FloatArray, weights: FloatArray) -> None:
        self.values = values
        self.weights = weights / weights.sum()
        self.mean = float((self.weights * values).sum())
        self.has_losses = bool(values[0] < 0)
        self._held = np.append(0.0, np.cumsum(self.weights))
        self._held[-1] = 1.0
        self._brought = np.append(0.0, np.cumsum(self.weights * values)) / self.mean

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
        return Estimate(value, float(special.expit(middle - half)), float(special.expit(middle + half)))


def _check_shares(tops: Sequence[float], goal: float) -> list[str]:
    problems = [f"tops: {top:g} must be above 0 and below 1." for top in tops if not 0 < top < 1]
    problems += [] if tops else ["tops names no share of the customers. Name at least one."]
    problems += [] if 0 < goal < 1 else [f"goal == {goal:g}, must be above 0 and below 1."]
    return problems


def _check_table(customers: pd.DataFrame, value: str, weight: str | None) -> list[str]:
    columns = [value] if weight is None else [value, weight]
    if len(customers) < _FEWEST:
        return [f"{len(customers)} customers are too few to compare. Hand in at least {_FEWEST}."]
    problems = check_columns(customers, columns, "the table of customers")
    if problems:
        return problems
    for name in columns:
        if not pd.api.types.is_numeric_dtype(customers[name]):
            problems.append(f"{name}: holds {customers[name].dtype}, must be numbers.")
        elif missing := int(customers[name].isna().sum()):
            problems.append(
                f"{name}: {missing:,} of {len(customers):,} values are missing. Write 0 where a customer "
                "brings nothing, or leave these customers out."
            )
    if problems:
        return problems
    weights = pd.Series(1.0, index=customers.index) if weight is None else customers[weight]
    if wrong := int((weights <= 0).sum()):
        problems.append(
            f"{weight}: {wrong:,} of {len(customers):,} weights are 0 or below. A weight is the number of "
            "customers a row stands for; leave out rows that stand for none."
        )
    if not problems and (total := float((weights * customers[value]).sum())) <= 0:
        problems.append(
            f"{value}: the values sum to {total:,.0f}, so a share of them means nothing. Take a value whose "
            "sum is above 0, such as revenue before cost."
        )
    return problems
