"""Dates as people write them; what could be read in two ways is refused, not guessed."""

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from leadline.data.levels import Mask, TextColumn
from leadline.data.numbers import MISSING_WORDS
from leadline.data.raw import Findings
from leadline.errors import DataError
from leadline.language import _, plural

_TIME = r"(?:[T ]+(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?P<zone> ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
_YEAR_FIRST = rf"(?P<a>\d{{4}})[-/.年](?P<b>\d{{1,2}})[-/.月](?P<c>\d{{1,2}})日?{_TIME}"
_YEAR_LAST = rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<c>\d{{4}}|\d{{2}}){_TIME}"
_NAMED_MONTH = r"(?:\d{1,2}[- ][A-Za-z]{3,9}\.?[- ,]+\d{4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4})"
_COMPACT = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_SERIAL = r"[2-6]\d{4}(?:\.\d+)?"
_ZERO = r"0{4}[-/.]0{1,2}[-/.]0{1,2}.*"
_DATE_NAME = re.compile(
    r"(.*[_\W])?(d|dt|day|date|datetime|timestamp|time|dob|birthday)$|.*(Date|DATE|_at|_on)$|.*(日期|时间|日)$"
)
_EXCEL_EPOCH = np.datetime64("1899-12-30", "us")
_DAY_MICROSECONDS = 86_400_000_000
_MOSTLY, _FEW = 0.5, 0.01
_DECIDED_FROM, _DECIDED_SHARE = 10, 0.3
_TWELVE, _TWO_DIGITS = 12, 100


@dataclass(frozen=True, eq=False, kw_only=True)
class _Parts:
    """Year, month, day and time of the levels that look like dates; other levels hold zeros."""

    year: NDArray[np.int64]
    month: NDArray[np.int64]
    day: NDArray[np.int64]
    time: NDArray[np.object_]
    zone: NDArray[np.object_]


def is_date_name(name: str) -> bool:
    """Say whether a column's name is that of a date or time."""
    return _DATE_NAME.fullmatch(name) is not None or _DATE_NAME.fullmatch(name.lower()) is not None


def infer_dates(column: TextColumn, findings: Findings, *, named: bool) -> pd.Series | None:
    """Read a column as dates, None when it holds none (or a problem was found).

    Parameters
    ----------
    column
        Column of text.
    findings
        Takes what was met. Problems: impossible dates, day and month that could be swapped, moments with and
        without time zone mixed, dates and other text mixed.
    named
        Whether the column's name says that it is a date: only then are 20260131 and Excel's 45292 dates.
    """
    if named and (dates := _read_bare_numbers(column, findings)) is not None:
        return dates
    year_first, year_last = column.matches(_plain(_YEAR_FIRST)), column.matches(_plain(_YEAR_LAST))
    month_named, zero = column.matches(_NAMED_MONTH), column.matches(_ZERO)
    looks = (year_first | year_last | month_named | zero) & ~column.blank
    filled = column.count(~column.blank)
    if not looks.any() or column.count(looks) < _MOSTLY * filled:
        return None
    problems: list[str] = []
    strange = ~looks & ~column.blank & ~_is_marker(column)
    if column.count(strange) > _FEW * filled:
        problems.append(
            f"{column.name}: dates and other values are mixed; {column.count(strange):,} of {filled:,} are no dates "
            f"({column.describe(strange)}). Correct or empty these cells, or read the column as text (text_columns)."
        )
    parts = _read_parts(column, year_first & ~zero, year_last & ~zero, problems, findings)
    values, impossible = _build(parts, (year_first | year_last) & ~zero)
    values[month_named], unreadable_names = _read_named_months(column, month_named)
    impossible |= unreadable_names
    if impossible.any():
        problems.append(
            f"{column.name}: {column.count(impossible):,} dates do not exist ({column.describe(impossible)}). "
            "Correct them, or empty the cells."
        )
    problems.extend(_check_zones(column, parts, (year_first | year_last) & ~zero))
    findings.problems.extend(problems)
    if problems:
        return None
    _warn_of_dropped(column, zero, strange, findings)
    zoned = any(parts.zone)
    if zoned:
        findings.notes.append(_("{column}: moments with a time zone were put in UTC.", column=column.name))
    series = pd.Series(values[column.codes])
    return series.dt.tz_localize("UTC") if zoned else series


