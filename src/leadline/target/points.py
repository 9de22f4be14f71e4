"""A points table: rules that give each attribute whole points, added up to one score (system T4).

The same table scores frames here and in a database by `leadline.target.points_sql`, to the same points.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from leadline.errors import DataError
from leadline.language import _, format_value
from leadline.results import Column, table_html

#: Points of each customer; a sum of points always fits (`LARGEST_POINTS`).
PointArray = npt.NDArray[np.int32]
#: The largest number; what is not below it in size (infinity, not-a-number) counts as missing.
LARGEST = float(np.finfo(np.float64).max)
#: A level of this name counts as missing: so databases write what is not a number.
MISSING = "nan"
#: Most points, in size, that one rule may give.
LARGEST_POINTS = 1_000_000
#: Customers scored at a time: what is worked out on the way stays small, and near the processor.
_BATCH = 1 << 15
#: Numbers from here on are written with an exponent.
_LONGEST = 1e12
#: Bins that a byte can number.
_FEW = 127
#: A whole number with ".0", as columns with missing values write it; it names the same level as without.
_WHOLE = re.compile(r"(-?(?:0|[1-9][0-9]*))\.0")


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

    def score(self, values: pd.Series) -> PointArray:
        """Return the points of each value."""
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        bins: npt.NDArray[np.signedinteger] = np.zeros(
            len(numbers), dtype=np.int8 if len(self.points) < _FEW else np.int16
        )
        for cut in self.cuts:  # a comparison a cut is many times faster than a search where cuts are few
            above = numbers > cut.value if cut.closed else numbers >= cut.value
            bins += above.view(np.int8)
        bins[~np.isfinite(numbers)] = len(self.points)
        points: PointArray = np.array([*self.points, self.missing], dtype=np.int32)[bins]
        return points

    @property
    def range(self) -> tuple[int, int]:
        """The fewest and the most points that a value can have."""
        return min(*self.points, self.missing), max(*self.points, self.missing)

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
    """Points by level of a text or a flag (``true``, ``false``); ``otherwise`` for every other level.

    The levels are named as `write_level` writes them.
    """

    column: str
    label: str
    levels: Mapping[str, int]
    otherwise: int
    missing: int

    def score(self, values: pd.Series) -> PointArray:
        """Return the points of each value."""
        codes, found = pd.factorize(values)
        names = [write_level(level) for level in found]
        points = [
            self.missing if name == MISSING else self.levels.get(name, self.otherwise) for name in names
        ]
        return np.array([*points, self.missing], dtype=np.int32)[codes]

    def count_unnamed(self, values: pd.Series) -> pd.Series:
        """Count the values that ``otherwise`` stands for: level → customers, most first."""
        counts = values.value_counts()
        names = counts.index.map(write_level)
        return counts[~names.isin([*self.levels, MISSING])]

    @property
    def range(self) -> tuple[int, int]:
        """The fewest and the most points that a value can have."""
        points = [*self.levels.values(), self.otherwise, self.missing]
        return min(points), max(points)

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
        ranges = [attribute.range for attribute in self.attributes]
        return self.base + sum(low for low, _high in ranges), self.base + sum(high for _low, high in ranges)

    def score(self, frame: pd.DataFrame) -> pd.Series:
        """Score every customer.

        Parameters
        ----------
        frame
            One row a customer, with the `columns` of the table.

        Returns
        -------
        pandas.Series
            ``points`` (int32), with the index of ``frame``.

        Raises
        ------
        DataError
            If a column is absent, or holds text where the table has bins of numbers.
        """
        points = np.empty(len(frame), dtype=np.int32)
        self.score_into(frame, points)
        return pd.Series(points, index=frame.index, name="points", copy=False)

    def score_into(self, frame: pd.DataFrame, points: "npt.NDArray[np.signedinteger]") -> None:
        """Score every customer into ``points``, shape (customers,): for tables too large for memory.

        Raises
        ------
        DataError
            As `score`.
        ValueError
            If the `range` of the score does not fit into the numbers of ``points``.
        """
        self._check(frame)
        room = np.iinfo(points.dtype)
        if self.range[0] < room.min or self.range[1] > room.max:
            raise ValueError(f"points of {self.range} do not fit into {points.dtype}")
        points[:] = self.base
        for start in range(0, len(frame), _BATCH):
            batch = slice(start, start + _BATCH)
            for attribute in self.attributes:
                points[batch] += attribute.score(frame[attribute.column].iloc[batch])

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

    def _repr_html_(self) -> str:
        columns = {
            "label": Column(_("Attribute")),
            "rule": Column(_("Rule")),
            "points": Column(_("Points"), "count"),
        }
        caption = _("Points by rule; a customer's score is their sum")
        return f'<div class="result">{table_html(self.table, columns, name="points", caption=caption)}</div>'

    def check_columns(self, kinds: Mapping[str, object], *, numbers: Collection[str]) -> None:
        """Check the columns of a table to be scored: their types by name, and which of them are numbers.

        Raises
        ------
        DataError
            As `score`.
        """
        problems = [
            _("{column}: the table to be scored has no such column.", column=column)
            for column in self.columns
            if column not in kinds
        ]
        problems += [
            _(
                "{column}: holds {dtype}, and the points table has bins of numbers for it. Read it "
                "as a number, or give it points by level.",
                column=attribute.column,
                dtype=kinds[attribute.column],
            )
            for attribute in self.attributes
            if isinstance(attribute, NumberPoints)
            and attribute.column in kinds
            and attribute.column not in numbers
        ]
        if problems:
            raise DataError(
                _("The points table {name} cannot score this table", name=repr(self.name)), problems
            )

    def _check(self, frame: pd.DataFrame) -> None:
        kinds = {name: frame[name].dtype for name in self.columns if name in frame.columns}
        numbers = [name for name, dtype in kinds.items() if types.is_numeric_dtype(dtype)]
        self.check_columns(kinds, numbers=numbers)


def write_level(level: Any) -> str:
    """Write a level as a points table names it: flags in lower case, whole numbers without a point."""
    if isinstance(level, bool | np.bool_):
        return "true" if level else "false"
    whole = _WHOLE.fullmatch(text := str(level))
    return str(int(whole[1])) if whole else text


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
    is_readable = value.is_integer() and abs(value) < _LONGEST
    return format_value(value, "count") if is_readable else f"{value:.6g}"
