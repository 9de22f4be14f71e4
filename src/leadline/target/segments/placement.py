"""How a customer gets a segment: one formula, evaluated from left to right, in NumPy here and in SQL beside.

Each segment has a cost: k-means and trees the squared distance to its centre, models minus the log of the
joint density. The lowest cost wins, the first of equals; a tree asks its questions instead. Costs are
compared in billionths (``floor(1e9 * cost + 0.5)``), so that the last bits of a sum decide nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leadline.target.segments.bases import Basis, FloatArray, IntArray, is_number
from leadline.target.segments.codes import find_rows, list_codes
from leadline.target.segments.questions import Question, read_question

BILLION = 1e9
_BLOCK = 16_384


@dataclass(frozen=True, eq=False, kw_only=True)
class NumberTerm:
    """What a number adds to each segment's cost: ``factor * (z - centre)² + constant``, or ``missing``.

    ``column`` is its place among the bases, z = (value - shift) / scale; the others have one value a segment.
    """

    column: int
    shift: float
    scale: float
    factors: FloatArray
    centres: FloatArray
    constants: FloatArray
    missing: FloatArray

    def add(self, costs: FloatArray, values: FloatArray) -> None:
        """Add to the costs (segments, rows) in place."""
        scaled = (values - self.shift) / self.scale
        gaps = np.isnan(scaled)
        has_gaps = bool(gaps.any())
        for one in range(len(costs)):
            away = scaled - self.centres[one]
            added = self.factors[one] * (away * away) + self.constants[one]
            costs[one] += np.where(gaps, self.missing[one], added) if has_gaps else added


@dataclass(frozen=True, eq=False, kw_only=True)
class LevelTerm:
    """What a level adds to each segment's cost; the last row is of who has none. Shape: (levels + 1, k)."""

    column: int
    table: FloatArray

    def add(self, costs: FloatArray, values: FloatArray) -> None:
        """Add to the costs (segments, rows) in place."""
        codes = find_rows(self.table, values)
        for one in range(len(costs)):
            costs[one] += self.table[:, one][codes]


@dataclass(frozen=True, eq=False, kw_only=True)
class NormalTerm:
    """Half the squared Mahalanobis distance of all columns at once.

    ``encoders`` give each column's z: (shift, scale, filled) of a number, a table over levels of ranks.
    ``roots`` hold the upper triangles whose product with the difference from ``means`` is of unit variance.
    Shapes: (k, columns) and (k, columns, columns).
    """

    encoders: tuple[tuple[float, float, float] | FloatArray, ...]
    means: FloatArray
    roots: FloatArray

    def add(self, costs: FloatArray, values: FloatArray) -> None:
        """Add to the costs (segments, rows) in place; ``values`` are of all columns."""
        encoded = [_encode(one, values[:, place]) for place, one in enumerate(self.encoders)]
        for one in range(len(costs)):
            away = [z - mean for z, mean in zip(encoded, self.means[one], strict=True)]
            squares = np.zeros(len(values))
            for last in range(len(away)):
                length = away[0] * self.roots[one, 0, last]
                for place in range(1, last + 1):
                    length = length + away[place] * self.roots[one, place, last]
                squares = squares + length * length
            costs[one] += 0.5 * squares


@dataclass(frozen=True, eq=False, kw_only=True)
class Placement:
    """The formula of one segmentation.

    Attributes
    ----------
    start
        Cost of each segment before any column is looked at. Shape: (k,).
    terms
        What the columns add, in this order.
    question
        A tree's first question; None where the lowest cost decides.
    """

    start: FloatArray
    terms: tuple[NumberTerm | LevelTerm | NormalTerm, ...]
    question: Question | int | None

    @property
    def segments(self) -> int:
        """How many segments there are."""
        return len(self.start)

    def place(self, readings: FloatArray) -> tuple[IntArray, FloatArray]:
        """Place customers by their values as read (see `Bases`), (rows, columns), NaN where missing.

        Returns
        -------
        segments, costs
            From 0, and what the segment of each costs, in billionths. Shapes: (rows,).
        """
        segments = np.empty(len(readings), dtype=np.int64)
        costs = np.empty(len(readings))
        for first in range(0, len(readings), _BLOCK):
            block = slice(first, first + _BLOCK)
            segments[block], costs[block] = self._place(readings[block])
        return segments, costs

    def _place(self, values: FloatArray) -> tuple[IntArray, FloatArray]:
        costs = np.repeat(self.start[:, None], len(values), axis=1)
        for term in self.terms:
            term.add(costs, values if isinstance(term, NormalTerm) else values[:, term.column])
        costs = np.floor(BILLION * costs + 0.5)
        match self.question:
            case None:
                segments = costs.argmin(axis=0)
            case Question():
                segments = self.question.answer(values)
            case _:
                segments = np.zeros(len(values), dtype=np.int64)
        return segments, costs[segments, np.arange(len(values))]


