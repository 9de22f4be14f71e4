"""Cells of any kind read strictly: what is not plainly an answer, a number or a date is unknown."""

import datetime as dt

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from leadline.data.flags import NO, YES

BoolArray = npt.NDArray[np.bool_]
YES_ANSWER, NO_ANSWER, UNKNOWN = 1, 0, -1


def read_answers(values: pd.Series) -> npt.NDArray[np.int8]:
    """Return `YES_ANSWER`, `NO_ANSWER` or `UNKNOWN` a row; only plain words, true, false, 1 and 0 are known.

    Shape: (rows,).
    """
    if types.is_bool_dtype(values.dtype) and not values.isna().any():
        return values.to_numpy(dtype=np.int8)
    return np.fromiter(map(_read_answer, values.astype(object)), dtype=np.int8, count=len(values))


def _read_answer(value: object) -> int:
    if isinstance(value, bool | np.bool_ | int | float | np.number):
        return int(value) if value in (0, 1) else UNKNOWN
    word = str(value).strip().casefold()
    return YES_ANSWER if word in YES else NO_ANSWER if word in NO else UNKNOWN


def read_numbers(values: pd.Series, minimum: float, maximum: float) -> npt.NDArray[np.float64]:
    """Return numbers from ``minimum`` to ``maximum``; all else is NaN, yes and no too. Shape: (rows,)."""
    if types.is_bool_dtype(values.dtype) or types.is_datetime64_any_dtype(values.dtype):
        return np.full(len(values), np.nan)
    if types.is_numeric_dtype(values.dtype) and not types.is_complex_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        numbers = np.fromiter(map(_read_number, values.astype(object)), dtype=np.float64, count=len(values))
    with np.errstate(invalid="ignore"):
        return np.where((numbers >= minimum) & (numbers <= maximum), numbers, np.nan)


def _read_number(value: object) -> float:
    if isinstance(value, bool | np.bool_ | dt.date | dt.timedelta) or not isinstance(
        value, str | int | float | np.number
    ):
        return np.nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return np.nan


def read_days(values: pd.Series) -> pd.Series:
    """Return days (midnight, no zone); numbers and unreadable texts are NaT, for 20250630 is no safe date."""
    if types.is_numeric_dtype(values.dtype):
        return pd.Series(pd.NaT, index=values.index, dtype="datetime64[s]")
    if types.is_datetime64_any_dtype(values.dtype):
        days = values
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            days = values.dt.tz_localize(None)
        midnights: pd.Series = days.dt.normalize().astype("datetime64[s]")
        return midnights
    found = [_read_day(value) for value in values.astype(object)]
    return pd.Series(np.array(found, dtype="datetime64[s]"), index=values.index)


def _read_day(value: object) -> np.datetime64:
    if isinstance(value, dt.date) and not pd.isna(value):
        return np.datetime64(value.isoformat()[:10], "s")
    if not isinstance(value, str | np.datetime64):
        return np.datetime64("NaT", "s")
    try:  # a datetime64 writes up to nine decimals, of which only the day matters
        text = str(value)[:10] if isinstance(value, np.datetime64) else value.strip()
        return np.datetime64(dt.datetime.fromisoformat(text).date().isoformat(), "s")
    except ValueError:
        return np.datetime64("NaT", "s")


def read_channels(channels: pd.Series) -> pd.Series:
    """Return channels as leadline spells them; one that it does not know stays as it is."""
    return channels.astype("string").str.normalize("NFKC").str.strip().str.casefold()
