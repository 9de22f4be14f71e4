"""Customers' ids: one spelling (`leadline.data.ids`), and one order that no file's order changes."""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api import types

from leadline.data.ids import spell_ids
from leadline.data.raw import find_file_rows, name_rows, suggest
from leadline.engage.cells import BoolArray
from leadline.engage.problem import IntArray
from leadline.language import _, plural

__all__ = ["ID", "check_ids", "check_lost_zeros", "hash_ids", "is_among", "order_ids", "spell_ids"]

ID = "customer_id"


def is_among(ids: pd.Series, others: pd.Series) -> BoolArray:
    """Say of each id whether it is one of ``others``, both from `spell_ids`; missing ones never are.

    Shape: (ids,). Unlike `pandas.Series.isin`, Arrow makes no Python texts of them.
    """
    found = pc.is_in(pa.array(ids), value_set=pa.array(others.dropna()))
    among: BoolArray = found.to_numpy(zero_copy_only=False)
    return among


def order_ids(ids: pd.Series) -> IntArray:
    """Return row positions in the order of ids: shorter texts first, so that numbers stand by size."""
    if types.is_integer_dtype(ids.dtype) and not ids.isna().any() and bool((ids >= 0).all()):
        return np.argsort(ids.to_numpy(dtype=np.int64), kind="stable")
    texts = spell_ids(ids).fillna("")
    order: IntArray = np.lexsort((texts.to_numpy(dtype=str), texts.str.len().to_numpy(dtype=np.int64)))
    return order


def check_ids(frame: pd.DataFrame, source_name: str) -> list[str]:
    """List what is wrong with the ids of a table that must hold one row a customer."""
    if ID not in frame.columns:
        hint = suggest(ID, map(str, frame.columns))
        return [
            _("{name}: {source_name} has no such column.{hint}", name=ID, source_name=source_name, hint=hint)
        ]
    ids = spell_ids(frame[ID])
    problems = []
    if not len(ids):
        problems.append(
            _("{source_name} holds no rows. Check the source and its filters.", source_name=source_name)
        )
    missing = find_file_rows(ids.isna())
    if missing:
        problems.append(
            plural(
                "{id}: {count} value is missing ({rows}). Remove these rows, or fill in the ids.",
                "{id}: {count} values are missing ({rows}). Remove these rows, or fill in the ids.",
                len(missing),
                id=ID,
                rows=name_rows(missing),
            )
        )
    is_repeated = ids.duplicated() & ids.notna()
    if is_repeated.any():
        first = ids[is_repeated].iloc[0]
        problems.append(
            plural(
                "{id}: {count} id occurs more than once (first: {first} in {rows}). Keep one row a customer.",
                "{id}: {count} ids occur more than once (first: {first} in {rows}). Keep one row a customer.",
                ids[is_repeated].nunique(),
                id=ID,
                first=first,
                rows=name_rows(find_file_rows(ids.isin([first]))),
            )
        )
    return problems


def check_lost_zeros(known: pd.Series, other: pd.Series, source_name: str) -> list[str]:
    """Say when ids such as "0017" meet whole numbers: 17 would never be found, and bar nobody."""
    if not types.is_numeric_dtype(other.dtype) or not len(other):
        return []
    padded = spell_ids(known).str.fullmatch(r"0\d+").fillna(value=False)
    if not padded.any():
        return []
    first = known[padded.to_numpy(dtype=bool)].iloc[0]
    problem = (
        _(
            "{id}: {source_name} holds numbers, but {count} customers have ids with leading",
            id=ID,
            source_name=source_name,
            count=f"{int(padded.sum()):,}",
        )
        + " "
    )
    return [
        _(
            "{problem}zeros (first: {first}). Read the ids of {source_name} as text.",
            problem=problem,
            first=first,
            source_name=source_name,
        )
    ]


def hash_ids(ids: Iterable[object]) -> str:
    """Return the SHA-256 of ids, one a line, in the order of their texts: the same for any order of rows."""
    return hashlib.sha256("\n".join(sorted(str(text) for text in ids)).encode()).hexdigest()
