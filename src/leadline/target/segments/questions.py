"""The yes-no questions of a tree, asked of values as read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.target.segments.bases import Basis, FloatArray, IntArray, is_number
from leadline.target.segments.codes import find_rows, list_codes


@dataclass(frozen=True, eq=False, kw_only=True)
class Question:
    """A yes-no question of a tree: a number is at most ``cut``, or a level is among those of ``goes_left``.

    ``goes_left`` has one answer a level, the last of who has none; so has a number whose value is missing.
    """

    column: int
    shift: float
    scale: float
    cut: float
    goes_left: npt.NDArray[np.bool_]
    left: "Question | int"
    right: "Question | int"

    @property
    def asks_number(self) -> bool:
        """Whether a number is asked for."""
        return len(self.goes_left) == 1

    def answer(self, values: FloatArray) -> IntArray:
        """Return the segment of each row of ``values`` (rows, columns)."""
        column = values[:, self.column]
        if self.asks_number:
            below = (column - self.shift) / self.scale <= self.cut
            is_left = np.where(np.isnan(column), self.goes_left[0], below)
        else:
            is_left = self.goes_left[find_rows(self.goes_left, column)]
        segments = np.empty(len(values), dtype=np.int64)
        for rows, way in ((is_left, self.left), (~is_left, self.right)):
            segments[rows] = way if isinstance(way, int) else way.answer(values[rows])
        return segments


def read_question(
    columns: Sequence[Basis], learned: Mapping[str, FloatArray], node: int = 0
) -> Question | int:
    """Read the question of a node and all below it, or the segment where a node asks nothing."""
    if int(learned["left"][node]) < 0:
        return int(learned["segments"][node])
    features = [(place, part) for place, basis in enumerate(columns) for part in range(len(basis.features))]
    place, part = features[int(learned["features"][node])]
    basis, cut = columns[place], float(learned["cuts"][node])
    if is_number(basis):
        goes_left = np.array(basis.filled) <= cut
    else:
        goes_left = basis.encode(list_codes(basis))[:, part] <= cut
    left, right = (read_question(columns, learned, int(learned[way][node])) for way in ("left", "right"))
    return Question(
        column=place,
        shift=basis.centres[0],
        scale=basis.scales[0],
        cut=cut,
        goes_left=goes_left,
        left=left,
        right=right,
    )


def cut_in_double(cut: float) -> float:
    """Return the largest double that rounds to a single of at most ``cut``: scikit-learn cuts singles."""
    below = np.float32(cut)
    if float(below) > cut:
        below = np.nextafter(below, np.float32(-np.inf))
    above = np.nextafter(below, np.float32(np.inf))
    middle = (float(below) + float(above)) / 2
    return middle if np.float32(middle) <= below else float(np.nextafter(middle, -np.inf))
