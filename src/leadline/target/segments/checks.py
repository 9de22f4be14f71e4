"""Columns that no segment can be made from (problems), and columns to be careful with (warnings)."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from math import floor

import numpy as np
import pandas as pd
from pandas.api import types
from scipy import stats

from leadline.data import check_columns
from leadline.data.infer import is_id_name
from leadline.data.raw import find_file_rows, name_rows, shorten
from leadline.language import _, format_value, plural

#: Rows a column: "at least 60, better 100" (Dolnicar, Grün & Leisch 2018, section 7.1; Dolnicar, Grün,
#: Leisch & Schmidt 2014, Journal of Travel Research 53:296-306; and 2016, Journal of Business Research).
LEAST_ROWS, GOOD_ROWS = 60, 100
#: Texts that a column may have: more cannot be told apart in segments, nor described.
MOST_LEVELS = 30
_LONG_TEXT = 50
_FREE_TEXT_WORDS = 4
_ID_ROWS, _ID_SHARE, _ID_SPARSITY = 100, 0.9, 10
_NEARLY_ALL = 0.999
_SKEWED = 3.0
_TWO = 2
_GLANCE = 1_000
_FIRST_DAY, _LAST_DAY = 19_000_101, 21_001_231


def check_bases(
    frame: pd.DataFrame,
    columns: Sequence[str],
    kinds: Mapping[str, str],
    orders: Mapping[str, Sequence[str]],
) -> list[str]:
    """List the problems of all bases at once, and of copies among them."""
    if len(frame) <= 1:
        return [
            plural(
                "the table has {count} row, and segments need many.",
                "the table has {count} rows, and segments need many.",
                len(frame),
            )
        ]
    problems = check_columns(frame, columns, _("the table"))
    spoken_of = {problem.split(":", 1)[0] for problem in problems}
    sound = [name for name in columns if name in frame.columns and name not in spoken_of]
    for name in sound:
        found = _check_basis(frame[name], kinds.get(name), orders.get(name))
        problems += found[:1]
        spoken_of |= {name} if found else set()
    return problems + _find_copies(frame, [name for name in sound if name not in spoken_of])


def check_weight(frame: pd.DataFrame, weight: str | None) -> list[str]:
    """List what is wrong with the weights."""
    if weight is None:
        return []
    problems = check_columns(frame, [weight], _("the table"))
    if problems:
        return problems
    values = frame[weight]
    if not types.is_numeric_dtype(values.dtype) or types.is_bool_dtype(values.dtype):
        return [
            _(
                "{weight}: holds {dtype}, and weights are numbers. Name another column.",
                weight=weight,
                dtype=values.dtype,
            )
        ]
    wrong = find_file_rows(pd.Series(~(values.astype("float64") > 0), index=values.index))
    if not wrong:
        return []
    return [
        plural(
            "{weight}: {count} weight is missing, zero or negative ({rows}). A weight is the "
            "number of people whom a row stands for: correct it, or leave the row out.",
            "{weight}: {count} weights are missing, zero or negative ({rows}). A weight is the "
            "number of people whom a row stands for: correct it, or leave the row out.",
            len(wrong),
            weight=weight,
            rows=name_rows(wrong),
        )
    ]


def warn_of_bases(frame: pd.DataFrame, columns: Sequence[str], kinds: Mapping[str, str]) -> list[str]:
    """Say what a reader must know: too few rows, a value that nearly all share, long tails, gaps."""
    notes = []
    if len(frame) < LEAST_ROWS * len(columns):
        notes.append(
            _(
                "{rows} rows for {columns} columns: segments need at least {least} rows a column, better "
                "{good}. Use fewer columns, or more rows.",
                rows=format_value(len(frame), "count"),
                columns=len(columns),
                least=LEAST_ROWS,
                good=GOOD_ROWS,
            )
        )
    long = [name for name in columns if kinds.get(name) != "logged" and _has_long_tail(frame[name])]
    if long:
        notes.append(
            _(
                "A few very large values of {columns} decide over the segments; consider the kind “logged”.",
                columns=_(", ").join(long),
            )
        )
    for name in columns:
        notes += _warn_of(frame[name])
    return notes


def _has_long_tail(column: pd.Series) -> bool:
    if not _is_number(column) or count_values(column) <= _TWO:
        return False
    known = column.dropna().to_numpy(dtype=np.float64)
    return bool(abs(stats.skew(known / np.abs(known).max())) > _SKEWED)  # cubes of large values overflow


def _warn_of(column: pd.Series) -> list[str]:
    notes, known = [], column.dropna()
    likely = known.head(_GLANCE).mode().iloc[0]  # what nearly all have, most of the first have, too
    share = float((known == likely).mean())
    if share >= _NEARLY_ALL:
        notes.append(
            _(
                "{column}: {share} of customers have the same value, so it hardly tells them apart.",
                column=column.name,
                share=format_value(floor(1_000 * share) / 1_000, "share"),  # never 100% where some differ
            )
        )
    if missing := int(column.isna().sum()):
        notes.append(
            _(
                "{column}: {share} of values are missing and count as the mean, or are left out of the "
                "likelihood.",
                column=column.name,
                share=format_value(missing / len(column), "share"),
            )
        )
    return notes


def _check_basis(column: pd.Series, kind: str | None, order: Sequence[str] | None) -> list[str]:
    name, distinct = str(column.name), count_values(column)
    if is_id_name(name) and distinct > _TWO:
        return [_("{name}: is the name of an id, which says nothing of a customer. Leave it out.", name=name)]
    if _is_date(column) or (kind is None and _is_date_number(column)):
        return [_("{name}: holds dates. Count days since them, and use the days.", name=name)]
    if distinct == 1:
        return [
            _(
                "{name}: all values are {iloc}. Leave it out: it tells nobody apart.",
                name=name,
                iloc=shorten(column.dropna().iloc[0]),
            )
        ]
    if order is not None and (strange := set(column.dropna().astype("string")) - set(map(str, order))):
        return [
            _(
                "{name}: {strange} stands in no place of its order. Add it there.",
                name=name,
                strange=_(", ").join(sorted(strange)[:3]),
            )
        ]
    if kind in ("numeric", "logged"):
        return _check_number(column, kind)
    return _check_number_like_id(column) if _is_number(column) else _check_text(column)


def _check_number(column: pd.Series, kind: str) -> list[str]:
    if not _is_number(column):
        return [
            _(
                "{name}: holds {dtype}, and its kind is {kind}. Read it as numbers.",
                name=column.name,
                dtype=column.dtype,
                kind=kind,
            )
        ]
    below = find_file_rows(column.astype("float64") < 0)
    if kind == "logged" and below:
        return [
            plural(
                "{name}: {count} value is below 0 ({rows}), of which no logarithm is taken. Name its "
                "kind “numeric”, or correct them.",
                "{name}: {count} values are below 0 ({rows}), of which no logarithm is taken. Name "
                "its kind “numeric”, or correct them.",
                len(below),
                name=column.name,
                rows=name_rows(below),
            )
        ]
    return []


def _check_number_like_id(column: pd.Series) -> list[str]:
    known = column.dropna().astype("float64")
    if len(known) < _ID_ROWS or not (known % 1 == 0).all() or known.nunique() < len(known):
        return []
    dense = known.max() - known.min() < _ID_SPARSITY * len(known)
    if dense or known.is_monotonic_increasing or known.is_monotonic_decreasing:
        return [
            _(
                "{name}: every row has a whole number of its own, as ids do. Leave it out, or name "
                "its kind “numeric” if it is a measure.",
                name=column.name,
            )
        ]
    return []


def _check_text(column: pd.Series) -> list[str]:
    known, distinct = column.dropna().astype("string"), column.nunique()
    if distinct > MOST_LEVELS:
        words = float(known.str.count(r"\s").mean()) + 1
        if words >= _FREE_TEXT_WORDS or float(known.str.len().mean()) > _LONG_TEXT:
            return [
                _("{name}: is free text. Code what it says into classes, and use these.", name=column.name)
            ]
        if distinct >= _ID_SHARE * len(known):
            return [
                _(
                    "{name}: {distinct} of {count} texts differ, as ids do. Leave it out.",
                    name=column.name,
                    distinct=f"{distinct:,}",
                    count=f"{len(known):,}",
                )
            ]
        return [
            _(
                "{name}: has {distinct} categories, at most {most_levels} can be told apart in "
                "segments. Group its values.",
                name=column.name,
                distinct=f"{distinct:,}",
                most_levels=MOST_LEVELS,
            )
        ]
    return []


def count_values(column: pd.Series) -> int:
    """Count different values; of numbers, a glance may settle that there are more than two."""
    seen = int(column.head(_GLANCE).nunique())
    return seen if _is_number(column) and seen > _TWO else int(column.nunique())


def _is_number(column: pd.Series) -> bool:
    return types.is_numeric_dtype(column.dtype) and not types.is_bool_dtype(column.dtype)


def _is_date(column: pd.Series) -> bool:
    if types.is_datetime64_any_dtype(column.dtype) or types.is_timedelta64_dtype(column.dtype):
        return True
    if types.is_numeric_dtype(column.dtype):
        return False
    known = column.dropna().astype("string")
    return bool(known.str.fullmatch(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?([ T].*)?").all())


def _is_date_number(column: pd.Series) -> bool:
    """Say whether whole numbers are days such as 20240531."""
    if not _is_number(column):
        return False
    known = column.dropna().astype("float64")
    if not known.between(_FIRST_DAY, _LAST_DAY).all() or not (known % 1 == 0).all():
        return False
    return bool(
        pd.to_datetime(known.astype("int64").astype("string"), format="%Y%m%d", errors="coerce").notna().all()
    )


def _find_copies(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Name columns that divide the customers as another does: equal ones, spelt anew or not."""
    first: dict[str, str] = {}
    problems = []
    for name in columns:
        column = frame[name]
        if _is_number(column) and count_values(column) > _TWO:
            values = column.to_numpy(dtype=np.float64, na_value=np.nan)
            apart = values - np.nanmean(values)
            mark = np.round(apart / apart[np.nanargmax(np.abs(apart))], 9) + 0.0  # upside down the same
        else:
            mark = pd.factorize(column)[0]
        key = blake2b(np.asarray(mark, dtype=np.float64).tobytes()).hexdigest()
        if key in first:
            problems.append(
                _(
                    "{name}: repeats {first}, which would count twice. Leave one out.",
                    name=name,
                    first=first[key],
                )
            )
        first.setdefault(key, name)
    return problems
