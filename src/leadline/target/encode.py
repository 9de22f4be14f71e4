"""Columns of any kind → numbers that a model can use; everything learned on the training rows only."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from leadline.language import _, plural
from leadline.target.metrics import FloatArray

IntArray = npt.NDArray[np.int64]
#: A level held by fewer training rows than this (or than this share) joins the group "other".
_RARE_ROWS, _RARE_SHARE, _MOST_LEVELS = 10, 0.002, 50
#: "1 - 10%", "f 1000-4999", "20000-?", "100%", "30–40".
_BAND = re.compile(r"[^\d\-–]{0,3}(\d+(?:\.\d+)?)\s*(?:[-–~]\s*(\d+(?:\.\d+)?|\?))?\s*%?")
#: Months, "2023-12", are no bands.
_MONTH = re.compile(r"\d{4}-\d{2}")
_MISSING = -1


@dataclass(frozen=True, eq=False)
class Attribute:
    """One column, read once: ``numbers`` (NaN where missing), or ``codes`` into ``levels`` (-1: missing).

    With both ``numbers`` and ``levels`` the numbers are ranks of the levels, bands from lowest to highest.
    """

    name: str
    numbers: FloatArray | None = None
    codes: IntArray | None = None
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Features:
    """Numbers ready for a model.

    ``matrix`` has one row a customer and one column a feature; ``names`` says what a feature is ("job =
    student"), ``sources`` the column it comes from; ``notes`` what was filled in or grouped.
    """

    matrix: FloatArray
    names: tuple[str, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]

    def of(self, columns: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Mark the features that come from ``columns``."""
        wanted = set(columns)
        return np.array([source in wanted for source in self.sources], dtype=bool)


def read_attribute(column: pd.Series) -> Attribute:
    """Read a column as numbers (numbers, flags, dates in days, ordered bands) or as levels.

    Text whose every level is a band of numbers ("1 - 10%", "1000-4999") becomes the rank of its band, if the
    bands lie one above the other. Codes in digits alone (postal codes), months and scores stay levels.
    """
    name = str(column.name)
    if types.is_datetime64_any_dtype(column.dtype):
        moments = pd.to_datetime(column, utc=True).dt.tz_localize(None)
        days = (moments - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
        return Attribute(name, numbers=days.to_numpy(na_value=np.nan).astype(np.float64))
    if types.is_numeric_dtype(column.dtype) or types.is_bool_dtype(column.dtype):
        return Attribute(name, numbers=column.to_numpy(dtype=float, na_value=np.nan))
    codes, found = pd.factorize(column.astype("string"), sort=True)
    levels = tuple(str(level) for level in found)
    order = _order_bands(levels)
    if order is None:
        return Attribute(name, codes=codes.astype(np.int64), levels=levels)
    ranks: FloatArray = np.array([*np.argsort(order), np.nan], dtype=np.float64)
    return Attribute(name, numbers=ranks[codes], levels=tuple(levels[place] for place in order))


def _order_bands(levels: Sequence[str]) -> IntArray | None:
    """Places of the levels from lowest to highest band; None unless all are bands, one above the other."""
    found = [_BAND.fullmatch(level.strip()) for level in levels]
    bands = [match for match in found if match and not _MONTH.fullmatch(match[0])]
    if len(bands) < len(levels) or not any(match[2] for match in bands):
        return None
    lower = np.array([float(match[1]) for match in bands])
    upper = np.array([np.inf if match[2] == "?" else float(match[2] or match[1]) for match in bands])
    order = np.argsort(lower, kind="stable")
    above = (lower[order][1:] > lower[order][:-1]) & (lower[order][1:] >= upper[order][:-1])
    return order if above.all() and (upper >= lower).all() else None


def encode_attributes(attributes: Iterable[Attribute], train: IntArray) -> Features:
    """Make features of all rows, learning medians and levels from the ``train`` rows alone.

    A missing number becomes the median, with a feature that says so; a level that is rare or absent among
    the training rows becomes "other".
    """
    attributes = list(attributes)
    blocks, names, sources, notes = [], [], [], _note_bands(attributes)
    for attribute in attributes:
        block, labels, note = (
            _encode_numbers(attribute.name, attribute.numbers, train)
            if attribute.numbers is not None
            else _encode_levels(attribute, train)
        )
        blocks.append(block)
        names += labels
        sources += [attribute.name] * len(labels)
        notes += note
    return Features(
        matrix=np.column_stack(blocks), names=_tell_apart(names), sources=tuple(sources), notes=tuple(notes)
    )


def _note_bands(attributes: Iterable[Attribute]) -> list[str]:
    """One note on all columns that were read as bands: a table can hold eighty."""
    bands = [
        _(
            "{column} (“{lowest}” to “{highest}”)",
            column=attribute.name,
            lowest=attribute.levels[0],
            highest=attribute.levels[-1],
        )
        for attribute in attributes
        if attribute.numbers is not None and attribute.levels
    ]
    return (
        [_("Texts read as ordered bands of numbers: {columns}.", columns=_(", ").join(bands))]
        if bands
        else []
    )


def _tell_apart(names: Iterable[str]) -> tuple[str, ...]:
    """Add a number to names that came before: a table may hold a level that is itself called "(other)"."""
    apart: dict[str, None] = {}
    for name in names:
        tries = (f"{name} ({number})" for number in count(2))
        apart[name if name not in apart else next(other for other in tries if other not in apart)] = None
    return tuple(apart)


def _encode_numbers(
    name: str, values: FloatArray, train: IntArray
) -> tuple[FloatArray, list[str], list[str]]:
    missing = np.isnan(values)
    if not missing.any():
        return values[:, None], [name], []
    known = values[train][~missing[train]]
    median = float(np.median(known)) if len(known) else 0.0
    filled = np.where(missing, median, values)
    note = plural(
        "{column}: {count} missing value became the median of the training rows ({median}).",
        "{column}: {count} missing values became the median of the training rows ({median}).",
        int(missing.sum()),
        column=name,
        median=f"{median:g}",
    )
    return np.column_stack([filled, missing]), [name, _("{column} is missing", column=name)], [note]


def _encode_levels(attribute: Attribute, train: IntArray) -> tuple[FloatArray, list[str], list[str]]:
    codes = attribute.codes
    assert codes is not None  # noqa: S101 (an attribute has values or codes)
    counts = np.bincount(codes[train] + 1, minlength=len(attribute.levels) + 1)
    enough = max(_RARE_ROWS, int(np.ceil(_RARE_SHARE * len(train))))
    kept = [int(code) for code in np.argsort(-counts, kind="stable")[:_MOST_LEVELS] if counts[code] >= enough]
    kept.sort()
    titles = [_("(missing)") if code == 0 else attribute.levels[code - 1] for code in kept]
    block = (codes[:, None] + 1 == np.array(kept, dtype=np.int64)[None, :]).astype(float)
    names = [f"{attribute.name} = {title}" for title in titles]
    notes = []
    grouped = len(attribute.levels) - sum(code > 0 for code in kept)
    missing = int((codes == _MISSING).sum())
    if grouped or (missing and 0 not in kept):
        other = 1.0 - block.sum(axis=1)
        block, names = np.column_stack([block, other]), [*names, f"{attribute.name} = {_('(other)')}"]
    if grouped:
        notes.append(
            plural(
                "{column}: {count} level with few or no training rows counts as “other”.",
                "{column}: {count} levels with few or no training rows count as “other”.",
                grouped,
                column=attribute.name,
            )
        )
    if missing and 0 not in kept:
        notes.append(
            plural(
                "{column}: {count} missing value counts as “other”.",
                "{column}: {count} missing values count as “other”.",
                missing,
                column=attribute.name,
            )
        )
    elif missing:
        notes.append(
            plural(
                "{column}: {count} missing value counts as a level of its own.",
                "{column}: {count} missing values count as a level of their own.",
                missing,
                column=attribute.name,
            )
        )
    return block, names, notes
