"""What a notebook hands to its run: results, tables and sources, as one output of a cell."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from leadline.results import RESULT_MIME, Result


class DescribedSource(Protocol):
    """A data source that can describe itself (`leadline.data.Source`)."""

    def to_dict(self) -> dict[str, Any]:
        """Return name, path, sha256, rows, columns, dates, notes, warnings."""


def record(
    *results: Result,
    sources: Sequence[DescribedSource] = (),
    seed: int | None = None,
    tables: Mapping[str, Any] | None = None,
) -> None:
    """Record ``results`` for the run: the report's answer and cards, ``record.json`` and ``tables/*.csv``.

    Parameters
    ----------
    results
        The first one's summary becomes the report's answer. The keys of every ``to_dict()`` merge into
        ``results`` of the record; a repeated key fails the run.
    sources
        Where the data came from.
    seed
        The seed of all randomness.
    tables
        Further frames to keep, by name.
    """
    from IPython.display import display  # noqa: PLC0415 (only a kernel has it loaded)

    payload = describe_results(results, sources, seed, tables or {})
    display({RESULT_MIME: payload, "text/plain": "Recorded."}, raw=True)


def describe_results(
    results: Sequence[Result],
    sources: Sequence[DescribedSource],
    seed: int | None,
    tables: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what `record` displays, as plain JSON."""
    from leadline.data.export import csv_text  # noqa: PLC0415 (pandas, which the command line does without)

    frames = {_table_name(result): result.table for result in results} | dict(tables)
    check_table_names(frames)
    merged: dict[str, Any] = {}
    for result in results:
        merge_keys(merged, result.to_dict())
    return {
        "answer": results[0].summary if results else None,
        "kpis": [_plain(kpi.to_dict()) for result in results for kpi in result.kpis],
        "warnings": [warning for result in results for warning in result.warnings],
        "results": _plain(merged),
        "tables": {name: csv_text(frame) for name, frame in frames.items()},
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
        raise ValueError(f"two results record the same key: {', '.join(repeated)}. Give one another name.")
    merged.update(more)


def check_table_names(names: Iterable[str]) -> None:
    """Refuse a table whose name is no plain file name.

    Raises
    ------
    ValueError
        Naming it.
    """
    for name in names:
        if not re.fullmatch(r"[\w-]{1,80}", name):
            raise ValueError(f"a table is called {name!r}. Use letters, digits, _ and - only.")


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
