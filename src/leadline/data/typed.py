"""Columns whose source knows their types: kept, save that ids become text as everywhere."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadline.data.raw import Findings
from leadline.language import _


def read_typed(name: str, cells: pa.ChunkedArray, findings: Findings, *, as_text: bool) -> pd.Series:
    """Return a column in the types that text files lead to: int64, float64, bool, datetime64[us].

    Parameters
    ----------
    name
        The column's name.
    cells
        Any column but text. Other types than numbers, dates and truth values become text.
    findings
        Takes notes.
    as_text
        Whether whole numbers become text: they are ids, or it was asked for.
    """
    kind = cells.type
    if pa.types.is_integer(kind) and as_text:
        findings.notes.append(_("{column}: numbers kept as text, for they are ids.", column=name))
        return pd.Series(pc.cast(cells, pa.string()).to_pandas(), dtype="str")
    if pa.types.is_boolean(kind):
        return pd.Series(cells.to_pandas(), dtype="boolean" if cells.null_count else "bool")
    if pa.types.is_integer(kind) and not cells.null_count and kind != pa.uint64():
        return pd.Series(pc.cast(cells, pa.int64()).to_pandas())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pd.Series(pc.cast(cells, pa.float64(), safe=False).to_pandas(), dtype="float64")
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _read_moments(cells)
    return pd.Series([None if value is None else str(value) for value in cells.to_pylist()], dtype="str")


def _read_moments(cells: pa.ChunkedArray) -> pd.Series:
    zone = getattr(cells.type, "tz", None)
    naive = pd.Series(pc.cast(cells, pa.timestamp("us"), safe=False).to_pandas()).astype("datetime64[us]")
    return naive.dt.tz_localize("UTC") if zone else naive
