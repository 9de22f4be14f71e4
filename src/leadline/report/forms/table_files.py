"""The files of a run's tables, read back as columns of cells."""

import csv
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

_KINDS = (".csv", ".xlsx", ".parquet")
_ENCODINGS = ("utf-8-sig", "gb18030")

Columns = tuple[list[str], list[list[Any]]]


def list_table_files(record: Mapping[str, Any], folder: Path) -> list[Path]:
    """Return the tables among the files that the record names, in its order; texts and links are none."""
    files = [folder / table["name"] for table in record.get("tables", [])]
    return [
        file
        for file in files
        if file.suffix in _KINDS and file.parent == folder and not (file.is_symlink() or folder.is_symlink())
    ]


def read_table_file(file: Path) -> Columns:
    """Return the headings and the columns of one table; CSV as text, as it stands.

    Raises
    ------
    OSError, ValueError
        If the file is gone, or is no such table.
    """
    return _read_csv(file) if file.suffix == ".csv" else _read_frame(file)


def _read_csv(file: Path) -> Columns:
    content = file.read_bytes()
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValueError("it is neither UTF-8 nor GB18030")
    csv.field_size_limit(2**31 - 1)
    heads, *rows = list(csv.reader(StringIO(text, newline=""))) or [[]]
    return heads, [[row[place] if place < len(row) else "" for row in rows] for place in range(len(heads))]


def _read_frame(file: Path) -> Columns:
    import pandas as pd  # noqa: PLC0415 (most runs have CSV alone)

    frame = pd.read_parquet(file) if file.suffix == ".parquet" else pd.read_excel(file, dtype=object)
    return [str(name) for name in frame.columns], [
        list(frame.iloc[:, place]) for place in range(frame.shape[1])
    ]
