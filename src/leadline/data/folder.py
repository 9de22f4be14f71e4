"""A folder of tables: one of them by name, or all of them as parts of one."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa

from leadline.data.locate import known_kind
from leadline.data.raw import Findings, RawTable, suggest
from leadline.errors import DataError
from leadline.language import _

ReadFile = Callable[[Path, str, Findings], RawTable]


def refuse_links_out(folder: Path, files: Iterable[Path]) -> None:
    """Refuse files of a folder that are links to elsewhere.

    Raises
    ------
    DataError
        Naming each of them.
    """
    home = folder.resolve()
    outside = [file for file in files if not file.resolve().is_relative_to(home)]
    if outside:
        raise DataError.of(
            _("{folder} cannot be opened", folder=folder),
            *(
                _("{name} is a link that leads out of the folder. Copy the file itself.", name=file.name)
                for file in outside
            ),
        )


def find_parts(folder: Path, part: str) -> list[Path]:
    """Return the files of a folder that are meant, in order of name.

    Raises
    ------
    DataError
        If the folder holds no table, or none of the name ``part``; or if a table is a link to elsewhere.
    """
    files = sorted(file for file in folder.iterdir() if known_kind(file) in ("delimited", "parquet", "excel"))
    if not files:
        raise DataError.of(
            _("{folder} holds no table", folder=folder), _("put CSV, XLSX or Parquet files into it.")
        )
    if not part:
        refuse_links_out(folder, files)
        return files
    chosen = [file for file in files if part in (file.name, file.name.split(".")[0])]
    if len(chosen) != 1:
        names = [file.name for file in files]
        headline = (
            _("{folder} holds several tables named {part}", folder=folder, part=repr(part))
            if chosen
            else _("{folder} holds no table named {part}", folder=folder, part=repr(part))
        )
        raise DataError.of(
            headline,
            _("it holds {names}.{hint}", names=_(", ").join(names[:10]), hint=suggest(part, names)),
        )
    refuse_links_out(folder, chosen)
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
        _difference(part.name, columns, table.cells.column_names)
        for part, table in zip(parts[1:], tables[1:], strict=True)
        if set(table.cells.column_names) != set(columns)
    ]
    problems = problems or _clashes(parts, [table.cells for table in tables])
    if problems:
        raise DataError(
            _(
                "The tables in {parent} are not parts of one (compared with {name}; choose one: "
                "{parent}::{table})",
                parent=parts[0].parent,
                name=parts[0].name,
                table=parts[0].name.split(".")[0],
            ),
            problems,
        )
    try:
        cells = pa.concat_tables(
            [table.cells.select(columns) for table in tables], promote_options="permissive"
        )
    except pa.ArrowInvalid as error:
        raise DataError.of(
            _("The tables in {parent} are not parts of one", parent=parts[0].parent),
            _(
                "a column holds fractions in one file and too long whole numbers in another "
                "({error}). Export all parts with one type.",
                error=error,
            ),
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
                    _(
                        "{column}: {file} holds {type}, the files before it {earlier}. Export all parts with "
                        "one type.",
                        column=name,
                        file=part.name,
                        type=field.type,
                        earlier=common.field(name).type,
                    )
                )
    return problems


def _difference(file: str, wanted: list[str], found: list[str]) -> str:
    missing = _(", ").join([name for name in wanted if name not in found][:5])
    extra = _(", ").join([name for name in found if name not in wanted][:5])
    if missing and extra:
        return _("{file}: lacks {missing}, has also {extra}.", file=file, missing=missing, extra=extra)
    if missing:
        return _("{file}: lacks {missing}.", file=file, missing=missing)
    return _("{file}: has also {extra}.", file=file, extra=extra)
