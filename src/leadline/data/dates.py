"""Dates as people write them; what could be read in two ways is refused, not guessed."""

import re
from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from leadline.data.date_parts import (
    COMPACT,
    YEAR_FIRST,
    YEAR_FIRST_CUT,
    YEAR_LAST,
    DateParts,
    build_dates,
    drop_names,
    extract_parts,
    read_named_months,
)
from leadline.data.levels import Mask, TextColumn
from leadline.data.missing import report_missing_words
from leadline.data.raw import Findings
from leadline.language import _, plural

_NAMED_MONTH = r"(?:\d{1,2}[- ][A-Za-z]{3,9}\.?[- ,]+\d{4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4})"
_COMPACT_SOUND = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]).*"
_SERIAL = r"[2-6]\d{4}(?:\.\d+)?"
_NO_DATE = r"(?:0{4}[-/.]0{1,2}[-/.]0{1,2}|9999[-/.]12[-/.]31).*"
_NO_BARE_DATE = r"0+|9999\d{4}"
_LOOKS = r"\d{1,4}[-/.年].*|[A-Za-z]{3,9}\.? \d.*|\d{1,2} [A-Za-z].*"
_DATE_NAME = re.compile(
    r"(.*[_\W])?(d|dt|day|date|datetime|timestamp|time|dob|birthday)$|.*(Date|DATE|_at|_on)$|.*(日期|时间|日)$"
)
_RATE_NAME = re.compile(r".*per[_\W]?(day|date)$")
_DURATION_NAME = re.compile(r"(.*[_\W])?time$")
_EXCEL_EPOCH = np.datetime64("1899-12-30", "us")
_DAY_MICROSECONDS = 86_400_000_000
_MOSTLY, _FEW = 0.5, 0.01
_DECIDED_FROM, _DECIDED_SHARE = 10, 0.3
_TWELVE, _TWO_DIGITS = 12, 100


def is_date_name(name: str) -> bool:
    """Say whether a column's name is that of a date or time; `spend_per_day` is none."""
    return _RATE_NAME.fullmatch(name.lower()) is None and (
        _DATE_NAME.fullmatch(name) is not None or _DATE_NAME.fullmatch(name.lower()) is not None
    )


def infer_dates(column: TextColumn, findings: Findings, *, names: Sequence[str]) -> pd.Series | None:
    """Read a column as dates, None when it holds none (or a problem was found).

    Parameters
    ----------
    column
        Column of text.
    findings
        Takes what was met. Problems: impossible dates, day and month that could be swapped, moments with and
        without time zone mixed, dates and other text mixed.
    names
        What the column is called. Only when a name says that it is a date, 20260131 and Excel's 45292 are
        dates; the latter not in a column ``…_time``, which may hold a duration.
    """
    named = any(map(is_date_name, names))
    if named and not all(_DURATION_NAME.fullmatch(name.lower()) for name in names if is_date_name(name)):
        serials = _read_serials(column, findings)
        if serials is not None:
            return serials
    if column.hardly_matches(rf"{_LOOKS}|\d{{8}}.*" if named else _LOOKS):
        return None
    compact, zero = _find_bare_dates(column, named=named)
    zero |= column.matches(_NO_DATE)
    year_first = (column.matches(drop_names(YEAR_FIRST)) | compact) & ~zero
    year_last = column.matches(drop_names(YEAR_LAST)) & ~zero
    month_named = column.matches(_NAMED_MONTH)
    looks = (year_first | year_last | month_named | zero) & ~column.blank
    filled = column.count(~column.blank & ~column.marker)
    if not looks.any() or column.count(looks) < _MOSTLY * filled:
        return None
    problems: list[str] = []
    strange = ~looks & ~column.blank & ~column.marker
    if column.count(strange) > _FEW * filled:
        problems.append(
            _(
                "{name}: dates and other values are mixed; {count} of {filled} are no dates "
                "({examples}). Correct or empty these cells, or read the column as text "
                "(text_columns).",
                name=column.name,
                count=f"{column.count(strange):,}",
                filled=f"{filled:,}",
                examples=column.describe(strange),
            )
        )
    parts = _read_parts(column, year_first, year_last, problems, findings)
    values, impossible = build_dates(parts, year_first | year_last)
    values[month_named], unreadable_names = read_named_months(column, month_named)
    impossible |= unreadable_names
    if impossible.any():
        problems.append(
            plural(
                "{name}: {count} date does not exist ({examples}). Correct them, or empty the cells.",
                "{name}: {count} dates do not exist ({examples}). Correct them, or empty the cells.",
                column.count(impossible),
                name=column.name,
                examples=column.describe(impossible),
            )
        )
    problems.extend(_check_zones(column, parts, year_first | year_last))
    findings.problems.extend(problems)
    if problems:
        return None
    if compact.any():
        findings.notes.append(_("{column}: whole numbers read as dates (20260131).", column=column.name))
    report_missing_words(column, findings)
    _warn_of_dropped(column, zero, strange, findings)
    zoned = bool((parts.zone != "").any())
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


def _find_bare_dates(column: TextColumn, *, named: bool) -> tuple[Mask, Mask]:
    """Say which levels are dates of eight digits, and which stand for none; neither unless most are sound."""
    compact, none = column.matches(drop_names(COMPACT)), column.matches(_NO_BARE_DATE)
    bare = (compact | column.matches(r"\d+")) & ~none
    sound = compact & column.matches(_COMPACT_SOUND)
    if not named or not sound.any() or column.count(sound) < _MOSTLY * column.count(bare):
        return np.zeros_like(compact), np.zeros_like(compact)
    return compact & ~none, none


