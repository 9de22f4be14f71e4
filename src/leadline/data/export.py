"""CSV for people with Excel: opens in the right encoding and runs nothing."""

from pathlib import Path

import pandas as pd

from leadline.data.raw import counted, find_file_rows
from leadline.errors import DataError
from leadline.language.escaping import guard_cell


def write_csv(frame: pd.DataFrame, path: str | Path) -> None:
    """Write `csv_text` to a file, UTF-8 with byte-order mark; what was there is replaced."""
    Path(path).write_text(csv_text(frame), encoding="utf-8-sig", newline="")


def csv_text(frame: pd.DataFrame) -> str:
    """Return a table as CSV: text guarded, numbers and dates plain, no index.

    Parameters
    ----------
    frame
        Any table. Text columns (phones, ids) are written as they are, save the guard of `guard_cell`.

    Raises
    ------
    DataError
        If a text cannot be written in UTF-8 (a lone surrogate, half a character).
    """
    guarded = frame.copy(deep=False)
    guarded.columns = [guard_cell(str(name)) for name in frame.columns]
    for position, (name, values) in enumerate(frame.items()):
        if _holds_text(values):
            guarded.isetitem(position, _guard_values(values, str(name)))
    return str(guarded.to_csv(index=False, lineterminator="\r\n"))


def _holds_text(values: pd.Series) -> bool:
    return pd.api.types.is_object_dtype(values) or isinstance(
        values.dtype, pd.StringDtype | pd.CategoricalDtype
    )


def _guard_values(values: pd.Series, name: str) -> list[object]:
    cells = [guard_cell(cell) if isinstance(cell, str) else cell for cell in values.astype(object)]
    broken = find_file_rows(
        pd.Series([isinstance(cell, str) and not _is_whole(cell) for cell in cells], values.index, dtype=bool)
    )
    if broken:
        raise DataError.of(
            "The table cannot be written as CSV",
            f"{name}: {counted(len(broken), 'text holds', 'texts hold')} half a character (first: row "
            f"{broken[0]:,}). Correct or empty them.",
        )
    return cells


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