def warn_of_future(frame: pd.DataFrame, as_of: date, findings: Findings) -> None:
    """Warn of dates after the day of analysis (or after today)."""
    for name in frame.select_dtypes(["datetime", "datetimetz"]):
        dates = frame[name].dt.tz_localize(None)
        count = int((dates >= pd.Timestamp(as_of) + pd.Timedelta(days=1)).sum())
        if count:
            findings.warnings.append(
                plural(
                    "{column}: {count} date lies after {as_of} (latest {latest}).",
                    "{column}: {shown} dates lie after {as_of} (latest {latest}).",
                    count,
                    shown=f"{count:,}",
                    column=name,
                    as_of=as_of.isoformat(),
                    latest=dates.max().date().isoformat(),
                )
            )


def localize_dates(moments: pd.Series, time_zone: str) -> pd.Series:
    """Place clock times in a time zone; times that the clock skipped or showed twice are refused.

    Raises
    ------
    DataError
        If a clock change makes moments impossible or ambiguous; rows are those of a file (header = 1).
    """
    skipped = moments.dt.tz_localize(
        time_zone, nonexistent="NaT", ambiguous=np.ones(len(moments), dtype=bool)
    )
    twice = moments.dt.tz_localize(time_zone, nonexistent="NaT", ambiguous="NaT")
    problems = []
    for what, mask in (
        ("do not exist, for the clock was put forward over them", skipped.isna() & moments.notna()),
        ("happened twice, for the clock was put back", twice.isna() & skipped.notna()),
    ):
        if mask.any():
            rows = np.flatnonzero(mask) + 2
            first = moments[mask.to_numpy()].iloc[0]
            problems.append(
                f"{moments.name}: {len(rows):,} times {what} in {time_zone} (row {rows[0]:,}: {first}). "
                "Export the moments in UTC or with their offset."
            )
    if problems:
        raise DataError(f"{moments.name} cannot be placed in {time_zone}", problems)
    return twice


def _plain(pattern: str) -> str:
    """Drop group names: RE2 matches without them."""
    return re.sub(r"\?P<\w+>", "?:", pattern)


def _is_marker(column: TextColumn) -> Mask:
    return np.array([text.casefold() in MISSING_WORDS for text in column.levels.to_pylist()], dtype=bool)


def _read_bare_numbers(column: TextColumn, findings: Findings) -> pd.Series | None:
    blank = column.blank
    texts = pa.array(np.where(blank, None, column.levels.to_numpy(zero_copy_only=False)), pa.string())
    if (column.matches(_COMPACT) | blank).all():
        days = pd.to_datetime(texts.to_pandas(), format="%Y%m%d", errors="coerce")
        if not (days.isna().to_numpy() & ~blank).any():
            findings.notes.append(_("{column}: whole numbers read as dates (20260131).", column=column.name))
            return pd.Series(days.to_numpy("datetime64[us]")[column.codes])
    if (column.matches(_SERIAL) | blank).all():
        serial = pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False)
        microseconds = np.round(np.nan_to_num(serial) * _DAY_MICROSECONDS).astype("timedelta64[us]")
        values = np.where(blank, np.datetime64("NaT"), _EXCEL_EPOCH + microseconds)
        findings.notes.append(
            _(
                "{column}: Excel's serial numbers read as dates, counted from 1900 as on Windows.",
                column=column.name,
            )
        )
        return pd.Series(values[column.codes])
    return None


