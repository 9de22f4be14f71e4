"""Columns whose source knows their types: kept, save that ids become text as everywhere; no digit is lost."""

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from leadline.data.raw import Findings, name_rows
from leadline.language import _, plural

#: From here on float64 no longer holds every whole number.
_FLOAT_LIMIT = 2**53
_UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY_SECONDS = 86_400
#: First and last day of Python's calendar, counted from 1970.
_FIRST_DAY, _LAST_DAY = (day.toordinal() - date(1970, 1, 1).toordinal() for day in (date.min, date.max))


def read_typed(
    name: str,
    cells: pa.ChunkedArray,
    rows: NDArray[np.int64],
    findings: Findings,
    *,
    is_id: bool,
    as_text: bool,
) -> pd.Series:
    """Return a column in the types that text files lead to: int64, float64, bool, datetime64[us].

    Whole numbers with gaps are float64, or Int64 where float64 would lose digits; beyond int64 they are text.

    Parameters
    ----------
    name
        The column's name.
    cells
        Any column but text. Other types than numbers, dates and truth values become text.
    rows
        Row of the file of each value. Shape: (rows,).
    findings
        Takes notes; the problem of ids that floating-point numbers cut short.
    is_id
        Whether the column's name is that of an id: its numbers become text, save those of a 0/1 flag.
    as_text
        Whether text was asked for, whatever the type.
    """
    kind = cells.type
    if pa.types.is_boolean(kind) and not as_text:
        return pd.Series(cells.to_pandas(), dtype="boolean" if cells.null_count else "bool")
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        moments = _read_moments(name, cells, rows, findings)
        return moments.astype("str") if as_text else moments
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_integer(kind):
        if as_text or (is_id and not _is_flag(cells)):
            return _write_numbers(name, cells, rows, findings, is_id=is_id)
        return _read_numbers(name, cells, findings)
    return pd.Series([None if value is None else str(value) for value in cells.to_pylist()], dtype="str")


def _is_flag(cells: pa.ChunkedArray) -> bool:
    return set(pc.unique(cells.drop_null()).to_pylist()) == {0, 1}


def _read_numbers(name: str, cells: pa.ChunkedArray, findings: Findings) -> pd.Series:
    if not (pa.types.is_integer(cells.type) or _counts(cells)):
        return pd.Series(pc.cast(cells, pa.float64(), safe=False).to_pandas(), dtype="float64")
    try:
        whole = pc.cast(cells, pa.int64())
    except pa.ArrowInvalid:
        findings.notes.append(_("{column}: kept as text, for numbers have more than 15 digits.", column=name))
        return _take_text(_drop_fractions(cells))
    if not whole.null_count:
        return pd.Series(whole.to_pandas())
    if _exceed_floats(whole):
        return pd.Series(whole.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get))
    return pd.Series(pc.cast(whole, pa.float64()).to_pandas(), dtype="float64")


def _counts(cells: pa.ChunkedArray) -> bool:
    """Say whether decimals are whole numbers: declared so, or too long for float64 and without fractions."""
    if not pa.types.is_decimal(cells.type):
        return False
    return bool(cells.type.scale <= 0 or (_exceed_floats(cells) and _all_whole(cells)))


def _all_whole(cells: pa.ChunkedArray) -> bool:
    return bool(pc.all(pc.equal(pc.trunc(cells), cells), min_count=0).as_py())


def _exceed_floats(cells: pa.ChunkedArray) -> bool:
    ends = pc.min_max(cells).as_py()
    return any(end is not None and abs(end) >= _FLOAT_LIMIT for end in ends.values())


def _write_numbers(
    name: str, cells: pa.ChunkedArray, rows: NDArray[np.int64], findings: Findings, *, is_id: bool
) -> pd.Series:
    if pa.types.is_floating(cells.type):
        cells = pc.cast(cells, pa.float64())
        cells = pc.if_else(pc.is_finite(cells), cells, None)
        cut = pc.fill_null(pc.greater_equal(pc.abs(cells), _FLOAT_LIMIT), fill_value=False)
        if pc.any(cut).as_py():
            places = np.flatnonzero(cut.to_numpy())
            findings.problems.append(
                plural(
                    "{name}: {count} id of more than 15 digits stored as floating-point numbers, which "
                    "lose the last ones ({rows}). Export the column as text or as whole numbers.",
                    "{name}: {count} ids of more than 15 digits stored as floating-point numbers, which "
                    "lose the last ones ({rows}). Export the column as text or as whole numbers.",
                    places.size,
                    name=name,
                    rows=name_rows(rows[places]),
                )
            )
        elif _all_whole(cells):
            cells = pc.cast(cells, pa.int64())
    if is_id:
        findings.notes.append(_("{column}: numbers kept as text, for they are ids.", column=name))
    return _take_text(_drop_fractions(cells))


def _drop_fractions(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return numbers as text; decimals that are all whole without ".00"."""
    text = pc.cast(cells, pa.string())
    if pa.types.is_decimal(cells.type) and _all_whole(cells):
        return pc.replace_substring_regex(text, r"\.0*$", "")
    return text


def _take_text(text: pa.ChunkedArray) -> pd.Series:
    return pd.Series(text.to_pandas(), dtype="str")


def _read_moments(
    name: str, cells: pa.ChunkedArray, rows: NDArray[np.int64], findings: Findings
) -> pd.Series:
    beyond = np.flatnonzero(pc.fill_null(_lie_beyond(cells), fill_value=False).to_numpy())
    if beyond.size:
        findings.problems.append(
            plural(
                "{name}: {count} date lies before the year 1 or after 9999 ({rows}). Correct it.",
                "{name}: {count} dates lie before the year 1 or after 9999 ({rows}). Correct them.",
                beyond.size,
                name=name,
                rows=name_rows(rows[beyond]),
            )
        )
    zone = getattr(cells.type, "tz", None)
    naive = pd.Series(pc.cast(cells, pa.timestamp("us"), safe=False).to_pandas()).astype("datetime64[us]")
    return naive.dt.tz_localize("UTC") if zone else naive


def _lie_beyond(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Tell which moments Python's calendar does not hold; in days, lest another unit wrap round."""
    kind = cells.type
    if pa.types.is_date32(kind):
        days = cells.cast(pa.int32()).cast(pa.int64())
    else:
        unit = "ms" if pa.types.is_date64(kind) else kind.unit
        days = pc.divide(cells.cast(pa.int64()), _DAY_SECONDS * _UNITS[unit])
    return pc.or_(pc.less(days, _FIRST_DAY), pc.greater(days, _LAST_DAY))
