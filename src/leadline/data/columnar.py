"""Parquet: types are known, the file must be whole."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from leadline.data.layout import clean_name
from leadline.data.raw import RawTable, unreadable


def read_parquet(path: Path) -> RawTable:
    """Read a Parquet file with the types that it declares.

    Raises
    ------
    DataError
        If the file is cut off or damaged, or holds no rows.
    """
    try:
        cells = pq.ParquetFile(path).read()
    except (pa.ArrowInvalid, OSError):
        raise unreadable(
            str(path), ["the Parquet file is cut off or damaged. Copy or export it again."]
        ) from None
    return number_rows(cells, str(path))


def number_rows(cells: pa.Table, name: str, *, typed: bool = True) -> RawTable:
    """Give each row of a table its number, a header counting as row 1.

    Raises
    ------
    DataError
        If there are no rows, or names that repeat.
    """
    names = [clean_name(column) for column in cells.column_names]
    repeated = sorted({column for column in names if names.count(column) > 1})
    problems = [f"{column}: several columns have this name. Rename them." for column in repeated]
    if not cells.num_rows:
        problems.append("it has no rows of data. Check the export's filter and period.")
    if problems:
        raise unreadable(name, problems)
    rows_of_file = np.arange(2, cells.num_rows + 2, dtype=np.int64)
    return RawTable(cells=_plain_text(cells).rename_columns(names), rows=rows_of_file, typed=typed)


def _plain_text(cells: pa.Table) -> pa.Table:
    """Bring every form of text (large, dictionary) into the plain one; missing text is empty."""
    for position, column in enumerate(cells.columns):
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            text = pc.fill_null(pc.cast(column, pa.string()), "")
            cells = cells.set_column(position, cells.column_names[position], text)
    return cells
