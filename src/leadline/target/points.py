"""A points table: rules that give each attribute whole points, added up to one score (system T4).

The same table scores frames here and in a database by `leadline.target.points_sql`, to the same points.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from leadline.errors import DataError
from leadline.language import _, format_value

IntArray = npt.NDArray[np.int64]
#: The largest number; what is not below it in size (infinity, not-a-number) counts as missing.
LARGEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Where one bin ends and the next begins; ``closed`` says that the value itself is still below."""

    value: float
    closed: bool


@dataclass(frozen=True, kw_only=True)
class NumberPoints:
    """Points by bins of a number: ``points[i]`` below ``cuts[i]``, the last above all cuts; ascending."""

    column: str
    label: str
    cuts: tuple[Cut, ...]
    points: tuple[int, ...]
    missing: int

    def score(self, values: pd.Series) -> IntArray:
        """Return the points of each value."""
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        bins = np.zeros(len(numbers), dtype=np.int16)
        for cut in self.cuts:  # a comparison a cut is many times faster than a search where cuts are few
            bins += numbers > cut.value if cut.closed else numbers >= cut.value
        bins[~(np.abs(numbers) <= LARGEST)] = len(self.points)
        return np.array([*self.points, self.missing], dtype=np.int64)[bins]

    def describe(self) -> list[tuple[str, int]]:
        """Return one pair a bin: its rule in words, its points."""
        words = []
        for place in range(len(self.points)):
            below = self.cuts[place] if place < len(self.cuts) else None
            above = self.cuts[place - 1] if place else None
            words.append(_describe_bin(above, below))
        return [*zip(words, self.points, strict=True), (_("missing"), self.missing)]


@dataclass(frozen=True, kw_only=True)
class LevelPoints:
    """Points by level of a text or a flag (``true``, ``false``); ``otherwise`` for every other level."""

    column: str
    label: str
    levels: Mapping[str, int]
    otherwise: int
    missing: int

    def score(self, values: pd.Series) -> IntArray:
        """Return the points of each value."""
        codes, found = pd.factorize(values)
        points = [self.levels.get(write_level(level), self.otherwise) for level in found]
        return np.array([*points, self.missing], dtype=np.int64)[codes]

    def describe(self) -> list[tuple[str, int]]:
        """Return one pair a level: its name, its points."""
        return [*self.levels.items(), (_("any other"), self.otherwise), (_("missing"), self.missing)]


AttributePoints = NumberPoints | LevelPoints


@dataclass(frozen=True, kw_only=True)
class PointsTable:
    """A scorecard in whole points: the ``base`` and the points of every attribute, added up."""

    name: str
    attributes: tuple[AttributePoints, ...]
    base: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a table must have to be scored."""
        return tuple(attribute.column for attribute in self.attributes)

    @property
    def range(self) -> tuple[int, int]:
        """The lowest and the highest score that a customer can have."""
        points = [[points for _rule, points in attribute.describe()] for attribute in self.attributes]
        return self.base + sum(map(min, points)), self.base + sum(map(max, points))

    def score(self, frame: pd.DataFrame) -> pd.Series:
        """Score every customer.

        Parameters
        ----------
        frame
            One row a customer, with the `columns` of the table.

        Returns
        -------
        pandas.Series
            ``points`` (int64), with the index of ``frame``.

        Raises
        ------
        DataError
            If a column is absent, or holds text where the table has bins of numbers.
        """
        self._check(frame)
        total = np.full(len(frame), self.base, dtype=np.int64)
        for attribute in self.attributes:
            total += attribute.score(frame[attribute.column])
        return pd.Series(total, index=frame.index, name="points")

    def split_score(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the points of every customer by attribute: one row a customer, one column an attribute."""
        self._check(frame)
        return pd.DataFrame(
            {attribute.column: attribute.score(frame[attribute.column]) for attribute in self.attributes},
            index=frame.index,
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row a rule: ``column``, ``label``, ``rule`` in words, ``points``; the base comes first."""
        rows = [("", _("Every customer"), _("base"), self.base)] if self.base else []
        for attribute in self.attributes:
            rows += [
                (attribute.column, attribute.label, rule, points) for rule, points in attribute.describe()
            ]
        return pd.DataFrame(rows, columns=["column", "label", "rule", "points"])

    def _check(self, frame: pd.DataFrame) -> None:
        problems = [
            f"{column}: the table to be scored has no such column."
            for column in self.columns
            if column not in frame.columns
        ]
        problems += [
            f"{attribute.column}: holds {frame[attribute.column].dtype}, and the points table has bins of "
            "numbers for it. Read it as a number, or give it points by level."
            for attribute in self.attributes
            if isinstance(attribute, NumberPoints)
            and attribute.column in frame.columns
            and not types.is_numeric_dtype(frame[attribute.column])
        ]
        if problems:
            raise DataError(f"The points table {self.name!r} cannot score this table", problems)


def write_level(level: Any) -> str:
    """Write a level as a points table names it: flags in lower case, whole numbers without a point."""
    if isinstance(level, bool | np.bool_):
        return "true" if level else "false"
    if isinstance(level, float | np.floating) and float(level).is_integer():
        return str(int(level))
    return str(level)


def _describe_bin(above: Cut | None, below: Cut | None) -> str:
    words = {
        "lower": _number(above.value) if above else "",
        "upper": _number(below.value) if below else "",
    }
    match (above, below):
        case (None, None):
            text = _("any number")
        case (None, Cut(closed=closed)):
            text = _("{upper} or less", **words) if closed else _("under {upper}", **words)
        case (Cut(closed=closed), None):
            text = _("over {lower}", **words) if closed else _("{lower} or more", **words)
        case (Cut(value=value), Cut(value=other)) if value == other:
            text = words["lower"]
        case (Cut(closed=True), Cut(closed=True)):
            text = _("over {lower}, up to {upper}", **words)
        case (Cut(closed=True), _below):
            text = _("over {lower}, under {upper}", **words)
        case (_above, Cut(closed=True)):
            text = _("{lower} to {upper}", **words)
        case _other:
            text = _("{lower} to under {upper}", **words)
    return text


def _number(value: float) -> str:
    return format_value(value, "count") if value.is_integer() else f"{value:.6g}"
