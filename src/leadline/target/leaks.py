"""Columns that a reader must doubt: leaks, ids, repeated customers, columns dated too late, constant ones."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from pandas.api import types

from leadline.data.infer import is_id_name
from leadline.intervals import Estimate, wilson_interval
from leadline.language import _, format_value, plural
from leadline.target.encode import Attribute, IntArray
from leadline.target.holdout import Split
from leadline.target.metrics import BoolArray, FloatArray, estimate_auc

FindingKind = Literal["leak", "dated_late", "id", "constant", "collinear", "repeated", "outcome"]

#: A column whose held-out AUC alone reaches this nearly decides the outcome. Honest columns of the public
#: tables stay below 0.78; the length of the sales call, known only afterwards, reaches 0.82.
LEAK_AUC = 0.80
#: A level is suspiciously pure when at least this share of its customers buy …
PURE_SHARE = 0.95
#: … and it holds at least this share of all buyers …
PURE_BUYERS = 0.05
#: … while buyers are no majority.
PURE_BASE = 0.5
_BINS = 20
_PRIOR_ROWS = 10
_COLLINEAR = 0.9999
#: Columns compared with all others at a time, and the variance, of 1, below which there is only rounding.
_BLOCK_COLUMNS, _LEAST_SPREAD = 500, 1e-10
_ID_ROWS, _ID_TEXT_SHARE, _ID_SPARSITY = 100, 0.9, 10
_LEAST_PURE = 0.8
#: An id with more rows a value than this names shops or branches, which may well repeat.
_MOST_ROWS_A_CUSTOMER = 10


@dataclass(frozen=True)
class Finding:
    """One column and what is doubtful about it, in words for the report's reader."""

    column: str
    kind: FindingKind
    text: str


def find_doubtful(
    frame: pd.DataFrame, attributes: Sequence[Attribute], buys: BoolArray, split: Split, as_of: dt.date | None
) -> list[Finding]:
    """Name the columns to doubt before any model is believed.

    Parameters
    ----------
    frame
        One row a customer.
    attributes
        The plan's columns, read.
    buys, split
        Who buys, and which rows train and which are held out.
    as_of
        The day on which the list would have been drawn; dates after it were not known then.
    """
    found: list[Finding] = []
    for attribute in attributes:
        column = frame[attribute.name]
        found += _find_late(column, as_of)
        if _is_constant(column):
            text = _("{column} has the same value for every customer and says nothing.", column=column.name)
            found.append(Finding(attribute.name, "constant", text))
        elif _is_id(column):
            text = _(
                "{column} looks like an id, not an attribute: take it out of the plan.", column=column.name
            )
            found.append(Finding(attribute.name, "id", text))
        else:
            found += _find_leak(attribute, buys, split)
    return found


def find_collinear(attributes: Sequence[Attribute]) -> list[Finding]:
    """Name pairs of number columns that carry the same numbers, up to scale and sign."""
    columns = {
        attribute.name: attribute.numbers
        for attribute in attributes
        if attribute.numbers is not None and np.nanstd(attribute.numbers) > 0
    }
    if len(columns) <= 1:
        return []
    names = list(columns)
    pairs = [
        (names[first], names[second])
        for first, second in _find_repeats(np.column_stack([*columns.values()]).astype(float))
    ]
    return [
        Finding(
            second,
            "collinear",
            _(
                "{second} repeats {first} (correlation 1): their weights cannot be told apart.",
                first=first,
                second=second,
            ),
        )
        for first, second in pairs
    ]


def _find_repeats(values: FloatArray) -> Iterator[tuple[int, int]]:
    """Yield the pairs of columns that correlate by 1 where both are known; none of them is constant.

    Sums over all pairs are products of matrices: pandas' own loop takes minutes for some thousand columns.
    """
    known = (~np.isnan(values)).astype(float)
    is_complete = known.all()
    scaled = np.nan_to_num((values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0))
    for start in range(0, values.shape[1], _BLOCK_COLUMNS):
        block = slice(start, start + _BLOCK_COLUMNS)
        if is_complete:
            repeats = np.abs(scaled[:, block].T @ scaled) > _COLLINEAR * len(scaled)
        else:
            repeats = _compare_known(scaled, known, block)
        for first, second in np.argwhere(np.triu(repeats, k=start + 1)):
            yield start + int(first), int(second)


def _compare_known(scaled: FloatArray, known: FloatArray, block: slice) -> BoolArray:
    """Tell which columns of a block repeat which of all, each pair by the rows where both are known."""
    squares = scaled**2
    own, own_known, own_squares = (part[:, block].T for part in (scaled, known, squares))
    rows = np.maximum(own_known @ known, 1)
    mean, other_mean = own @ known / rows, own_known @ scaled / rows
    spread = own_squares @ known / rows - mean**2
    other_spread = own_known @ squares / rows - other_mean**2
    together = own @ scaled / rows - mean * other_mean
    varies = np.minimum(spread, other_spread) > _LEAST_SPREAD
    return varies & (together**2 > _COLLINEAR**2 * spread * other_spread)


