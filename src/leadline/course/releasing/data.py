"""The tables of one student: made from a market of the student's own, and no trace of its seed."""

import contextlib
import io
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from leadline.course.cells import Cell, role, source_of
from leadline.course.opening import NOTE_FILE
from leadline.course.sitting import Sitting, seated
from leadline.errors import RunError
from leadline.language import _, current_language


def make_tables(cells: Sequence[Cell], *, student_id: str, seed: int) -> dict[str, pd.DataFrame]:
    """Make the tables of one student, as the instructor's first cell says.

    Parameters
    ----------
    cells
        Of the instructor's notebook.
    student_id, seed
        Whose tables, and the seed of the market of that student.

    Raises
    ------
    RunError
        If the cell fails, or declares no tables.
    """
    with seated(Sitting(student_id, seed, is_quiet=True)) as sitting:
        namespace: dict[str, Any] = {"__name__": "__main__"}
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                for cell in cells:
                    if role(cell) == "test" and sitting.maker is None:
                        code = compile(source_of(cell), "<setup>", "exec")
                        exec(code, namespace)  # noqa: S102 (the instructor's own code)
            tables = sitting.data
        except Exception as error:
            raise RunError(
                _(
                    "The data of student {student} cannot be made: {kind}: {reason}. Mend the first code "
                    "cell of the instructor's notebook.",
                    student=repr(student_id),
                    kind=type(error).__name__,
                    reason=error,
                )
            ) from error
    return tables


def write_data(
    tables: Mapping[str, pd.DataFrame], folder: Path, *, lab: str, student_id: str
) -> dict[str, str]:
    """Write a student's tables and the note that says whose they are.

    Equal tables give equal bytes. What pandas and Arrow note in a file about its making is left out.

    Parameters
    ----------
    tables
        Name → rows; their index is not kept.
    folder
        The folder ``data`` itself; made where it is not there.
    lab, student_id
        What the note says.

    Returns
    -------
    dict
        Name of each table → SHA-256 of its file, as the note ``lab.json`` holds them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for name, frame in tables.items():
        table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        path = folder / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd")
        written[name] = sha256(path.read_bytes()).hexdigest()
    note = {"lab": lab, "student": student_id, "language": current_language(), "tables": written}
    (folder / NOTE_FILE).write_text(json.dumps(note, indent=1) + "\n", "utf-8", newline="\n")
    return written
