"""Tables on their way into a spreadsheet: texts guarded, and those that no file can hold named."""

import pandas as pd

from leadline.data.raw import find_file_rows, name_rows
from leadline.language import _, plural
from leadline.language.escaping import guard_cell


def guard_names(frame: pd.DataFrame) -> list[str]:
    """Return the columns' names as a spreadsheet may see them."""
    return [guard_cell(str(name)) for name in frame.columns]


def is_texts(values: pd.Series) -> bool:
    """Say whether a column may hold texts."""
    return pd.api.types.is_object_dtype(values) or isinstance(
        values.dtype, pd.StringDtype | pd.CategoricalDtype
    )


def guard_column(values: pd.Series) -> list[object]:
    """Return the cells of a column: texts guarded, None where missing, numbers, dates and flags as they are.

    Whatever else a cell holds is written as text.
    """
    return [_guard(cell) for cell in values.astype(object)]


def _guard(cell: object) -> object:
    if isinstance(cell, str):
        return guard_cell(cell)
    if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:  # noqa: PLR0124 - NaN alone differs
        return None
    return cell if _is_plain(cell) else guard_cell(str(cell))


def _is_plain(cell: object) -> bool:
    return pd.api.types.is_number(cell) or pd.api.types.is_bool(cell) or hasattr(cell, "isoformat")


def find_broken(frame: pd.DataFrame) -> list[str]:
    """List the texts that hold half a character (a lone surrogate), which no encoding can write."""
    problems = [
        _("{name}: the column's name holds half a character. Correct it.", name=ascii(name))
        for name in map(str, frame.columns)
        if not _is_whole(name)
    ]
    for name, values in frame.items():
        if not is_texts(values):
            continue
        broken = [not (cell is None or _is_whole(str(cell))) for cell in values.astype(object)]
        if rows := find_file_rows(pd.Series(broken, values.index, dtype=bool)):
            problems.append(
                plural(
                    "{name}: {count} text holds half a character ({rows}). Correct or empty them.",
                    "{name}: {count} texts hold half a character ({rows}). Correct or empty them.",
                    len(rows),
                    name=name,
                    rows=name_rows(rows),
                )
            )
    return problems


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
