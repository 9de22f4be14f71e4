"""Parquet: types are known, the file must be whole."""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from leadline.data.layout import clean_name
from leadline.data.raw import RawTable, unreadable
from leadline.data.unpacking import unpacked_limit
from leadline.language import _

_BYTES_A_CELL = 8
_ROWS_A_BATCH = 1 << 14
#: So much a file may hold however small it is: columns of one value are common.
_SPARED_BYTES = 1 << 30


def read_parquet(path: Path) -> RawTable:
    """Read a Parquet file with the types that it declares.

    Raises
    ------
    DataError
        If the file is cut off or damaged, or holds no rows.
    """
    try:
        cells = _read_whole(path)
        cells.validate(full=True)  # a text may be broken UTF-8
    except (pa.ArrowException, OSError, UnicodeError):  # a column may be named in broken UTF-8
        raise unreadable(
            str(path), [_("the Parquet file is cut off or damaged. Copy or export it again.")]
        ) from None
    return number_rows(cells, str(path))


def _read_whole(path: Path) -> pa.Table:
    """Read all rows; a value repeated millions of times takes no room in the file, and all in memory."""
    limit = unpacked_limit(path.stat().st_size, sys.maxsize)
    file = pq.ParquetFile(path)
    is_plain = all(pa.types.is_primitive(kind) for kind in file.schema_arrow.types)  # no cell is long
    if is_plain and file.metadata.num_rows * file.metadata.num_columns * _BYTES_A_CELL <= limit:
        return file.read()
    batches: list[pa.RecordBatch] = []
    rows = held = 0
    for batch in file.iter_batches(batch_size=_ROWS_A_BATCH):
        batches.append(batch)
        rows, held = rows + batch.num_rows, held + batch.nbytes
        if held > max(limit, _SPARED_BYTES):
            problem = _(
                "its first {rows} rows take {held} MB, more than a hundred times the size of the file. If it "
                "is sound, split it.",
                rows=f"{rows:,}",
                held=f"{held / 1_000_000:,.0f}",
            )
            raise unreadable(str(path), [problem])
    return pa.Table.from_batches(batches, file.schema_arrow)


def number_rows(cells: pa.Table, name: str, *, typed: bool = True) -> RawTable:
    """Give each row of a table its number, a header counting as row 1.

    Raises
    ------
    DataError
        If there are no rows, or names that repeat.
    """
    names = [clean_name(column) for column in cells.column_names]
    repeated = sorted({column for column in names if names.count(column) > 1})
    problems = [
        _("{column}: several columns have this name. Rename them.", column=column) for column in repeated
    ]
    if not cells.num_rows:
        problems.append(_("it has no rows of data. Check the export's filter and period."))
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