def _read_parts(
    column: TextColumn, year_first: Mask, year_last: Mask, problems: list[str], findings: Findings
) -> _Parts:
    a, b, c, time, zone = _extract(column, _YEAR_FIRST, year_first)
    parts = _Parts(year=a, month=b, day=c, time=time, zone=zone)
    if not year_last.any():
        return parts
    a, b, c, time, zone = _extract(column, _YEAR_LAST, year_last)
    day_first = _decide_order(column, a, b, year_last, problems)
    short = year_last & (c < _TWO_DIGITS)
    if short.any():
        c = np.where(short, c + np.where(c > (date.today().year + 1) % _TWO_DIGITS, 1900, 2000), c)
        findings.warnings.append(
            _(
                "{column}: {count} dates have a two-digit year, read as {first} to {last} ({rows}).",
                column=column.name,
                count=f"{column.count(short):,}",
                first=int(c[short].min()),
                last=int(c[short].max()),
                rows=column.describe(short),
            )
        )
    return _Parts(
        year=np.where(year_last, c, parts.year),
        month=np.where(year_last, b if day_first else a, parts.month),
        day=np.where(year_last, a if day_first else b, parts.day),
        time=np.where(year_last, time, parts.time),
        zone=np.where(year_last, zone, parts.zone),
    )


def _extract(column: TextColumn, pattern: str, mask: Mask) -> tuple[NDArray[np.int64], ...]:
    found = pc.extract_regex(pc.if_else(pa.array(mask), column.levels, None), f"^(?:{pattern})$")
    numbers = [
        pc.fill_null(pc.cast(pc.struct_field(found, key), pa.int64()), 0).to_numpy(zero_copy_only=False)
        for key in "abc"
    ]
    texts = [
        pc.fill_null(pc.struct_field(found, key), "").to_numpy(zero_copy_only=False)
        for key in ("time", "zone")
    ]
    return (*numbers, *texts)


def _decide_order(
    column: TextColumn, first: NDArray[np.int64], second: NDArray[np.int64], mask: Mask, problems: list[str]
) -> bool:
    """Say whether the day comes first, when enough values (above 12) decide it and none contradicts."""
    day_first, month_first = mask & (first > _TWELVE), mask & (second > _TWELVE)
    if day_first.any() and month_first.any():
        problems.append(
            f"{column.name}: day and month come in both orders ({column.describe(day_first)}; "
            f"{column.describe(month_first)}). Export dates as 2026-01-31."
        )
        return True
    open_ = mask & ~day_first & ~month_first & (first != second)
    decided = column.count(day_first | month_first)
    total = decided + column.count(open_)
    if open_.any() and (decided < _DECIDED_FROM or decided < _DECIDED_SHARE * total):
        problems.append(
            f"{column.name}: {column.count(open_):,} of {column.count(mask):,} dates could be day/month or month/day "
            f"({column.describe(open_)}). Export dates as 2026-01-31."
        )
    return bool(day_first.any() or not month_first.any())


def _build(parts: _Parts, mask: Mask) -> tuple[NDArray[np.datetime64], Mask]:
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


def _read_named_months(column: TextColumn, mask: Mask) -> tuple[NDArray[np.datetime64], Mask]:
    texts = column.texts(mask)
    values = pd.to_datetime(pd.Series(texts, dtype="str"), format="mixed", errors="coerce").to_numpy(
        "datetime64[us]"
    )
    impossible = np.zeros(len(mask), dtype=bool)
    impossible[mask] = np.isnat(values)
    return values, impossible


def _check_zones(column: TextColumn, parts: _Parts, mask: Mask) -> list[str]:
    zoned = mask & (parts.zone != "")
    naive = mask & ~zoned
    if not (zoned.any() and naive.any()):
        return []
    return [
        (
            f"{column.name}: {column.count(zoned):,} moments have a time zone, {column.count(naive):,} have none "
            f"({column.describe(naive)}). Export all of them in UTC or with their offset."
        )
    ]


def _warn_of_dropped(column: TextColumn, zero: Mask, strange: Mask, findings: Findings) -> None:
    if zero.any():
        findings.warnings.append(
            _(
                "{column}: {count} dates are zero and count as missing ({rows}).",
                column=column.name,
                count=f"{column.count(zero):,}",
                rows=column.describe(zero),
            )
        )
    if strange.any():
        findings.warnings.append(
            _(
                "{column}: {count} values are no dates and count as missing ({rows}).",
                column=column.name,
                count=f"{column.count(strange):,}",
                rows=column.describe(strange),
            )
        )
