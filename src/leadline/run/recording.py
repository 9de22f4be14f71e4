"""What a notebook hands to its run: results, tables and sources, as one output of a cell."""

import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from leadline.durable import replace_file
from leadline.language import _
from leadline.results import RESULT_MIME, Result
from leadline.run.masking import Mask

if TYPE_CHECKING:
    import pandas as pd

    from leadline.data.export import TableForm

#: Names, to a run's kernel, the folder that its tables go into; not there in a notebook opened by hand.
TABLES_VARIABLE = "LEADLINE_RUN_TABLES"
#: Endings that a recorded text's file may have.
_TEXT_FILES = re.compile(r"[\w-]{1,80}\.(?:sql|py|json|html|yml|txt)")


class DescribedSource(Protocol):
    """A data source that can describe itself (`leadline.data.Source`)."""

    def to_dict(self) -> dict[str, Any]:
        """Return name, path, sha256, rows, columns, dates, notes, warnings."""


def record(
    *results: Result,
    untold: Sequence[Result] = (),
    sources: Sequence[DescribedSource] = (),
    seed: int | None = None,
    tables: Mapping[str, "pd.DataFrame"] | None = None,
    table_form: "TableForm" = "csv",
    texts: Mapping[str, str] | None = None,
) -> None:
    """Record ``results`` for the run: the report's answer and cards, ``record.json`` and ``tables/``.

    The rows of ``tables``, and ``texts``, go into files of the run's folder alone, never into notebook, page
    or record. A notebook opened by hand has no such folder, and writes none.

    Parameters
    ----------
    results
        The first one's summary becomes the report's answer. The keys of every ``to_dict()`` merge into
        ``results`` of the record; a repeated key fails the run.
    untold
        Results that are recorded as the others, but have no say at the report's head: no card, no warning.
    sources
        Where the data came from.
    seed
        The seed of all randomness.
    tables
        Further frames to keep, by name.
    table_form
        Their form: ``csv`` (UTF-8, for Excel), ``csv-gb18030``, ``xlsx`` or ``parquet``. Tables of results
        are always CSV.
    texts
        Files beside the tables by name, such as ``points.sql``: sql, py, json, html, yml or txt; UTF-8.

    Raises
    ------
    DataError
        If the form cannot hold a table.
    """
    from IPython import get_ipython  # noqa: PLC0415 (only a kernel has it loaded)
    from IPython.display import display  # noqa: PLC0415

    given = [(name, frame, table_form) for name, frame in (tables or {}).items()]
    files = name_files(
        [*((_table_name(result), result.table, "csv") for result in (*results, *untold)), *given]
    )
    written = check_text_names(texts or {})
    payload = describe_results(results, sources, seed, [*files, *written], untold)
    if folder := os.environ.get(TABLES_VARIABLE):
        shell = get_ipython()
        mask = Mask.of(shell.user_ns.values() if shell else ())
        write_files(files, Path(folder), mask)
        write_texts(written, Path(folder), mask)
    display({RESULT_MIME: payload, "text/plain": "Recorded."}, raw=True)


def is_unattended() -> bool:
    """Say whether a run executes this notebook, so that nobody is there to move a slider."""
    return TABLES_VARIABLE in os.environ


def name_files(
    tables: "Iterable[tuple[str, pd.DataFrame, TableForm]]",
) -> "dict[str, tuple[pd.DataFrame, TableForm]]":
    """Name each table's file.

    Raises
    ------
    ValueError
        If a name is no plain file name, or two files would have one name.
    """
    from leadline.data.export import check_form  # noqa: PLC0415 (pandas, which the command line does without)

    files: dict[str, tuple[pd.DataFrame, TableForm]] = {}
    for name, frame, form in tables:
        check_table_name(name)
        merge_keys(files, {f"{name}{check_form(form)}": (frame, form)})
    return files


def write_files(files: "Mapping[str, tuple[pd.DataFrame, TableForm]]", folder: Path, mask: Mask) -> None:
    """Write tables into a run's folder, secrets masked."""
    from leadline.data.export import write_table  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    for name, (frame, form) in files.items():
        write_table(mask.apply_to_frame(frame), folder / name, form=form)


def check_text_names(texts: Mapping[str, str]) -> dict[str, str]:
    """Return ``texts``, whose names are those of files of a known kind.

    Raises
    ------
    ValueError
        Naming the first that is not.
    """
    for name in texts:
        if not _TEXT_FILES.fullmatch(name):
            raise ValueError(
                _("a text is called {name}. Use letters, digits, _, - and a known ending.", name=repr(name))
            )
    return dict(texts)


def write_texts(texts: Mapping[str, str], folder: Path, mask: Mask) -> None:
    """Write texts into a run's folder, secrets masked."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        replace_file(folder / name, mask.apply(text).encode())


def describe_results(
    results: Sequence[Result],
    sources: Sequence[DescribedSource],
    seed: int | None,
    files: Iterable[str] = (),
    untold: Sequence[Result] = (),
) -> dict[str, Any]:
    """Return what `record` displays, as plain JSON; of tables their files' names alone."""
    merged: dict[str, Any] = {}
    for result in (*results, *untold):
        merge_keys(merged, result.to_dict())
    return {
        "answer": results[0].summary if results else None,
        "kpis": [_plain(kpi.to_dict()) for result in results for kpi in result.kpis],
        "warnings": [warning for result in results for warning in result.warnings],
        "marks": [mark.to_dict() for result in results for mark in getattr(result, "marks", ())],
        "results": _plain(merged),
        "tables": list(files),
        "sources": [_plain(source.to_dict()) for source in sources],
        "seed": seed,
    }


def merge_keys(merged: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Add ``more`` to ``merged``.

    Raises
    ------
    ValueError
        If a key is there already: two results would overwrite one another.
    """
    repeated = sorted(merged.keys() & more.keys())
    if repeated:
        raise ValueError(
            _("two results record the same key: {keys}. Give one another name.", keys=", ".join(repeated))
        )
    merged.update(more)


def check_table_name(name: str) -> None:
    """Refuse a table whose name is no plain file name.

    Raises
    ------
    ValueError
        Naming it.
    """
    if not re.fullmatch(r"[\w-]{1,80}", name):
        raise ValueError(_("a table is called {name}. Use letters, digits, _ and - only.", name=repr(name)))


def _table_name(result: Result) -> str:
    """Name of a result's table: ``StagesResult`` gives ``stages``."""
    words = re.findall(r"[A-Z][a-z0-9]*", type(result).__name__.removesuffix("Result"))
    return "_".join(word.lower() for word in words) or "table"


def _plain(value: Any) -> Any:
    """Return ``value`` as strict JSON: numpy scalars as numbers, NaN and infinity as None, dates as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
