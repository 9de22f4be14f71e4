"""Rows on their way into the ledger: checked and written aside, a batch at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from leadline.data.contract import check_table
from leadline.data.loop.parts import Draft, PartFolder
from leadline.data.loop.tables import BATCH_ROWS, LoopTable, conform
from leadline.errors import DataError
from leadline.language import _

#: What an import takes: a frame or an Arrow table, or several one after the other.
Rows: TypeAlias = (
    pd.DataFrame | pa.Table | pa.RecordBatch | Iterable[pd.DataFrame | pa.RecordBatch | pa.Table]
)


@dataclass(kw_only=True)
class Staged:
    """An import's rows on disk, unpublished."""

    draft: Draft
    campaigns: set[str]
    ignored: tuple[str, ...]


@dataclass
class _Met:
    campaigns: set[str] = field(default_factory=set)
    ignored: dict[str, None] = field(default_factory=dict)


def stage_rows(
    rows: Rows, table: LoopTable, stamps: dict[str, Any], folder: PartFolder, source: str
) -> Staged:
    """Check rows and write them aside.

    Raises
    ------
    DataError
        If they do not keep the kind's contract, or there are none.
    """
    met = _Met()
    draft = folder.draft(table.schema, _check_rows(rows, table, stamps, source, met))
    if not draft.rows:
        raise DataError.of(
            _("{source} holds no rows", source=source), _("check the export's filter and period.")
        )
    return Staged(draft=draft, campaigns=met.campaigns, ignored=tuple(met.ignored))


def _check_rows(
    rows: Rows, table: LoopTable, stamps: dict[str, Any], source: str, met: _Met
) -> Iterator[pa.Table]:
    pieces: Iterable[Any] = [rows] if isinstance(rows, pd.DataFrame | pa.Table | pa.RecordBatch) else rows
    start = 0
    for piece in pieces:
        frame = piece if isinstance(piece, pd.DataFrame) else _take_arrow(piece, table)
        if frame is not rows:
            frame = frame.set_axis(pd.RangeIndex(start, start + len(frame)))
        start += len(frame)
        if zoned := _find_zoned(frame, table):
            raise DataError(
                _("{source} is not a valid {name} table", source=source, name=table.contract.name), zoned
            )
        checked = check_table(conform(frame, table.contract), table.contract, source)
        if problems := table.find_problems(checked, stamps):
            raise DataError(
                _("{source} is not a valid {name} table", source=source, name=table.contract.name), problems
            )
        met.ignored |= dict.fromkeys(str(name) for name in frame if name not in checked)
        for begin in range(0, len(checked), BATCH_ROWS):
            batch = _to_arrow(checked.iloc[begin : begin + BATCH_ROWS], table, stamps)
            met.campaigns |= set(pc.unique(batch["campaign_id"]).to_pylist())
            yield batch


def _find_zoned(frame: pd.DataFrame, table: LoopTable) -> list[str]:
    """Name dates with a time zone: they fall on one day here and on another there, and we do not choose."""
    return [
        _(
            "{name}: the moments have a time zone, so their day is not certain. Give the local "
            "day alone, such as 2025-07-01.",
            name=rule.name,
        )
        for rule in table.contract.columns
        if rule.kind == "date"
        and rule.name in frame
        and isinstance(frame[rule.name].dtype, pd.DatetimeTZDtype)
    ]


def _take_arrow(piece: pa.RecordBatch | pa.Table, table: LoopTable) -> pd.DataFrame:
    """Return an Arrow piece as `read_table` would: ids as text, dates as moments."""
    cells = pa.Table.from_batches([piece]) if isinstance(piece, pa.RecordBatch) else piece
    for rule in table.contract.columns:
        place = cells.schema.get_field_index(rule.name)
        if place < 0:
            continue
        if rule.kind == "id" and pa.types.is_integer(cells[rule.name].type):
            cells = cells.set_column(place, rule.name, cells[rule.name].cast(pa.string()))
        elif rule.kind == "date" and pa.types.is_date(cells[rule.name].type):
            cells = cells.set_column(place, rule.name, cells[rule.name].cast(pa.timestamp("us")))
    frame: pd.DataFrame = cells.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
    return frame


def _to_arrow(frame: pd.DataFrame, table: LoopTable, stamps: dict[str, Any]) -> pa.Table:
    columns = []
    for column in table.schema:
        if column.name in stamps:
            columns.append(pa.array([stamps[column.name]], column.type).take(pa.array([0] * len(frame))))
            continue
        values = frame[column.name]
        columns.append(pa.Array.from_pandas(values).cast(column.type))
    return pa.Table.from_arrays(columns, schema=table.schema)


def find_dates(path: Path, column: str) -> tuple[str | None, str | None]:
    """Return the first and the last date of a column in ISO form; none for no column or no dates."""
    if not column:
        return None, None
    ends = pc.min_max(ds.dataset(path).to_table([column])[column]).as_py()
    first, last = (end and end.isoformat() for end in (ends["min"], ends["max"]))
    return first, last
