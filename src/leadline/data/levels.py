"""One column as its distinct texts, by which types are judged: rows cost little, values count."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from leadline.data.raw import ROWS_NAMED, name_rows, shorten

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")

#: What people and programs write for "no value", in lower case.
MISSING_WORDS = frozenset(
    [
        "na",
        "n/a",
        "#n/a",
        "nan",
        "null",
        "none",
        "nil",
        "-",
        "--",
        "?",
        ".",
        "missing",
        "缺失",
        "未知",
        "无",
        "不详",
        "空",
    ]
)
#: What Excel writes where a formula fails, in lower case; #N/A, an answer not found, is a word above.
EXCEL_ERRORS = frozenset(
    ["#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "#spill!", "#calc!", "#getting_data"]
)
_SAMPLE, _HARDLY = 500, 0.1

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class TextColumn:
    """A column of text.

    Attributes
    ----------
    name
        As in the file.
    levels
        Distinct cleaned texts; the empty one means missing. Shape: (levels,).
    codes
        Level of each row. Shape: (rows,).
    rows
        Row of the file of each value. Shape: (rows,).
    cleaned
        Whether cleaning changed any text beyond spaces at its ends.
    """

    name: str
    levels: pa.Array
    codes: NDArray[np.int64]
    rows: NDArray[np.int64]
    cleaned: bool = False

    @cached_property
    def blank(self) -> Mask:
        """Which levels mean missing."""
        found: Mask = pc.equal(self.levels, "").to_numpy(zero_copy_only=False)
        return found

    @cached_property
    def row_counts(self) -> NDArray[np.int64]:
        """Rows a level. Shape: (levels,)."""
        return np.bincount(self.codes, minlength=len(self.levels))

    @cached_property
    def marker(self) -> Mask:
        """Which levels are words for a missing value, or errors that Excel shows in its place."""
        return self._is_word(MISSING_WORDS | EXCEL_ERRORS)

    @cached_property
    def error(self) -> Mask:
        """Which levels are Excel's errors."""
        return self._is_word(EXCEL_ERRORS)

    def _is_word(self, words: frozenset[str]) -> Mask:
        known = pa.array(sorted(words), pa.string())
        found: Mask = pc.is_in(pc.utf8_lower(self.levels), value_set=known).to_numpy(zero_copy_only=False)
        return found

    def hardly_matches(self, pattern: str) -> bool:
        """Say from a sample of many levels that hardly any matches; of few levels, that none does."""
        step = max(1, len(self.levels) // _SAMPLE)
        sample = self.levels.take(pa.array(np.arange(0, len(self.levels), step)))
        found = pc.sum(pc.match_substring_regex(sample, f"^(?:{pattern})$")).as_py()
        return bool(found < _HARDLY * len(sample)) if step > 1 else not found

    def matches(self, pattern: str) -> Mask:
        """Say which levels match ``pattern`` (RE2 syntax) from end to end."""
        found: Mask = pc.match_substring_regex(self.levels, f"^(?:{pattern})$").to_numpy(zero_copy_only=False)
        return found

    def count(self, levels: Mask) -> int:
        """Count the rows that hold one of these levels."""
        return int(self.row_counts[levels].sum())

    def texts(self, levels: Mask) -> list[str]:
        """Return these levels as Python texts."""
        return list(self.levels.filter(pa.array(levels)).to_pylist())

    def describe(self, levels: Mask) -> str:
        """Name the first rows and values: "rows 4 and 9: 'abc', 'n.d.'"."""
        rows = self.rows[levels[self.codes]]
        first = np.flatnonzero(levels[self.codes])[:ROWS_NAMED]
        values = dict.fromkeys(shorten(self.levels[int(self.codes[place])].as_py()) for place in first)
        return f"{name_rows(rows)}: {', '.join(values)}"


def read_levels(name: str, cells: pa.ChunkedArray, rows: NDArray[np.int64]) -> TextColumn:
    """Collect a column's distinct texts, cleaned of spaces, invisible characters and decomposed letters."""
    encoded = pc.dictionary_encode(cells.combine_chunks())
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    levels = pc.utf8_trim_whitespace(encoded.dictionary)
    ascii_only = pc.all(pc.string_is_ascii(levels), min_count=0).as_py()
    cleaned = levels if ascii_only else pa.array([_clean(text) for text in levels.to_pylist()], pa.string())
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    changed = not ascii_only and not cleaned.equals(levels)
    return TextColumn(name=name, levels=cleaned, codes=codes, rows=rows, cleaned=changed)


def take_values(values: Sequence[object] | NDArray[np.generic], column: TextColumn) -> NDArray[np.generic]:
    """Spread one value a level over the rows."""
    return np.asarray(values)[column.codes]


def _clean(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize(
        "NFC", _INVISIBLE.sub("", text).replace("\u00a0", " ").replace("\u3000", " ")
    ).strip()
