"""Answers on rating scales that mean less than they seem: given in a row, in haste, off the scale, reversed.

Questions on one scale of 3 to 11 points are looked at together. The rules are those of survey practice: a
third of the median time for haste (Greszki, Meyer & Schoen 2015, Public Opinion Quarterly 79:471-503), one
answer to all questions for straight-lining (Kim et al. 2019, Social Science Computer Review 37:214-233), a
negative correlation with the sum of the others for an item worded the other way round (Nunnally & Bernstein
1994, *Psychometric Theory*, ch. 8).
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.api import types

from leadline.data.raw import find_file_rows, name_rows
from leadline.language import _, format_value, plural

_LEAST_POINTS, _MOST_POINTS, _LEAST_ITEMS = 3, 11, 4
#: A few cells off the scale are slips; more are another scale.
_SLIPS = 0.02
#: Beyond so many that chance and honest opinion hardly explain them.
_STRAIGHT, _HASTY_SHARE, _REVERSED = 0.1, 0.02, -0.2
_HASTE = 1 / 3
_ONE_THING = 0.2
_DURATION = re.compile(
    r"(.*_)?(duration|seconds|completion_time|time_taken)(_.*)?"
    r"|.*(答题时长|作答时长|填写时长|答题用时|用时).*"
)
_Scale = tuple[int, int]


def check_answers(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """List answers off the scale that the other questions share."""
    scale, questions = _find_scale(frame, columns)
    if scale is None:
        return []
    low, high = scale
    problems = []
    for name in questions:
        is_off = frame[name].notna() & ~frame[name].between(low, high)
        if rows := find_file_rows(is_off):
            problems.append(
                plural(
                    "{name}: {count} answer is off the scale of {low} to {high} ({rows}: {values}). Correct "
                    "or empty the cell; if it is no answer on this scale, name its kind “numeric”.",
                    "{name}: {count} answers are off the scale of {low} to {high} ({rows}: {values}). "
                    "Correct or empty the cells; if they are no answers on this scale, "
                    "name its kind “numeric”.",
                    len(rows),
                    name=name,
                    low=low,
                    high=high,
                    rows=name_rows(rows),
                    values=_(", ").join(f"{value:g}" for value in frame.loc[is_off, name].unique()[:3]),
                )
            )
    return problems


def warn_of_answers(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Say what a reader must know of answers in a row, of questions worded the other way round, of haste."""
    scale, questions = _find_scale(frame, columns)
    if scale is None:
        return []
    answers = frame[questions].astype("float64")
    return [*_warn_of_rows(answers), *_warn_of_reversed(answers), *_warn_of_haste(frame)]


def _find_scale(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[_Scale | None, list[str]]:
    """Find the scale that most of the columns share, and the columns on it, slips aside."""
    scales = {
        name: scale for name in columns if name in frame.columns and (scale := _read_scale(frame[name]))
    }
    if not scales:
        return None, []
    scale, _count = Counter(scales.values()).most_common(1)[0]
    questions = [name for name, own in scales.items() if scale[0] <= own[0] and own[1] <= scale[1]]
    return (scale, questions) if len(questions) >= _LEAST_ITEMS else (None, [])


def _read_scale(column: pd.Series) -> _Scale | None:
    """Return lowest and highest answer of whole numbers, of which a few slips may lie far above or below."""
    if not types.is_numeric_dtype(column.dtype) or types.is_bool_dtype(column.dtype):
        return None
    known = column.dropna().astype("float64")
    if known.empty or (known % 1 != 0).any() or not np.isfinite(known).all():
        return None
    counts = known.value_counts()
    usual = counts[counts > _SLIPS * len(known)].index
    if not _LEAST_POINTS <= len(usual) <= _MOST_POINTS or usual.max() - usual.min() >= _MOST_POINTS:
        return None
    return int(usual.min()), int(usual.max())


def _warn_of_rows(answers: pd.DataFrame) -> list[str]:
    is_same = answers.eq(answers.iloc[:, 0], axis="index").all(axis="columns")
    if is_same.mean() < _STRAIGHT:
        return []
    return [
        _(
            "{count} of {total} respondents gave one answer to all {questions} questions: whoever did not "
            "read them makes a segment of his own. Look at these rows, and leave out who did not answer in "
            "earnest.",
            count=format_value(int(is_same.sum()), "count"),
            total=format_value(len(answers), "count"),
            questions=answers.shape[1],
        )
    ]


def _warn_of_reversed(answers: pd.DataFrame) -> list[str]:
    """Look among questions that otherwise measure one thing: each goes along with the sum of the others."""
    total = answers.sum(axis="columns", skipna=False)
    along = {name: float(answers[name].corr(total - answers[name])) for name in answers}
    apart = [name for name, correlation in along.items() if correlation < _REVERSED]
    rest = answers.drop(columns=apart)
    inner = rest.corr().to_numpy()[np.triu_indices(rest.shape[1], k=1)]
    if not apart or rest.shape[1] < _LEAST_ITEMS - 1 or not (inner > _ONE_THING).all():
        return []
    return [
        _(
            "{columns}: seems to be worded the other way round, for who agrees with the other questions "
            "disagrees with it. If so, turn its answers round before any mean or segment.",
            columns=_(", ").join(map(str, apart)),
        )
    ]


def _warn_of_haste(frame: pd.DataFrame) -> list[str]:
    notes = []
    for name in frame.select_dtypes("number"):
        if not _DURATION.fullmatch(str(name).lower()):
            continue
        known = frame[name].dropna()
        hasty = int((known < _HASTE * known.median()).sum())
        if hasty > _HASTY_SHARE * len(known):
            notes.append(
                _(
                    "{column}: {count} of {total} respondents took less than a third of the median time, too "
                    "little to read the questions. Compare the result without them.",
                    column=name,
                    count=format_value(hasty, "count"),
                    total=format_value(len(known), "count"),
                )
            )
    return notes