def find_repeated(frame: pd.DataFrame, split: Split) -> list[Finding]:
    """Name the columns that are called ids and whose values stand in training and in held-out rows.

    A model that has seen a customer in training recognises him among the held-out ones: pure noise that is
    constant for a customer then looks like a gain.
    """
    found = []
    for name in (str(column) for column in frame.columns if is_id_name(str(column))):
        ids = pd.Series(pd.factorize(frame[name])[0])
        known = ids[ids >= 0]
        if known.empty or len(known) > _MOST_ROWS_A_CUSTOMER * known.nunique():
            continue
        training, held_out = (known[known.index.isin(rows)] for rows in (split.train, split.test))
        again = held_out[held_out.isin(training)]
        if len(again):
            text = _(
                "{column}: {rows} of {held_out} held-out rows carry an id that training rows carry, too "
                "({ids} different ids). If it names customers, the models have seen them and all figures "
                "flatter: keep one row a customer, or hold out whole customers.",
                column=name,
                rows=format_value(len(again), "count"),
                held_out=format_value(len(split.test), "count"),
                ids=format_value(int(again.nunique()), "count"),
            )
            found.append(Finding(name, "repeated", text))
    return found


def score_alone(attribute: Attribute, buys: BoolArray, split: Split) -> Estimate:
    """AUC, on the held-out rows, of one column alone.

    Numbers are cut into up to 20 groups at the quantiles of the training rows, levels are taken as they
    are; a group's score is its share of training buyers, drawn towards the overall share by ten rows.
    Patterns that rise and fall again are seen, too.
    """
    groups = _group(attribute, split.train)
    train, base = groups[split.train], buys[split.train].mean()
    customers = np.bincount(train, minlength=groups.max() + 1)
    buyers = np.bincount(train, weights=buys[split.train], minlength=groups.max() + 1)
    share: FloatArray = (buyers + _PRIOR_ROWS * base) / (customers + _PRIOR_ROWS)
    return estimate_auc(buys[split.test], share[groups[split.test]])


def _group(attribute: Attribute, train: IntArray) -> IntArray:
    """Group number of every row; group 0 holds the missing values."""
    if attribute.codes is not None:
        return attribute.codes + 1
    values = attribute.numbers
    assert values is not None  # noqa: S101 (an attribute has values or codes)
    known = values[train][~np.isnan(values[train])]
    if not len(known):
        return np.zeros(len(values), dtype=np.int64)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1], method="inverted_cdf"))
    return np.where(np.isnan(values), 0, np.searchsorted(edges, values, side="left") + 1)


def _find_leak(attribute: Attribute, buys: BoolArray, split: Split) -> list[Finding]:
    alone = score_alone(attribute, buys, split)
    if alone.value >= LEAK_AUC:
        text = _(
            "Possible leak: {column} alone nearly decides who buys (AUC {auc}). "
            "Is it known before the customer is contacted?",
            column=attribute.name,
            auc=format_value(alone.value, "index"),
        )
        return [Finding(attribute.name, "leak", text)]
    groups = _group(attribute, split.train)
    customers, buyers = np.bincount(groups), np.bincount(groups, weights=buys)
    for group in np.flatnonzero(buyers >= PURE_BUYERS * buys.sum()):
        share = wilson_interval(buyers[group], customers[group])
        if buys.mean() <= PURE_BASE and share.value >= PURE_SHARE and share.lower >= _LEAST_PURE:
            text = _(
                "Possible leak: {buyers} of {customers} customers with {column} {group} buy. "
                "Is it known before the customer is contacted?",
                buyers=format_value(int(buyers[group]), "count"),
                customers=format_value(int(customers[group]), "count"),
                column=attribute.name,
                group=_name_group(attribute, groups, int(group)),
            )
            return [Finding(attribute.name, "leak", text)]
    return []


def _name_group(attribute: Attribute, groups: IntArray, group: int) -> str:
    if group == 0:
        return _("missing")
    if attribute.numbers is None:
        return f"= {attribute.levels[group - 1]}"
    inside = attribute.numbers[groups == group]
    return _("from {lowest} to {highest}", lowest=f"{inside.min():g}", highest=f"{inside.max():g}")


def _find_late(column: pd.Series, as_of: dt.date | None) -> list[Finding]:
    if as_of is None:
        return []
    if not types.is_datetime64_any_dtype(column.dtype):
        if types.is_numeric_dtype(column.dtype):
            return []
        known = column.dropna().astype("string")
        if not known.str.match(r"^\d{4}-\d{2}-\d{2}").all():
            return []
        # The day as it is written: offsets may differ from row to row, and the writer's day is the one meant.
        column = pd.to_datetime(known.str[:10], errors="coerce", format="%Y-%m-%d")
    late = int((column.dt.tz_localize(None) >= pd.Timestamp(as_of) + pd.Timedelta(days=1)).sum())
    if not late:
        return []
    text = plural(
        "{column} is dated after {as_of} for {count} customer: it was not known when the list was drawn.",
        "{column} is dated after {as_of} for {count} customers: it was not known when the list was drawn.",
        late,
        column=column.name,
        as_of=format_value(as_of, "date"),
    )
    return [Finding(str(column.name), "dated_late", text)]


def _is_constant(column: pd.Series) -> bool:
    first = column.iloc[0]
    return bool(column.isna().all() if pd.isna(first) else (column == first).all())


def _is_id(column: pd.Series) -> bool:
    """Tell whether nearly every customer has a value of his own that is a text or a running number."""
    distinct = column.nunique()
    if len(column) < _ID_ROWS or types.is_datetime64_any_dtype(column.dtype):
        return False
    if not types.is_numeric_dtype(column.dtype):
        return bool(distinct >= _ID_TEXT_SHARE * len(column))
    if distinct < len(column) or not (column % 1 == 0).all():
        return False
    dense = column.max() - column.min() < _ID_SPARSITY * len(column)
    return bool(dense or column.is_monotonic_increasing or column.is_monotonic_decreasing)
