"""Year, month, day and time cut out of text and put together, all values at once."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from leadline.data.levels import Mask, TextColumn

_TIME = r"(?:[T ]+(?P<time>\d{1,2}:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)(?P<zone> ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
YEAR_FIRST = rf"(?P<a>\d{{4}})[-/.年](?P<b>\d{{1,2}})[-/.月](?P<c>\d{{1,2}})日?{_TIME}"
YEAR_LAST = rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<c>\d{{4}}|\d{{2}}){_TIME}"
_TWELVE = 12


@dataclass(frozen=True, eq=False, kw_only=True)
class DateParts:
    """Year, month, day and time of the levels that look like dates; other levels hold zeros."""

    year: NDArray[np.int64]
    month: NDArray[np.int64]
    day: NDArray[np.int64]
    time: NDArray[np.object_]
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
    time, zone = (
        pc.fill_null(pc.struct_field(found, key), "").to_numpy(zero_copy_only=False)
        for key in ("time", "zone")
    )
    return DateParts(year=numbers["y"], month=numbers["m"], day=numbers["d"], time=time, zone=zone)


def build_dates(parts: DateParts, mask: Mask) -> tuple[NDArray[np.datetime64], Mask]:
    """Put dates together; the second answer says which do not exist."""
    month = np.clip(parts.month, 1, _TWELVE)
    months = (np.where(mask, parts.year, 1970) - 1970) * _TWELVE + month - 1
    start = months.astype("datetime64[M]")
    length = ((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype(int)
    exists = (parts.month == month) & (parts.day >= 1) & (parts.day <= length) & (parts.year > 0)
    values = start.astype("datetime64[us]") + (parts.day - 1).astype("timedelta64[D]")
    timed = mask & (parts.time != "")
    if timed.any():
        texts = pd.Series(parts.time[timed]).str.replace(r"^(\d{1,2}:\d{2})$", r"\1:00", regex=True)
        clock = pd.to_timedelta(texts, errors="coerce").to_numpy("timedelta64[us]")
        beyond = np.isnat(clock) | (clock >= np.timedelta64(1, "D"))
        values[timed] += np.where(beyond, np.timedelta64(0, "us"), clock)
        exists[timed] &= ~beyond
        values[timed] -= _offsets(parts.zone[timed])
    values[~mask | ~exists] = np.datetime64("NaT")
    return values, mask & ~exists


def _offsets(zones: NDArray[np.object_]) -> NDArray[np.timedelta64]:
    minutes = {
        zone: 0 if not re.search(r"\d", zone) else int(zone[0] + "1") * (int(zone[1:3]) * 60 + int(zone[-2:]))
        for zone in {str(zone).strip() for zone in zones}
    }
    return np.array([minutes[str(zone).strip()] for zone in zones], dtype="timedelta64[m]")


def read_named_months(column: TextColumn, mask: Mask) -> tuple[NDArray[np.datetime64], Mask]:
    """Read "12 Jan 2026" and "Jan 12, 2026"; the second answer says which levels do not exist."""
    texts = column.texts(mask)
    values = pd.to_datetime(pd.Series(texts, dtype="str"), format="mixed", errors="coerce").to_numpy(
        "datetime64[us]"
    )
    impossible = np.zeros(len(mask), dtype=bool)
    impossible[mask] = np.isnat(values)
    return values, impossible
