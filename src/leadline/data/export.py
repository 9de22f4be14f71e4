"""Tables out, as CSV, Excel workbook or Parquet: whole or not at all, and nothing in them runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, get_args

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from leadline.data.guarded import find_broken, guard_column, guard_names, is_texts
from leadline.data.raw import suggest
from leadline.durable import replacing
from leadline.errors import DataError, ParameterError, RunError
from leadline.language import _

#: CSV in UTF-8 with byte-order mark, CSV for programs that know only GB18030, Excel, Parquet.
TableForm = Literal["csv", "csv-gb18030", "xlsx", "parquet"]
_ENCODINGS = {"csv": "utf-8-sig", "csv-gb18030": "gb18030"}


def write_table(frame: pd.DataFrame, path: str | Path, *, form: TableForm = "csv") -> None:
    """Write a table to a file, whole or not at all; what was there is replaced.

    Parameters
    ----------
    frame
        Any table. In CSV and Excel texts are guarded (`guard_cell`), names of columns too. Excel gets texts
        as texts, ids and telephone numbers among them, and dates as dates. Parquet keeps types and values.
    path
        The file; its name is taken as it is.
    form
        What to write.

    Raises
    ------
    ParameterError
        If there is no such form.
    DataError
        If the form cannot hold the table, with every reason.
    RunError
        If the file cannot be written.
    """
    check_form(form)
    if problems := find_broken(frame):
        raise DataError(_("The table cannot be written as {form}", form=form), problems)
    with _replacing(Path(path)) as file:
        if form == "xlsx":
            from leadline.data.workbook import write_workbook  # noqa: PLC0415 - openpyxl takes 0.25 s

            write_workbook(frame, file)
        elif form == "parquet":
            _write_parquet(frame, file)
        else:
            file.write(csv_text(frame).encode(_ENCODINGS[form]))


def write_text(text: str, path: str | Path) -> None:
    """Write a text as UTF-8, whole or not at all; what was there is replaced.

    Raises
    ------
    RunError
        If the file cannot be written.
    """
    with _replacing(Path(path)) as file:
        file.write(text.encode())


def check_form(form: str) -> str:
    """Return the ending that the names of such files have.

    Raises
    ------
    ParameterError
        If there is no such form.
    """
    forms = get_args(TableForm)
    if form not in forms:
        raise ParameterError.of(
            _("The table cannot be written"),
            _(
                "{form} is none of {forms}.{hint}",
                form=repr(form),
                forms=_(", ").join(forms),
                hint=suggest(str(form), forms),
            ),
        )
    return f".{form.partition('-')[0]}"


def csv_text(frame: pd.DataFrame) -> str:
    """Return a table as CSV: text guarded, numbers and dates plain, no index.

    Parameters
    ----------
    frame
        Any table. Text columns (phones, ids) are written as they are, save the guard of `guard_cell`.

    Raises
    ------
    DataError
        If a text cannot be written in any encoding (a lone surrogate, half a character).
    """
    if problems := find_broken(frame):
        raise DataError(_("The table cannot be written as CSV"), problems)
    guarded = frame.copy(deep=False)
    guarded.columns = guard_names(frame)
    for position, (_name, values) in enumerate(frame.items()):
        if is_texts(values):
            guarded.isetitem(position, np.array([*guard_column(values), None], dtype=object)[:-1])
    return str(guarded.to_csv(index=False, lineterminator="\r\n"))


def _write_parquet(frame: pd.DataFrame, file: IO[bytes]) -> None:
    named = frame.set_axis([str(name) for name in frame.columns], axis="columns")
    try:
        pq.write_table(pa.Table.from_pandas(named, preserve_index=False), file)
    except (pa.ArrowException, TypeError, ValueError) as error:
        reason = _("; ").join(str(part) for part in error.args)
        raise DataError.of(
            _("The table cannot be written as parquet"),
            _("{reason}. Give every column a name of its own and values of one kind.", reason=reason),
        ) from None


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    try:
        with replacing(path) as file:
            yield file
    except OSError as error:
        raise RunError(
            _(
                "{path} cannot be written: {value}. Nothing was changed.",
                path=path,
                value=error.strerror or error,
            )
        ) from None
