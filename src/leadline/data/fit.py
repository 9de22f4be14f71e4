"""A table read for a contract: what the contract knows of a column, its values need not show."""

from typing import Any

import pandas as pd

from leadline.data.contract import ColumnRule, Contract, Kind
from leadline.data.flags import read_flag
from leadline.data.infer import is_id_name

_EMPTY: dict[Kind, Any] = {
    "id": "str",
    "text": "str",
    "number": "float64",
    "whole_number": "float64",
    "date": "datetime64[us]",
    "flag": "boolean",
}


def find_text_columns(contract: Contract) -> list[str]:
    """Return the columns that are text whatever they look like; ids known by name are read as ids anyway."""
    return [
        rule.name for rule in contract.columns if rule.kind in ("id", "text") and not is_id_name(rule.name)
    ]


def fit_columns(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return the frame with yes and no in flags as true and false, and each empty column in its type.

    A column that holds anything else stays as it is, for `check_table` to refuse.
    """
    columns = {rule.name: _fit(frame[rule.name], rule) for rule in contract.columns if rule.name in frame}
    return frame.assign(**columns)


def _fit(values: pd.Series, rule: ColumnRule) -> pd.Series:
    if values.isna().all():
        return values.astype(object).astype(_EMPTY[rule.kind])
    if rule.kind != "flag" or pd.api.types.is_bool_dtype(values):
        return values
    known = values.dropna()
    if pd.api.types.is_numeric_dtype(known) and known.isin([0, 1]).all():
        known = known.astype("int64")
    flags = read_flag(known)
    if flags is None:
        return values
    return flags if len(flags) == len(values) else flags.astype("boolean").reindex(values.index)
