"""Which customers the models never see: the same for every stage."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from pandas.api import types

from leadline.data.infer import is_id_name
from leadline.language import _
from leadline.target.encode import IntArray
from leadline.target.metrics import BoolArray
from leadline.target.outcome import FILE_ROW_OF_FIRST

Holdout = Literal["random", "time", "column"]
_HELD_OUT = frozenset(
    {"true", "1", "1.0", "yes", "y", "test", "holdout", "hold-out", "heldout", "held-out", "是", "测试"}
)
_TRAINING = frozenset({"false", "0", "0.0", "no", "n", "train", "training", "否", "训练"})
_MOST_NAMED = 5


@dataclass(frozen=True, eq=False)
class Split:
    """Row positions of the training and of the held-out customers, both ascending."""

    train: IntArray
    test: IntArray


def draw_split(buys: BoolArray, share: float, rng: np.random.Generator) -> Split:
    """Hold out ``share`` of the buyers and of the others at random (stratified)."""
    held_out = np.zeros(len(buys), dtype=bool)
    for group in (np.flatnonzero(buys), np.flatnonzero(~buys)):
        held_out[rng.permutation(group)[: round(share * len(group))]] = True
    return _split(held_out)


def redraw_training(split: Split, buys: BoolArray, rng: np.random.Generator) -> Split:
    """Draw the training rows again with replacement, buyers and others apart; the held-out rows stay."""
    groups = (split.train[buys[split.train]], split.train[~buys[split.train]])
    return Split(np.sort(np.concatenate([rng.choice(group, len(group)) for group in groups])), split.test)


def find_latest(times: pd.Series | None, share: float, rows: int) -> Split:
    """Hold out the latest ``share`` of customers: by ``times``, or by the order of the rows without them.

    All customers of one moment fall on the same side, so the share is met as nearly as that allows.
    """
    if times is None:
        return _split(np.arange(rows) >= rows - round(share * rows))
    moments = _as_moments(times).to_numpy()
    distinct, counts = np.unique(moments, return_counts=True)
    later = counts[::-1].cumsum()[::-1]  # rows at or after each moment
    if len(distinct) == 1:
        return _split(np.zeros(rows, dtype=bool))
    first = 1 + int(np.argmin(np.abs(later[1:] - share * rows)))
    return _split(moments >= distinct[first])


def find_marked(marks: pd.Series) -> Split:
    """Hold out the customers whose mark is true, 1, yes, test or holdout (any case)."""
    return _split(_as_marks(marks).isin(_HELD_OUT).to_numpy(dtype=bool))


def check_holdout(frame: pd.DataFrame, holdout: Holdout, share: float, column: str | None) -> list[str]:
    """List what makes the wanted hold-out impossible, before it is made."""
    problems = []
    if holdout not in ("random", "time", "column"):
        return [_("holdout == {holdout}, must be one of random, time, column.", holdout=repr(holdout))]
    if holdout != "column" and not 0 < share < 1:
        problems.append(_("holdout_share == {share}, must be above 0 and below 1.", share=f"{share:g}"))
    if holdout == "column" and column is None:
        problems.append(
            _("holdout is 'column' but no holdout_column is named. Name the one that marks held-out rows.")
        )
    if column is None or holdout == "random":
        return problems
    if column not in frame.columns:
        return [*problems, _("the hold-out column {column} is not in the table.", column=repr(column))]
    missing = frame[column].isna().to_numpy()
    if missing.any():
        problems.append(
            _(
                "{column}: {count} of {count_2} values are missing (first: row {first}), so these "
                "rows belong to no side. Fill or drop them.",
                column=column,
                count=f"{missing.sum():,}",
                count_2=f"{len(frame):,}",
                first=f"{_first(missing):,}",
            )
        )
    elif holdout == "column":
        problems += _check_marks(frame[column])
    elif is_id_name(column):
        problems.append(
            _(
                "{column}: its name is that of an id, and ids have no earlier and later. Name a date.",
                column=column,
            )
        )
    else:
        unread = _as_moments(frame[column]).isna().to_numpy()
        if unread.any():
            problems.append(
                _(
                    "{column}: {count} values are neither dates nor numbers (first: row {first}). Write "
                    "dates as 2026-01-31.",
                    column=column,
                    count=f"{unread.sum():,}",
                    first=f"{_first(unread):,}",
                )
            )
    return problems


def _check_marks(marks: pd.Series) -> list[str]:
    """List marks that are neither yes nor no: their rows must not train in silence."""
    unknown = ~_as_marks(marks).isin(_HELD_OUT | _TRAINING).to_numpy(dtype=bool)
    if not unknown.any():
        return []
    found = marks[unknown].astype("string").value_counts()
    named = _(", ").join(f"{mark!r} ({rows:,} rows)" for mark, rows in found.head(_MOST_NAMED).items())
    more = f" and {len(found) - _MOST_NAMED:,} other marks" if len(found) > _MOST_NAMED else ""
    problem = _(
        "{name}: {named}{more} mark neither side (first: row {first}).",
        name=marks.name,
        named=named,
        more=more,
        first=f"{_first(unknown):,}",
    )
    return [_("{problem} Write yes or test for held-out rows, no or train for the others.", problem=problem)]


def _as_marks(marks: pd.Series) -> pd.Series:
    return marks.astype("string").str.strip().str.lower()


def _first(found: BoolArray) -> int:
    return int(np.flatnonzero(found)[0]) + FILE_ROW_OF_FIRST


def _as_moments(times: pd.Series) -> pd.Series:
    if types.is_numeric_dtype(times.dtype) or types.is_datetime64_any_dtype(times.dtype):
        return times
    numbers = pd.to_numeric(times, errors="coerce")
    if numbers.notna().all():
        return numbers
    return pd.to_datetime(times, errors="coerce", format="ISO8601", utc=True).dt.tz_localize(None)


def _split(held_out: BoolArray) -> Split:
    return Split(np.flatnonzero(~held_out), np.flatnonzero(held_out))
