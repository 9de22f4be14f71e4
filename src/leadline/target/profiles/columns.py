"""Columns that describe segments: yes and no, numbers, and levels of text as yes and no."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadline.data import check_columns
from leadline.data.flags import read_flag
from leadline.disclosure import hide_small
from leadline.language import _
from leadline.target.segments.checks import MOST_LEVELS

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Variable:
    """One line of a profile.

    ``name`` is the column, with ``=level`` where a level of text is meant; ``label`` what a reader calls it;
    ``is_share`` tells whether its mean is the share of a yes; ``numbers`` holds a value a customer, NaN where
    missing.
    """

    name: str
    column: str
    label: str
    is_share: bool
    numbers: FloatArray


def read_variables(frame: pd.DataFrame, labels: Mapping[str, str]) -> list[Variable]:
    """Turn columns into variables: yes and no (also 0 and 1) and numbers one each, text one a level."""
    return [variable for column in frame.columns for variable in _read_column(frame[column], labels)]


def check_frame(frame: pd.DataFrame, segments: pd.Series, source_name: str) -> list[str]:
    """Return the problems of columns and segment labels that are to be put together."""
    problems = (
        []
        if len(frame.columns)
        else [_("{source_name} has no columns. Name at least one.", source_name=source_name)]
    )
    problems += check_columns(frame, frame.columns, source_name)
    problems += [
        _(
            "{column}: {nunique} different texts, too many to describe segments. Group them.",
            column=column,
            nunique=f"{frame[column].nunique():,}",
        )
        for column in frame.columns
        if not (pd.api.types.is_numeric_dtype(frame[column]) or pd.api.types.is_bool_dtype(frame[column]))
        and frame[column].nunique() > MOST_LEVELS
    ]
    if len(segments) != len(frame) or not segments.index.equals(frame.index):
        problems.append(
            _(
                "the segments are {count} labels for {count_2} rows, or have another index.",
                count=f"{len(segments):,}",
                count_2=f"{len(frame):,}",
            )
        )
    elif count := int(segments.isna().sum()):
        problems.append(
            _("{count} customers have no segment. Leave them out, or assign them.", count=f"{count:,}")
        )
    elif segments.nunique() < 2:  # noqa: PLR2004 (a comparison needs two)
        problems.append(_("there is one segment only; nothing can be compared."))
    return problems


def order_segments(segments: pd.Series) -> list[object]:
    """Return the labels in their order: that of a categorical, else sorted."""
    if isinstance(segments.dtype, pd.CategoricalDtype):
        return [label for label in segments.cat.categories if (segments == label).any()]
    labels = list(segments.unique())
    return (
        sorted(labels)
        if all(isinstance(label, int | float | np.number) for label in labels)
        else sorted(labels, key=str)
    )


def find_shown(segments: pd.Series, minimum: int) -> list[object]:
    """Return the labels, in their order, of segments that may be spoken of.

    Left out are those of fewer than ``minimum`` customers, and the next smallest as long as subtraction from
    the total would give them away (`leadline.disclosure.hide_small`).
    """
    names = order_segments(segments)
    cells = pd.DataFrame({"customers": [int((segments == name).sum()) for name in names]})
    is_hidden = hide_small(cells, minimum=minimum, keys=[])["is_hidden"]
    return [name for name, hidden in zip(names, is_hidden, strict=True) if not hidden]


def _read_column(values: pd.Series, labels: Mapping[str, str]) -> list[Variable]:
    column = str(values.name)
    label = labels.get(column, column)
    flags = read_flag(values.dropna()) if not pd.api.types.is_numeric_dtype(values) else None
    if pd.api.types.is_bool_dtype(values):
        flags = values
    if flags is not None:
        numbers = np.asarray(
            flags.reindex(values.index).astype("Float64").to_numpy(na_value=np.nan), dtype=np.float64
        )
        return [Variable(name=column, column=column, label=label, is_share=True, numbers=numbers)]
    if pd.api.types.is_numeric_dtype(values):
        numbers = np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
        is_share = bool(values.dropna().isin([0, 1]).all())
        return [Variable(name=column, column=column, label=label, is_share=is_share, numbers=numbers)]
    levels = (
        values.cat.categories
        if isinstance(values.dtype, pd.CategoricalDtype)
        else sorted(values.dropna().unique())
    )
    return [
        Variable(
            name=f"{column}={level}",
            column=column,
            label=f"{label}: {level}",
            is_share=True,
            numbers=np.where(
                values.isna(), np.nan, (values == level).to_numpy(dtype=np.float64, na_value=0.0)
            ),
        )
        for level in levels
    ]
