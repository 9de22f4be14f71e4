"""A table before its types are known: cells as text, each row with its place in the file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from leadline.errors import DataError
from leadline.language import _

ROWS_NAMED = 3
_FILE_ROW_OF_FIRST = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class RawTable:
    """Cells as they stand in the file.

    Attributes
    ----------
    cells
        One row a record, one column a field.
    rows
        Row of the file in which each record stands, the header being row 1. Shape: (records,).
    typed
        Whether the source knows types itself (Parquet, DuckDB), so that its text is meant as text.
    """

    cells: pa.Table
    rows: NDArray[np.int64]
    typed: bool = False


@dataclass
class Findings:
    """What readers meet on the way: notes for the record, warnings for the report, problems that stop."""

    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def stop_at_problems(self, name: str) -> None:
        """Raise one `DataError` with all problems met so far."""
        if self.problems:
            raise unreadable(name, self.problems)


def unreadable(name: str, problems: Iterable[str]) -> DataError:
    """Build the error of a table that cannot be read as it is."""
    return DataError(_("{name} cannot be read as it is", name=name), list(problems))


def name_rows(rows: Sequence[int] | NDArray[np.int64]) -> str:
    """Name the first few rows: "row 4", "rows 4 and 9", "rows 4, 9, 12 and 88 more"."""
    first = [f"{row:,}" for row in rows[:ROWS_NAMED]]
    more = len(rows) - len(first)
    if more:
        return _("rows {rows} and {more} more", rows=_(", ").join(first), more=f"{more:,}")
    if len(first) == 1:
        return _("row {row}", row=first[0])
    return _("rows {rows} and {last}", rows=_(", ").join(first[:-1]), last=first[-1])


def label_rows(frame: pd.DataFrame, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Label a frame's rows by their place in the file: 0 is row 2, below the header; rows left out are gaps.

    Rows of several files, whose numbers repeat, are labelled 0, 1, 2… in their order.
    """
    labels = rows - _FILE_ROW_OF_FIRST
    if (np.diff(labels) == 1).all() and labels[:1] == 0:
        return frame
    return frame.set_axis(pd.Index(labels)) if len(np.unique(labels)) == len(labels) else frame


def find_file_rows(mask: pd.Series) -> list[int]:
    """Return the rows of the file in which a frame's mask is true, as far as the frame knows them.

    A frame of `read_table` is labelled by its place in the file (see `label_rows`), and keeps its labels when
    rows are taken out or sorted. Labels that are no unique whole numbers count by place.
    """
    is_known = pd.api.types.is_integer_dtype(mask.index) and mask.index.is_unique
    labels = mask.index if is_known else pd.RangeIndex(len(mask))
    return [int(label) + _FILE_ROW_OF_FIRST for label in labels[mask.to_numpy(dtype=bool)]]


def counted(count: int, one: str, many: str) -> str:
    """Return "1 value is" or "1,204 values are"."""
    return f"{count:,} {one if count == 1 else many}"


def suggest(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'nearest'?" or nothing."""
    lowered = {str(item).casefold(): str(item) for item in known}
    near = get_close_matches(name.casefold(), lowered, n=1, cutoff=0.6)
    return (" " + _("Did you mean {near}?", near=repr(lowered[near[0]]))) if near else ""


def shorten(value: object, width: int = 40) -> str:
    """Write a value for a message: text quoted, cut to ``width`` characters, control characters escaped."""
    text = str(value)
    if not isinstance(value, str):
        return text
    return repr(text if len(text) <= width else text[: width - 1] + "…")
