"""CSV for people with Excel: opens in the right encoding and runs nothing."""

from pathlib import Path

import pandas as pd

from leadline.errors import DataError

#: A text that begins with one of these is a formula, or the start of a new cell, to a spreadsheet.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guard_cell(text: str) -> str:
    """Return text that a spreadsheet shows rather than runs: an apostrophe goes before a formula.

    Examples
    --------
    >>> guard_cell("=1+1"), guard_cell("Zhang")
    ("'=1+1", 'Zhang')
    """
    return "'" + text if text.lstrip(" ").startswith(_DANGEROUS) else text


def write_csv(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table as CSV: UTF-8 with byte-order mark, text guarded, numbers and dates plain, no index.

    Parameters
    ----------
    frame
        Any table. Text columns (phones, ids) are written as they are, save the guard of `guard_cell`.
    path
        File to write; what was there is replaced.

    Raises
    ------
    DataError
        If a text cannot be written in UTF-8 (a lone surrogate, half a character).
    """
    guarded = frame.copy(deep=False)
    guarded.columns = [guard_cell(str(name)) for name in frame.columns]
    for position, (name, values) in enumerate(frame.items()):
        if not _holds_text(values):
            continue
        guarded.isetitem(position, _guard_values(values, str(name)))
    guarded.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _holds_text(values: pd.Series) -> bool:
    return pd.api.types.is_object_dtype(values) or isinstance(
        values.dtype, pd.StringDtype | pd.CategoricalDtype
    )


def _guard_values(values: pd.Series, name: str) -> pd.Series:
    cells = [guard_cell(cell) if isinstance(cell, str) else cell for cell in values.astype(object)]
    broken = [row for row, cell in enumerate(cells, start=2) if isinstance(cell, str) and not _is_whole(cell)]
    if broken:
        raise DataError.of(
            "The table cannot be written as CSV",
            f"{name}: {len(broken):,} texts hold half a character (first: row {broken[0]:,}). Correct or empty them.",
        )
    return pd.Series(cells, index=values.index, dtype=object)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
