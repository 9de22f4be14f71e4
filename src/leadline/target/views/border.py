"""On which side of a threshold a customer stands, and whether that is sure."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.intervals import Estimate
from leadline.language import _
from leadline.target.views.checks import check_numbers

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A column and the threshold that divides it.

    Attributes
    ----------
    column
        Column of the customers; at the threshold or above counts as above.
    threshold
        In the units of the column; as an `Estimate` with the range within which it may as well be set.
    lower, upper
        Columns of the customers with the ends of each value's own interval, both or neither: where
        ``column`` is a prediction.
    label
        What a reader calls the column; by default its name.
    """

    column: str
    threshold: float | Estimate
    lower: str | None = None
    upper: str | None = None
    label: str = ""

    @property
    def words(self) -> str:
        """What a reader calls the column."""
        return self.label or self.column

    @property
    def line(self) -> Estimate:
        """The threshold with its range; without one it is exact."""
        if isinstance(self.threshold, Estimate):
            return self.threshold
        return Estimate(self.threshold, self.threshold, self.threshold)

    @property
    def has_range(self) -> bool:
        """Whether anything about the threshold or the values is less than exact."""
        return self.lower is not None or self.line.lower < self.line.upper


@dataclass(frozen=True, eq=False)
class Side:
    """For each customer: whether above the threshold, and whether above or below would be possible."""

    above: BoolArray
    may_be_above: BoolArray
    may_be_below: BoolArray

    @property
    def is_unsure(self) -> BoolArray:
        """Whether the other side is possible."""
        return np.where(self.above, self.may_be_below, self.may_be_above)


def find_side(customers: pd.DataFrame, measure: Measure) -> Side:
    """Place each customer against the threshold and against the worst and best case of both."""
    values = _read(customers, measure.column)
    lowest = values if measure.lower is None else _read(customers, measure.lower)
    highest = values if measure.upper is None else _read(customers, measure.upper)
    line = measure.line
    return Side(values >= line.value, highest >= line.lower, lowest < line.upper)


def check_measure(customers: pd.DataFrame, measure: Measure) -> list[str]:
    """Return the problems of a measure: columns, threshold, intervals that do not hold their value."""
    columns = [name for name in (measure.column, measure.lower, measure.upper) if name is not None]
    problems = check_numbers(customers, columns)
    line = measure.line
    if not (np.isfinite(line).all() and line.lower <= line.value <= line.upper):
        problems.append(
            _(
                "{column}: the threshold {value} and its range {lower} to {upper} must be numbers in order.",
                column=measure.column,
                value=f"{line.value:g}",
                lower=f"{line.lower:g}",
                upper=f"{line.upper:g}",
            )
        )
    if (measure.lower is None) != (measure.upper is None):
        problems.append(_("{column}: name both ends of its interval, or neither.", column=measure.column))
    if problems or measure.lower is None or measure.upper is None:
        return problems
    outside = (customers[measure.lower] > customers[measure.column]) | (
        customers[measure.upper] < customers[measure.column]
    )
    if count := int(outside.sum()):
        problems.append(
            _(
                "{column}: {count} values lie outside their own interval ({lower} to {upper}). Check "
                "that the three columns belong together.",
                column=measure.column,
                count=f"{count:,}",
                lower=measure.lower,
                upper=measure.upper,
            )
        )
    return problems


def _read(customers: pd.DataFrame, column: str) -> FloatArray:
    return customers[column].to_numpy(dtype=np.float64)
