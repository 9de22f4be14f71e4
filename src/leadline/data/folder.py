"""A folder of tables: one of them by name, or all of them as parts of one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from leadline.data.locate import known_kind
from leadline.data.raw import Findings, RawTable, suggest
from leadline.errors import DataError

ReadFile = Callable[[Path, str, Findings], RawTable]


def find_parts(folder: Path, part: str) -> list[Path]:
    """Return the files of a folder that are meant, in order of name.

    Raises
    ------
    DataError
        If the folder holds no table, or none of the name ``part``.
    """
    files = sorted(file for file in folder.iterdir() if known_kind(file) in ("delimited", "parquet", "excel"))
    if not files:
        raise DataError.of(f"{folder} holds no table", "put CSV, XLSX or Parquet files into it.")
    if not part:
        return files
    chosen = [file for file in files if part in (file.name, file.name.split(".")[0])]
    if len(chosen) != 1:
        names = [file.name for file in files]
        what = "holds several tables" if chosen else "holds no table"
        raise DataError.of(
            f"{folder} {what} named {part!r}", f"it holds {', '.join(names[:10])}.{suggest(part, names)}"
        )
    return chosen


def read_parts(parts: list[Path], findings: Findings, read_file: ReadFile) -> RawTable:
    """Read files one after the other as one table; columns may stand in another order.

    Raises
    ------
    DataError
        If the files do not have the same columns, or a column is of other types in other files.
    """
    tables = [read_file(part, "", findings) for part in parts]
    columns = tables[0].cells.column_names
    problems = [
        f"{part.name}: {_difference(columns, table.cells.column_names)}"
        for part, table in zip(parts[1:], tables[1:], strict=True)
        if set(table.cells.column_names) != set(columns)
    ]
    problems = problems or _clashes(parts, [table.cells for table in tables])
    if problems:
        raise DataError(
            f"The tables in {parts[0].parent} are not parts of one (compared with {parts[0].name}; "
            f"choose one: {parts[0].parent}::{parts[0].name.split('.')[0]})",
            problems,
        )
    try:
        cells = pa.concat_tables(
            [table.cells.select(columns) for table in tables], promote_options="permissive"
        )
    except pa.ArrowInvalid as error:
        raise DataError.of(
            f"The tables in {parts[0].parent} are not parts of one",
            f"a column holds fractions in one file and too long whole numbers in another ({error}). "
            "Export all parts with one type.",
        ) from None
    return RawTable(
        cells=cells,
        rows=np.concatenate([table.rows for table in tables]),
        typed=any(table.typed for table in tables),
    )


def _clashes(parts: list[Path], tables: list[pa.Table]) -> list[str]:
    """Name the columns whose types cannot be brought together."""
    problems = []
    for name in tables[0].column_names:
        common = pa.schema([tables[0].field(name)])
        for part, table in zip(parts[1:], tables[1:], strict=True):
            field = table.field(name)
            try:
                common = pa.unify_schemas([common, pa.schema([field])], promote_options="permissive")
            except (pa.ArrowTypeError, pa.ArrowInvalid):
                problems.append(
                    f"{name}: {part.name} holds {field.type}, the files before it {common.field(name).type}. "
                    "Export all parts with one type."
                )
    return problems


def _difference(wanted: list[str], found: list[str]) -> str:
    missing = [name for name in wanted if name not in found]
    extra = [name for name in found if name not in wanted]
    lacks = f"lacks {', '.join(missing[:5])}" if missing else ""
    has = f"has also {', '.join(extra[:5])}" if extra else ""
    return ", ".join(text for text in (lacks, has) if text) + "."
