"""Year, month, day and time cut out of text and put together, all values at once."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from leadline.data.levels import Mask, TextColumn

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d(?:\.\d+)?))?"
_ZONE = r"(?P<zone> ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?"
_TIME = rf"(?:[T ]+{_CLOCK}{_ZONE})?"
YEAR_FIRST = rf"(?P<a>\d{{4}})[-/.年](?P<b>\d{{1,2}})[-/.月](?P<c>\d{{1,2}})日?{_TIME}"
COMPACT = rf"\d{{8}}{_TIME}"
#: Cuts what matches `YEAR_FIRST` or `COMPACT`; matches more than they do.
YEAR_FIRST_CUT = YEAR_FIRST.replace("年]", "年]?").replace("月]", "月]?")
YEAR_LAST = rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<c>\d{{4}}|\d{{2}}){_TIME}"
_TWELVE = 12
_DAY_SECONDS = 86_400


@dataclass(frozen=True, eq=False, kw_only=True)
class DateParts:
    """Cut dates, one value a level; zeros where a level does not look like one.

    ``clock`` is the time of day in seconds, missing where there is none; ``zone`` is "", "Z" or "+08:00".
    """

    year: NDArray[np.int64]
    month: NDArray[np.int64]
    day: NDArray[np.int64]
    clock: NDArray[np.float64]
    zone: NDArray[np.object_]


def drop_names(pattern: str) -> str:
    """Drop group names: RE2 matches without them."""
    return re.sub(r"\?P<\w+>", "?:", pattern)


def extract_parts(column: TextColumn, pattern: str, mask: Mask, order: str) -> DateParts:
    """Cut the levels in ``mask`` by ``pattern``, its three numbers being year, month, day in ``order``."""
    found = pc.extract_regex(pc.if_else(pa.array(mask), column.levels, None), f"^(?:{pattern})$")
    numbers = {
        part: pc.fill_null(pc.cast(pc.struct_field(found, key), pa.int64()), 0).to_numpy(zero_copy_only=False)
        for part, key in zip(order, "abc", strict=True)
    }
    hour, minute, second = (_read_float(pc.struct_field(found, key)) for key in ("hour", "minute", "second"))
    zone = pc.utf8_trim_whitespace(pc.fill_null(pc.struct_field(found, "zone"), ""))
    return DateParts(
        year=numbers["y"],
        month=numbers["m"],
        day=numbers["d"],
        clock=hour * 3600 + minute * 60 + np.nan_to_num(second),
        zone=zone.to_numpy(zero_copy_only=False),
    )


def _read_float(texts: pa.Array) -> NDArray[np.float64]:
    filled = pc.if_else(pc.equal(texts, ""), None, texts)
    return np.asarray(pc.cast(filled, pa.float64()).to_numpy(zero_copy_only=False), dtype=float)


def build_dates(parts: DateParts, mask: Mask) -> tuple[NDArray[np.datetime64], Mask]:
    """Put dates together; the second answer says which do not exist."""
    month = np.clip(parts.month, 1, _TWELVE)
    months = (np.where(mask, parts.year, 1970) - 1970) * _TWELVE + month - 1
    start = months.astype("datetime64[M]")
    length = ((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype(int)
    exists = (parts.month == month) & (parts.day >= 1) & (parts.day <= length) & (parts.year > 0)
    values = start.astype("datetime64[us]") + (parts.day - 1).astype("timedelta64[D]")
    timed = mask & ~np.isnan(parts.clock)
    exists &= ~timed | (parts.clock < _DAY_SECONDS)
    clock = np.where(timed & exists, parts.clock, 0)
    values += np.round(clock * 1e6).astype("timedelta64[us]")
    zoned = mask & (parts.zone != "")
    values[zoned] -= _offsets(parts.zone[zoned])
    values[~mask | ~exists] = np.datetime64("NaT")
    return values, mask & ~exists


def _offsets(zones: NDArray[np.object_]) -> NDArray[np.timedelta64]:
    kinds, codes = np.unique(zones.astype(str), return_inverse=True)
    minutes = [
        int(f"{zone[0]}1") * (60 * int(zone[1:3]) + int(zone[-2:])) if zone[0] in "+-" else 0
        for zone in kinds
    ]
    return np.array(minutes, dtype="timedelta64[m]")[codes]


def read_named_months(column: TextColumn, mask: Mask) -> tuple[NDArray[np.datetime64], Mask]:
    """Read "12 Jan 2026" and "Jan 12, 2026"; the second answer says which levels do not exist."""
    texts = column.texts(mask)
    values = pd.to_datetime(pd.Series(texts, dtype="str"), format="mixed", errors="coerce").to_numpy(
        "datetime64[us]"
    )
    impossible = np.zeros(len(mask), dtype=bool)
    impossible[mask] = np.isnat(values)
    return values, impossible