def _read_serials(column: TextColumn, findings: Findings) -> pd.Series | None:
    """Read Excel's serial numbers (45292 is 1 January 2024), None when there are other values too."""
    found = column.matches(_SERIAL)
    if not found.any() or not (found | column.blank | column.marker).all():
        return None
    serial = pc.cast(pc.if_else(pa.array(found), column.levels, None), pa.float64())
    days = np.nan_to_num(serial.to_numpy(zero_copy_only=False))
    values = _EXCEL_EPOCH + np.round(days * _DAY_MICROSECONDS).astype("timedelta64[us]")
    values[~found] = np.datetime64("NaT")
    report_missing_words(column, findings)
    findings.notes.append(
        _(
            "{column}: Excel's serial numbers read as dates, counted from 1900 as on Windows ({rows}).",
            column=column.name,
            rows=column.describe(found),
        )
    )
    return pd.Series(values[column.codes])


def _read_parts(
    column: TextColumn, year_first: Mask, year_last: Mask, problems: list[str], findings: Findings
) -> DateParts:
    parts = extract_parts(column, YEAR_FIRST_CUT, year_first, "ymd")
    if not year_last.any():
        return parts
    last = extract_parts(column, YEAR_LAST, year_last, "dmy")
    day_first = _decide_order(column, last.day, last.month, year_last, problems)
    return DateParts(
        year=np.where(year_last, _complete_years(column, last.year, year_last, findings), parts.year),
        month=np.where(year_last, last.month if day_first else last.day, parts.month),
        day=np.where(year_last, last.day if day_first else last.month, parts.day),
        clock=np.where(year_last, last.clock, parts.clock),
        zone=np.where(year_last, last.zone, parts.zone),
    )


def _complete_years(
    column: TextColumn, years: NDArray[np.int64], mask: Mask, findings: Findings
) -> NDArray[np.int64]:
    """Put a century before two-digit years: the latest that is not beyond next year."""
    short = mask & (years < _TWO_DIGITS)
    if not short.any():
        return years
    newest = (datetime.now().astimezone().year + 1) % _TWO_DIGITS
    years = np.where(short, years + np.where(years > newest, 1900, 2000), years)
    findings.warnings.append(
        plural(
            "{column}: {count} date has a two-digit year, read as {first} ({rows}).",
            "{column}: {shown} dates have a two-digit year, read as {first} to {last} ({rows}).",
            column.count(short),
            shown=f"{column.count(short):,}",
            column=column.name,
            first=int(years[short].min()),
            last=int(years[short].max()),
            rows=column.describe(short),
        )
    )
    return years


def _decide_order(
    column: TextColumn, first: NDArray[np.int64], second: NDArray[np.int64], mask: Mask, problems: list[str]
) -> bool:
    """Say whether the day comes first, when enough values (above 12) decide it and none contradicts."""
    day_first, month_first = mask & (first > _TWELVE), mask & (second > _TWELVE)
    if day_first.any() and month_first.any():
        problems.append(
            _(
                "{name}: day and month come in both orders ({examples}; {examples_2}). Export dates "
                "as 2026-01-31.",
                name=column.name,
                examples=column.describe(day_first),
                examples_2=column.describe(month_first),
            )
        )
        return True
    open_ = mask & ~day_first & ~month_first & (first != second)
    decided = column.count(day_first | month_first)
    total = decided + column.count(open_)
    if open_.any() and (decided < _DECIDED_FROM or decided < _DECIDED_SHARE * total):
        problems.append(
            _(
                "{name}: {count} of {count_2} dates could be day/month or month/day ({examples}). "
                "Export dates as 2026-01-31.",
                name=column.name,
                count=f"{column.count(open_):,}",
                count_2=f"{column.count(mask):,}",
                examples=column.describe(open_),
            )
        )
    return bool(day_first.any() or not month_first.any())


def _check_zones(column: TextColumn, parts: DateParts, mask: Mask) -> list[str]:
    zoned = mask & (parts.zone != "")
    naive = mask & ~zoned
    if not (zoned.any() and naive.any()):
        return []
    return [
        plural(
            "{name}: {count} moment has a time zone, {have} none ({examples}). Export all of "
            "them in UTC or with their offset.",
            "{name}: {count} moments have a time zone, {have} none ({examples}). Export all of "
            "them in UTC or with their offset.",
            column.count(zoned),
            name=column.name,
            have=plural("{count} has", "{count} have", column.count(naive)),
            examples=column.describe(naive),
        )
    ]


def _warn_of_dropped(column: TextColumn, zero: Mask, strange: Mask, findings: Findings) -> None:
    if zero.any():
        findings.warnings.append(
            plural(
                "{column}: {count} date is zero or of the year 9999 and counts as missing ({rows}).",
                "{column}: {shown} dates are zero or of the year 9999 and count as missing ({rows}).",
                column.count(zero),
                shown=f"{column.count(zero):,}",
                column=column.name,
                rows=column.describe(zero),
            )
        )
    if strange.any():
        findings.warnings.append(
            plural(
                "{column}: {count} value is no date and counts as missing ({rows}).",
                "{column}: {shown} values are no dates and count as missing ({rows}).",
                column.count(strange),
                shown=f"{column.count(strange):,}",
                column=column.name,
                rows=column.describe(strange),
            )
        )