def read_placement(columns: Sequence[Basis], method: str, learned: Mapping[str, FloatArray]) -> Placement:
    """Put together the formula of a fit from its columns, its method and what was learned (`Fit`)."""
    if method == "gaussian":
        normal = NormalTerm(
            encoders=tuple(_read_encoder(basis) for basis in columns),
            means=learned["means"],
            roots=learned["roots"],
        )
        return Placement(start=-learned["constants"], terms=(normal,), question=None)
    if method in ("latent_class", "mixed"):
        return _read_mixture(columns, learned["log_sizes"], learned["weights"])
    terms, first = [], 0
    for place, basis in enumerate(columns):
        last = first + len(basis.features)
        terms.append(_measure_distance(basis, place, learned["centres"][:, first:last]))
        first = last
    question: Question | int | None = None
    if method == "tree":
        question = read_question(columns, learned) if len(learned["centres"]) > 1 else 0
    return Placement(start=np.zeros(len(learned["centres"])), terms=tuple(terms), question=question)


def count_cells(columns: Sequence[Basis]) -> int:
    """Count what a class of a mixture has weights for: each level, and three a number (`lay_out`)."""
    return sum(3 if is_number(basis) else len(basis.levels) for basis in columns)


def _encode(encoder: tuple[float, float, float] | FloatArray, values: FloatArray) -> FloatArray:
    if not isinstance(encoder, tuple):
        coded: FloatArray = encoder[find_rows(encoder, values)]
        return coded
    shift, scale, filled = encoder
    return np.where(np.isnan(values), filled, (values - shift) / scale)


def _read_encoder(basis: Basis) -> tuple[float, float, float] | FloatArray:
    if is_number(basis):
        return basis.centres[0], basis.scales[0], basis.filled[0]
    return basis.encode(list_codes(basis))[:, 0]


def _measure_distance(basis: Basis, place: int, centres: FloatArray) -> NumberTerm | LevelTerm:
    """Return the squared distance in one column; ``centres`` has one column a feature."""
    if is_number(basis):
        ones = np.ones(len(centres))
        return NumberTerm(
            column=place,
            shift=basis.centres[0],
            scale=basis.scales[0],
            factors=ones,
            centres=centres[:, 0],
            constants=0 * ones,
            missing=(basis.filled[0] - centres[:, 0]) ** 2,
        )
    encoded = basis.encode(list_codes(basis))
    table = np.zeros((len(encoded), len(centres)))
    for feature in range(encoded.shape[1]):
        table = table + (encoded[:, feature, None] - centres[None, :, feature]) ** 2
    return LevelTerm(column=place, table=table)


def _read_mixture(columns: Sequence[Basis], log_sizes: FloatArray, weights: FloatArray) -> Placement:
    terms: list[NumberTerm | LevelTerm] = []
    nothing = np.zeros(len(weights))
    numbers = sum(is_number(basis) for basis in columns)
    answer, number = 0, weights.shape[1] - 3 * numbers
    for place, basis in enumerate(columns):
        if not is_number(basis):
            table = np.vstack([-weights[:, answer : answer + len(basis.levels)].T, nothing])
            terms.append(LevelTerm(column=place, table=table))
            answer += len(basis.levels)
            continue
        square, plain, constant = (weights[:, number + part * numbers] for part in range(3))
        centres = plain / (-2 * square)
        terms.append(
            NumberTerm(
                column=place,
                shift=basis.centres[0],
                scale=basis.scales[0],
                factors=-square,
                centres=centres,
                constants=-constant + square * (centres * centres),
                missing=nothing,
            )
        )
        number += 1
    return Placement(start=-log_sizes, terms=tuple(terms), question=None)
