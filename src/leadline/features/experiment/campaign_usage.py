"""What the customers of a campaign did over time: the rows of a long table that are theirs (V3)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import ibis
import pandas as pd

from leadline.data.beside import read_beside
from leadline.data.ids import spell_ids
from leadline.data.open_tables import open_tables
from leadline.data.sources import Source, Table, hash_file
from leadline.datasets import name_place
from leadline.errors import DataError
from leadline.language import N_, _

_HEADLINE = N_("What the customers did cannot be read")
_NAME = "monthly_usage"


def read_campaign_usage(
    data: str | Path | None,
    customers: pd.Series,
    measures: Sequence[str],
    *,
    given: str | Path | None = None,
    mapping: str | Path | None = None,
    unit: str = "customer_id",
    date: str = "month",
) -> Table | None:
    """Read the rows of these customers from a long table: one row a customer and date.

    Parameters
    ----------
    data
        A folder that may hold ``monthly_usage`` (any form).
    customers
        Their ids, as `leadline.data.ids.spell_ids` writes them.
    measures
        Columns that are measured.
    given
        The long table, if it was named; goes before the folder's own.
    mapping
        YAML or CSV file that maps our column names to those of the tables.
    unit, date
        Columns of the customer and of the date.

    Returns
    -------
    Table or None
        ``unit`` (text), ``date`` (datetime64) and the measures; None where there is no such table.

    Raises
    ------
    DataError
        With every column that is absent or of the wrong kind.
    """
    file = Path(data or "") / f"{_NAME}.parquet"
    if data is not None and given is None and file.is_file():
        with open_tables(str(data)) as tables:
            table = tables[_NAME]
            _check([*table.columns], [unit, date, *measures])
            own = ibis.memtable(pd.DataFrame({unit: customers.astype("str").unique()}))
            rows = table.mutate(**{unit: table[unit].cast("string")}).select(unit, date, *measures)
            kept = rows.semi_join(tables.lend(own.to_pyarrow()), unit).order_by(unit, date, *measures)
            frame = kept.to_pyarrow().to_pandas()
        source = Source(
            name=f"{name_place(Path(str(data)))}::{_NAME}",
            path=name_place(file),
            sha256=hash_file(file),
            rows=0,
            columns=0,
        )
    else:
        read = read_beside(str(data), _NAME, given=given, mapping=mapping)
        if read is None:
            return None
        _check([*read.frame.columns], [unit, date, *measures])
        frame = read.frame.assign(**{unit: spell_ids(read.frame[unit])})[[unit, date, *measures]]
        frame, source = frame[frame[unit].isin(customers)], read.source
    frame = frame.assign(**{date: pd.to_datetime(frame[date])}).sort_values([unit, date], ignore_index=True)
    return Table(frame, replace(source, rows=len(frame), columns=len(frame.columns)))


def _check(columns: list[str], wanted: Sequence[str]) -> None:
    problems = [
        _("{name}: the table has no such column.", name=name) for name in wanted if name not in columns
    ]
    if problems:
        raise DataError(_(_HEADLINE), problems)
